"""Catalogues and order texts from files, for measuring."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.domain.catalogue import (
    Catalogue,
    Item,
    LanguageTag,
    Option,
    OptionGroup,
    Select,
    catalogue_of,
)
from chalicelib.domain.errors import BrokenCatalogueError
from chalicelib.domain.resolution import Amount, ChosenOption, Line, OptionRef


class UnreadableFileError(Exception):
    """A file is missing or not of the documented form; the message is one line and names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An order text with its right answer."""

    id: str
    text: str
    lines: tuple[Line, ...]


def catalogue_from(path: Path) -> Catalogue:
    """Return the catalogue in *path*, or raise `UnreadableFileError`."""
    body = _json(path, _text(path))
    try:
        return catalogue_of(
            str(body.get("catalogue", path.stem)),
            1,
            str(body["currency"]),
            tuple(_item(item) for item in body["items"]),
            tuple(_group(group) for group in body.get("option_groups", ())),
            LanguageTag(body.get("language", LanguageTag.ENGLISH)),
        )
    except BrokenCatalogueError as broken:
        message = f"{path}: broken catalogue: {broken.faults[0]}"
        raise UnreadableFileError(message) from broken
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        message = f"{path}: not a catalogue: {_named(fault)}"
        raise UnreadableFileError(message) from fault


def samples_from(path: Path) -> tuple[Sample, ...]:
    """Return the samples in *path*, one a line of JSON, or raise `UnreadableFileError`."""
    samples = []
    for number, row in enumerate(_text(path).split("\n"), start=1):
        if not row.strip():
            continue
        body = _json(path, row, number)
        try:
            lines = tuple(_line(line) for line in body["lines"])
            samples.append(Sample(id=str(body["id"]), text=_string(body["text"]), lines=lines))
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            message = f"{path}: line {number}: not an order: {_named(fault)}"
            raise UnreadableFileError(message) from fault
    if not samples:
        message = f"{path}: no orders in it"
        raise UnreadableFileError(message)
    return tuple(samples)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as fault:
        message = f"{path}: {fault.strerror}"
        raise UnreadableFileError(message) from fault
    except UnicodeDecodeError as fault:
        message = f"{path}: not UTF-8"
        raise UnreadableFileError(message) from fault


def _json(path: Path, text: str, line: int | None = None) -> Mapping[str, Any]:
    where = f"{path}: line {line}" if line else str(path)
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as fault:
        message = f"{where}: not JSON"
        raise UnreadableFileError(message) from fault
    if not isinstance(body, dict):
        message = f"{where}: not a JSON object"
        raise UnreadableFileError(message)
    return body


def _named(fault: Exception) -> str:
    return f"{fault} is missing" if isinstance(fault, KeyError) else str(fault)


def _string(value: object) -> str:
    if not isinstance(value, str):
        message = f"expected a text, found {type(value).__name__}"
        raise TypeError(message)
    return value


def _aliases(body: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_string(alias) for alias in body.get("aliases") or ())


def _item(body: Mapping[str, Any]) -> Item:
    return Item(
        sku=_string(body["sku"]),
        name=_string(body["name"]),
        unit_price=int(body["unit_price"]),
        aliases=_aliases(body),
        option_groups=tuple(_string(group) for group in body.get("option_groups", ())),
    )


def _group(body: Mapping[str, Any]) -> OptionGroup:
    return OptionGroup(
        group=_string(body["group"]),
        select=Select(body["select"]),
        values=tuple(
            Option(
                value=_string(value["value"]),
                name=_string(value["name"]),
                aliases=_aliases(value),
                price_delta=int(value.get("price_delta") or 0),
            )
            for value in body["values"]
        ),
    )


def _line(body: Mapping[str, Any]) -> Line:
    return Line(
        sku=_string(body["sku"]),
        quantity=int(body["quantity"]),
        options=tuple(
            ChosenOption(
                group=_string(option["group"]),
                value=_string(option["value"]),
                amount=Amount(option["amount"]) if option.get("amount") else None,
            )
            for option in body.get("options", ())
        ),
        without=tuple(
            OptionRef(group=_string(ref["group"]), value=_string(ref["value"]))
            for ref in body.get("without", ())
        ),
    )
