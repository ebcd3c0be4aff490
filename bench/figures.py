"""A figure, what it should reach, and the file that collects them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(".local") / "bench.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure. *reach* is the bound it should keep, None where it is only shown."""

    figure: str
    value: float
    reach: float | None
    unit: str
    note: str = ""

    @property
    def kept(self) -> bool:
        """Return whether the figure keeps its bound, from above."""
        return self.reach is None or self.value <= self.reach


def write(figures: Sequence[Figure], file: Path = FILE) -> None:
    """Write *figures* to *file* as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n")


def line(figure: Figure) -> str:
    """Return *figure* for people."""
    bound = "" if figure.reach is None else f"(at most {figure.reach:g})"
    mark = "" if figure.reach is None else ("ok" if figure.kept else "MISSED")
    return f"{figure.figure:32} {figure.value:10.4g} {figure.unit:24} {bound:16} {mark:6} {figure.note}"
