from contextlib import suppress
from dataclasses import replace

import pytest

from chalicelib.application.ports import Accepted, Moved, Repeated, Stale
from chalicelib.domain.intent import CouponFallback, Intent, IntentRef, Reason, Status, move
from chalicelib.domain.order import Order
from chalicelib.domain.pricing import price
from chalicelib.domain.resolution import Choice, Question, QuestionCode
from chalicelib.domain.watch import SLOTS, slot_of
from tests.contract.conftest import Store
from tests.unit.domain.builders import NOW, intent, line, menu, request

QUESTION = Question(
    code=QuestionCode.AMBIGUOUS,
    prompt="Which?",
    choices=(Choice(id="1", label="Tea", lines=(line(),), max_total=5),),
)


def order() -> Order:
    """Return a priced order."""
    priced = price([line("tea", 2, ("size", "large"))], menu())
    assert isinstance(priced, Order)
    return priced


def put(store: Store, *intents: Intent) -> None:
    """Put *intents* on record, and through the moves that bring them to their state."""
    for wanted in intents:
        assert store.intents.accept(replace(wanted, status=Status.ACCEPTED)) == Accepted()


def test_an_intent_is_read_as_it_was_put(store: Store) -> None:
    """Everything about an intent survives the store."""
    asked = request(
        text="two teas", coupon=("SPRING25", "EXTRA"), fallback=CouponFallback.REJECT, max_total=900
    )
    put(store, intent(asked))
    assert store.intents.get(intent().ref) == intent(asked)


def test_an_intent_is_put_once(store: Store) -> None:
    """A second acceptance of the same name changes nothing and answers with the first."""
    put(store, intent())
    second = intent(request(line("cake")))
    assert store.intents.accept(second) == Repeated(intent())
    assert store.intents.get(intent().ref) == intent()


def test_an_intent_is_its_customer_s_alone(store: Store) -> None:
    """The same id under another customer is no intent."""
    put(store, intent())
    assert store.intents.get(IntentRef(customer_id="mallory", id="in_1")) is None


def test_a_count_of_uses_is_no_intent(store: Store) -> None:
    """What else lies under a customer can't be read as an intent."""
    assert store.intents.get(IntentRef(customer_id="alice", id="uses#SPRING25")) is None


def test_a_change_is_made_once(store: Store) -> None:
    """A repeat is told that it is one."""
    put(store, intent())
    change = move(intent(), Status.CONFIRMED, NOW + 5, order=order())
    assert store.intents.apply(change) == Moved()
    assert store.intents.apply(change) == Stale()
    settled = store.intents.get(intent().ref)
    assert settled == intent(status=Status.CONFIRMED, order=order(), settled_at=NOW + 5)


@pytest.mark.parametrize("stale", [{"turn": 1}, {"status": Status.NEEDS_INPUT}])
def test_a_change_for_another_state_or_turn_is_not_made(
    store: Store, stale: dict[str, object]
) -> None:
    """What was decided for an intent that has moved on since does not touch it."""
    put(store, intent())
    late = replace(intent(), **stale)  # type: ignore[arg-type]
    assert store.intents.apply(move(late, Status.CANCELLED, NOW)) == Stale()
    assert store.intents.get(intent().ref) == intent()


def test_a_question_and_its_answer_take_a_turn(store: Store) -> None:
    """Answered, an intent is accepted again one turn on, with its question gone."""
    put(store, intent())
    reason = Reason(code="coupon_sold_out", detail="Gone.")
    store.intents.apply(move(intent(), Status.NEEDS_INPUT, NOW, question=QUESTION, reason=reason))
    waiting = store.intents.get(intent().ref)
    assert waiting is not None
    assert (waiting.question, waiting.reason) == (QUESTION, reason)
    assert waiting.watch_at == waiting.expires_at
    again = request(line("cake"))
    answered = store.intents.answer(waiting, again, "print", NOW + 9, NOW + 8)
    assert answered == Moved()
    assert store.intents.answer(waiting, again, "print", NOW + 9, NOW + 8) == Stale()
    now = store.intents.get(intent().ref)
    assert now is not None
    assert (now.status, now.turn, now.request) == (Status.ACCEPTED, 1, again)
    assert (now.expires_at, now.watch_at, now.answered_with) == (NOW + 9, NOW + 8, "print")
    assert (now.question, now.reason) == (None, None)


