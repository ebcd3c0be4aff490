import pytest

from chalicelib.domain.counter import CounterState
from chalicelib.domain.coupon import ANY, CouponTerms, Offer, Pacing, Unavailable
from chalicelib.domain.discount import AmountOff
from chalicelib.domain.intent import Change, ConfirmMode, CouponFallback, Reason, Status
from chalicelib.domain.resolution import Choice, Question, QuestionCode
from chalicelib.domain.settlement import (
    Known,
    Wanted,
    granted,
    propose,
    without_coupon,
    without_stock,
)
from chalicelib.domain.words import WORDS, coupon_in_words
from tests.unit.domain.builders import NOW, line, menu, pending, request, stock, terms
from tests.unit.domain.settled import drawn, known, want

ALL = frozenset({ANY})
FIRST = terms("FIRST", combines_with=ALL, off=AmountOff(amount=10), budget=500)
SECOND = terms("SECOND", combines_with=ALL, off=AmountOff(amount=20), uses=3)
ASK, REJECT, FULL_PRICE = CouponFallback.ASK, CouponFallback.REJECT, CouponFallback.FULL_PRICE


def changed(result: Change | Wanted) -> Change:
    """Return the change that *result* has to be."""
    assert isinstance(result, Change)
    return result


def asked(change: Change) -> tuple[Question, Reason]:
    """Return the question that *change* has to ask, and the reason for it."""
    assert change.status is Status.NEEDS_INPUT
    assert change.question is not None
    assert change.reason is not None
    return change.question, change.reason


def both(fallback: CouponFallback = ASK, max_total: int | None = None) -> Wanted:
    """Return an order of one tea that wants both coupons."""
    wish = request(coupon=("SECOND", "FIRST"), fallback=fallback, max_total=max_total)
    return want(pending(wish), known(FIRST, SECOND))


def test_an_order_without_a_coupon_is_confirmed_at_the_menu_s_price() -> None:
    """The price is the catalogue's, whatever else the intent says."""
    change = changed(propose(pending(), known()))
    assert change.status is Status.CONFIRMED
    assert change.order is not None
    assert change.order.total == 400


def test_review_holds_the_quote_for_its_time() -> None:
    """Asked to review, the order waits as a quote that stands until its hold ends."""
    change = changed(propose(pending(request(confirm=ConfirmMode.REVIEW)), known()))
    assert (change.status, change.held_until) == (Status.READY, NOW + 600_000)


def test_a_hold_lasts_its_time_from_when_it_is_granted() -> None:
    """Not from when it was priced: a rush takes nothing of the customer's time to decide."""
    wish = pending(request(coupon="FIRST", confirm=ConfirmMode.REVIEW))
    wanted = want(wish, known(FIRST))
    assert granted(wanted, drawn(wanted), NOW + 7_000).held_until == NOW + 607_000


def test_a_deadline_passed_is_an_end_whatever_was_asked() -> None:
    """At its deadline an intent expires, and not a millisecond before."""
    late = pending()
    assert changed(propose(late, known(now=late.expires_at))).status is Status.EXPIRED
    assert changed(propose(late, known(now=late.expires_at - 1))).status is Status.CONFIRMED


def test_what_is_not_on_the_menu_is_rejected_with_its_faults() -> None:
    """An item that is not sold ends the intent, and the reason names it."""
    change = changed(propose(pending(request(line("wine"))), known()))
    assert change.status is Status.REJECTED
    assert change.reason is not None
    assert (change.reason.code, "wine" in change.reason.detail) == ("not_on_the_menu", True)


def test_a_discount_is_a_wish_until_units_are_drawn_for_it() -> None:
    """Each coupon claims a unit and its discount; what is granted has the draws in their places."""
    wanted = both()
    assert (wanted.full.total, wanted.reduced.total) == (400, 370)
    claims = [(claim.counter, claim.units, claim.money) for claim in wanted.claims]
    assert claims == [("FIRST", 1, 10), ("SECOND", 1, 20)]
    change = granted(wanted, drawn(wanted, 2), NOW)
    assert change.order is not None
    for redemption in change.order.redemptions:
        assert redemption.draws[0].shard == 2
        assert sum(draw.money for draw in redemption.draws) == redemption.discount


def test_an_order_names_what_it_writes_beside_its_shards() -> None:
    """A count, a unique code and a first order are items that two orders can't write at once."""
    one = terms("ONE", unique=True, combines_with=ALL)
    two = terms("TWO", uses=2, first_order=True, combines_with=ALL)
    offers = (Offer(terms=one, unique="MINE"), two)
    wanted = want(pending(request(coupon=("MINE", "TWO"))), known(*offers))
    assert wanted.own_items == {"code MINE", "uses TWO alice", "first tea-house alice"}
    assert wanted.limits == {"TWO": 2}
    assert both().own_items == {"uses SECOND alice"}


