from dataclasses import replace

import pytest

from chalicelib.application.ports import Moved, Stale
from chalicelib.domain.command import (
    Amendment,
    CommandKind,
    ended,
    extended,
    paused,
    resumed,
)
from chalicelib.domain.counter import CounterState, StockTerms
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.discount import Percent
from chalicelib.domain.errors import (
    CommandRefusedError,
    CouponFixedError,
    CouponNotFoundError,
    StoreUnavailableError,
)
from tests.fakes.shop import Shop
from tests.unit.application.commanding import CODE, more, obey, order, snapshot, unchanged, wider
from tests.unit.application.steps import accepted, before
from tests.unit.domain.builders import terms

DEFINE = CommandKind.DEFINE


@pytest.fixture
def shop() -> Shop:
    """Return a shop with a coupon of a hundred units on four shards."""
    shop = Shop()
    shop.command.define(terms(), order("d1", DEFINE))
    return shop


def define(shop: Shop, wanted: CouponTerms, id_: str) -> tuple[int, bool]:
    """Define the coupon; return the version that it then has, and whether it is new."""
    counter, new = shop.command.define(wanted, order(id_, DEFINE))
    return counter.terms.version, new


def test_a_repeat_issues_once(shop: Shop) -> None:
    """However often a command of one id is given, its units are issued once and told each time."""
    for _ in range(3):
        shown = obey(shop, "t1", more(10))
        assert shown.terms.units == 110
    assert shop.total("issued") == shop.total("left") == 110
    commands = shop.counters.commands(CODE)
    assert [(one.id, one.units, one.version) for one in commands] == [("d1", 100, 1), ("t1", 10, 2)]


def test_another_of_the_same_kind_is_another(shop: Shop) -> None:
    """Two top-ups by two names are two."""
    obey(shop, "t1", more(10))
    obey(shop, "t2", more(10))
    assert shop.total("issued") == 120


def test_who_commanded_when_and_why_is_on_record(shop: Shop) -> None:
    """With what it issued and the version that it made."""
    obey(shop, "t1", more(7))
    command = shop.counters.command(CODE, "t1")
    assert command is not None
    assert (command.by, command.why, command.kind) == ("staff", "because", CommandKind.TOP_UP)
    assert (command.at, command.units, command.money) == (shop.clock.now(), 7, 0)


def test_a_command_that_changes_nothing_writes_nothing(shop: Shop) -> None:
    """A pause of what is paused, a resumption of what is not, an end of what has ended."""
    now = shop.clock.now()
    for amend in (resumed, unchanged, wider(4), more(0)):
        stood = snapshot(shop)
        obey(shop, "nothing", amend)
        assert snapshot(shop) == stood
    obey(shop, "p1", paused)
    obey(shop, "e1", lambda t: ended(t, now))
    stood = snapshot(shop)
    obey(shop, "p2", paused)
    obey(shop, "e2", lambda t: ended(t, now + 5))
    assert snapshot(shop) == stood


def test_a_command_that_can_not_be_obeyed_writes_nothing(shop: Shop) -> None:
    """Fewer shards, an end before the start, money where there is no budget."""
    stood = snapshot(shop)
    for amend in (wider(3), more(0, 5), more(10**9)):
        with pytest.raises(CommandRefusedError):
            obey(shop, "no", amend)
    assert snapshot(shop) == stood
    with pytest.raises(CouponNotFoundError):
        shop.command("NOPE", order("no"), paused)


def test_every_shard_knows_when_the_command_returns(shop: Shop) -> None:
    """State and version alike: a pause is a new version."""
    shown = obey(shop, "p1", paused, CommandKind.PAUSE)
    assert shown.terms.state is CounterState.PAUSED
    assert [shard.version for shard in shown.shards] == [2] * 4


def test_an_extension_moves_the_end(shop: Shop) -> None:
    """An ended coupon can be had again."""
    now = shop.clock.now()
    obey(shop, "e1", lambda t: ended(t, now))
    shown = obey(shop, "x1", lambda t: extended(t, now + 1_000, now))
    assert isinstance(shown.terms, CouponTerms)
    assert shown.terms.ends_at == now + 1_000


def test_of_two_at_once_each_makes_a_version(shop: Shop) -> None:
    """Who comes second is obeyed after the first, with both their units issued."""
    before(shop.counters, "begin", lambda *_: shop.services().command(CODE, order("t1"), more(5)))
    shown = obey(shop, "t2", more(10))
    assert (shown.terms.version, shown.terms.units) == (3, 115)
    assert shop.total("issued") == 115


def test_of_one_command_twice_at_once_one_is_obeyed(shop: Shop) -> None:
    """The second finds the first on record, and issues nothing."""
    before(shop.counters, "begin", lambda *_: shop.services().command(CODE, order("t1"), more(5)))
    shown = obey(shop, "t1", more(5))
    assert (shown.terms.version, shown.terms.units) == (2, 105)
    assert shop.total("issued") == 105


def test_a_counter_that_others_command_without_end_is_for_later(shop: Shop) -> None:
    """Attempts are limited, and repeating it is safe."""
    begin = shop.counters.begin
    shop.counters.begin = lambda *_: Stale()
    with pytest.raises(StoreUnavailableError):
        obey(shop, "t1", more(5))
    shop.counters.begin = begin
    assert obey(shop, "t1", more(5)).terms.units == 105


