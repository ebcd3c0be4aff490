"""Files of a catalogue, in the form in which it is published."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.domain.catalogue import (
    Catalogue,
    Item,
    LanguageTag,
    Option,
    OptionGroup,
    Select,
    catalogue_of,
)
from ops.files.kinds import UnusableFileError

BYTES_MAX: Final = 64 * 1024 * 1024
"""A catalogue of 50,000 items with ten long names each has some 30 MB."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_Name = Annotated[str, Field(min_length=1)]
_Names = Annotated[tuple[_Name, ...], Field(strict=False)]


class _Option(_Part):
    value: _Name
    name: _Name
    aliases: _Names = ()
    price_delta: int = 0


class _Group(_Part):
    group: _Name
    select: Annotated[Select, Field(strict=False)]
    values: Annotated[tuple[_Option, ...], Field(strict=False)]


class _Item(_Part):
    sku: _Name
    name: _Name
    aliases: _Names = ()
    unit_price: Annotated[int, Field(ge=0)]
    option_groups: _Names = ()
    stocked: bool = False


class _Document(_Part):
    catalogue: str | None = None
    currency: str
    language: Annotated[LanguageTag, Field(strict=False)] = LanguageTag.ENGLISH
    option_groups: Annotated[tuple[_Group, ...], Field(strict=False)] = ()
    items: Annotated[tuple[_Item, ...], Field(strict=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFile:
    """A catalogue's file: its *text* as it is, and the *document* in it, of the right shape."""

    path: Path
    text: str
    document: dict[str, Any]

    def catalogue(self) -> Catalogue:
        """Return what it says. Raises `BrokenCatalogueError` if that can't be published."""
        shape = _Document.model_validate(self.document)
        items = tuple(Item(**dict(item)) for item in shape.items)
        groups = tuple(
            OptionGroup(
                group=group.group,
                select=group.select,
                values=tuple(Option(**dict(option)) for option in group.values),
            )
            for group in shape.option_groups
        )
        return catalogue_of(self.path.stem, 1, shape.currency, items, groups, shape.language)


def read_catalogue(path: Path) -> CatalogueFile:
    """Return the catalogue's file at *path*. Raises `UnusableFileError` naming the first fault."""
    text = _text(path)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        message = f"{path}: not JSON"
        raise UnusableFileError(message) from None
    try:
        _Document.model_validate(document)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, fault["loc"])) or "the whole"
        message = f"{path}: not a catalogue: {place}: {fault['msg']}"
        raise UnusableFileError(message) from None
    return CatalogueFile(path=path, text=text, document=document)


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
