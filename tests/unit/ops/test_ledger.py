"""`python -m ops ledger`, over moto, as a shell has it."""

import json
from collections.abc import Iterator

import pytest
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.domain.command import topped_up
from chalicelib.domain.intent import Intent, Status, move
from chalicelib.domain.movement import EntryKind, guard, taking
from chalicelib.domain.order import Draw, Order, PricedLine, Redemption
from ops.__main__ import main
from rushline_testing.clock import TurnableClock
from rushline_testing.environment import sealed
from tests.fakes.tables import define, obey
from tests.unit.adapters.stores import Opened
from tests.unit.domain.builders import NOW, intent, terms


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """Return a stack with a coupon of which one order took a unit, topped up since."""
    with sealed(), mock_aws():
        opened = Opened(Clients(), TurnableClock(NOW))
        monkeypatch.setenv("COUPONS_TABLE", opened.coupons_table)
        define(opened.services, terms(units=10, shards=2))
        order(opened, intent(id_="in_1"))
        obey(opened.services, "SPRING25", lambda t: topped_up(t, 4, 0), "more")
        yield opened


def order(opened: Opened, one: Intent) -> None:
    """Have *one* confirmed with a unit of shard 1."""
    opened.services.intents.accept(one)
    line = PricedLine(sku="tea", name="Tea", quantity=1, unit_price=400)
    redemption = Redemption(code="SPRING25", discount=100, draws=(Draw(shard=1, money=100),))
    made = Order(currency="USD", catalogue_version=1, lines=(line,), redemptions=(redemption,))
    taken = taking(move(one, Status.CONFIRMED, NOW, order=made), one.merchant, {})
    guards = {"SPRING25": guard(terms(units=10, shards=2), NOW)}
    opened.services.ledger.commit([taken], EntryKind.SETTLE, guards)


@pytest.mark.usefixtures("opened")
def test_each_entry_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """What was drawn and what was issued, each with its shards, its time and its cause."""
    assert main(["ledger", "--counter", "spring25", "--json"]) == 0
    facts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = sorted((fact["kind"], fact["intents"], fact["command"]) for fact in facts)
    assert [tuple(map(str, one)) for one in told] == [
        ("settle", "1", "None"),
        ("top_up", "0", "more"),
        ("top_up", "0", "more"),
    ]
    settled = next(fact for fact in facts if fact["kind"] == "settle")
    assert settled["shards"] == {"1": {"left": -1, "redeemed": 1, "money_left": -100, "spent": 100}}


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(("id_", "found"), [("in_1", 1), ("in_2", 0)])
def test_an_intents_entries_are_found(
    capsys: pytest.CaptureFixture[str], id_: str, found: int
) -> None:
    """By its id, though the ledger holds a hash."""
    assert main(["ledger", "--counter", "SPRING25", "--intent", id_]) == 0
    assert len(capsys.readouterr().out.splitlines()) == found


@pytest.mark.usefixtures("opened")
def test_no_such_counter_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty ledger is not what nobody's name has."""
    assert main(["ledger", "--counter", "stock/tea-house/cup"]) == 2
    assert capsys.readouterr().err.startswith("coupon_not_found: ")
