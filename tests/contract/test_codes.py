from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.codec import TERMS
from chalicelib.adapters.dynamodb.codes import DynamoCodes
from chalicelib.adapters.dynamodb.keys import terms_key, unique_key
from chalicelib.application.backoff import Backoff
from chalicelib.application.code_ports import Added, Codes
from chalicelib.domain.codes import CodeBatch, CodeState, Imported, Made
from rushline_testing.clock import TurnableClock
from rushline_testing.resources import create
from simulation.dynamodb.times import INSTANT
from simulation.scheduler import Scheduler
from simulation.stack import Stack
from tests.fakes.codes import FakeCodes
from tests.unit.domain.builders import NOW, terms

_stacks = count(1)

ISSUED, USED, REVOKED = CodeState


@dataclass(frozen=True, slots=True)
class Store:
    """A store of codes, and a way to use one up as settlement does."""

    codes: Codes
    use: Callable[[str], object]
    define: Callable[[str], object]


@pytest.fixture(params=["dynamodb", "simulation", "memory"])
def store(request: pytest.FixtureRequest, aws: Clients) -> Store:
    """Return the adapter over moto's AWS and the simulated one, and the fake that unit tests trust."""
    match request.param:
        case "dynamodb":
            made = create(aws, f"codes-{next(_stacks)}")
            return _over(aws.dynamodb, made.coupons_table)
        case "simulation":
            stack = Stack(Scheduler(epoch_ms=NOW), times=INSTANT)
            return _over(stack.services().clients.dynamodb, "CouponsTable")
        case _:
            fake = FakeCodes()
            return Store(
                fake, lambda code: setattr(fake.codes[code], "state", USED), fake.coupons.add
            )


def _over(client: Any, table: str) -> Store:
    def use(code: str) -> None:
        client.update_item(
            TableName=table,
            Key=unique_key(code),
            UpdateExpression="SET #state = :used",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":used": {"S": "used"}},
        )

    def define(code: str) -> None:
        item: Any = {**terms_key(code), "document": {"S": TERMS.dump(terms(code))}}
        client.put_item(TableName=table, Item=item)

    backoff = Backoff(attempts_max=3, base_ms=1, ceiling_ms=1, jitter=lambda: 0.5)
    codes = DynamoCodes(client=client, table=table, clock=TurnableClock(NOW), backoff=backoff)
    return Store(codes, use, define)


def numbered(*codes: str, start: int = 0) -> dict[str, int]:
    """Return *codes*, each with its number."""
    return {code: number for number, code in enumerate(codes, start=start)}


def batch(coupon: str = "SPRING25", name: str = "b", count: int = 10, **more: Any) -> CodeBatch:
    """Return a batch of made codes that was just begun."""
    source = Made(seed=bytes(range(224, 256)), prefix="P", count=count)
    return CodeBatch(
        coupon=coupon, name=name, source=source, created_at=NOW, created_by="ann", **more
    )


def test_a_code_is_issued_once(store: Store) -> None:
    """What is on record for the same batch is known; a repeat issues nothing."""
    codes = numbered("AA", "BB")
    assert store.codes.add("SPRING25", "b", codes) == Added(new=codes, known={}, clashing={})
    assert store.codes.add("SPRING25", "b", codes) == Added(new={}, known=codes, clashing={})
    assert store.codes.states(["AA", "BB", "CC"]) == {"AA": ISSUED, "BB": ISSUED}


@pytest.mark.parametrize("other", [("SUMMER25", "b"), ("SPRING25", "c")])
def test_another_batchs_code_is_left_alone(store: Store, other: tuple[str, str]) -> None:
    """It is told by its code, and the codes beside it are issued all the same."""
    store.codes.add("SPRING25", "b", numbered("BB", "DD"))
    added = store.codes.add(*other, numbered("AA", "BB", "CC", "DD"))
    assert added == Added(new={"AA": 0, "CC": 2}, known={}, clashing={"BB": 1, "DD": 3})
    again = store.codes.add("SPRING25", "b", numbered("BB", "DD"))
    assert again.known == {"BB": 0, "DD": 1}


def test_coupons_own_codes_are_told_from_the_others(store: Store) -> None:
    """However many are asked for; a unique code is not a coupon's own, whoever's it is."""
    codes = [f"C{n}" for n in range(230)]
    for code in ("C0", "C99", "C100", "C229", "OTHER"):
        store.define(code)
    store.codes.add("SPRING25", "b", {"C7": 0})
    assert store.codes.coupons_among(codes) == {"C0", "C99", "C100", "C229"}
    assert store.codes.coupons_among([]) == set()


