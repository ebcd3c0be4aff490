"""Files of a catalogue, in the form in which it is published."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from chalicelib.domain.catalogue import Catalogue, catalogue_of
from chalicelib.domain.errors import BrokenCatalogueError
from chalicelib.entrypoints.wire.catalogues import CatalogueIn
from ops.files.kinds import UnusableFileError

BYTES_MAX: Final = 64 * 1024 * 1024
"""A catalogue of 50,000 items with ten long names each has some 30 MB."""

FAULTS_MAX: Final = 20

_SHOWN: Final = {"merchant", "version"}
"""What a catalogue says of itself where the API shows it, and nobody hands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFile:
    """A catalogue's file: its *text* as it is, and the *document* in it, of the right shape."""

    path: Path
    text: str
    document: dict[str, Any]

    def catalogue(self) -> Catalogue:
        """Return what it says. Raises `BrokenCatalogueError` if that can't be published."""
        try:
            content = {name: self.document[name] for name in self.document.keys() - _SHOWN}
            draft = CatalogueIn.model_validate(content).draft(self.path.stem)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            raise BrokenCatalogueError(
                tuple(f"{_place(fault['loc'])}: {fault['msg']}" for fault in faults[:FAULTS_MAX])
            ) from None
        return catalogue_of(
            draft.merchant, 1, draft.currency, draft.items, draft.groups, draft.language
        )


def read_catalogue(path: Path) -> CatalogueFile:
    """Return the catalogue's file at *path*. Raises `UnusableFileError` if it is no JSON object."""
    text = _text(path)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        message = f"{path}: not JSON"
        raise UnusableFileError(message) from None
    if not isinstance(document, dict):
        message = f"{path}: not a catalogue"
        raise UnusableFileError(message)
    return CatalogueFile(path=path, text=text, document=document)


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(map(str, loc)) or "the whole"


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            body = file.read(BYTES_MAX + 1)
        if len(body) > BYTES_MAX:
            message = f"{path}: larger than {BYTES_MAX} bytes"
            raise UnusableFileError(message)
        return body.decode()
    except OSError as fault:
        message = f"{path}: {fault.strerror}"
        raise UnusableFileError(message) from fault
    except UnicodeDecodeError:
        message = f"{path}: not UTF-8"
        raise UnusableFileError(message) from None
