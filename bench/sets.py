"""The sets of labelled texts that reading is measured with, and where they are."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.files import Sample, catalogue_from, samples_from
from chalicelib.domain.catalogue import Catalogue

MENUS: Final = Path(__file__).parent / "menus"
KINDS: Final = ("dev", "held", "plain")
VARIABLE: Final = "RUSHLINE_ORDERS"
BESIDE: Final = Path(__file__).parents[2] / "shared" / "orders"
"""Where larger sets are looked for if the environment doesn't say: beside the repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A menu with texts."""

    name: str
    catalogue: Catalogue
    samples: Sequence[Sample]


def ours(kind: str) -> Iterator[Set]:
    """Yield our own sets of *kind*: "dev" were looked at while the parser was written.

    Those of "held" and "plain" were not: the former are as hard as their writers could think of,
    the latter as people order at a counter. Held texts may be for a menu of "dev".
    """
    for orders in sorted((MENUS / kind).glob("*.orders.jsonl")):
        name = orders.name.removesuffix(".orders.jsonl")
        menus = (MENUS / folder / f"{name}.menu.json" for folder in (kind, "dev"))
        yield _set(name, next(menu for menu in menus if menu.is_file()), orders)


def elsewhere() -> Path | None:
    """Return the folder of larger sets, if there is one."""
    folder = Path(os.environ.get(VARIABLE) or BESIDE)
    return folder if folder.is_dir() else None


def larger(name: str, orders: str | None = None) -> Set | None:
    """Return the larger set *name*, if it is there."""
    folder = elsewhere()
    if folder is None:
        return None
    menu, texts = folder / f"{name}.catalogue.json", folder / f"{orders or name}.orders.jsonl"
    return _set(name, menu, texts) if menu.is_file() and texts.is_file() else None


def _set(name: str, menu: Path, orders: Path) -> Set:
    return Set(name=name, catalogue=catalogue_from(menu), samples=samples_from(orders))
