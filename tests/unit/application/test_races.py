from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.application.ports import ModelUnusable, Task
from chalicelib.application.resolve_intents import ResolveIntents
from chalicelib.domain.answers import Answer
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.errors import IllegalMoveError, KeyReusedError
from chalicelib.domain.intent import (
    Change,
    ConfirmMode,
    Intent,
    IntentRef,
    Pending,
    Request,
    Status,
    move,
)
from chalicelib.domain.model_use import ModelUse
from chalicelib.domain.resolution import Question, QuestionCode, Reading
from chalicelib.domain.watch import LOOK_AFTER_MS_MIN
from tests.fakes.shop import HOLD_SECONDS, Shop
from tests.unit.application.journey import accept, asking, held, settle
from tests.unit.application.steps import before
from tests.unit.domain.builders import NOW, intent, line, request, terms

FULL_PRICE = Answer(fingerprint="yes", choice="full_price")


@pytest.fixture
def shop() -> Shop:
    """Return a shop with one tea and one coupon of one unit."""
    shop = Shop()
    shop.tables.define(terms(units=1, shards=1))
    return shop


def answered_by(shop: Shop, fingerprint: str) -> Callable[..., object]:
    """Return another call that answers the same question, with an answer of that fingerprint."""
    write = shop.intents.answer

    def answer(waiting: Intent, asked: Request, _: str, expires_at: int, watch_at: int) -> Any:
        return write(waiting, asked, fingerprint, expires_at, watch_at)

    return answer


def test_of_two_answers_at_once_the_second_is_told_that_it_came_too_late(shop: Shop) -> None:
    """Another's answer is never taken for one's own, and is not sent in its place."""
    ref = asking(shop)
    before(shop.intents, "answer", answered_by(shop, "another"))
    with pytest.raises(IllegalMoveError):
        shop.answer(ref, FULL_PRICE)
    assert shop.settlements_queue.sent == []
    assert shop.on_record[ref].answered_with == "another"


def test_an_answer_whose_write_was_retried_unseen_is_sent(shop: Shop) -> None:
    """The store took it and its reply was lost: nobody else would queue it."""
    ref = asking(shop)
    before(shop.intents, "answer", answered_by(shop, FULL_PRICE.fingerprint))
    answered = shop.answer(ref, FULL_PRICE)
    assert (answered.status, answered.turn) == (Status.ACCEPTED, 1)
    assert shop.settlements_queue.sent == [answered.pending]
    settle(shop)
    assert shop.status(ref) is Status.CONFIRMED


def test_the_same_answer_twice_at_once_is_one_answer_though_it_is_settled_by_then(
    shop: Shop,
) -> None:
    """Who comes second is told where the intent stands, and queues nothing for what is done."""
    ref = asking(shop)
    write = answered_by(shop, FULL_PRICE.fingerprint)

    def answer_and_settle(*given: Any) -> None:
        write(*given)
        shop.worker(0)([shop.on_record[ref].pending])

    before(shop.intents, "answer", answer_and_settle)
    assert shop.answer(ref, FULL_PRICE).status is Status.CONFIRMED
    assert shop.settlements_queue.sent == []


def test_of_two_confirmations_at_once_both_are_told_of_the_one_order(shop: Shop) -> None:
    """Who comes second finds the order confirmed, which is what was wished for."""
    ref = held(shop)
    before(shop.ledger, "commit", shop.ledger.commit)
    assert shop.confirm(ref).status is Status.CONFIRMED
    assert [(s.held, s.redeemed) for s in shop.shards()] == [(0, 1)]


def test_a_confirmation_that_a_cancellation_overtook_is_refused(shop: Shop) -> None:
    """Nobody is told of an order that is none."""
    ref = held(shop)
    before(shop.ledger, "commit", lambda *_: shop.cancel(ref))
    with pytest.raises(IllegalMoveError, match="cancelled"):
        shop.confirm(ref)
    assert shop.total("left") == 1


def test_what_became_a_quote_in_between_is_cancelled_with_its_unit_given_back(shop: Shop) -> None:
    """A cancellation decided for an accepted intent looks again and releases what is held by then."""
    ref = accept(shop, request(line(), coupon="SPRING25", confirm=ConfirmMode.REVIEW))
    before(shop.intents, "apply", lambda _: settle(shop))
    assert shop.cancel(ref).status is Status.CANCELLED
    assert shop.total("left") == 1
    assert shop.total("held") == 0


def test_what_became_an_order_in_between_is_not_cancelled(shop: Shop) -> None:
    """It is said to be too late, and the order stands."""
    ref = accept(shop, request(line(), coupon="SPRING25"))
    before(shop.intents, "apply", lambda _: settle(shop))
    with pytest.raises(IllegalMoveError):
        shop.cancel(ref)
    assert shop.status(ref) is Status.CONFIRMED


def test_the_same_call_at_any_moment_is_a_repeat_and_sends_nothing(shop: Shop) -> None:
    """In the very same millisecond too; another body is refused all the same."""
    earlier = accept(shop, request(line()))
    assert accept(shop, request(line())) == earlier
    shop.clock.turn(1)
    assert accept(shop, request(line())) == earlier
    assert len(shop.settlements_queue.sent) == 1
    with pytest.raises(KeyReusedError):
        shop.accept(
            customer_id="alice",
            idempotency_key="key",
            fingerprint="other",
            merchant=None,
            request=request(line()),
        )


