"""Which form a file has, by its name."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class UnusableFileError(Exception):
    """A file is missing, broken or not of a known form; the message is one line and names it."""


class Form(StrEnum):
    """What the lines are."""

    CSV = "csv"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Kind:
    """A form, and whether it is compressed by gzip."""

    form: Form
    gzipped: bool


_KINDS = {f".{form}{ending}": Kind(form, bool(ending)) for form in Form for ending in ("", ".gz")}


def kind_of(path: Path) -> Kind:
    """Return the kind of the file at *path*; raise `UnusableFileError` for another name."""
    for ending, kind in _KINDS.items():
        if path.name.lower().endswith(ending):
            return kind
    message = f"{path}: the name must end in {', '.join(_KINDS)}"
    raise UnusableFileError(message)
