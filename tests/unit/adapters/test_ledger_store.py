from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.adapters.dynamodb.keys import first_key, unique_key, uses_key
from chalicelib.adapters.dynamodb.transaction import CANCELED
from chalicelib.application.counter_ports import Committed
from chalicelib.domain.coupon import ANY, Offer
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import ConfirmMode, Intent, Status, move
from chalicelib.domain.movement import EntryKind, Move, guard, keeping, returning, taking
from chalicelib.domain.settlement import Wanted, granted
from rushline_testing.faults import CrashError
from simulation.faults import Effect
from tests.contract.steps import commanded
from tests.unit.adapters.stores import Simulated, refused
from tests.unit.domain.builders import NOW, intent, pending, request, stock, terms
from tests.unit.domain.settled import drawn, known, placed, want

ALL = frozenset({ANY})
RULE = terms(uses=2, first_order=True, unique=True, combines_with=ALL, budget=4_000)
PLAIN = terms("PLAIN", combines_with=ALL)


@pytest.fixture
def opened() -> Simulated:
    """Return the stores of a stack of its own, with two coupons, a unique code and stock."""
    opened = Simulated(NOW)
    for one in (RULE, PLAIN, stock()):
        opened.services.counters.create(one, commanded())
    code = {**unique_key("MINE"), "coupon": {"S": RULE.code}, "state": {"S": "issued"}}
    opened.stack.dynamodb.seed("CouponsTable", [code])
    opened.dynamodb.calls.clear()
    return opened


def asking(opened: Simulated, *, hold: bool = False, id_: str = "in_1") -> Wanted:
    """Put an order on record that wants of everything."""
    confirm = ConfirmMode.REVIEW if hold else ConfirmMode.AUTO
    asked = request(coupon=("MINE", "PLAIN"), confirm=confirm)
    opened.somebody_else().intents.accept(intent(asked, id_=id_))
    by = known(Offer(terms=RULE, unique="MINE"), PLAIN, stocks=[stock()])
    return want(pending(asked, id_=id_), by)


def taken(wanted: Wanted) -> Move:
    """Return the move that gives *wanted* all it wants of the first shards."""
    return taking(granted(wanted, drawn(wanted), NOW), "tea-house", wanted.limits)


def commit(opened: Simulated, *moves: Move) -> object:
    """Commit *moves* under the guards of all three counters."""
    guards = {one.counter: guard(one, NOW) for one in (RULE, PLAIN, stock())}
    return opened.services.ledger.commit(moves, EntryKind.SETTLE, guards)


def written(opened: Simulated) -> list[dict[str, Any]]:
    """Return the actions of the latest transaction."""
    found: list[dict[str, Any]] = opened.dynamodb.made("transact_write_items")[-1]["TransactItems"]
    return found


def places(actions: Sequence[dict[str, Any]]) -> list[object]:
    """Return the keys of the items that *actions* write."""
    found: list[object] = []
    for action in actions:
        ((_, call),) = action.items()
        key = call.get("Key") or {name: call["Item"][name] for name in ("code", "part")}
        found.append(sorted(key.items()))
    return found


def held(opened: Simulated) -> Intent:
    """Return an intent that holds all that it wants."""
    wanted = asking(opened, hold=True)
    assert commit(opened, taken(wanted)) == Committed()
    return placed(wanted)


def test_everything_that_belongs_together_is_one_transaction(opened: Simulated) -> None:
    """Three shards, three entries, the order, its use, its code and its first order; none twice."""
    assert commit(opened, taken(asking(opened))) == Committed()
    found = places(written(opened))
    assert len(found) == 3 + 3 + 4
    assert all(found.count(one) == 1 for one in found)
    assert len(opened.dynamodb.made("transact_write_items")) == 1


def test_a_release_writes_what_the_hold_wrote(opened: Simulated) -> None:
    """The same items again but for the ledger's entries, which are new."""
    one = held(opened)
    first = [place for place in places(written(opened)) if "#ledger" not in str(place)]
    back = returning(move(one, Status.LAPSED, NOW), one)
    assert opened.services.ledger.commit([back], EntryKind.RELEASE, {}) == Committed()
    second = [place for place in places(written(opened)) if "#ledger" not in str(place)]
    assert sorted(map(str, first)) == sorted(map(str, second))
    assert {count(opened), code(opened), first_order(opened)} == {"0", "issued", None}


