"""A bulk promotion to try: ``python -m local.sample_run > lines.jsonl``.

A thousand lines, for as many customers, of which 300 want a unit of the coupon GIFT300.
``python -m local.sample_run --balance results.jsonl`` holds the run's results against that
coupon of the local stack, and fails where they differ.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from rich.console import Console

from local import show
from local.api import Api
from local.faults import LocalError
from local.places import HERE
from local.reconcile import Line

COUPON = "GIFT300"
LINES = 1_000
IN_TEN, WITH_COUPON = 10, 3
"""Of ten lines in a row, the first three want the coupon."""

TEXTS = (
    "two large lattes with oat milk and a blueberry muffin please",
    "a flat white",
    "one cappuccino with an extra shot",
)
ITEMS = (
    {"sku": "latte", "quantity": 2},
    {"sku": "oat_cookie", "quantity": 3},
)
ASKED: tuple[Mapping[str, Any], ...] = (
    *({"text": text} for text in TEXTS),
    *({"items": [item]} for item in ITEMS),
)


def lines(coupon: str = COUPON, count: int = LINES) -> Iterator[Mapping[str, Any]]:
    """Yield the run's lines."""
    for number in range(count):
        line: dict[str, Any] = {"customer_id": f"guest-{number + 1:04}"}
        line |= ASKED[number % len(ASKED)]
        yield line | ({"coupon": coupon} if number % IN_TEN < WITH_COUPON else {})


def balance(rows: Sequence[Mapping[str, Any]], coupon: Mapping[str, Any]) -> list[Line]:
    """Return how *rows* of results stand to the *coupon*, as the API shows it, that their run gave away."""
    units, spent = coupon["units"], coupon["money"]["spent"]
    numbers = [row["line"] for row in rows]
    discounts = [row["discount"] for row in rows if row.get("discount")]
    redeemed, money = len(discounts), sum(discounts)
    return [
        Line(
            name="Each line once, in order",
            figures=f"{len(rows)} rows",
            balanced=bool(rows) and numbers == list(range(1, len(rows) + 1)),
        ),
        Line(
            name="Units",
            figures=f"{redeemed} rows with it = {units['redeemed']} redeemed",
            balanced=redeemed == units["redeemed"],
        ),
        Line(
            name="Never oversold",
            figures=f"{units['left']} left + {units['redeemed']} redeemed = {units['issued']} issued"
            f" (held {units['held']})",
            balanced=units["left"] + units["held"] + units["redeemed"] == units["issued"],
        ),
        Line(
            name="Money given away",
            figures=f"{money} off those orders = {spent} on the coupon",
            balanced=money == spent,
        ),
    ]


def main(arguments: Sequence[str] | None = None, stack: Path = HERE.stack) -> int:
    """Write the lines, or balance; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local.sample_run", description=__doc__)
    parser.add_argument("--coupon", default=COUPON, help=f"instead of {COUPON}")
    parser.add_argument("--balance", type=Path, metavar="RESULTS", help="a run's results")
    options = parser.parse_args(arguments)
    if options.balance is None:
        sys.stdout.writelines(f"{json.dumps(line)}\n" for line in lines(options.coupon))
        return 0
    try:
        rows = [json.loads(row) for row in options.balance.read_text().splitlines()]
        told = json.loads(stack.read_text())
        with closing(Api(told["api_url"])) as api:
            coupon = api.call("GET", f"/coupons/{options.coupon}", told["ops_token"])
    except KeyError as missing:
        sys.stderr.write(f"{stack}: it has no {missing}\n")
        return 1
    except (OSError, ValueError, LocalError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    try:
        balanced = balance(rows, coupon.json())
    except (KeyError, ValueError):
        sys.stderr.write(f"the app answered {coupon.status}: {coupon.text}\n")
        return 1
    show.reconciliation(Console(), balanced)
    return int(any(line.balanced is False for line in balanced))


if __name__ == "__main__":
    sys.exit(main())