def test_a_code_keeps_its_first_number(store: Store) -> None:
    """So that who adds it under another one learns that it is a duplicate, and of what."""
    store.codes.add("SPRING25", "b", {"AA": 3})
    assert store.codes.add("SPRING25", "b", {"AA": 7, "BB": 8}).known == {"AA": 3}
    assert store.codes.add("SPRING25", "b", {"AA": 7}).known == {"AA": 3}


def test_no_state_is_ever_reset(store: Store) -> None:
    """A used or revoked code that is added again, by whom ever, stays what it is."""
    store.codes.add("SPRING25", "b", numbered("AA", "BB"))
    store.use("AA")
    assert store.codes.revoke("SPRING25", "BB") is REVOKED
    for coupon, name in (("SPRING25", "b"), ("SPRING25", "c"), ("SUMMER25", "b")):
        assert store.codes.add(coupon, name, numbered("AA", "BB")).new == {}
        assert store.codes.states(["AA", "BB"]) == {"AA": USED, "BB": REVOKED}


def test_more_codes_than_a_transaction_takes_are_all_issued(store: Store) -> None:
    """Some known and some clashing in each hundred keep none of the others back."""
    codes = numbered(*(f"C{n}" for n in range(230)))
    known = {code: n for code, n in codes.items() if n % 100 == 7}
    clashing = {code: n for code, n in codes.items() if n % 100 == 21}
    store.codes.add("SPRING25", "b", known)
    store.codes.add("SPRING25", "other", clashing)
    added = store.codes.add("SPRING25", "b", codes)
    assert (added.known, added.clashing) == (known, clashing)
    assert len(added.new) == 230 - len(known) - len(clashing)
    assert len(store.codes.states([*codes][:100])) == 100


def test_only_an_issued_code_of_the_coupon_is_revoked(store: Store) -> None:
    """Used stays used, another coupon's is not ours to revoke, and a repeat answers the same."""
    store.codes.add("SPRING25", "b", numbered("AA", "BB"))
    store.use("AA")
    assert store.codes.revoke("SPRING25", "AA") is USED
    assert store.codes.revoke("SUMMER25", "BB") is None
    assert store.codes.revoke("SPRING25", "CC") is None
    assert store.codes.revoke("SPRING25", "BB") is REVOKED
    assert store.codes.revoke("SPRING25", "BB") is REVOKED


def test_a_batch_is_opened_once(store: Store) -> None:
    """Who opens it later gets what stands: the first seed, and how far it is."""
    first = batch()
    assert store.codes.see_batch("SPRING25", "b") is None
    assert store.codes.open_batch(first) == first
    onward = replace(first, done=4, codes=4)
    store.codes.advance_batch(first, onward)
    other_seed = replace(first, source=Made(seed=bytes(32), prefix="P", count=10))
    assert store.codes.open_batch(other_seed) == onward
    assert store.codes.see_batch("SPRING25", "b") == onward
    assert store.codes.see_batch("SUMMER25", "b") is None


def test_a_batch_never_goes_back(store: Store) -> None:
    """A maker that was slow is told how far the batch is, and its list is not kept."""
    begun = replace(batch(), source=Imported(fingerprint="csv:1:f"))
    store.codes.open_batch(begun)
    far = replace(begun, done=8, codes=2, refused=6, complete=True)
    assert store.codes.advance_batch(begun, far, ["AA", "BB"]) == far
    near = replace(begun, done=4, codes=1)
    assert store.codes.advance_batch(begun, near, ["AA"]) == far
    assert store.codes.advance_batch(begun, far, ["AA", "BB"]) == far
    assert store.codes.see_batch("SPRING25", "b") == far
    assert [code for some in store.codes.listed(begun) for code in some] == ["AA", "BB"]


def test_a_batch_lists_its_codes_in_order(store: Store) -> None:
    """Advance by advance, however many digits the lines have, and none of another batch."""
    stands = replace(batch(), source=Imported(fingerprint="csv:1:f"))
    other = replace(stands, name="b2")
    store.codes.open_batch(other)
    store.codes.advance_batch(other, replace(other, done=1), ["XX"])
    store.codes.open_batch(stands)
    for done in (9, 10, 11, 100):
        onward = replace(stands, done=done)
        stands = store.codes.advance_batch(stands, onward, [f"A{done}", f"B{done}"])
    listed = [code for some in store.codes.listed(stands) for code in some]
    assert listed == ["A9", "B9", "A10", "B10", "A11", "B11", "A100", "B100"]
