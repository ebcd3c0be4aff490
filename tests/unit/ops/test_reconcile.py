"""`python -m ops reconcile`, over moto, as a shell has it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.dynamodb.keys import shard_key
from ops.__main__ import main
from rushline_testing.clock import TurnableClock
from rushline_testing.environment import sealed
from tests.fakes.tables import define
from tests.unit.adapters.stores import Opened
from tests.unit.domain.builders import NOW, terms


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """Return a stack with a coupon, whose tables the environment names."""
    with sealed(), mock_aws():
        opened = Opened(Clients(), TurnableClock(NOW))
        define(opened.services, terms(units=10, shards=2))
        monkeypatch.setenv("COUPONS_TABLE", opened.coupons_table)
        monkeypatch.setenv("ORDERS_TABLE", opened.orders_table)
        yield opened


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[Any]]:
    """Run it; return its exit code and its facts."""
    exit_ = main(["reconcile", *arguments, "--json"])
    return exit_, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("arguments", [(), ("--orders",), ("--counter", "spring25")])
def test_what_balances_is_exit_0(
    opened: Opened, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """All counters or one, in any spelling, with the orders or without."""
    assert opened.coupons_table
    exit_, (counter, sums) = run(capsys, *arguments)
    assert exit_ == 0
    assert (counter["counter"], counter["issued"], counter["left"]) == ("SPRING25", 10, 10)
    assert counter["with_orders"] == ("--orders" in arguments)
    assert sums == {"counters": 1, "unbalanced": 0, "skipped": 0}


def test_what_does_not_balance_is_exit_1_and_named(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    """The shard and the column stand in words, for people too."""
    opened.raw.update_item(
        TableName=opened.coupons_table,
        Key=shard_key("SPRING25", 1),
        UpdateExpression="SET held = :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    exit_, (counter, sums) = run(capsys)
    assert (exit_, counter["balanced"], sums["unbalanced"]) == (1, False, 1)
    assert "shard 1 does not balance: 5 left + 1 held" in counter["faults"][0]
    assert main(["reconcile"]) == 1
    assert "OUT OF BALANCE  SPRING25: 10 issued" in capsys.readouterr().out


def test_no_such_coupon_is_exit_2(opened: Opened, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is nobody's is told, and is not a balance of nothing."""
    assert opened.coupons_table
    exit_, (fact,) = run(capsys, "--counter", "NONE")
    assert (exit_, fact["error"]) == (2, "coupon_not_found")
