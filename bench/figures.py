"""A figure, what it should reach, and the file that collects them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FILE = Path(".local") / "bench.json"


class Bound(StrEnum):
    """On which side of what it should reach a figure is to stay."""

    AT_MOST = "at most"
    AT_LEAST = "at least"
    EXACTLY = "exactly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure. *reach* is what it should keep to, None where it is only shown."""

    figure: str
    value: float
    reach: float | None = None
    bound: Bound = Bound.AT_MOST
    unit: str
    note: str = ""

    @property
    def kept(self) -> bool:
        """Return whether the figure keeps its bound; up to it is kept."""
        if self.reach is None:
            return True
        match self.bound:
            case Bound.AT_MOST:
                return self.value <= self.reach
            case Bound.AT_LEAST:
                return self.value >= self.reach
            case Bound.EXACTLY:
                return self.value == self.reach


def write(figures: Sequence[Figure], file: Path = FILE) -> None:
    """Write *figures* to *file* as JSON."""
    rows = [
        {
            "figure": figure.figure,
            "value": figure.value,
            "reach": figure.reach,
            "unit": figure.unit,
            "note": figure.note,
        }
        for figure in figures
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(rows, indent=1) + "\n")


def line(figure: Figure) -> str:
    """Return *figure* for people."""
    bound = "" if figure.reach is None else f"({figure.bound} {figure.reach:.10g})"
    mark = "" if figure.reach is None else ("ok" if figure.kept else "MISSED")
    value = f"{figure.value:.0f}" if abs(figure.value) >= SHOWN_WHOLE else f"{figure.value:.4g}"
    return f"{figure.figure:48} {value:>10} {figure.unit:24} {bound:18} {mark:6} {figure.note}"


SHOWN_WHOLE = 1_000
"""From here on a figure is printed without a fraction."""
