"""What the suites of counters and ledger do with a store: define, order, and read the books."""

from collections.abc import Iterable

from chalicelib.application.counter_ports import Committed, Entry
from chalicelib.application.ports import Accepted, Moved
from chalicelib.domain.command import Command, CommandKind
from chalicelib.domain.coupon import CouponTerms, Offer
from chalicelib.domain.intent import ConfirmMode, Intent, IntentRef, Status
from chalicelib.domain.movement import EntryKind, Guard, Move, guard, taking
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.resolution import Line
from chalicelib.domain.settlement import Wanted, granted
from chalicelib.domain.terms import Terms
from tests import books as counter_books
from tests.contract.conftest import Store
from tests.unit.domain.builders import NOW, intent, pending, request, stock
from tests.unit.domain.settled import drawn, known, want


def commanded(
    id_: str = "define",
    kind: CommandKind = CommandKind.DEFINE,
    *,
    version: int = 1,
    units: int = 0,
    money: int = 0,
) -> Command:
    """Return a command as it goes on record."""
    return Command(
        id=id_, kind=kind, by="ops", at=NOW, why="test", version=version, units=units, money=money
    )


def define(store: Store, *all_terms: Terms) -> None:
    """Create a counter for each of *all_terms*."""
    for one in all_terms:
        assert store.counters.create(one, commanded(units=one.units)) == Moved()


def issue(store: Store, unique: str, coupon: str, state: str = "issued") -> None:
    """Lay down a unique code of *coupon*."""
    store.services.clients.dynamodb.put_item(
        TableName=store.services.settings.coupons_table,
        Item={
            "code": {"S": unique},
            "part": {"S": "code"},
            "coupon": {"S": coupon},
            "state": {"S": state},
        },
    )


def asking(
    store: Store,
    count: int,
    *offers: CouponTerms | Offer,
    lines: Iterable[Line] = (),
    stocked: bool = False,
    hold: bool = False,
    customer: str | None = None,
    named: str = "in",
) -> list[Wanted]:
    """Put *count* intents on record, and return what they want by these offers."""
    confirm = ConfirmMode.REVIEW if hold else ConfirmMode.AUTO
    by = known(*offers, stocks=[stock()] if stocked else [])
    asked = request(*lines, coupon=tuple(by.offers), confirm=confirm)
    found = []
    for n in range(count):
        id_, who = f"{named}_{n}", customer or f"c{n}"
        assert store.intents.accept(intent(asked, id_=id_, customer=who)) == Accepted()
        found.append(want(pending(asked, id_=id_, customer=who), by))
    return found


def take(
    store: Store, wanted: Iterable[Wanted], shard: int = 0, now: int = NOW
) -> Committed | Refusal:
    """Commit what gives each of *wanted* its claims from one shard, guarded by its terms."""
    moves: list[Move] = []
    guards: dict[str, Guard] = {}
    for one in wanted:
        change = granted(one, drawn(one, shard), now)
        moves.append(taking(change, one.pending.merchant, one.limits))
        guards |= {claim.counter: guard(claim.terms, now) for claim in one.claims}
    return store.ledger.commit(moves, EntryKind.SETTLE, guards)


def refused(outcome: Committed | Refusal) -> Refusal:
    """Return the refusal that *outcome* has to be."""
    assert isinstance(outcome, Refusal)
    return outcome


def stands(store: Store, ref: IntentRef) -> Intent:
    """Return the intent as it stands."""
    found = store.intents.get(ref)
    assert found is not None
    return found


def status(store: Store, one: Wanted) -> Status:
    """Return where the order stands."""
    return stands(store, one.pending.ref).status


def books(store: Store, counter: str = "SPRING25") -> tuple[int, ...]:
    """Return the counter's columns, summed over its shards; they agree with its ledger."""
    return counter_books.books(store.counters, counter)


def entries(store: Store, counter: str = "SPRING25") -> list[Entry]:
    """Return the counter's ledger in order of time."""
    return counter_books.entries(store.counters, counter)