def test_each_change_of_terms_is_a_version_and_a_repeat_is_none(shop: Shop) -> None:
    """A version counts what changed; the same terms again change nothing."""
    assert define(shop, terms("NEW"), "n1") == (1, True)
    assert define(shop, terms("NEW"), "n1") == (1, False)
    assert define(shop, terms("NEW"), "n2") == (1, False)
    assert define(shop, terms("NEW", minimum_spend=5), "n3") == (2, False)
    assert define(shop, terms("NEW", minimum_spend=5), "n3") == (2, False)


@pytest.mark.parametrize("other", [{"units": 101}, {"shards": 5}, {"budget": 9, "currency": "USD"}])
def test_what_is_counted_is_not_redefined(shop: Shop, other: dict[str, object]) -> None:
    """Units, shards and budget have commands of their own."""
    stood = snapshot(shop)
    with pytest.raises(CouponFixedError):
        define(shop, terms(**other), "d2")  # type: ignore[arg-type]
    assert snapshot(shop) == stood


def test_redefined_a_paused_coupon_stays_paused(shop: Shop) -> None:
    """Only a resumption resumes."""
    obey(shop, "p1", paused)
    counter, _ = shop.command.define(terms(minimum_spend=5), order("d2", DEFINE))
    assert counter.terms.state is CounterState.PAUSED


def test_of_two_who_define_a_coupon_at_once_the_second_redefines_it(shop: Shop) -> None:
    """Each gets a version of its own."""
    first = terms("NEW", minimum_spend=9)
    services = shop.services()
    before(shop.counters, "create", lambda *_: services.command.define(first, order("n1", DEFINE)))
    assert define(shop, terms("NEW", minimum_spend=5), "n2") == (2, False)


def test_units_are_spread_over_added_shards(shop: Shop) -> None:
    """With their money, none lost: about as much on each."""
    shop.tables.define(terms("RICH", budget=1_000, currency="USD"))
    shown = shop.command("RICH", order("s1", CommandKind.ADD_SHARDS), wider(8))
    assert [shard.left for shard in shown.shards] == [13, 13, 13, 13, 12, 12, 12, 12]
    assert sum(shard.money_left for shard in shown.shards) == 1_000
    assert min(shard.money_left for shard in shown.shards) > 0
    assert all(shard.balances for shard in shown.shards)
    assert shop.command("RICH", order("s1"), wider(8)) == shown


def test_a_counter_that_is_sold_out_gets_shards_for_what_comes(shop: Shop) -> None:
    """There is nothing to spread yet; the next top-up reaches them all."""
    shop.tables.lay(CODE, [0] * 4)
    obey(shop, "s1", wider(8))
    shown = obey(shop, "t1", more(16))
    assert [shard.left for shard in shown.shards] == [2] * 8


def test_what_is_taken_while_units_are_spread_is_not_spread(shop: Shop) -> None:
    """A transfer of units that were redeemed in between is left out, and nothing goes below zero."""
    worker = shop.worker(0)
    batch = accepted(shop, 25)
    before(shop.counters, "transfer", lambda *_: worker(batch))
    shown = obey(shop, "s1", wider(8))
    assert all(shard.balances for shard in shown.shards)
    assert sum(shard.left for shard in shown.shards) == 75
    assert sum(shard.redeemed for shard in shown.shards) == 25


def test_money_that_is_spent_while_units_are_spread_is_not_spread(shop: Shop) -> None:
    """A transfer takes no more money than there is: no budget is spent twice."""
    half = Percent(basis_points=5_000)
    shop.tables.define(terms("RICH", off=half, budget=1_000, currency="USD", shards=1))
    worker = shop.worker(0)
    batch = accepted(shop, 5, coupon="RICH")
    before(shop.counters, "transfer", lambda *_: worker(batch))
    shown = shop.command("RICH", order("s1", CommandKind.ADD_SHARDS), wider(4))
    assert sum(shard.spent for shard in shown.shards) == 1_000
    assert min(shard.money_left for shard in shown.shards) == 0


def test_no_version_is_begun_before_every_shard_is_at_the_last(shop: Shop) -> None:
    """Whoever begins too early is told to look again."""
    for version, made in ((2, Moved), (3, Stale)):
        wanted = Amendment(terms=terms(version=version, minimum_spend=version))
        command = shop.command._command(order(f"m{version}"), version=version, units=0, money=0)
        assert isinstance(shop.counters.begin(wanted, command), made)
    shop.counters.finish(CODE)
    assert isinstance(shop.counters.begin(wanted, command), Moved)


def test_stock_is_commanded_as_coupons_are_but_has_no_end(shop: Shop) -> None:
    """It can be put in, paused and topped up."""
    cakes = StockTerms(merchant="tea-house", sku="cake", version=1, units=5, shards=2)
    shop.command.define(cakes, order("c1", DEFINE))
    shop.command(cakes.counter, order("c2"), more(5))
    assert shop.total("left", cakes.counter) == 10
    shown = shop.command(cakes.counter, order("c3"), paused)
    assert shown.terms == replace(cakes, version=3, units=10, state=CounterState.PAUSED)
    with pytest.raises(CommandRefusedError):
        shop.command(cakes.counter, order("c4"), lambda t: ended(t, 0))