def test_what_was_not_sent_is_marked_until_it_is(store: Store) -> None:
    """The mark comes and goes, and never touches an intent that moved on."""
    put(store, intent())
    for sent in (False, True):
        store.intents.mark_sent(intent().pending, sent=sent)
        marked = store.intents.get(intent().ref)
        assert marked is not None
        assert marked.unsent is not sent
    store.intents.apply(move(intent(), Status.CANCELLED, NOW))
    store.intents.mark_sent(intent().pending, sent=False)
    ended = store.intents.get(intent().ref)
    assert ended is not None
    assert not ended.unsent


def test_orders_come_newest_first_in_pages_that_miss_none(store: Store) -> None:
    """All of a customer's orders, none of another's and nothing that is no order."""
    for n in range(7):
        one = replace(intent(id_=f"in_{n}"), accepted_at=NOW + n)
        put(store, one)
        store.intents.apply(
            move(one, Status.CANCELLED if n == 3 else Status.CONFIRMED, NOW, order=order())
        )
    other = intent(customer="bob")
    put(store, other)
    store.intents.apply(move(other, Status.CONFIRMED, NOW, order=order()))
    found: list[str] = []
    cursor = None
    for _ in range(9):
        page = store.intents.confirmed("alice", cursor, 2)
        assert len(page.intents) <= 2
        found += [one.ref.id for one in page.intents]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == ["in_6", "in_5", "in_4", "in_2", "in_1", "in_0"]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "e30",
        "WyJhIiwgIsK5Il0",
        "WyJpbl94IiwiOTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkiXQ",
        "WyIiLCIxIl0",
        "////",
        "a" * 500,
        "é",
    ],
)
def test_a_made_up_cursor_is_refused(store: Store, cursor: str) -> None:
    """Only what a page gave leads on."""
    with pytest.raises(ValueError, match=r"."):
        store.intents.confirmed("alice", cursor, 2)


def test_a_cursor_shows_no_other_customer_s_orders(store: Store) -> None:
    """Another's cursor is refused, or read as a place among one's own."""
    put(store, intent(customer="bob"), replace(intent(customer="bob", id_="in_2"), accepted_at=0))
    for id_ in ("in_1", "in_2"):
        store.intents.apply(
            move(intent(customer="bob", id_=id_), Status.CONFIRMED, NOW, order=order())
        )
    cursor = store.intents.confirmed("bob", None, 1).next_cursor
    assert cursor is not None
    with suppress(ValueError):
        assert store.intents.confirmed("alice", cursor, 5).intents == ()


def readable(store: Store, slot: int, since: int, until: int) -> list[tuple[int, Intent]]:
    """Return what is due; all of it can be read."""
    return [(at, one) for at, one in store.intents.due(slot, since, until) if one is not None]


def test_the_watch_finds_what_is_due_in_order_of_time(store: Store) -> None:
    """Of each slot just what is due in the time asked for, wherever it stands."""
    for n in range(40):
        put(store, replace(intent(id_=f"in_{n}", customer=f"c{n}"), watch_at=NOW + 100 - n))
    found = {slot: readable(store, slot, NOW + 70, NOW + 90) for slot in range(SLOTS)}
    ids = [one.ref.id for slot in found.values() for _, one in slot]
    assert sorted(ids) == sorted(f"in_{n}" for n in range(10, 31))
    for slot, due in found.items():
        assert [at for at, _ in due] == sorted(at for at, _ in due)
        assert all(slot_of(one.ref.id) == slot for _, one in due)


def test_a_look_can_be_put_off(store: Store) -> None:
    """Watched for later, an intent is not found now."""
    put(store, intent())
    slot = slot_of("in_1")
    store.intents.watch(intent().pending, NOW + 500_000)
    assert list(store.intents.due(slot, 0, NOW + 499_999)) == []
    assert len(list(store.intents.due(slot, 0, NOW + 500_000))) == 1
