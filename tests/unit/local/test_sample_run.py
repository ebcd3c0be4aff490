"""The bulk promotion to try, and whether its results balance."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.run import Form
from chalicelib.domain.run_line import Buy
from chalicelib.entrypoints.wire.run_lines import parse_line
from local.demo import CATALOGUE
from local.sample_run import balance, lines, main

COUPON = {
    "units": {"issued": 3, "left": 1, "held": 0, "redeemed": 2},
    "money": {"held": 0, "spent": 300},
}
ROWS = [
    {"line": 1, "outcome": "confirmed", "total": 100, "discount": 100},
    {"line": 2, "outcome": "confirmed", "total": 200, "discount": 0},
    {"line": 3, "outcome": "rejected", "reason": "coupon_sold_out"},
    {"line": 4, "outcome": "confirmed", "total": 200, "discount": 200},
]


def balanced(rows: list[dict[str, Any]], coupon: dict[str, Any]) -> list[bool | None]:
    """Return which lines balance."""
    return [line.balanced for line in balance(rows, coupon)]


def test_the_promotion_is_of_a_thousand_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """For as many customers, every line sound and of the demo's menu; 300 want the coupon."""
    assert main([]) == 0
    rows = capsys.readouterr().out.splitlines()
    read = [parse_line(row.encode(), Form.JSON_LINES, ()) for row in rows]
    buys = [line for line in read if isinstance(line, Buy)]
    assert len(buys) == len({buy.customer_id for buy in buys}) == 1_000
    assert sum(buy.request.coupons == ("GIFT300",) for buy in buys) == 300
    skus = {item["sku"] for item in CATALOGUE["items"]}
    assert {line.sku for buy in buys for line in buy.request.lines} <= skus
    assert [json.loads(row) for row in rows] == list(lines())


def test_results_balance_with_their_coupon() -> None:
    """Rows with a discount are units, and their discounts the money."""
    assert balanced(ROWS, COUPON) == [True] * 4


@pytest.mark.parametrize(
    ("place", "where", "value"),
    [
        (0, ("rows", 1, "line"), 1),
        (1, ("coupon", "units", "redeemed"), 3),
        (2, ("coupon", "units", "left"), 2),
        (3, ("coupon", "money", "spent"), 299),
        (3, ("rows", 3, "discount"), 201),
    ],
)
def test_what_is_wrong_does_not_balance(place: int, where: tuple[Any, ...], value: int) -> None:
    """Whichever of the figures it is."""
    facts: Any = deepcopy({"rows": ROWS, "coupon": COUPON})
    *path, last = where
    spot = facts
    for step in path:
        spot = spot[step]
    spot[last] = value
    assert balanced(facts["rows"], facts["coupon"])[place] is False


def test_no_results_balance_with_nothing(tmp_path: Path) -> None:
    """An empty file is no success, and neither is one that is not there."""
    assert balanced([], COUPON)[0] is False
    assert main(["--balance", str(tmp_path / "none")], tmp_path / "stack.json") == 1


def test_a_stack_without_an_address_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By what it lacks, instead of a traceback."""
    results, stack = tmp_path / "results.jsonl", tmp_path / "stack.json"
    results.write_text("")
    stack.write_text("{}")
    assert main(["--balance", str(results)], stack) == 1
    assert "api_url" in capsys.readouterr().err
