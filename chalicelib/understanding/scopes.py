"""From mentions to elements: what each number, amount and negation reaches."""

from collections.abc import Sequence
from typing import Final

from chalicelib.domain.resolution import Amount
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Count, Element, Head, Join, Opener, Wish
from chalicelib.understanding.heads import Use
from chalicelib.understanding.language import Role
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.mentions import Match, Mention

_JOINS: Final = {
    Role.AND: Join.AND,
    Role.OR: Join.OR,
    Role.BUT: Join.BUT,
    Role.WITH: Join.WITH,
    Role.EACH: Join.EACH,
}
_AMOUNTS: Final = {Role.EXTRA: Amount.EXTRA, Role.LIGHT: Amount.LIGHT}


class ElementReader:
    """Reads mentions from left to right, once, into *elements* and *doubts*."""

    def __init__(self, mentions: Sequence[Mention], uses: Sequence[Use], lexicon: Lexicon) -> None:
        self._mentions = mentions
        self._lexicon = lexicon
        self._uses = uses
        self._amount: Amount | None = None
        self._negation: _Negation | None = None
        self.elements: list[Element] = []
        self.doubts: set[Doubt] = set()

    def read(self) -> None:
        """Fill *elements* and *doubts*; call it once."""
        for place, (mention, use) in enumerate(zip(self._mentions, self._uses, strict=True)):
            if mention.starts:
                self._end_amount()
                self._end_negation()
            if mention.broken:
                self._join(Join.STOP)
            if mention.unsure_spelling:
                self.doubts.add(Doubt.SHORT_WORD_CORRECTED)
            if use is Use.HEAD:
                self._head(mention)
            elif use is Use.OPTION:
                self._wish(mention)
            elif use is Use.WORD:
                self._word(place, mention)
        self._end_negation()
        self._end_amount()

    def _head(self, mention: Mention) -> None:
        head = Head(mention.senses.items)
        if mention.match is Match.PART:
            head.doubts.add(Doubt.PART_OF_A_NAME)
        if self._negation is not None and not self._negation.used:
            self.doubts.add(Doubt.ITEM_REFUSED)
            self._negation = None
            return
        self._end_negation()
        self._end_amount()
        self.elements.append(head)

    def _wish(self, mention: Mention) -> None:
        last = self.elements[-1] if self.elements else None
        listed = last is Join.WITH or last is Join.AND
        wish = Wish(mention.words, mention.senses.options, is_listed=listed)
        if mention.match is Match.PART and len(wish.refs) > 1:
            wish.doubts.add(Doubt.PART_OF_A_NAME)
        if self._amount is not None and self._negation is not None and self._negation.used:
            self._end_negation()
        if self._negation is not None:
            self._negation.take(wish)
        wish.amount, self._amount = self._amount, None
        if wish.negated and wish.amount is not None:
            wish.doubts.add(Doubt.NEGATION_OPEN)
        self.elements.append(wish)

    def _word(self, place: int, mention: Mention) -> None:
        senses = mention.senses
        if senses.number is not None:
            self._number(place, senses.number, mention)
            if senses.role is Role.DOUBT:
                self.doubts.add(Doubt.UNREAD_PHRASE)
        elif senses.role in _JOINS:
            self._join(_JOINS[senses.role])
        elif senses.role in _AMOUNTS:
            self._end_amount()
            self._amount = _AMOUNTS[senses.role]
            if senses.options:
                self.doubts.add(Doubt.AMOUNT_OR_OPTION)
        elif senses.role in {Role.NO, Role.WITHOUT}:
            self._end_negation()
            self._end_amount()
            self._negation = _Negation(is_list=senses.role is Role.WITHOUT)
        elif senses.role is Role.ARTICLE or senses.role is Role.MEASURE:
            self._open_line(is_measure=senses.role is Role.MEASURE)
        else:
            self._remainder(place, mention)

    def _remainder(self, place: int, mention: Mention) -> None:
        senses = mention.senses
        if mention.match in {Match.UNKNOWN, Match.PART}:
            self.doubts.add(Doubt.UNKNOWN_WORD)
        elif senses.groups:
            if self._negation is not None and not self._negation.used:
                self._negation = None
            if senses.role is None and self._may_name_option(place, mention):
                self.doubts.add(Doubt.PART_OF_A_NAME)
        elif senses.role is Role.TIMES:
            beside = self._mentions[max(place - 1, 0) : place + 2]
            if not any(neighbour.senses.number is not None for neighbour in beside):
                self.doubts.add(Doubt.UNREAD_PHRASE)
        elif senses.role is Role.DOUBT:
            self.doubts.add(Doubt.UNREAD_PHRASE)
        elif senses.is_on_menu:
            self.doubts.add(Doubt.ITEM_OR_OPTION)

    def _may_name_option(self, place: int, mention: Mention) -> bool:
        """Whether a group's name may stand for one of its options: "with milk", "no rice"."""
        beside = self._mentions[max(place - 1, 0) : place + 2]
        names_neighbour = any(
            ref.group in mention.senses.groups
            for neighbour in beside
            for ref in neighbour.senses.options
        )
        return mention.words in self._lexicon.option_words and not names_neighbour

    def _number(self, place: int, number: int, mention: Mention) -> None:
        before, after = self._role(place - 1), self._role(place + 1)
        last = self.elements[-1] if self.elements else None
        if before is Role.TIMES and isinstance(last, Head | Wish):
            self.elements.append(Count(number))
        elif isinstance(last, Opener) and last.number is None:
            last.number = number
        elif isinstance(last, Opener) and place and self._mentions[place - 1].senses.number:
            if mention.words in self._lexicon.multipliers:
                last.number = (last.number or 1) * number
            else:
                self.doubts.add(Doubt.NUMBER_OPEN)
                last.number = number
        else:
            self._close_used_negation()
            self.elements.append(Opener(number))
        if after is Role.TIMES and before is Role.TIMES:
            self.doubts.add(Doubt.NUMBER_OPEN)

    def _role(self, place: int) -> Role | None:
        if not 0 <= place < len(self._mentions):
            return None
        return self._mentions[place].senses.role

    def _open_line(self, *, is_measure: bool) -> None:
        self._close_used_negation()
        last = self.elements[-1] if self.elements else None
        if isinstance(last, Opener):
            if last.number is not None and not is_measure:
                self.doubts.add(Doubt.NUMBER_OPEN)
            last.is_measured = last.is_measured or is_measure
        else:
            self.elements.append(Opener(is_measure=is_measure, is_measured=is_measure))

    def _join(self, join: Join) -> None:
        if self._negation is not None:
            self._negation.meet(join)
            if join is Join.STOP and not self._negation.used:
                self.doubts.add(Doubt.NEGATION_OPEN)
            if join in {Join.WITH, Join.BUT, Join.EACH}:
                self._end_negation()
        if join is Join.OR and (self._negation is None):
            self.doubts.add(Doubt.ALTERNATIVES)
        if not (join is Join.STOP and self.elements and self.elements[-1] in _PLAIN_JOINS):
            self.elements.append(join)

    def _close_used_negation(self) -> None:
        if self._negation is not None and self._negation.used:
            self._end_negation()

    def _end_negation(self) -> None:
        if self._negation is not None and not self._negation.used:
            self.doubts.add(Doubt.NEGATION_OPEN)
        if self._negation is not None:
            self._negation.end()
        self._negation = None

    def _end_amount(self) -> None:
        if self._amount is not None:
            self.doubts.add(Doubt.AMOUNT_OPEN)
        self._amount = None


_PLAIN_JOINS: Final = (Join.AND, Join.STOP)


class _Negation:
    """One "no" or "without" and the wishes that it reaches.

    Over "or" it reaches on for certain. Over "and", a comma or nothing it reaches on too, and
    for certain only if an "or" follows in the same list, or if *is_list* and it was an "and".
    """

    def __init__(self, *, is_list: bool) -> None:
        self._is_list = is_list
        self._pending: list[Wish] = []
        self._joins: set[Join] = set()
        self.used = False

    def meet(self, join: Join) -> None:
        """Note what stands before the next wish."""
        self._joins.add(join)

    def take(self, wish: Wish) -> None:
        """Negate *wish*, holding the doubt until the list ends or an "or" settles it."""
        wish.negated = True
        if Join.OR in self._joins:
            self._pending.clear()
        elif self.used and not (self._is_list and Join.AND in self._joins):
            self._pending.append(wish)
        elif self.used and self._is_list:
            self._pending.clear()
        self.used = True
        self._joins.clear()

    def end(self) -> None:
        """Doubt each wish that nothing has shown to be negated."""
        for wish in self._pending:
            wish.doubts.add(Doubt.NEGATION_OPEN)
        self._pending.clear()
