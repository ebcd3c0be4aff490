from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.coupon import ANY, Unavailable
from chalicelib.domain.drawing import (
    PLENTY,
    TRANSACTION_ITEMS_MAX,
    Grant,
    Room,
    believed,
    drawn_from,
    plan,
    room,
    spread,
)
from chalicelib.domain.order import Draw
from chalicelib.domain.refusal import Barred, Refusal
from chalicelib.domain.settlement import Wanted
from tests.unit.domain.builders import line, pending, request, shard, stock, terms
from tests.unit.domain.settled import known, want

ALL = frozenset({ANY})
A, B, STOCK = "SPRING25", "B", "stock/tea-house/tea"


def wanting(
    count: int, *, uses: int | None = None, customers: int = 10**6, of: int = 0
) -> list[Wanted]:
    """Return so many orders that want a unit of a coupon; each *of*th wants stock and one more."""
    rules = [terms(code, uses=uses, combines_with=ALL, budget=10**6) for code in (A, B)]
    by = known(*rules, stocks=[stock()])
    found = []
    for n in range(count):
        more = of and n % of == 0
        asked = pending(
            request(line("tea" if more else "cake", 1 + n % 3), coupon=(A, B) if more else A),
            id_=f"in_{n}",
            customer=f"c{n % customers}",
        )
        found.append(want(asked, by))
    return found


rooms_of = st.dictionaries(
    st.integers(0, 63), st.builds(Room, st.integers(0, 60), st.integers(0, 9_000)), max_size=64
)
rooms_of_all = st.fixed_dictionaries({A: rooms_of, B: rooms_of, STOCK: rooms_of})
groups = st.builds(
    wanting,
    st.integers(0, 130),
    uses=st.sampled_from([None, 1]),
    customers=st.integers(1, 200),
    of=st.integers(0, 3),
)


def written(grants: Sequence[Grant]) -> list[object]:
    """Return the items that a transaction of *grants* would write, each as often as it would."""
    items: list[object] = []
    shards: set[object] = set()
    for grant in grants:
        items.append(grant.wanted.pending.ref)
        items.extend(grant.wanted.own_items)
        for claim, draws in zip(grant.wanted.claims, grant.draws, strict=True):
            shards.add(claim.counter)
            shards.update((claim.counter, draw.shard) for draw in draws)
    return [*items, *shards]


@settings(max_examples=60)
@given(group=groups, rooms=rooms_of_all)
def test_a_plan_fits_one_transaction(
    group: list[Wanted], rooms: Mapping[str, Mapping[int, Room]]
) -> None:
    """At most 100 items, the ledger's entries among them, and none is written twice."""
    items = written(plan(group, rooms))
    assert len(items) <= TRANSACTION_ITEMS_MAX
    assert len(items) == len(set(items))


@settings(max_examples=60)
@given(group=groups, rooms=rooms_of_all)
def test_no_shard_is_asked_for_more_than_is_believed_to_be_there(
    group: list[Wanted], rooms: Mapping[str, Mapping[int, Room]]
) -> None:
    """Neither units nor money go below nothing, and nothing moves on a shard that gives none."""
    grants = plan(group, rooms)
    after = drawn_from(rooms, grants)
    assert all(of.units >= 0 and of.money >= 0 for some in after.values() for of in some.values())
    draws = [draw for grant in grants for some in grant.draws for draw in some]
    assert all(draw.units > 0 or draw.money > 0 for draw in draws)
    for counter, some in rooms.items():
        mine = [
            draw
            for grant in grants
            for claim, of in zip(grant.wanted.claims, grant.draws, strict=True)
            if claim.counter == counter
            for draw in of
        ]
        assert sum(of.units for of in after[counter].values()) == sum(
            of.units for of in some.values()
        ) - sum(draw.units for draw in mine)


