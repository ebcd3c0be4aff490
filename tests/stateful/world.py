"""The small world that is lived in: a menu, scarce cakes, and coupons of every kind."""

from hypothesis import strategies as st

from chalicelib.domain.command import (
    Amend,
    CommandKind,
    ended,
    extended,
    paused,
    resharded,
    resumed,
    topped_up,
)
from chalicelib.domain.counter import StockTerms
from chalicelib.domain.coupon import CouponTerms, Pacing
from chalicelib.domain.discount import AmountOff, Percent
from chalicelib.domain.intent import ConfirmMode, CouponFallback
from chalicelib.domain.refund import Part, Wish
from chalicelib.domain.terms import Terms
from tests.unit.domain.builders import line, request, terms

CUSTOMERS = ("alice", "bob", "carol")
CODES = ("CODE1", "CODE2", "CODE3", "CODE4")
MONEY, UNIQUE, NEW = "MONEY", "UNIQUE", "NEW"


def counters(shards: int, start: int) -> list[Terms]:
    """Return what is granted, each on so many shards.

    MONEY has a small budget and UNIQUE codes of its own and a limit by customer; they combine.
    NEW is for newcomers and paced. And there are a few cakes.
    """
    money = CouponTerms(
        code=MONEY,
        version=1,
        off=AmountOff(amount=170),
        units=9,
        shards=shards,
        budget=700,
        currency="USD",
        combines_with=frozenset({UNIQUE}),
    )
    unique = terms(UNIQUE, units=5, shards=2, uses=2, unique=True, combines_with=frozenset({MONEY}))
    new = terms(
        NEW,
        off=Percent(basis_points=1_000),
        units=6,
        shards=shards,
        first_order=True,
        pacing=Pacing(units=1, every_seconds=200),
        starts_at=start,
        returns=False,
    )
    cakes = StockTerms(merchant="tea-house", sku="cake", version=1, units=6, shards=2)
    return [money, unique, new, cakes]


COUNTERS = (MONEY, UNIQUE, NEW, "stock/tea-house/cake")

coupons = st.one_of(
    st.sampled_from([(MONEY,), (NEW,), (NEW,), (), ("NOPE",)]),
    st.sampled_from(CODES).map(lambda code: (code,)),
    st.sampled_from(CODES).map(lambda code: (MONEY, code)),
)
lines = st.sampled_from(
    [
        (line(quantity=2),),
        (line(quantity=2), line()),
        (line(),),
        (line("cake"),),
        (line("cake", 3), line()),
        (line("cake"), line("cake", 2)),
    ]
)
requests = st.builds(
    lambda asked, lines, review, fallback: request(
        *lines,
        coupon=asked,
        confirm=ConfirmMode.REVIEW if review else ConfirmMode.AUTO,
        fallback=fallback,
    ),
    coupons,
    lines,
    st.sampled_from([False, False, True]),
    st.sampled_from(CouponFallback),
)
"""What a customer may ask for."""


def _parts(parts: dict[int, int]) -> tuple[Part, ...]:
    return tuple(Part(line=number, quantity=quantity) for number, quantity in parts.items())


wishes = st.builds(
    lambda number, parts, restock: Wish(
        id=f"r{number}", by="staff", why="sorry", parts=_parts(parts), restock=restock
    ),
    st.integers(1, 5),
    st.sampled_from([{1: 1}, {}, {2: 1}, {1: 2}, {1: 1, 2: 1}]),
    st.booleans(),
)
"""A refund, whole or by line; some are repeats, and some want too much."""

units = st.integers(0, 3)
commands: st.SearchStrategy[tuple[CommandKind, Amend]] = st.one_of(
    st.sampled_from(
        [
            (CommandKind.RESUME, resumed),
            (CommandKind.EXTEND, lambda terms: extended(terms, 2**42, 0)),
            (CommandKind.PAUSE, paused),
            (CommandKind.RESUME, resumed),
            (CommandKind.END, lambda terms: ended(terms, 1)),
            (CommandKind.EXTEND, lambda terms: extended(terms, 2**42, 0)),
        ]
    ),
    units.map(lambda n: (CommandKind.TOP_UP, lambda terms: topped_up(terms, n, 0))),
    units.map(lambda n: (CommandKind.TOP_UP, lambda terms: topped_up(terms, n, 50 * n))),
    st.integers(1, 6).map(lambda n: (CommandKind.ADD_SHARDS, lambda terms: resharded(terms, n))),
)
"""A command, which the counter may not be able to obey."""
