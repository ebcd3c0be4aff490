"""Customers decide every quote that they get."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from local.api import Api
from local.rush import Rush, ignore
from local.seen import Seen


class Door:
    """An API that notes who did what to which intent."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def call(
        self, method: str, path: str, token: str, body: Mapping[str, Any] | None = None
    ) -> None:
        """Note the call; nobody reads its answer."""
        assert (method, body) == ("POST", None)
        self.calls.append((path, token))


def quote(number: int, status: str = "ready") -> Seen:
    """Return an intent of one of two customers."""
    return Seen(id=f"in_{number}", customer=("ada", "bo")[number % 2], status=status)


@pytest.mark.parametrize("count", [0, 1, 4, 5, 11])
def test_no_quote_is_left_open(count: int) -> None:
    """Each is confirmed or cancelled, once, by its own customer; what is no quote is left alone."""
    door = Door()
    rush = Rush(api=cast("Api", door), tokens={"ada": "a", "bo": "b"})
    quotes = [quote(number) for number in range(count)]

    decided = rush.decide([*quotes, quote(98, "rejected"), quote(99, "accepted")], ignore)

    assert decided == {intent.id: intent.customer for intent in quotes}
    told = {path.split("/")[2]: (path.split("/")[3], token) for path, token in door.calls}
    assert len(door.calls) == len(told) == count
    assert all(told[intent.id][1] == rush.tokens[intent.customer] for intent in quotes)
    assert {word for word, _ in told.values()} <= {"confirm", "cancel"}


def test_some_quotes_are_confirmed_and_some_cancelled() -> None:
    """A rush shows both, and more orders than second thoughts."""
    door = Door()
    rush = Rush(api=cast("Api", door), tokens={"ada": "a", "bo": "b"})

    rush.decide([quote(number) for number in range(9)], ignore)

    words = [path.split("/")[3] for path, _ in door.calls]
    assert (words.count("confirm"), words.count("cancel")) == (6, 3)
