"""Amounts: what each reaches, and what one that stands alone is of."""

from collections.abc import Sequence
from typing import Final

from chalicelib.domain.resolution import Amount
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Join, Wish
from chalicelib.understanding.ellipsis import Ellipses
from chalicelib.understanding.heads import Use
from chalicelib.understanding.language import Role
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.mentions import Mention

_LISTED: Final = ([Join.AND], [Join.STOP])
_PARTS: Final = (Join.STOP, Join.BUT)
_IDLE: Final = frozenset((Role.FILLER, Role.OF_THEM))
_BOTH: Final = 2


class Amounts(Ellipses):
    """Reads amounts, each from where it stands, and notes in *doubts* what is open."""

    def __init__(self, mentions: Sequence[Mention], uses: Sequence[Use], lexicon: Lexicon) -> None:
        super().__init__(mentions, uses, lexicon)
        self._amount: Amount | None = None
        self._amount_reach = 1

    def _measure(self, place: int, amount: Amount) -> None:
        """Read *amount* of what follows, or of what it stands behind: "olives extra"."""
        if self._amount is not amount:
            self._end_amount()
        mention = self._mentions[place]
        self._amount_reach = _BOTH if mention.words in self._lexicon.idioms.shared else 1
        if mention.senses.options:
            self.doubts.add(Doubt.AMOUNT_OR_OPTION)
        elif mention.words in self._lexicon.idioms.loose:
            self.doubts.add(Doubt.AMOUNT_OPEN)
        if self._ends_phrase(place) and self._measure_last(place, amount):
            return
        self._amount = amount

    def _ends_phrase(self, place: int) -> bool:
        """Whether at most filler stands behind *place* before a stop, an "and" or the end."""
        place += 1
        while self._role(place) in _IDLE and not self._mentions[place].broken:
            place += 1
        following = self._mentions[place : place + 1]
        return not following or following[0].broken or following[0].senses.role is Role.AND

    def _measure_last(self, place: int, amount: Amount) -> bool:
        """Give *amount* to what it stands behind, and return whether there is such a wish.

        In "ham and olives, not too much" it may be of both, and in "ham, extra, olives" of
        either.
        """
        reach, elements = self._amount_reach, self.elements
        parted = bool(elements) and elements[-1] in _PARTS
        listed = elements[: -1 if parted else None][-2 * reach + 1 :]
        wishes = [e for e in listed if isinstance(e, Wish) and not (e.negated or e.amount)]
        if len(wishes) < reach or len(listed) < 2 * reach - 1 or not self._are_many(wishes):
            return False
        others = elements[: len(elements) - len(listed) - parted]
        is_listed = others[-1:] in _LISTED and isinstance(others[-2:][0], Wish)
        before_option = any(m.senses.options for m in self._mentions[place + 1 : place + 2])
        if parted and (is_listed or before_option):
            self.doubts.add(Doubt.AMOUNT_OPEN)
        for wish in wishes:
            wish.amount = amount
        return True

    def _are_many(self, wishes: Sequence[Wish]) -> bool:
        """Whether each of *wishes* may be had with others, so that there may be more of it."""
        singles = self._lexicon.single_groups
        return all(any(ref.group not in singles for ref in wish.refs) for wish in wishes)

    def _taken_amount(self) -> Amount | None:
        """Return the amount of the option that is read now, the last that it reaches."""
        amount, self._amount_reach = self._amount, self._amount_reach - 1
        if self._amount_reach < 1:
            self._amount = None
        return amount

    def _end_amount(self) -> None:
        if self._amount is not None:
            self.doubts.add(Doubt.AMOUNT_OPEN)
        self._amount = None
