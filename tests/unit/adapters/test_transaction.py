from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb.transaction import (
    FAILED,
    OfLedger,
    OfMark,
    OfOrder,
    OfShard,
    Part,
    TransactionRefusedError,
    refusal_of,
    transact,
)
from chalicelib.domain.coupon import Unavailable
from chalicelib.domain.errors import RushlineError, StoreUnavailableError
from chalicelib.domain.intent import IntentRef
from chalicelib.domain.movement import Guard
from chalicelib.domain.refusal import Barred, Refusal
from tests.unit.adapters.stores import refused

CONTENTION = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
A, B = (IntentRef(customer_id=customer, id="in_1") for customer in "ab")
LIMIT = Unavailable.CUSTOMER_LIMIT
PARTS: list[Part] = [
    OfShard("SPRING", 3, Guard(version=5)),
    OfShard("stock/x/tea", 0, None),
    OfLedger(),
    OfOrder(A),
    OfMark(A, "SPRING", LIMIT),
    OfOrder(B),
    OfMark(B, "SPRING", LIMIT),
]


def reasons(**by_index: str) -> list[dict[str, Any]]:
    """Return reasons for `PARTS`, given as i0, i1 and so on."""
    return [{"Code": by_index.get(f"i{index}", "None")} for index in range(len(PARTS))]


def seen(version: int) -> dict[str, Any]:
    """Return the refusal of a shard that stands at *version*."""
    return {"Code": FAILED, "Item": {"version": {"N": str(version)}}}


def test_each_reason_is_read_for_the_item_in_its_place() -> None:
    """Who moved, who is barred and what was short, each by its index and by nothing else."""
    refusal = refusal_of(PARTS, reasons(i1=FAILED, i3=FAILED, i6=FAILED))
    assert refusal == Refusal(
        moved=frozenset({A}),
        barred={B: Barred(coupon="SPRING", why=LIMIT)},
        short=frozenset({"stock/x/tea"}),
    )


@pytest.mark.parametrize(("version", "superseded"), [(6, True), (5, False), (4, False)])
def test_a_shard_at_newer_terms_is_not_short(version: int, superseded: bool) -> None:  # noqa: FBT001
    """What stands on the shard decides which of its conditions failed."""
    refusal = refusal_of(PARTS, [seen(version), *reasons()[1:]])
    assert refusal.superseded == ({"SPRING"} if superseded else set())
    assert refusal.short == (set() if superseded else {"SPRING"})


def test_a_shard_that_is_not_there_yet_is_short() -> None:
    """The terms name more shards than there are for a moment: it has nothing to give."""
    assert refusal_of(PARTS, reasons(i0=FAILED)).short == {"SPRING"}


@pytest.mark.parametrize("code", CONTENTION)
def test_contention_is_a_refusal_that_may_be_repeated(code: str) -> None:
    """Conflict and throttling have many names, and none says anything of order or coupon."""
    assert refusal_of(PARTS, reasons(i4=code)) == Refusal(contended=True)
    busy = Refusal(contended=True, busy=frozenset({("SPRING", 3)}))
    assert refusal_of(PARTS, reasons(i0=code, i5=code)) == busy


@given(st.lists(st.sampled_from(["None", FAILED, *CONTENTION]), min_size=7, max_size=7))
def test_no_reason_is_lost_or_made_up(codes: list[str]) -> None:
    """Contended where somebody contended, and as many facts as conditions that failed."""
    codes[2] = "None"
    refusal = refusal_of(PARTS, [{"Code": code} for code in codes])
    assert refusal.contended == any(code in CONTENTION for code in codes)
    told = len(refusal.moved) + len(refusal.barred) + len(refusal.short)
    assert told == codes.count(FAILED)
    assert refusal.superseded == frozenset()


@pytest.mark.parametrize("code", ["ValidationError", "ItemCollectionSizeLimitExceeded"])
@pytest.mark.parametrize("beside", ["None", "TransactionConflict", FAILED])
def test_what_can_never_be_written_is_no_outage(code: str, beside: str) -> None:
    """It is raised as what it is, so that the batch is halved and the neighbours get through."""
    with pytest.raises(TransactionRefusedError, match=code):
        refusal_of(PARTS, reasons(i3=beside, i6=code))
    assert not issubclass(TransactionRefusedError, RushlineError)


def test_a_ledger_entry_that_is_there_already_is_a_fault() -> None:
    """Each has a name of its own, so no retry mends it."""
    with pytest.raises(TransactionRefusedError):
        refusal_of(PARTS, reasons(i2=FAILED))


class Stub:
    """Answers each transaction with an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def transact_write_items(self, **_: Any) -> Any:
        """Raise the error."""
        raise self._error


def test_only_a_cancelled_transaction_has_reasons() -> None:
    """Throttled as a whole it is an outage; malformed, it is a fault of ours and raised as it is."""
    cancelled: Any = Stub(refused("TransactionCanceledException", reasons=("None", FAILED)))
    assert transact(cancelled, []) == [{"Code": "None"}, {"Code": FAILED}]
    throttled: Any = Stub(refused("ThrottlingException"))
    with pytest.raises(StoreUnavailableError):
        transact(throttled, [])
    malformed: Any = Stub(refused("ValidationException"))
    with pytest.raises(Exception, match="ValidationException"):
        transact(malformed, [])
