from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.dynamodb.keys import uses_key
from chalicelib.adapters.dynamodb.ledger import DynamoLedger, TransactionRefusedError
from chalicelib.application.backoff import Backoff
from chalicelib.application.ports import Committed, Moved, Stale
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.errors import RushlineError, StoreUnavailableError
from chalicelib.domain.intent import Change, ConfirmMode, Intent, Status, move
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.settlement import Wanted, granted, propose
from rushline_testing.environment import sealed
from tests.fakes import FakeClock
from tests.unit.adapters.stores import Opened, refused
from tests.unit.domain.builders import NOW, intent, menu, request, terms

ATTEMPTS_MAX = 4
CONTENTION = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
CANCELED = "TransactionCanceledException"


class StubDynamo:
    """Refuses the transactions that it is told to, each for its reasons, and takes the rest."""

    def __init__(self, *refusals: tuple[str, ...]) -> None:
        self.refusals = list(refusals)
        self.transactions: list[list[Any]] = []

    def transact_write_items(self, *, TransactItems: list[Any]) -> dict[str, Any]:  # noqa: N803
        """Refuse with the next reasons, or take it."""
        self.transactions.append([item["Update"] for item in TransactItems])
        if self.refusals:
            reasons = self.refusals.pop(0)
            assert len(reasons) == len(TransactItems)
            raise refused(CANCELED, reasons=reasons)
        return {}


def ledger(client: Any) -> DynamoLedger:
    """Return the ledger over *client*, which tries four times."""
    return DynamoLedger(
        client=client,
        orders_table="orders",
        coupons_table="coupons",
        retention_days=30,
        clock=FakeClock(NOW),
        backoff=Backoff(attempts_max=ATTEMPTS_MAX, base_ms=1, ceiling_ms=8, jitter=lambda: 0.5),
    )


def held(rule: CouponTerms) -> Intent:
    """Return an intent that is ready, with a unit of *rule* held for it."""
    one = intent(request(coupon=rule.code, confirm=ConfirmMode.REVIEW))
    change = draw(one, rule)
    return replace(one, status=Status.READY, order=change.order, held_until=change.held_until)


def draw(one: Intent, rule: CouponTerms) -> Change:
    """Return the change that gives *one* a unit of the first shard."""
    wanted = propose(one.pending, menu(), rule, NOW, 600)
    assert isinstance(wanted, Wanted)
    return granted(wanted, 0, NOW, 600)


def confirm(client: StubDynamo) -> Moved | Stale:
    """Confirm what is held."""
    one = held(terms())
    return ledger(client).confirm_held(one, move(one, Status.CONFIRMED, NOW))


def cancel(client: StubDynamo) -> Moved | Stale:
    """Cancel what is held."""
    one = held(terms())
    return ledger(client).release(one, move(one, Status.CANCELLED, NOW))


Act = Callable[[StubDynamo], Moved | Stale]
ACTS: Sequence[Act] = (confirm, cancel)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("code", CONTENTION)
def test_a_contended_shard_is_waited_for(act: Act, code: str) -> None:
    """A quote in a rush is confirmed or cancelled all the same, some tries later."""
    client = StubDynamo(("None", code), (code, "None"))
    assert act(client) == Moved()
    assert len(client.transactions) == 3


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("code", CONTENTION)
def test_a_shard_that_stays_contended_says_nothing_of_the_intent(act: Act, code: str) -> None:
    """Nobody is told that their quote is gone because somebody else was busy: they may try again."""
    client = StubDynamo(*[("None", code)] * ATTEMPTS_MAX)
    with pytest.raises(StoreUnavailableError):
        act(client)
    assert len(client.transactions) == ATTEMPTS_MAX


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("other", ["None", "TransactionConflict"])
def test_an_intent_that_moved_is_told_at_once(act: Act, other: str) -> None:
    """What its own condition refused no retry mends, whatever else stood in the way."""
    client = StubDynamo(("ConditionalCheckFailed", other))
    assert act(client) == Stale()
    assert len(client.transactions) == 1


@pytest.mark.parametrize("code", CONTENTION)
def test_contention_is_a_refusal_that_may_be_repeated(code: str) -> None:
    """Conflict and throttling have many names, and none says anything of order or coupon."""
    rule = terms()
    client = StubDynamo((code, "None"))
    refusal = ledger(client).commit([draw(intent(request(coupon=rule.code)), rule)], rule)
    assert refusal == Refusal(contended=True)


@pytest.mark.parametrize("code", ["ValidationError", "ItemCollectionSizeLimitExceeded"])
@pytest.mark.parametrize("beside", ["None", "TransactionConflict", "ConditionalCheckFailed"])
def test_what_can_never_be_written_is_no_outage(code: str, beside: str) -> None:
    """It is raised as what it is, so that the batch is halved and the neighbours get through."""
    rule = terms()
    changes = [
        draw(intent(request(coupon=rule.code), id_=f"in_{n}", customer=f"c{n}"), rule)
        for n in range(2)
    ]
    with pytest.raises(TransactionRefusedError, match=code):
        ledger(StubDynamo(("None", beside, code))).commit(changes, rule)
    assert not issubclass(TransactionRefusedError, RushlineError)


@pytest.mark.parametrize(("uses", "written"), [(None, 2), (1, 3)])
def test_only_a_counted_use_is_given_back(uses: int | None, written: int) -> None:
    """What never stood on a customer's count is not taken off it."""
    client = StubDynamo()
    one = held(terms(uses=uses))
    ledger(client).release(one, move(one, Status.LAPSED, NOW))
    (updates,) = client.transactions
    counts = [u for u in updates if u["Key"] == uses_key("alice", "SPRING25")]
    assert (len(updates), len(counts)) == (written, written - 2)
    assert all(u["UpdateExpression"] == "ADD uses :minus" for u in counts)


@pytest.fixture(scope="module")
def aws() -> Iterator[Clients]:
    """Return clients of an AWS that these tests share; each has its own tables in it."""
    with sealed(), mock_aws():
        yield Clients()


@pytest.fixture
def opened(aws: Clients) -> Opened:
    """Return the stores of a stack of its own."""
    return Opened(aws, FakeClock(NOW))


@pytest.mark.parametrize(("uses", "after"), [(None, None), (2, "0")])
def test_a_count_of_uses_never_goes_below_nothing(
    opened: Opened, uses: int | None, after: str | None
) -> None:
    """Held and given back leaves a customer's count where it was, however often it is tried."""
    services = opened.services
    rule = terms(uses=uses)
    services.coupons.define(rule)
    one = intent(request(coupon=rule.code, confirm=ConfirmMode.REVIEW))
    services.intents.accept(one)
    assert services.ledger.commit([draw(one, rule)], rule) == Committed()
    ready = services.intents.get(one.ref)
    assert ready is not None
    change = move(ready, Status.CANCELLED, NOW)
    assert services.ledger.release(ready, change) == Moved()
    assert services.ledger.release(ready, change) == Stale()
    count = opened.item(opened.orders_table, uses_key("alice", rule.code)).get("uses", {})
    assert count.get("N") == after
    assert services.coupons.left(rule.code)[0] == 25


def test_a_refusal_that_no_retry_mends_is_no_contention() -> None:
    """Confirming what can't be written says so at once, instead of asking for another try."""
    rule = terms()
    one = held(rule)
    client = StubDynamo(("None", "ValidationError"))
    with pytest.raises(TransactionRefusedError):
        ledger(client).confirm_held(one, move(one, Status.CONFIRMED, NOW))
    assert len(client.transactions) == 1
