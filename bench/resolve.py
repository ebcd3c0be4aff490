"""How well the menu parser reads order texts, with no model asked.

    python -m bench.resolve --catalogue FILE --orders FILE [--retrieval] [--typos SEED] [--json]
    python -m bench.resolve --catalogue FILE --explain TEXT

The first prints the figures of `bench.reading`: how many texts are read exactly, how many for
certain and how quickly; with --retrieval, how well the one item that a text is about is found;
with --typos, of texts in which 15 % of the longer words are mistyped, another way for each seed.
The second prints each step of reading one text.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bench.files import UnreadableFileError, catalogue_from, samples_from
from bench.reading import measure, measure_finding
from bench.trace import trace
from bench.typos import mistyped
from chalicelib.understanding.reader import MenuReader

_UNUSABLE: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Print figures or a trace; return 0, or 2 with one line on standard error for a bad file."""
    options = _parser().parse_args(arguments)
    try:
        reader = MenuReader(catalogue_from(options.catalogue))
        if options.explain is not None:
            print(trace(reader.explain(options.explain)))
            return 0
        samples = samples_from(options.orders)
        if options.typos is not None:
            samples = mistyped(samples, options.typos)
    except UnreadableFileError as fault:
        print(fault, file=sys.stderr)
        return _UNUSABLE
    measured = measure_finding if options.retrieval else measure
    figures = asdict(measured(reader, samples))
    print(json.dumps(figures) if options.json else _table(figures))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.resolve")
    parser.add_argument("--catalogue", type=Path, required=True)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--orders", type=Path, help="labelled texts to measure with")
    what.add_argument("--explain", metavar="TEXT", help="print how one text is read")
    parser.add_argument(
        "--retrieval", action="store_true", help="measure how the right SKU is found"
    )
    parser.add_argument("--typos", type=int, metavar="SEED", help="mistype some longer words")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _table(figures: dict[str, float | None]) -> str:
    width = max(len(name) for name in figures)
    return "\n".join(
        f"{name:<{width}}  {'-' if value is None else value}" for name, value in figures.items()
    )


if __name__ == "__main__":
    sys.exit(main())
