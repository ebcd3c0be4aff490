import pytest

from chalicelib.domain.errors import IllegalMoveError
from chalicelib.domain.intent import ANSWERED, TRANSITIONS, Status, advance, move
from tests.unit.domain.builders import NOW, intent, pending


def test_the_table_is_the_lifecycle() -> None:
    """Every state has its row, and the rows are the ones that the documentation promises."""
    allowed = {status: {str(s) for s in follow} for status, follow in TRANSITIONS.items()}
    assert allowed == {
        "accepted": {"ready", "confirmed", "needs_input", "rejected", "expired", "cancelled"},
        "needs_input": {"accepted", "expired", "cancelled"},
        "ready": {"paying", "confirmed", "lapsed", "cancelled"},
        "paying": {"confirmed", "rejected"},
        "confirmed": {"confirmed", "refunded"},
        "rejected": set(),
        "expired": set(),
        "lapsed": set(),
        "cancelled": set(),
        "refunded": set(),
    }


@pytest.mark.parametrize("current", Status)
@pytest.mark.parametrize("to", Status)
def test_a_move_is_made_just_where_the_table_has_it(current: Status, to: Status) -> None:
    """An illegal move raises, with both states named; a legal one is the state it leads to."""
    if to in TRANSITIONS[current]:
        assert advance(current, to) is to
    else:
        with pytest.raises(IllegalMoveError, match=f"{current} can't become {to}"):
            advance(current, to)


def test_every_state_is_reached_from_accepted() -> None:
    """No state stands apart from the lifecycle."""
    reached = {Status.ACCEPTED}
    for _ in Status:
        reached |= {to for status in reached for to in TRANSITIONS[status]}
    assert reached == set(Status)


def test_an_answer_ends_the_wait() -> None:
    """What counts as answered can't go back to waiting for anything but a refund."""
    for status in ANSWERED:
        assert TRANSITIONS[status] <= {Status.CONFIRMED, Status.REFUNDED}


def test_who_waits_for_the_customer_is_watched_until_the_wait_is_over() -> None:
    """A question is watched until the deadline and a hold until it lapses, an order no more."""
    assert move(pending(), Status.NEEDS_INPUT, NOW).watch_at == pending().expires_at
    assert move(pending(), Status.READY, NOW, held_until=NOW + 5).watch_at == NOW + 5
    assert move(pending(), Status.CONFIRMED, NOW).watch_at is None


def test_a_change_begins_where_its_intent_stood() -> None:
    """A change names the state and the turn that it was decided for."""
    change = move(intent(status=Status.READY, turn=2), Status.LAPSED, NOW)
    assert (change.source, change.turn, change.status) == (Status.READY, 2, Status.LAPSED)
