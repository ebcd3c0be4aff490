from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.application.ports import CatalogueDraft
from chalicelib.application.reconcile import Reconciled
from chalicelib.bootstrap import Services
from chalicelib.domain.catalogue import Item
from chalicelib.domain.command import (
    Amendment,
    Command,
    CommandKind,
    paused,
    resharded,
    resumed,
    topped_up,
)
from chalicelib.domain.counter import CounterState, StockTerms
from chalicelib.domain.intent import ConfirmMode, Intent
from chalicelib.domain.refund import Part, Wish
from chalicelib.domain.terms import Terms
from tests.fakes import FakeClock, Tables
from tests.unit.domain.builders import intent, line, request, terms

STOCK = "stock/tea-house/cup"


class Campaign:
    """A coupon and a counted item, of which some were ordered, held, released and refunded."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.tables = Tables(self.clock)
        self.services: Services = self.tables.services()
        items = (
            Item(sku="tea", name="Tea", unit_price=400),
            Item(sku="cup", name="Cup", unit_price=900, stocked=True),
        )
        self.services.catalogues.publish(
            CatalogueDraft(merchant="tea-house", currency="USD", items=items, groups=(), digest="1")
        )
        self.tables.define(
            terms(units=20, shards=4, uses=5, budget=9_999, currency="USD", version=1)
        )
        self.tables.define(
            StockTerms(merchant="tea-house", sku="cup", version=1, units=9, shards=2)
        )
        ordered = self.order(4)
        held = self.order(3, confirm=ConfirmMode.REVIEW)
        self.services.cancel(held[0].ref)
        self.services.confirm(held[1].ref)
        part = Wish(id="r1", by="olga", why="cold", parts=(Part(line=1, quantity=1),))
        self.services.refund(ordered[0].ref, part)
        self.services.refund(ordered[1].ref, Wish(id="r2", by="olga", why="late"))
        self.tables.command("SPRING25", lambda t: topped_up(t, 10, 500), CommandKind.TOP_UP, "t")
        self.tables.command("SPRING25", lambda t: resharded(t, 6), CommandKind.ADD_SHARDS, "s")

    def order(
        self, count: int, confirm: ConfirmMode = ConfirmMode.AUTO, coupon: str = "SPRING25"
    ) -> list[Intent]:
        """Settle *count* orders of two teas and a cup with the coupon."""
        asked = request(line("tea", 2), line("cup"), coupon=coupon, confirm=confirm)
        first = len(self.tables.on_record)
        now = self.clock.now()
        made = [
            replace(
                intent(asked, id_=f"in_{n}", customer=f"c{n}"),
                accepted_at=now,
                expires_at=now + 900_000,
            )
            for n in range(first, first + count)
        ]
        for one in made:
            self.services.intents.accept(one)
        settled = self.services.settle([one.pending for one in made], now + 60_000)
        assert len(settled.changes) == count
        return made

    def reconciled(self, only: str, *, with_orders: bool = True) -> Reconciled:
        """Return what reconciling finds of one counter."""
        (found,) = self.services.reconcile(only=only, with_orders=with_orders)
        return found

    def tamper(self, table: str, which: Callable[[Any], bool], **changed: Any) -> None:
        """Change attributes of the first item that is *which*."""
        item = next(item for item in self.tables.dynamodb.contents(table) if which(item))
        self.tables.dynamodb.seed(table, [{**item, **changed}])


@pytest.fixture
def campaign() -> Campaign:
    """Return a campaign in which everything happened once."""
    return Campaign()


def test_what_was_written_by_transactions_balances(campaign: Campaign) -> None:
    """Shards, ledger and orders tell one story, of coupons and of stock."""
    found = list(campaign.services.reconcile(with_orders=True))
    assert [one.counter for one in found] == ["SPRING25", STOCK]
    assert [one.faults for one in found] == [(), ()]
    assert all(one.with_orders and not one.moving for one in found)


def test_units_that_appear_from_nowhere_are_named(campaign: Campaign) -> None:
    """A shard that was written by hand fails its own books, its terms' and its ledger's."""
    campaign.tamper(
        "CouponsTable", lambda item: item["code"]["S"] == "SPRING25#01", left={"N": "99"}
    )
    faults = campaign.reconciled("SPRING25").faults
    assert any(fault.startswith("shard 1 does not balance: 99 left") for fault in faults)
    assert any(fault.startswith("shard 1 has left 99, and its ledger comes to") for fault in faults)


def test_units_that_were_issued_by_hand_are_named(campaign: Campaign) -> None:
    """Books that balance by themselves are still held against the terms."""
    campaign.tamper(
        "CouponsTable",
        lambda item: item["code"]["S"] == "SPRING25#05",
        left={"N": "105"},
        issued={"N": "105"},
    )
    assert any(
        fault.endswith("units on the shards, and 30 by the terms")
        for fault in campaign.reconciled("SPRING25").faults
    )


def test_an_order_without_its_unit_is_named(campaign: Campaign) -> None:
    """An order that was confirmed by hand has taken what no shard gave."""
    campaign.tamper(
        "OrdersTable",
        lambda item: item.get("status", {}).get("S") == "cancelled",
        status={"S": "confirmed"},
    )
    for counter in ("SPRING25", STOCK):
        faults = campaign.reconciled(counter).faults
        assert any("and the orders come to" in fault for fault in faults)
    assert campaign.reconciled("SPRING25", with_orders=False).balanced


def test_a_ledger_entry_that_is_gone_is_missed(campaign: Campaign) -> None:
    """A shard counts the entries that name it."""
    entry = next(
        item
        for item in campaign.tables.dynamodb.contents("CouponsTable")
        if item["code"]["S"].startswith("SPRING25") and item.get("kind", {}).get("S") == "settle"
    )
    table = campaign.tables.dynamodb.table("CouponsTable")
    table.write((entry["code"]["S"], entry["part"]["S"]), None, 0, -1, -1)
    faults = campaign.reconciled("SPRING25").faults
    assert any("has moves" in fault for fault in faults)


def test_a_counter_that_is_drawn_on_is_told_from_a_wrong_one(campaign: Campaign) -> None:
    """While units move its own books are looked at, which balance at every moment."""
    counters = campaign.services.counters
    read = counters.entries

    def busy(of: Any) -> Any:
        campaign.order(1)
        return read(of)

    counters.entries = busy  # type: ignore[assignment,method-assign]
    found = campaign.reconciled("SPRING25")
    assert (found.moving, found.with_orders, found.faults) == (True, False, ())


def begun(campaign: Campaign, ago_ms: int = 0) -> None:
    """Have a top-up be on record that has come to no shard yet."""
    counters = campaign.services.counters
    current = counters.fresh_terms("SPRING25")
    assert current is not None
    version = current.version + 1
    amendment = topped_up(replace(current, version=version), 2, 0)
    at = campaign.clock.now() - ago_ms
    command = Command(
        id="begun", kind=CommandKind.TOP_UP, by="olga", at=at, why="more", version=version, units=2
    )
    counters.begin(amendment, command)


def test_a_command_on_its_way_to_the_shards_is_no_fault(campaign: Campaign) -> None:
    """For a minute the counter counts as one that moves; then whoever gave it is gone."""
    begun(campaign)
    found = campaign.reconciled("SPRING25")
    assert (found.moving, found.faults) == (True, ())
    campaign.clock.turn(60_001)
    found = campaign.reconciled("SPRING25")
    assert not found.moving
    assert found.faults == ("not every shard has come to version 4 of the terms",)


def test_added_shards_that_are_not_there_yet_are_no_fault(campaign: Campaign) -> None:
    """Between the terms that name them and their first write there are fewer than named."""
    counters = campaign.services.counters
    terms_ = counters.fresh_terms("SPRING25")
    assert terms_ is not None
    amendment = resharded(replace(terms_, version=4), 8)
    command = Command(
        id="s8", kind=CommandKind.ADD_SHARDS, by="o", at=campaign.clock.now(), why="w", version=4
    )
    counters.begin(amendment, command)
    found = campaign.reconciled("SPRING25")
    assert (found.moving, found.faults) == (True, ())


@pytest.mark.parametrize("kind", [CommandKind.TOP_UP, CommandKind.ADD_SHARDS, CommandKind.PAUSE])
def test_a_counter_that_is_commanded_all_the_while_is_told_from_a_wrong_one(
    campaign: Campaign, kind: CommandKind
) -> None:
    """Terms that were read before a command, and shards after it, are no two tellings of one moment."""
    counters = campaign.services.counters
    read = counters.shards
    commands = iter(range(9))
    amends: dict[CommandKind, Callable[[Terms], Amendment]] = {
        CommandKind.TOP_UP: lambda t: topped_up(t, 2, 0),
        CommandKind.ADD_SHARDS: lambda t: resharded(t, t.shards + 1),
        CommandKind.PAUSE: lambda t: resumed(t) if t.state is CounterState.PAUSED else paused(t),
    }

    def commanded(of: Terms) -> Any:
        campaign.tables.command("SPRING25", amends[kind], kind, f"late{next(commands)}")
        return read(of)

    counters.shards = commanded  # type: ignore[assignment,method-assign]
    found = campaign.reconciled("SPRING25")
    assert (found.moving, found.faults) == (True, ())


def test_a_shard_that_was_written_by_hand_is_named_while_others_move(campaign: Campaign) -> None:
    """Its own books balance at every moment, or are wrong."""
    begun(campaign)
    campaign.tamper(
        "CouponsTable", lambda item: item["code"]["S"] == "SPRING25#01", left={"N": "99"}
    )
    found = campaign.reconciled("SPRING25")
    assert found.moving
    assert [fault.partition(":")[0] for fault in found.faults] == ["shard 1 does not balance"]


def test_a_counter_that_came_while_orders_were_read_is_not_held_against_them(
    campaign: Campaign,
) -> None:
    """What was read of the orders is of a moment when it was not there."""
    read = campaign.services.intents.with_orders

    def late() -> Any:
        found = list(read())
        campaign.tables.define(terms("NEWCOMER", units=5, shards=1))
        campaign.order(1, coupon="NEWCOMER")
        return found

    intents: Any = SimpleNamespace(with_orders=late)
    reconcile = replace(campaign.services.reconcile, intents=intents)
    (found,) = reconcile(only="NEWCOMER", with_orders=True)
    assert (found.counter, found.with_orders, found.faults) == ("NEWCOMER", False, ())


def test_what_the_time_does_not_do_for_is_named_as_skipped(campaign: Campaign) -> None:
    """No counter is left out in silence."""
    found = list(campaign.services.reconcile(stop_at=campaign.clock.now()))
    assert {one.counter for one in found} == {"SPRING25", STOCK}
    assert all(one.skipped and one.balanced for one in found)


def test_the_time_is_looked_at_while_a_ledger_is_read(campaign: Campaign) -> None:
    """A long ledger is given up in its middle; its shards' own books were looked at all the same."""
    counters = campaign.services.counters
    read, told = counters.entries, []

    def slow(of: Terms) -> Any:
        for entry in read(of):
            campaign.clock.turn(1_000)
            told.append(entry)
            yield entry

    counters.entries = slow  # type: ignore[assignment,method-assign]
    campaign.tamper(
        "CouponsTable", lambda item: item["code"]["S"] == "SPRING25#01", left={"N": "99"}
    )
    stop_at = campaign.clock.now() + 2_000
    (found,) = campaign.services.reconcile(only="SPRING25", stop_at=stop_at)
    assert found.skipped
    assert len(told) == 2
    assert [fault.partition(":")[0] for fault in found.faults] == ["shard 1 does not balance"]


def test_what_the_plan_did_not_count_is_named(campaign: Campaign) -> None:
    """What was given out and what the plan counted as given out are one number."""
    campaign.tamper(
        "CouponsTable", lambda item: item["code"]["S"] == "SPRING25#00", taken={"N": "9"}
    )
    assert any("counted by the plan" in fault for fault in campaign.reconciled("SPRING25").faults)


@pytest.mark.parametrize(
    ("part", "changed"),
    [("units", {"left": {"S": "many"}}), ("terms", {"document": {"S": "{"}})],
)
@pytest.mark.parametrize("with_orders", [True, False])
def test_one_that_can_t_be_read_keeps_no_other_from_being_looked_at(
    campaign: Campaign, part: str, changed: dict[str, Any], *, with_orders: bool
) -> None:
    """It is a fault of its own; the others are reconciled."""
    campaign.tamper(
        "CouponsTable",
        lambda item: item["code"]["S"].startswith("SPRING25") and item["part"]["S"] == part,
        **changed,
    )
    campaign.clock.turn(5_000)
    found = list(campaign.services.reconcile(with_orders=with_orders))
    assert [(one.counter, one.balanced) for one in found] == [("SPRING25", False), (STOCK, True)]
    assert "can't be read" in found[0].faults[0]
