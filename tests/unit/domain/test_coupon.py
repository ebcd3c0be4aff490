import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.coupon import ANY, CouponTerms, Pacing, fold
from tests.unit.domain.builders import NOW, terms

SECOND = 1_000


def paced(units: int, every: int, *, shards: int = 4, of: int = 100) -> CouponTerms:
    """Return a coupon of which *units* more are given out *every* so many seconds from now on."""
    plan = Pacing(units=units, every_seconds=every)
    return terms(pacing=plan, starts_at=NOW, units=of, shards=shards)


@given(
    units=st.integers(1, 500),
    every=st.integers(1, 3_600),
    shards=st.integers(1, 64),
    of=st.integers(1, 2_000),
    after=st.integers(-(10**7), 10**8),
)
def test_the_shards_may_give_out_exactly_what_the_plan_has_released(
    units: int, every: int, shards: int, of: int, after: int
) -> None:
    """At every moment the shards' parts sum to the periods begun; past the last unit none limits."""
    rule = paced(units, every, shards=shards, of=of)
    released = units * (after // (every * SECOND) + 1) if after >= 0 else 0
    allowed = rule.allowed(NOW + after)
    assert (allowed is None) == (released >= of)
    if allowed is not None:
        assert (sum(allowed), len(allowed)) == (released, shards)


@given(units=st.integers(1, 9), every=st.integers(1, 60), after=st.integers(-(10**5), 10**6))
def test_more_is_given_out_at_the_next_release_and_not_before(
    units: int, every: int, after: int
) -> None:
    """Until then the plan allows what it allows now; from then on it allows one period more."""
    rule = paced(units, every, of=10**6)
    now = NOW + after
    at = rule.next_release(now)
    assert at is not None
    assert at > now
    before, then = rule.allowed(at - 1), rule.allowed(at)
    assert before == rule.allowed(now)
    assert before is not None
    assert then is not None
    assert sum(then) == sum(before) + units


@given(now=st.integers(0, 3), steps=st.lists(st.integers(0, 10**5), min_size=2, max_size=6))
def test_no_shard_is_ever_allowed_less_than_before(now: int, steps: list[int]) -> None:
    """What the plan gave out it does not take back, shard by shard."""
    rule = paced(3, 7, of=10**6)
    seen: tuple[int, ...] = (0,) * rule.shards
    for step in steps:
        now += step
        allowed = rule.allowed(NOW + now) or ()
        assert all(a >= b for a, b in zip(allowed, seen, strict=True))
        seen = allowed


def test_without_a_plan_nothing_is_held_back() -> None:
    """A coupon that is not paced has no next release, and no limit but its units."""
    assert (terms().allowed(NOW), terms().next_release(NOW)) == (None, None)


def test_nothing_is_given_out_before_the_start() -> None:
    """A millisecond early the plan allows nothing; on time its first units."""
    rule = paced(8, 60)
    assert rule.allowed(NOW - 1) == (0, 0, 0, 0)
    assert rule.next_release(NOW - 1) == NOW
    assert rule.allowed(NOW) == (2, 2, 2, 2)


@pytest.mark.parametrize(
    ("mine", "yours", "both"),
    [
        ({"B"}, {"A"}, True),
        ({ANY}, {ANY}, True),
        ({ANY}, {"A"}, True),
        ({"B"}, set(), False),
        (set(), {"A"}, False),
        ({ANY}, set(), False),
        ({"C"}, {"A"}, False),
    ],
)
def test_coupons_combine_where_both_say_so(mine: set[str], yours: set[str], both: bool) -> None:  # noqa: FBT001
    """One coupon's consent is not the other's, and it is the same seen from either side."""
    one = terms("A", combines_with=frozenset(mine))
    other = terms("B", combines_with=frozenset(yours))
    assert (one.combines(other), other.combines(one)) == (both, both)


def test_an_excluded_item_is_excluded_even_where_it_is_named() -> None:
    """No named items means every item, but for the excluded."""
    rule = terms(skus=frozenset({"tea", "cake"}), excluded=frozenset({"cake"}))
    assert [rule.eligible(sku) for sku in ("tea", "cake", "pie")] == [True, False, False]
    assert [terms().eligible(sku) for sku in ("tea", "pie")] == [True, True]


WIDE = "".join(chr(ord(c) + 0xFEE0) for c in "SPRING25")


@pytest.mark.parametrize(
    "spelling",
    [
        "spring25",
        " Spring25\t",
        WIDE,
        WIDE.lower(),
        "S\u200bP\u200cR\u200dI\ufeffNG25",
        "SPR\u00adING25",
        "spr\u0131ng25",
        "\u202espring25\u202c",
        "\U0001d412PRING25",
    ],
)
def test_spellings_that_look_alike_are_one_code(spelling: str) -> None:
    """Case, width, spaces and characters that nobody sees make no second coupon."""
    assert fold(spelling) == "SPRING25"


@given(st.text(max_size=12))
def test_a_folded_code_is_its_own_spelling(code: str) -> None:
    """Folding what is folded changes nothing, and case never matters."""
    assert fold(fold(code)) == fold(code)


ACCENTS = st.sampled_from(["\u0301", "\u0327", "\u200d", "\u00b4", "\u00a8", "\u0345", "\u0131"])


@given(st.lists(st.one_of(st.sampled_from("eacE\u00df"), ACCENTS), max_size=6).map("".join))
def test_accents_that_stand_apart_fold_once_and_for_all(code: str) -> None:
    """A letter and an accent that come together by folding are what they are when typed together."""
    assert fold(fold(code)) == fold(code)


def test_letters_of_other_scripts_never_become_ascii() -> None:
    """A code with a Cyrillic A in it is another code than the one it looks like."""
    scripts = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
    letters = [
        char
        for char in map(chr, range(0x370, 0xABC0))
        if unicodedata.category(char).startswith("L")
        and unicodedata.name(char, "").startswith(scripts)
    ]
    assert len(letters) > 500
    assert not [char for char in letters if fold(f"S{char}25").isascii()]