class Unsure:
    """A parser that is never certain, and a model that notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, text: str, catalogue: Catalogue) -> Reading:  # noqa: ARG002 (never certain)
        """Leave it open."""
        return Reading(lines=(), certain=False)

    def reply(self, text: str, question: Question, catalogue: Catalogue) -> Reading:  # noqa: ARG002 (never certain)
        """Leave it open."""
        return Reading(lines=(), certain=False)

    def ask(self, reading: Reading, catalogue: Catalogue) -> Question:  # noqa: ARG002 (one question)
        """Ask what it is to be."""
        return Question(code=QuestionCode.NOT_UNDERSTOOD, prompt="What would you like?")

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelUnusable]:
        """Make nothing of any text."""
        self.asked.extend(task.text for task in tasks)
        return [ModelUnusable("no", use=ModelUse(calls=1)) for _ in tasks]


@pytest.mark.parametrize(("turn", "asked"), [(0, []), (1, ["now"])])
def test_a_text_that_was_answered_over_is_not_read_by_the_model(
    shop: Shop, turn: int, asked: list[str]
) -> None:
    """A message from before the answer is paid for no more, though its intent is accepted again."""
    now = shop.clock.now()
    stands = replace(intent(request(text="now"), turn=1), expires_at=now + 900_000)
    shop.put(stands)
    said = Unsure()
    resolve = ResolveIntents(
        intents=shop.intents,
        catalogues=shop.catalogues,
        settlements_queue=shop.settlements_queue,
        control=shop.control,
        reader=said,
        model=said,
        clock=shop.clock,
    )
    message: Pending = replace(stands.pending, turn=turn)
    resolved = resolve([message])
    assert said.asked == asked
    assert dict(resolved.outcomes) == ({"needs_input": 1} if asked else {"moved_on": 1})


def test_an_intent_that_shows_up_late_in_the_index_is_looked_after(shop: Shop) -> None:
    """The mark stays behind the time by as long as an index may lag, sweep after sweep."""
    ref = accept(shop, request(line()))
    shop.settlements_queue.sent.clear()
    shop.unindexed.add(ref)
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    for _ in range(5):
        shop.sweep(stop_at=shop.clock.now() + 1_000)
        shop.clock.turn(LOOK_AFTER_MS_MIN // 5)
    until = shop.control.mark().swept_until
    assert set(until.values()) == {shop.clock.now() - LOOK_AFTER_MS_MIN * 6 // 5}
    shop.unindexed.clear()
    shop.sweep(stop_at=shop.clock.now() + 1_000)
    assert [one.ref for one in shop.settlements_queue.sent] == [ref]


def test_a_change_that_was_overtaken_is_not_counted_as_made(shop: Shop) -> None:
    """Who expired an intent that was cancelled at the same moment changed nothing."""
    ref = accept(shop, request(line()))
    shop.clock.turn(900_000)
    overdue = shop.on_record[ref]
    ended: Change = move(overdue, Status.CANCELLED, shop.clock.now())
    before(shop.intents, "apply", lambda _: shop.intents.apply(ended))
    assert not shop.end_overdue(overdue)
    assert shop.status(ref) is Status.CANCELLED


def test_a_cancellation_that_others_overtook_to_the_end_is_still_a_cancellation(
    shop: Shop,
) -> None:
    """However often the intent moved before each write: once it is cancelled, that is the answer."""
    ref = asking(shop)
    apply = shop.intents.apply
    moves: list[Callable[[], object]] = [
        lambda: shop.answer(ref, Answer(fingerprint="yes", choice="full_price")),
        lambda: settle_as_question(shop, ref),
        lambda: apply(move(shop.on_record[ref], Status.CANCELLED, NOW)),
    ]

    def overtaken(change: Change) -> Any:
        if moves:
            moves.pop(0)()
        return apply(change)

    shop.intents.apply = overtaken
    assert shop.cancel(ref).status is Status.CANCELLED


def settle_as_question(shop: Shop, ref: IntentRef) -> None:
    """Bring an accepted intent back to waiting for an answer."""
    one = shop.on_record[ref]
    shop.put(replace(one, status=Status.NEEDS_INPUT, turn=one.turn + 1))


@pytest.mark.parametrize("winner", ["sweep", "confirm", "cancel"])
def test_a_lapse_a_confirmation_and_a_cancellation_at_once_give_one_end(
    shop: Shop, winner: str
) -> None:
    """Whichever is first at the store holds, and the unit is redeemed or back, once."""
    ref = held(shop)
    shop.clock.turn(HOLD_SECONDS * 1000 - (winner != "sweep"))
    if winner == "sweep":
        before(shop.ledger, "commit", lambda *_: shop.sweep(shop.clock.now() + 1_000))
        with suppress(IllegalMoveError):
            shop.cancel(ref)
        assert shop.status(ref) is Status.LAPSED
    elif winner == "confirm":
        before(shop.ledger, "commit", lambda *_: shop.confirm(ref))
        with pytest.raises(IllegalMoveError):
            shop.cancel(ref)
        shop.clock.turn(1)
        shop.sweep(shop.clock.now() + 1_000)
        assert shop.status(ref) is Status.CONFIRMED
    else:
        before(shop.ledger, "commit", lambda *_: shop.cancel(ref))
        with pytest.raises(IllegalMoveError):
            shop.confirm(ref)
        shop.clock.turn(1)
        shop.sweep(shop.clock.now() + 1_000)
        assert shop.status(ref) is Status.CANCELLED
    (shard,) = shop.shards()
    kept = int(winner == "confirm")
    assert (shard.redeemed, shard.left, shard.held) == (kept, 1 - kept, 0)
    with pytest.raises(IllegalMoveError):
        shop.answer(ref, FULL_PRICE)
