from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.coupon import Unavailable
from chalicelib.domain.drawing import (
    TRANSACTION_ITEMS_MAX,
    believed,
    drawn_from,
    plan,
    spread,
)
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.settlement import Wanted, propose
from tests.unit.domain.builders import NOW, menu, pending, request, terms


def wanting(count: int, *, uses: int | None = None, customers: int = 10**6) -> list[Wanted]:
    """Return so many orders that want a unit."""
    found = []
    for n in range(count):
        asked = pending(request(coupon="SPRING25"), id_=f"in_{n}", customer=f"c{n % customers}")
        result = propose(asked, menu(), terms(uses=uses), NOW, 600)
        assert isinstance(result, Wanted)
        found.append(result)
    return found


lefts = st.dictionaries(st.integers(0, 63), st.integers(0, 200), max_size=64)


@given(
    count=st.integers(0, 150),
    left=lefts,
    uses=st.sampled_from([None, 1]),
    customers=st.integers(1, 200),
)
def test_a_plan_fits_one_transaction_and_what_is_believed(
    count: int, left: dict[int, int], uses: int | None, customers: int
) -> None:
    """At most 100 items, no shard below zero, no item twice, and nothing left out without cause."""
    group = wanting(count, uses=uses, customers=customers)
    grants = plan(group, left)
    shards = {grant.shard for grant in grants}
    assert len(shards) + len(grants) * (2 if uses else 1) <= TRANSACTION_ITEMS_MAX
    assert all(units >= 0 for units in drawn_from(left, grants).values())
    refs = [grant.wanted.pending.ref for grant in grants]
    assert len(set(refs)) == len(refs)
    if uses:
        assert len({ref.customer_id for ref in refs}) == len(refs)
    if group and any(left.values()):
        assert grants


def test_one_shard_that_can_serve_all_is_the_only_one_written() -> None:
    """99 orders and one shard are one transaction of 100 items."""
    grants = plan(wanting(150), {3: 500, 4: 500})
    assert {grant.shard for grant in grants} == {3}
    assert len(grants) == 99


def test_the_last_units_are_drawn_from_many_shards_at_once() -> None:
    """Ten shards with one unit each serve ten orders in one transaction."""
    grants = plan(wanting(12), dict.fromkeys(range(10), 1))
    assert [grant.shard for grant in grants] == list(range(10))


def test_a_moved_order_leaves_before_any_coupon_reason_is_believed() -> None:
    """The redelivered order that took the last unit fails both conditions, and is not sold out to."""
    settled, other = wanting(2, uses=1)
    refusal = Refusal(
        moved=frozenset({settled.pending.ref}),
        limited=frozenset({settled.pending.ref}),
        short={0: 0},
    )
    belief = believed([settled, other], refusal)
    assert belief.moved == {settled.pending.ref}
    assert belief.unavailable == {}
    assert belief.again == (other,)


def test_a_pause_does_not_reach_an_order_that_is_settled() -> None:
    """Paused refuses those who still wait, not who moved on."""
    settled, other = wanting(2)
    belief = believed(
        [settled, other], Refusal(moved=frozenset({settled.pending.ref}), paused=True)
    )
    assert belief.unavailable == {other.pending.ref: Unavailable.PAUSED}


def test_a_customer_s_limit_refuses_that_order_alone() -> None:
    """One customer at the limit does not hold up the batch."""
    greedy, other = wanting(2, uses=1)
    belief = believed([greedy, other], Refusal(limited=frozenset({greedy.pending.ref})))
    assert belief.unavailable == {greedy.pending.ref: Unavailable.CUSTOMER_LIMIT}
    assert belief.again == (other,)


@given(left=lefts, home=st.integers(0, 2**16), need=st.integers(1, 200))
def test_spreading_forgets_no_shard(left: dict[int, int], home: int, need: int) -> None:
    """Every shard stays in reach, those that can serve alone come first."""
    ordered = spread(left, home, need)
    assert dict(ordered) == left
    enough = [units >= need for units in ordered.values()]
    assert enough == sorted(enough, reverse=True)


def test_workers_begin_at_their_own_shards() -> None:
    """With enough everywhere, two homes begin at two shards."""
    full = dict.fromkeys(range(8), 1000)
    assert next(iter(spread(full, 5, 100))) == 5
    assert next(iter(spread(full, 14, 100))) == 6
