"""Which of several choices an answer picks: "the second", "2", "the cheaper one"."""

from collections.abc import Sequence
from typing import Final

from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.order import Order
from chalicelib.domain.pricing import price
from chalicelib.domain.resolution import Line
from chalicelib.understanding.language import Language
from chalicelib.understanding.tokens import keys_of, number_in

_ONE: Final = "1"
_CHOICES_MIN: Final = 2


class Picking:
    """Picks one of the orders that a question offers."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        self._catalogue = catalogue
        self._ordinals = language.ordinals
        words = language.answers
        self._numbering = words.numbering
        self._cheaper = {keys_of(phrase, language) for phrase in words.cheaper}

    def picked(
        self, keys: Sequence[str], orders: Sequence[tuple[Line, ...]], *, has_digit: bool
    ) -> tuple[Line, ...] | None:
        """Return the one of *orders* that *keys*, an answer's words without the idle ones, name.

        A number does where it *has_digit* or is said to be one: "two" may be how many.
        """
        if len(orders) < _CHOICES_MIN:
            return None
        place = self._place(keys, has_digit=has_digit)
        if place is not None:
            is_offered = 0 < place <= len(orders) or place == -1
            return orders[place - 1 if place > 0 else place] if is_offered else None
        named = tuple(keys[:-1] if keys[-1:] == [_ONE] else keys)
        return self._cheapest(orders) if named in self._cheaper else None

    def _place(self, keys: Sequence[str], *, has_digit: bool) -> int | None:
        places = [self._ordinals[key] for key in keys if key in self._ordinals]
        others = [key for key in keys if key not in self._ordinals]
        if places:
            return places[0] if len(places) == 1 and set(others) <= {_ONE} else None
        numbers = [number for key in others if (number := number_in(key)) is not None]
        led = [key for key in others if number_in(key) is None]
        is_number = len(numbers) == 1 and (has_digit or led) and self._numbering.issuperset(led)
        return numbers[0] if is_number else None

    def _cheapest(self, orders: Sequence[tuple[Line, ...]]) -> tuple[Line, ...] | None:
        """Return the one that costs least; none where two cost as much."""
        priced = [price(order, self._catalogue) for order in orders]
        totals = [one.subtotal for one in priced if isinstance(one, Order)]
        if len(totals) < len(orders) or totals.count(min(totals)) > 1:
            return None
        return orders[totals.index(min(totals))]
