import pytest

from chalicelib.adapters.recent import Recent
from tests.fakes import FakeClock


class Source:
    """Answers with how often it was read."""

    def __init__(self) -> None:
        self.readings = 0

    def __call__(self) -> int:
        """Read once more."""
        self.readings += 1
        return self.readings


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that stands still."""
    return FakeClock()


def test_it_never_remembers_more_than_it_may(clock: FakeClock) -> None:
    """However many keys are asked for, the values kept stay within the bound."""
    recent: Recent[int, int] = Recent(clock=clock, ttl_ms=1_000, size_max=3)
    for key in range(50):
        assert recent.get(key, lambda key=key: key * key) == key * key  # type: ignore[misc]
        assert len(recent._known) <= 3
        assert recent.get(key, lambda: -1) == key * key


def test_a_value_is_forgotten_at_the_end_of_its_time(clock: FakeClock) -> None:
    """A millisecond before it is still remembered; to the millisecond it is read again."""
    recent: Recent[str, int] = Recent(clock=clock, ttl_ms=1_000)
    read = Source()
    assert recent.get("a", read) == 1
    clock.turn(999)
    assert recent.get("a", read) == 1
    clock.turn(1)
    assert recent.get("a", read) == 2


def test_a_look_does_not_prolong_a_value_s_time(clock: FakeClock) -> None:
    """What is asked for all the time is read anew as often as anything else."""
    recent: Recent[str, int] = Recent(clock=clock, ttl_ms=1_000)
    read = Source()
    for _ in range(20):
        recent.get("a", read)
        clock.turn(100)
    assert read.readings == 2


def test_that_there_is_nothing_is_remembered_too(clock: FakeClock) -> None:
    """None is an answer: asking for what does not exist costs no more than for what does."""
    recent: Recent[str, int | None] = Recent(clock=clock, ttl_ms=1_000)
    recent.put("a", None)
    read = Source()
    assert recent.get("a", read) is None
    assert read.readings == 0


def test_reading_a_known_key_anew_forgets_no_other(clock: FakeClock) -> None:
    """A full memory makes room for what is new only, and then by the oldest alone."""
    recent: Recent[str, int] = Recent(clock=clock, ttl_ms=1_000, size_max=3)
    for key in "abc":
        recent.put(key, 1)
    recent.put("c", 2)
    assert [recent.get(key, lambda: -1) for key in "abc"] == [1, 1, 2]
    recent.put("d", 4)
    assert [recent.get(key, lambda: -1) for key in "bcd"] == [1, 2, 4]
