from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.counter import Shard, Transfer, evened, split_units, stock_counter
from chalicelib.domain.coupon import fold
from tests.unit.domain.builders import shard, stock, terms


@given(units=st.integers(0, 10**9), shards=st.integers(1, 64))
def test_shards_hold_all_units_evenly(units: int, shards: int) -> None:
    """No unit is lost in the split, and no two shards differ by more than one."""
    split = split_units(units, shards)
    assert (sum(split), len(split)) == (units, shards)
    assert max(split) - min(split) <= 1


columns = st.integers(0, 1_000)
spread_out = st.lists(
    st.tuples(columns, st.integers(-50, 5_000), st.integers(-20, 500)), min_size=1, max_size=16
).map(
    lambda rows: tuple(
        shard(n, left=left, money_left=money, taken=taken)
        for n, (left, money, taken) in enumerate(rows)
    )
)


def moved(shards: tuple[Shard, ...], transfers: tuple[Transfer, ...]) -> tuple[Shard, ...]:
    """Return *shards* after *transfers*."""
    by_number = {one.number: one for one in shards}
    for transfer in transfers:
        for number, sign in ((transfer.giver, -1), (transfer.taker, 1)):
            one = by_number[number]
            by_number[number] = replace(
                one,
                left=one.left + sign * transfer.units,
                issued=one.issued + sign * transfer.units,
                money_left=one.money_left + sign * transfer.money,
                budget=one.budget + sign * transfer.money,
                taken=one.taken + sign * transfer.taken,
            )
    return tuple(by_number.values())


@given(spread_out)
def test_evening_out_moves_units_and_makes_none(shards: tuple[Shard, ...]) -> None:
    """Units, money and what the plan counted sum to what they did, and every shard balances."""
    after = moved(shards, evened(shards))
    for column in ("left", "issued", "money_left", "budget", "taken"):
        assert sum(getattr(one, column) for one in after) == sum(
            getattr(one, column) for one in shards
        )
    assert all(one.balances for one in after)


@given(spread_out)
def test_evening_out_never_takes_what_is_not_there(shards: tuple[Shard, ...]) -> None:
    """Nobody gives more units than they have, nor money that they lack, to themselves or for nothing."""
    transfers = evened(shards)
    for one, then in zip(shards, moved(shards, transfers), strict=True):
        assert then.left >= 0
        assert then.money_left >= min(one.money_left, 0)
    assert all(t.units or t.taken for t in transfers)
    assert all(min(t.units, t.money, t.taken) >= 0 for t in transfers)
    assert all(t.giver != t.taker for t in transfers)


@given(spread_out)
def test_evened_shards_differ_by_no_more_than_one_unit(shards: tuple[Shard, ...]) -> None:
    """However few there are, no shard stays empty that could have one; to do it again moves nothing."""
    after = moved(shards, evened(shards))
    left = [one.left for one in after]
    assert max(left) - min(left) <= 1
    assert evened(after) == ()


def test_a_new_shard_gets_its_part_of_the_units_the_money_and_the_plan() -> None:
    """Half of the units take half of the money and of what was counted with them."""
    full = shard(0, left=10, money_left=1_000, taken=4)
    assert evened((full, shard(1))) == (
        Transfer(giver=0, taker=1, taken=2, taken_before=0),
        Transfer(giver=0, taker=1, units=5, money=500),
    )


def test_a_shard_balances_by_itself() -> None:
    """Units and money are where its books say, and neither is taken that was not there."""
    good = shard(left=3, held=1, redeemed=2, money_left=30, money_held=10, spent=20)
    assert good.balances
    for column in ("left", "held", "redeemed", "money_left", "money_held", "spent"):
        assert not replace(good, **{column: getattr(good, column) + 1}).balances
    assert not replace(good, left=-1, held=5).balances
    assert not replace(good, held=-1, redeemed=4).balances
    assert not replace(good, spent=-10, money_left=60).balances
    assert shard(left=1, money_left=-100, spent=100).balances


def test_no_stock_has_the_name_of_a_coupon() -> None:
    """A counter's name says which it is: no code that a customer types folds to a stock's."""
    assert stock().counter == stock_counter("tea-house", "tea") == "stock/tea-house/tea"
    assert terms("STOCK").counter == "STOCK"
    assert fold(stock().counter) != stock().counter