@pytest.mark.parametrize(
    ("fallback", "status"),
    [(ASK, Status.NEEDS_INPUT), (REJECT, Status.REJECTED), (FULL_PRICE, Status.CONFIRMED)],
)
def test_without_its_coupon_an_order_becomes_what_its_customer_said(
    fallback: CouponFallback, status: Status
) -> None:
    """Nobody pays more than they agreed to because a coupon was gone."""
    wish = pending(request(coupon="NOPE", fallback=fallback))
    assert changed(propose(wish, known())).status is status


def test_an_unknown_coupon_is_told_by_its_name() -> None:
    """The reason for asking says which coupon and why, and offers the full price."""
    question, reason = asked(changed(propose(pending(request(coupon="NOPE")), known())))
    assert reason.code == Unavailable.UNKNOWN
    assert question.code is QuestionCode.COUPON_UNAVAILABLE
    assert "NOPE" in question.prompt
    assert question.choices == (
        Choice(
            id="full_price",
            label="Order at the full price of 4.00 USD",
            lines=(line(),),
            max_total=400,
        ),
    )


def test_losing_one_of_two_coupons_asks_for_the_price_with_the_other() -> None:
    """The choice is to order without it, and agrees to that price alone."""
    change = changed(without_coupon(both(), "FIRST", Unavailable.SOLD_OUT, NOW))
    question, reason = asked(change)
    assert (reason.code, "FIRST" in question.prompt) == (Unavailable.SOLD_OUT, True)
    (choice,) = question.choices
    assert (choice.id, choice.max_total) == ("without_coupon", 380)
    assert change.request is not None
    assert change.request.coupons == ("SECOND", "FIRST")


def test_who_takes_the_full_price_still_wants_the_coupon_that_is_left() -> None:
    """One coupon lost is not both, and with the last one lost the order stands at full price."""
    left = without_coupon(both(FULL_PRICE), "FIRST", Unavailable.SOLD_OUT, NOW)
    assert isinstance(left, Wanted)
    assert [claim.counter for claim in left.claims] == ["SECOND"]
    change = changed(without_coupon(left, "SECOND", Unavailable.CUSTOMER_LIMIT, NOW))
    assert change.order is not None
    assert (change.status, change.order.total) == (Status.CONFIRMED, 400)


def test_who_rejects_loses_the_order_with_the_first_coupon() -> None:
    """All of the coupons or nothing."""
    change = changed(without_coupon(both(REJECT), "SECOND", Unavailable.BUDGET_SPENT, NOW))
    assert change.reason is not None
    assert (change.status, change.reason.code) == (Status.REJECTED, Unavailable.BUDGET_SPENT)


@pytest.mark.parametrize("spent", [None, Unavailable.CODE_USED, Unavailable.CODE_REVOKED])
def test_another_customers_code_is_as_good_as_none(spent: Unavailable | None) -> None:
    """Not even that there is such a code is told, whatever became of it."""
    rule = terms("SPRING25", unique=True)
    asks = request(coupon="MINE", fallback=REJECT)
    unknown = changed(propose(pending(asks, customer="bob"), known()))
    theirs = known(Offer(terms=rule, unique="MINE", owner="alice", spent=spent))
    assert propose(pending(asks, customer="bob"), theirs) == unknown
    hers = propose(pending(asks, customer="alice"), theirs)
    assert isinstance(hers, Change if spent else Wanted)


def test_a_unique_code_that_is_lost_is_named_as_it_was_given() -> None:
    """The customer knows the code, not the coupon that it is of."""
    rule = terms("BEHIND", unique=True)
    wanted = want(pending(request(coupon="MINE")), known(Offer(terms=rule, unique="MINE")))
    _, reason = asked(changed(without_coupon(wanted, "BEHIND", Unavailable.CODE_USED, NOW)))
    assert ("MINE" in reason.detail, "BEHIND" in reason.detail) == (True, False)


@pytest.mark.parametrize("codes", [("A", "B"), ("B", "A")])
def test_what_does_not_combine_is_asked_about_with_what_is_left(codes: tuple[str, ...]) -> None:
    """The lower rank stays, whichever was typed first."""
    rules = known(terms("A"), terms("B", rank=1))
    (choice,) = asked(changed(propose(pending(request(coupon=codes)), rules)))[0].choices
    assert (choice.id, choice.max_total) == ("without_coupon", 300)