def count(opened: Simulated) -> str | None:
    """Return how often the customer is counted to have used the coupon."""
    found: str | None = (
        _item(opened, "OrdersTable", uses_key("alice", RULE.code)).get("uses", {}).get("N")
    )
    return found


def code(opened: Simulated) -> str:
    """Return the state of the unique code."""
    found: str = _item(opened, "CouponsTable", unique_key("MINE"))["state"]["S"]
    return found


def first_order(opened: Simulated) -> str | None:
    """Return which intent is on record for the customer's first order."""
    found: str | None = (
        _item(opened, "OrdersTable", first_key("alice", "tea-house")).get("by", {}).get("S")
    )
    return found


def _item(opened: Simulated, table: str, key: dict[str, Any]) -> dict[str, Any]:
    answer = opened.somebody_else().clients.dynamodb.get_item(
        TableName=table, Key=key, ConsistentRead=True
    )
    found: dict[str, Any] = answer.get("Item", {})
    return found


def test_marks_say_for_which_intent_they_stand(opened: Simulated) -> None:
    """The code and the first order name it, for whoever looks into a complaint."""
    commit(opened, taken(asking(opened)))
    used = _item(opened, "CouponsTable", unique_key("MINE"))
    assert (used["by"]["S"], used["coupon"]["S"]) == ("in_1", RULE.code)
    assert (count(opened), first_order(opened)) == ("1", "in_1")


def test_a_count_of_uses_never_goes_below_nothing(opened: Simulated) -> None:
    """Held and given back leaves the count where it was, however often it is tried."""
    one = held(opened)
    back = returning(move(one, Status.CANCELLED, NOW), one)
    for _ in range(3):
        opened.services.ledger.commit([back], EntryKind.RELEASE, {})
    assert count(opened) == "0"


def test_only_a_counted_use_is_given_back(opened: Simulated) -> None:
    """What never stood on a customer's count is not taken off it."""
    asked = request(coupon="PLAIN", confirm=ConfirmMode.REVIEW)
    opened.services.intents.accept(intent(asked))
    wanted = want(pending(asked), known(PLAIN))
    commit(opened, taken(wanted))
    one = placed(wanted)
    opened.services.ledger.commit(
        [returning(move(one, Status.LAPSED, NOW), one)], EntryKind.RELEASE, {}
    )
    assert len(written(opened)) == 3
    assert _item(opened, "OrdersTable", uses_key("alice", "PLAIN")) == {}


@pytest.mark.parametrize("effect", [Effect.CRASH_BEFORE, Effect.CRASH_AFTER])
def test_a_crash_leaves_all_of_it_or_nothing(opened: Simulated, effect: Effect) -> None:
    """And a repeat makes it whole, once, with one entry in each ledger."""
    made = taken(asking(opened))
    opened.strike(effect, 0)
    with pytest.raises(CrashError):
        commit(opened, made)
    opened.calm()
    happened = effect is Effect.CRASH_AFTER
    assert count(opened) == ("1" if happened else None)
    outcome = commit(opened, made)
    assert (outcome == Committed()) is not happened
    for one in (RULE, PLAIN, stock()):
        assert len(list(opened.services.counters.entries(one))) == 1


def test_an_outage_says_nothing_of_the_orders(opened: Simulated) -> None:
    """Whether it happened is not known, so nobody is told anything; a repeat finds out."""
    made = taken(asking(opened))
    opened.strike(Effect.LOSE_ANSWER, 0)
    with pytest.raises(StoreUnavailableError):
        commit(opened, made)
    opened.calm()
    outcome = commit(opened, made)
    assert getattr(outcome, "moved", None) == {made.change.ref}


def test_a_confirmation_that_is_contended_may_be_tried_again(opened: Simulated) -> None:
    """Nobody is told that their quote is gone because somebody else was busy."""
    one = held(opened)
    kept = keeping(move(one, Status.CONFIRMED, NOW), one)

    def busy(_: str, parameters: dict[str, Any]) -> None:
        opened.dynamodb.before = lambda *_: None
        none = ["None"] * (len(parameters["TransactItems"]) - 1)
        raise refused(CANCELED, reasons=("TransactionConflict", *none))

    opened.dynamodb.before = busy
    outcome = opened.services.ledger.commit([kept], EntryKind.CONFIRM, {})
    assert getattr(outcome, "contended", False)
    assert opened.services.ledger.commit([kept], EntryKind.CONFIRM, {}) == Committed()