@settings(max_examples=60)
@given(group=groups, rooms=rooms_of_all)
def test_an_order_gets_all_that_it_claims_or_nothing(
    group: list[Wanted], rooms: Mapping[str, Mapping[int, Room]]
) -> None:
    """Claim by claim the draws sum to the units and the discount, each shard at most once."""
    for grant in plan(group, rooms):
        for claim, draws in zip(grant.wanted.claims, grant.draws, strict=True):
            assert sum(draw.units for draw in draws) == claim.units
            assert sum(draw.money for draw in draws) == claim.money
            assert len({draw.shard for draw in draws}) == len(draws)


@settings(max_examples=60)
@given(group=groups, rooms=rooms_of_all)
def test_a_plan_leaves_nobody_out_without_cause(
    group: list[Wanted], rooms: Mapping[str, Mapping[int, Room]]
) -> None:
    """No order twice, and some order as long as there is one that could be served alone."""
    grants = plan(group, rooms)
    refs = Counter(grant.wanted.pending.ref for grant in grants)
    assert max(refs.values(), default=1) == 1
    if not grants:
        assert not any(plan([wanted], rooms) for wanted in group)


def test_one_shard_that_can_serve_all_is_the_only_one_written() -> None:
    """98 orders, one shard and the ledger's entry are one transaction of 100 items."""
    grants = plan(wanting(150), {A: {3: Room(500), 4: Room(500)}})
    assert {draw.shard for grant in grants for some in grant.draws for draw in some} == {3}
    assert (len(grants), len(written(grants))) == (98, 100)


def test_the_last_units_are_drawn_from_many_shards_at_once() -> None:
    """Ten shards with one unit each serve ten orders in one transaction, each from one shard."""
    grants = plan(wanting(12), {A: dict.fromkeys(range(10), Room(1))})
    assert [[draw.shard for draw in grant.draws[0]] for grant in grants] == [[n] for n in range(10)]


def test_a_shard_that_has_no_unit_left_is_not_written_for_its_money() -> None:
    """As long as another can give both, who ran out of units is left in peace."""
    (grant,) = plan(wanting(1), {A: {0: Room(0), 1: Room(5, 10), 2: Room(1, 83), 3: Room(9)}})
    assert grant.draws == ((Draw(shard=2, units=1, money=83),),)


def test_a_discount_is_paid_by_as_many_shards_as_it_takes() -> None:
    """The unit comes from one shard, the money from three, and it sums to the discount."""
    (wanted,) = wanting(1)
    assert wanted.claims[0].money == 83
    (grant,) = plan([wanted], {A: {0: Room(0, 50), 1: Room(1, 20), 2: Room(5, 70)}})
    assert grant.draws == (
        (
            Draw(shard=0, units=0, money=50),
            Draw(shard=1, units=1, money=20),
            Draw(shard=2, units=0, money=13),
        ),
    )


def test_an_order_waits_where_one_of_its_claims_can_not_be_had() -> None:
    """A coupon that is there is not drawn for an order whose stock is gone; the next gets it."""
    many, one = wanting(2, of=2)
    rooms = {A: {0: Room(1)}, B: {0: Room(1)}, STOCK: {0: Room(0)}}
    assert [grant.wanted for grant in plan([many, one], rooms)] == [one]
    assert plan([many, one], {A: {0: Room(1)}, STOCK: {0: Room(1)}})[0].wanted is one


def test_two_orders_of_one_customer_s_count_are_two_transactions() -> None:
    """A use is one item, so the second order waits; another customer's does not."""
    first, other, again = wanting(3, uses=5, customers=2)
    grants = plan([first, again, other], {A: {0: Room(9)}})
    assert [grant.wanted for grant in grants] == [first, other]