def test_a_limit_on_the_total_is_asked_about_never_passed() -> None:
    """Over its customer's limit an order is a question; at the limit it is an order."""
    over = changed(propose(pending(request(max_total=399)), known()))
    assert over.status is Status.NEEDS_INPUT
    assert over.question is not None
    assert over.question.code is QuestionCode.OVER_MAX_TOTAL
    assert over.question.choices[0].max_total == 400
    assert changed(propose(pending(request(max_total=400)), known())).status is Status.CONFIRMED


def test_the_limit_is_on_what_is_paid() -> None:
    """Coupons may bring an order under the limit, and losing one brings the question."""
    refused = changed(without_coupon(both(FULL_PRICE, 370), "SECOND", Unavailable.SOLD_OUT, NOW))
    assert refused.question is not None
    assert refused.question.code is QuestionCode.OVER_MAX_TOTAL
    assert refused.question.choices[0].max_total == 390


TEAS = request(line(quantity=2), line("cake"), line(quantity=3))


def test_stock_is_claimed_for_all_lines_of_an_item_together() -> None:
    """Five teas on two lines are one claim of five; cake is not counted."""
    wanted = want(pending(TEAS), known(stocks=[stock()]))
    assert [(claim.counter, claim.units, claim.money) for claim in wanted.claims] == [
        ("stock/tea-house/tea", 5, 0)
    ]
    change = granted(wanted, drawn(wanted, 1), NOW)
    assert change.order is not None
    assert change.order.stock[0].draws[0].units == 5


@pytest.mark.parametrize(
    ("available", "lines", "label"),
    [
        (4, (line(quantity=2), line("cake"), line(quantity=2)), "Take 4 Tea"),
        (2, (line(quantity=2), line("cake")), "Take 2 Tea"),
        (1, (line(quantity=1), line("cake")), "Take 1 Tea"),
        (0, (line("cake"),), "Order without Tea"),
    ],
)
def test_out_of_stock_offers_what_there_is(
    available: int, lines: tuple[object, ...], label: str
) -> None:
    """Fewer of the item, the first lines first, or the rest of the order without it."""
    wanted = want(pending(TEAS), known(stocks=[stock()]))
    question, reason = asked(without_stock(wanted, "tea", available))
    assert (question.code, reason.code) == (QuestionCode.OUT_OF_STOCK, Unavailable.OUT_OF_STOCK)
    assert [(choice.label, choice.lines) for choice in question.choices] == [(label, lines)]


@pytest.mark.parametrize("stocks", [[], [stock(state=CounterState.PAUSED)]])
def test_what_was_never_put_in_stock_or_is_paused_is_out_of_stock(stocks: list[object]) -> None:
    """With nothing else in the order there is nothing to offer."""
    rules = known(stocks=stocks, catalogue=menu("tea"))  # type: ignore[arg-type]
    question, _ = asked(changed(propose(pending(), rules)))
    assert (question.code, question.choices) == (QuestionCode.OUT_OF_STOCK, ())


@pytest.mark.parametrize("why", [why for why in Unavailable if why in WORDS])
def test_every_reason_has_words_with_the_code_in_them(why: Unavailable) -> None:
    """A sentence without gaps, for a coupon that is known and for one that is not."""
    rules: list[CouponTerms | None] = [
        None,
        terms(currency="USD", minimum_spend=500),
        terms(pacing=Pacing(units=1, every_seconds=60), starts_at=NOW),
    ]
    for rule in rules:
        words = coupon_in_words(why, "MINE", rule, NOW)
        assert "MINE" in words
        assert words.endswith(".")
        assert not set("{}") & set(words)


def test_only_being_out_of_stock_is_said_in_other_words() -> None:
    """Every reason a coupon can have is said of it, and when there will be more."""
    assert set(Unavailable) - set(WORDS) == {
        Unavailable.OUT_OF_STOCK,
        Unavailable.ITEM_PAUSED,
    }
    rule = terms(pacing=Pacing(units=1, every_seconds=60), starts_at=NOW)
    assert "2027-01-15T08:01:00Z" in coupon_in_words(Unavailable.NOT_YET, "MINE", rule, NOW)


def test_nothing_of_another_customer_s_is_in_what_a_pricing_goes_by() -> None:
    """What is known is the same for all; only who asks makes the items its own."""
    rules: Known = known(SECOND)
    mine = want(pending(request(coupon="SECOND")), rules)
    other = want(pending(request(coupon="SECOND"), customer="bob"), rules)
    assert not mine.own_items & other.own_items
