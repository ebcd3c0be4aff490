from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.watch import LOOK_AFTER_MS_MIN, next_look
from tests.unit.domain.builders import NOW

FAR = NOW + 10**9


def test_the_first_look_comes_at_twice_the_wait() -> None:
    """By then a message that was not lost has been worked on, though the queue was twice as slow."""
    assert next_look(NOW, 100, FAR) == NOW + 200_000


def test_a_short_wait_is_given_a_minute_all_the_same() -> None:
    """As long as the index that finds it may lag."""
    assert next_look(NOW, 0, FAR) == NOW + LOOK_AFTER_MS_MIN == NOW + 60_000
    assert next_look(NOW, 30, FAR) == NOW + 60_000
    assert next_look(NOW, 31, FAR) == NOW + 62_000


@given(wait=st.integers(0, 10**6), left=st.integers(0, 10**8))
def test_no_look_comes_after_the_deadline(wait: int, left: int) -> None:
    """Whatever the wait, an intent whose time is over is ended and not left for a later look."""
    look = next_look(NOW, wait, NOW + left)
    assert look == NOW + left or NOW + 60_000 <= look < NOW + left