def test_who_fits_into_no_transaction_holds_up_nobody() -> None:
    """Who would have to draw on a hundred shards at once is passed over, and all others are served."""
    group = wanting(3, of=3)
    rooms = {
        A: {**dict.fromkeys(range(70), Room(1, 1)), 70: Room(9, 74), 71: Room(9, 74)},
        B: dict.fromkeys(range(60), Room(1, 2)),
        STOCK: {0: Room(9)},
    }
    assert plan(group[:1], rooms) == ()
    assert [grant.wanted for grant in plan(group, rooms)] == [group[1]]


def test_a_moved_order_leaves_before_any_coupon_reason_is_believed() -> None:
    """The redelivered order that took the last unit fails both conditions, and is not sold out to."""
    settled, other = wanting(2, uses=1)
    why = Barred(coupon=A, why=Unavailable.CUSTOMER_LIMIT)
    refusal = Refusal(
        moved=frozenset({settled.pending.ref}),
        barred={settled.pending.ref: why, other.pending.ref: why},
        short=frozenset({A}),
    )
    belief = believed([settled, other], refusal)
    assert belief.moved == {settled.pending.ref}
    assert belief.barred == {other.pending.ref: why}
    assert belief.stale == frozenset()


def test_newer_terms_are_believed_before_what_is_on_record_of_a_customer() -> None:
    """At the newer terms there may be another limit: who claims of the counter is priced anew."""
    moved, one, both = wanting(3, uses=1, of=2)
    assert [len(wanted.claims) for wanted in (moved, both, one)] == [3, 3, 1]
    refs = [wanted.pending.ref for wanted in (moved, both, one)]
    barred = {ref: Barred(coupon=A, why=Unavailable.CUSTOMER_LIMIT) for ref in refs}
    refusal = Refusal(
        moved=frozenset(refs[:1]), barred=barred, superseded=frozenset({B}), contended=True
    )
    belief = believed([moved, both, one], refusal)
    assert belief.stale == {refs[1]}
    assert belief.barred.keys() == {refs[2]}


def test_contention_says_nothing_of_anybody() -> None:
    """Somebody else was first: all of them try again."""
    belief = believed(wanting(3), Refusal(contended=True, busy=frozenset({(A, 0)})))
    assert (belief.moved, belief.barred, belief.stale) == (frozenset(), {}, frozenset())


def test_a_shard_has_room_within_its_units_its_money_and_the_plan() -> None:
    """Without a budget there is plenty; ahead of the plan there is nothing."""
    one = shard(2, left=9, money_left=50, taken=3)
    assert room(one, terms(), None) == Room(9, PLENTY)
    assert room(one, terms(budget=0), None) == Room(9, 50)
    assert room(one, terms(), (0, 0, 5, 0)) == Room(2, PLENTY)
    assert room(one, terms(), (9, 9, 1, 9)) == Room(0, PLENTY)
    assert room(one, terms(), (0, 0, 99, 0)) == Room(9, PLENTY)


@given(
    rooms=rooms_of, need=st.integers(1, 60), seed=st.integers(), avoided=st.sets(st.integers(0, 3))
)
def test_spreading_forgets_no_shard(
    rooms: dict[int, Room], need: int, seed: int, avoided: set[int]
) -> None:
    """Every shard stays in reach; those with half of what is needed come first, avoided ones last."""
    ordered = spread(rooms, need, avoided, Random(seed).random)  # noqa: S311 (chance that can be repeated)
    assert ordered == rooms
    ranks = [(-min(2 * room.units, need), shard in avoided) for shard, room in ordered.items()]
    assert ranks == sorted(ranks)


def test_workers_who_look_at_once_go_apart() -> None:
    """Of shards alike each is somebody's first, and the fuller one is more often."""
    rooms = {**dict.fromkeys(range(8), Room(1_000)), 8: Room(4_000)}
    chance = Random(1).random  # noqa: S311 (as above)
    first = Counter(next(iter(spread(rooms, 49, (), chance))) for _ in range(1_200))
    assert set(first) == set(rooms)
    assert 300 < first[8] < 500
    assert all(50 < first[shard] < 150 for shard in range(8))
