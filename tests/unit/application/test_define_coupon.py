from dataclasses import replace

import pytest

from chalicelib.application.define_coupon import DefineCoupon
from chalicelib.application.ports import Moved, Stale
from chalicelib.application.see_coupon import SeeCoupon
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.errors import CouponFixedError, StoreUnavailableError
from tests.fakes import FakeCoupons
from tests.unit.domain.builders import terms


@pytest.fixture
def coupons() -> FakeCoupons:
    """Return a table without a coupon."""
    return FakeCoupons()


@pytest.fixture
def define(coupons: FakeCoupons) -> DefineCoupon:
    """Return the use case."""
    return DefineCoupon(coupons=coupons, see=SeeCoupon(coupons=coupons))


def test_each_change_of_terms_is_a_version_and_a_repeat_is_none(define: DefineCoupon) -> None:
    """A version counts what changed."""
    assert [define(terms())[1], define(terms())[1]] == [True, False]
    assert define(terms(minimum_spend=5))[0].terms.version == 2
    assert define(terms(minimum_spend=5))[0].terms.version == 2


@pytest.mark.parametrize("other", [terms(units=101), terms(shards=5)])
def test_units_are_not_redefined(define: DefineCoupon, other: CouponTerms) -> None:
    """What is counted can't be defined anew, and is told as it is."""
    define(terms())
    with pytest.raises(CouponFixedError, match=r"\(100\).*\(4\)"):
        define(other)


def test_who_comes_second_defines_after_the_first(
    define: DefineCoupon, coupons: FakeCoupons
) -> None:
    """Of two at once each gets a version of its own."""
    define(terms())
    made = coupons.define

    def other_first(terms: CouponTerms) -> Moved | Stale:
        coupons.define = made  # type: ignore[method-assign]
        made(replace(terms, minimum_spend=9))
        return made(terms)

    coupons.define = other_first  # type: ignore[method-assign]
    coupon, new = define(terms(minimum_spend=5))
    assert (coupon.terms.version, coupon.terms.minimum_spend, new) == (3, 5, False)


def test_a_coupon_that_others_define_without_end_is_for_later(
    define: DefineCoupon, coupons: FakeCoupons
) -> None:
    """Attempts are limited."""
    coupons.define = _always_stale  # type: ignore[method-assign]
    with pytest.raises(StoreUnavailableError):
        define(terms())


def _always_stale(terms: CouponTerms) -> Moved | Stale:  # noqa: ARG001 (as the port's)
    return Stale()
