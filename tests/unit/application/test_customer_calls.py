import pytest

from chalicelib.application.ports import CatalogueDraft
from chalicelib.domain.answers import Answer
from chalicelib.domain.catalogue import Item
from chalicelib.domain.errors import IllegalMoveError, IntentNotFoundError, NotQueuedError
from chalicelib.domain.intent import CouponFallback, IntentRef, Status
from chalicelib.domain.refusal import Refusal
from tests.fakes.shop import HOLD_SECONDS, Shop
from tests.unit.application.journey import accept, asking, held, settle
from tests.unit.application.steps import Counted
from tests.unit.domain.builders import line, request, terms

FULL_PRICE = Answer(fingerprint="yes", choice="full_price")


@pytest.fixture
def shop() -> Shop:
    """Return a shop with one tea and one coupon of one unit."""
    shop = Shop()
    shop.tables.define(terms(units=1, shards=1))
    return shop


def test_nobody_finds_what_is_not_theirs(shop: Shop) -> None:
    """Another's intent and none at all are the same to every call."""
    ref = held(shop)
    other = IntentRef(customer_id="mallory", id=ref.id)
    for call in (shop.see, shop.confirm, shop.cancel):
        with pytest.raises(IntentNotFoundError):
            call(other)
    with pytest.raises(IntentNotFoundError):
        shop.answer(other, FULL_PRICE)


def test_an_answer_puts_the_intent_back_on_its_way(shop: Shop) -> None:
    """It is accepted with a new deadline, and settled at what was agreed."""
    ref = asking(shop)
    shop.clock.turn(600_000)
    answered = shop.answer(ref, FULL_PRICE)
    assert answered.status is Status.ACCEPTED
    assert answered.expires_at == shop.clock.now() + 900_000
    settle(shop)
    order = shop.on_record[ref].order
    assert order is not None
    assert order.total == 400


def test_the_same_answer_twice_is_one_answer(shop: Shop) -> None:
    """A repeat is told where the intent stands, before and after it is settled."""
    ref = asking(shop)
    shop.answer(ref, FULL_PRICE)
    assert shop.answer(ref, FULL_PRICE).status is Status.ACCEPTED
    assert len(shop.settlements_queue.sent) == 1
    settle(shop)
    assert shop.answer(ref, FULL_PRICE).status is Status.CONFIRMED


def test_a_retried_answer_does_not_answer_the_next_question(shop: Shop) -> None:
    """Nobody agrees to what they were not shown: to say the same again takes the question's name."""
    ref = asking(shop)
    shop.answer(ref, FULL_PRICE)
    dearer = Item(sku="tea", name="Tea", unit_price=4_000)
    shop.catalogues.publish(
        CatalogueDraft(merchant="tea-house", currency="USD", items=(dearer,), groups=(), digest="2")
    )
    settle(shop)
    assert shop.answer(ref, FULL_PRICE).status is Status.NEEDS_INPUT
    assert shop.settlements_queue.sent == []
    question = shop.on_record[ref].question
    assert question is not None
    again = Answer(fingerprint="named", turn=1, choice=question.choices[0].id)
    assert shop.answer(ref, again).status is Status.ACCEPTED


def test_another_answer_comes_too_late(shop: Shop) -> None:
    """A question is answered once."""
    ref = asking(shop)
    shop.answer(ref, FULL_PRICE)
    with pytest.raises(IllegalMoveError):
        shop.answer(ref, Answer(fingerprint="other", text="a tea"))


def test_an_answer_that_could_not_be_sent_is_kept_and_a_repeat_sends_it(shop: Shop) -> None:
    """The queue was down: nothing is lost and nothing comes twice."""
    ref = asking(shop)
    shop.settlements_queue.down = True
    with pytest.raises(NotQueuedError):
        shop.answer(ref, FULL_PRICE)
    shop.settlements_queue.down = False
    shop.answer(ref, FULL_PRICE)
    assert len(shop.settlements_queue.sent) == 1


def test_after_the_deadline_there_is_nothing_to_answer(shop: Shop) -> None:
    """An answer too late is refused even before the sweep has come by."""
    ref = asking(shop)
    shop.clock.turn(900_000)
    with pytest.raises(IllegalMoveError, match="expired"):
        shop.answer(ref, FULL_PRICE)


def test_a_message_from_before_the_answer_settles_nothing_after_it(shop: Shop) -> None:
    """The old request comes again late: the intent has taken a turn since."""
    ref = accept(shop, request(line(), coupon="NOPE", fallback=CouponFallback.ASK))
    old = list(shop.settlements_queue.sent)
    settle(shop)
    shop.answer(ref, FULL_PRICE)
    settled = shop.worker(0)(old)
    assert settled.changes == ()
    assert shop.status(ref) is Status.ACCEPTED


def test_a_quote_is_confirmed_once_and_says_so_again(shop: Shop) -> None:
    """Confirming twice is one order."""
    ref = held(shop)
    assert shop.confirm(ref).status is Status.CONFIRMED
    assert shop.confirm(ref).status is Status.CONFIRMED
    assert [(s.held, s.redeemed) for s in shop.shards()] == [(0, 1)]


def test_a_hold_that_ran_out_is_not_confirmed(shop: Shop) -> None:
    """At its end a quote no longer stands, whether or not the sweep has seen it."""
    ref = held(shop)
    shop.clock.turn(HOLD_SECONDS * 1000)
    with pytest.raises(IllegalMoveError, match="lapsed"):
        shop.confirm(ref)
    assert shop.see(ref).intent.status is Status.LAPSED
    assert shop.total("left") == 1


def test_until_its_very_end_a_quote_stands(shop: Shop) -> None:
    """To look at it a moment before takes nothing from it."""
    ref = held(shop)
    shop.clock.turn(HOLD_SECONDS * 1000 - 1)
    assert shop.see(ref).intent.status is Status.READY
    assert shop.confirm(ref).status is Status.CONFIRMED


def test_cancelling_gives_back_what_was_held_once(shop: Shop) -> None:
    """A repeat changes nothing more."""
    ref = held(shop)
    assert shop.cancel(ref).status is Status.CANCELLED
    assert shop.cancel(ref).status is Status.CANCELLED
    assert shop.total("left") == 1


def test_an_order_is_not_cancelled(shop: Shop) -> None:
    """What is confirmed can only be refunded."""
    ref = held(shop)
    shop.confirm(ref)
    with pytest.raises(IllegalMoveError):
        shop.cancel(ref)
    with pytest.raises(IllegalMoveError):
        shop.answer(ref, FULL_PRICE)


def test_while_it_waits_an_intent_knows_its_place(shop: Shop) -> None:
    """The place is no worse than promised, nor than the queue is long."""
    shop.intents_queue.others = 99
    ref = accept(shop, request(line()))
    place = shop.see(ref).place
    assert place is not None
    assert (place.position, place.estimated_wait_seconds) == (100, 2)
    shop.intents_queue.others = 9
    place = shop.see(ref).place
    assert place is not None
    assert place.position == 10
    settle(shop)
    assert shop.see(ref).place is None


def test_a_quote_that_ran_out_is_shown_in_a_rush(shop: Shop) -> None:
    """Where it can't be released just now, it is shown as it stands, and released by a later look."""
    ref = held(shop)
    shop.clock.turn(HOLD_SECONDS * 1000)
    Counted(shop, [Refusal(contended=True)] * shop.commit.backoff.attempts_max)
    assert shop.see(ref).intent.status is Status.READY
    assert shop.see(ref).intent.status is Status.LAPSED
