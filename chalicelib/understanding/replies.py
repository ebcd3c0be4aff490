"""What an answer to our question means, together with what was understood before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from chalicelib.domain.resolution import Line, OptionRef, Question, Reading
from chalicelib.understanding.agreement import IDLE, Agreement
from chalicelib.understanding.clashes import clashes
from chalicelib.understanding.coupons import Named
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Element, Head, Join, Opener, Wish
from chalicelib.understanding.language import Language, Role
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.lines import written_lines
from chalicelib.understanding.mentions import Mention
from chalicelib.understanding.picking import Picking
from chalicelib.understanding.restating import any_counted, counted, pointed_back
from chalicelib.understanding.tokens import Token

_OF_THE_CHOICE: Final = frozenset((Doubt.NUMBER_OPEN, Doubt.PART_OF_A_NAME))
_OF_THE_NO: Final = frozenset((Doubt.NEGATION_OPEN,))
_ADDS: Final = frozenset((Role.YES, Role.AND, Role.ALSO, Role.WITH))
_MORE: Final = _ADDS - {Role.YES}
_LEADS: Final = (Join.STOP, Join.AND, Join.WITH)


@dataclass(frozen=True, slots=True)
class Heard:
    """A text as *elements*, with what led to them and what is doubtful so far.

    *rest* is the text without the codes that it names, where it names any; one that *only_asks*
    orders nothing; *text* is as it came.
    """

    named: Named
    rest: str | None
    tokens: list[Token]
    mentions: list[Mention]
    elements: list[Element]
    doubts: set[Doubt]
    only_asks: bool = False
    text: str = ""


class Replies:
    """Merges an answer with the orders that its question offered."""

    def __init__(self, lexicon: Lexicon, language: Language, picking: Picking) -> None:
        self._lexicon = lexicon
        self._language = language
        self._picking = picking
        self._words = language.answers
        self._agreement = Agreement(lexicon, language)

    def merged(self, heard: Heard, question: Question) -> Reading | None:
        """Return the order that is meant; None for an answer that says nothing of those offered."""
        orders = self.orders(question)
        if not orders:
            return None
        says = self.says(heard)
        if says is False and len(orders) > 1:
            # None of them is meant: the same are not offered again.
            return Reading(lines=(), certain=False, refused=True)
        if says is False or (says and question.refused):
            # Who said no and now says yes has not said what is wrong with what was offered.
            return replace(asked_again(orders), refused=True)
        chosen = self._chosen(heard, orders, agrees=bool(says))
        if chosen is not None:
            return Reading(lines=chosen, certain=True)
        merged = self._merged(heard, orders)
        agrees = any(m.senses.role is Role.YES for m in heard.mentions)
        if merged is not None and question.refused and agrees:
            return replace(merged, certain=False)
        return merged

    def says(self, heard: Heard) -> bool | None:
        """Return whether an answer agrees, or refuses, and says nothing else."""
        if Doubt.QUESTION in heard.doubts:
            return None
        return self._agreement.says(heard.named.rest, heard.mentions)

    def _merged(self, heard: Heard, orders: list[tuple[Line, ...]]) -> Reading | None:
        """Return what was offered, as an answer changes or adds to it."""
        heads = [element for element in heard.elements if isinstance(element, Head)]
        if not heads:
            changed = self._changed(heard, orders)
            counts = _counts_anew(heard.elements, orders)
            return changed and replace(changed, certain=changed.certain and not counts)
        named = [o for o in orders if len(heads) == len(o) == 1 and o[0].sku in heads[0].skus]
        if len(named) == 1:
            return self._named(heard, heads[0], named[0], is_only=len(orders) == 1)
        return self._with_others(heard, heads, orders)

    def alone(self, reading: Reading, heard: Heard, question: Question) -> Reading:
        """Return *reading*, of an answer for itself, as the answer to *question*.

        Without any line, what was offered is asked again. With some, what was offered must
        plainly give way, by "just" or by being said anew; else that is asked.
        """
        orders = self.orders(question)
        if not orders:
            return reading
        if not reading.lines:
            again = asked_again(orders)
            return replace(again, candidates=(*again.candidates, *reading.candidates))
        is_one = len(orders) == 1 and len(orders[0]) == 1 and orders[0][0].quantity == 1
        replaces = is_one and self._says_just(heard) and not self._adds(heard, _ADDS)
        restates = len(orders) == 1 and all(_is_in(line, reading.lines) for line in orders[0])
        return replace(reading, certain=reading.certain and (replaces or restates))

    def orders(self, question: Question) -> list[tuple[Line, ...]]:
        """Return the orders that *question* offers; none where the menu lost an item of them."""
        orders = [choice.lines for choice in question.choices if choice.lines]
        is_sold = all(line.sku in self._lexicon.groups_of for order in orders for line in order)
        return orders if is_sold else []

    def _with_others(
        self, heard: Heard, heads: Sequence[Head], orders: Sequence[tuple[Line, ...]]
    ) -> Reading | None:
        """Return what was offered with the items that an answer adds, or says again."""
        known = {line.sku for order in orders for line in order}
        base = Reading(lines=orders[0], certain=len(orders) == 1)
        if known.isdisjoint(sku for head in heads for sku in head.skus):
            if self._says_just(heard) or not self._adds(heard, _ADDS):
                return None
            return self._plus(base, heard.elements, heard.doubts)
        again = {sku for head in heads for sku in head.skus}
        if len(orders) == 1 and (
            again < known or (again == known and not any_counted(heard.elements))
        ):
            if self._adds_again(heard):
                return replace(self._plus(base, heard.elements, heard.doubts), certain=False)
            # It may be all that is wanted, or say again some of what is already understood.
            anew = {sku for head in counted(heard.elements) for sku in head.skus}
            kept = [line for line in base.lines if line.sku not in anew]
            if self._says_just(heard):
                kept = [line for line in kept if line.sku in again]
            said = self._amended(kept, pointed_back(heard.elements), set(), Join.STOP)
            return replace(said, certain=False)
        picked = [o for o in orders if len(o) == 1 and o[0].sku in heads[0].skus]
        others = {sku for head in heads[1:] for sku in head.skus}
        if len(orders) == 1 or len(picked) != 1 or not known.isdisjoint(others):
            return None
        place = next(place for place, e in enumerate(heard.elements) if e is heads[0])
        cut = _next_line(heard.elements, place + 1)
        own = replace(heard, elements=_unjoined(heard.elements[:cut]))
        base = self._named(own, heads[0], picked[0], is_only=False)
        return self._plus(base, heard.elements[cut:], heard.doubts - _OF_THE_CHOICE)

    def _plus(self, base: Reading, added: Sequence[Element], doubts: set[Doubt]) -> Reading:
        """Return *base* with what *added* orders; sure only where that stands for itself."""
        while added and added[0] in _LEADS:
            added = added[1:]
        first = added[0] if added else None
        opens = isinstance(first, Opener) and not (first.is_back or first.is_part)
        if not opens or Join.EACH in added:
            return replace(self._amended(base.lines, added, doubts, Join.AND), certain=False)
        written = written_lines(added, self._lexicon)
        lines = (*base.lines, *written.lines)
        return Reading(
            lines=lines,
            certain=base.certain and not (doubts | written.doubts),
            candidates=tuple(dict.fromkeys(line.sku for line in lines)),
        )

    def _says_just(self, heard: Heard) -> bool:
        return any(token.key in self._words.replacing for token in heard.tokens)

    def _adds(self, heard: Heard, roles: Collection[Role]) -> bool:
        """Whether one of *roles* leads the answer, or "too" ends it."""
        told = [m.senses.role for m in heard.mentions if m.senses.role is not Role.FILLER]
        return bool(told) and (told[0] in roles or told[-1] is Role.ALSO)

    def _adds_again(self, heard: Heard) -> bool:
        """Whether an answer wants more of what was understood: "yes, and a tea"."""
        roles = {m.senses.role for m in heard.mentions}
        is_more = not self._words.adding.isdisjoint(token.key for token in heard.tokens)
        return Role.YES in roles and (is_more or not roles.isdisjoint(_MORE))

    def _changed(self, heard: Heard, orders: Sequence[tuple[Line, ...]]) -> Reading | None:
        """Return the order that was offered, changed by an answer that names no item."""
        is_no = heard.elements[:1] == [Join.MEND]
        doubts = heard.doubts - _OF_THE_NO if is_no else heard.doubts
        wishes = [element for element in heard.elements if isinstance(element, Wish)]
        if not wishes and not any(isinstance(e, Opener) for e in heard.elements):
            return None
        if len(orders) > 1:
            # Which of them is still open: it is asked again, with what was said now.
            return asked_again([self._amended(o, heard.elements, doubts).lines for o in orders])
        owners = [line for line in orders[0] if wishes and self._offers(line, wishes)]
        if len(owners) != 1:
            return self._amended(orders[0], heard.elements, doubts)
        changed = self._amended(owners, heard.elements, doubts)
        others = tuple(line for line in orders[0] if line is not owners[0])
        return replace(changed, lines=(*others, *changed.lines))

    def _offers(self, line: Line, wishes: Sequence[Wish]) -> bool:
        groups = self._lexicon.groups_of[line.sku]
        return any(ref.group in groups for wish in wishes for ref in wish.refs)

    def _named(
        self, heard: Heard, head: Head, order: tuple[Line, ...], *, is_only: bool
    ) -> Reading:
        """Return *order*, which *head* names, with what else the answer says."""
        place = next(place for place, e in enumerate(heard.elements) if e is head)
        before, after = heard.elements[:place], heard.elements[place + 1 :]
        rest = [e for e in (*before, *after) if not _is_one(e)]
        changed = self._amended(order, rest, heard.doubts - _OF_THE_CHOICE)
        says_one = any(_is_one(e) for e in before) and order[0].quantity > 1
        says_less = is_only and not rest and (order[0].options or order[0].without)
        words = {token.key for token in heard.tokens}
        says_more = self._adds(heard, _MORE) or not words.isdisjoint(self._words.adding)
        is_open = says_one or says_less or says_more
        return replace(changed, certain=False) if is_open else changed

    def _chosen(
        self, heard: Heard, orders: Sequence[tuple[Line, ...]], *, agrees: bool
    ) -> tuple[Line, ...] | None:
        """Return the order that an answer without any other word agrees to or picks."""
        if Doubt.QUESTION in heard.doubts:
            return None
        if agrees and len(orders) == 1:
            return orders[0]
        keys = [token.key for token in heard.tokens if not self._is_idle(token.key)]
        is_part = any(isinstance(e, Opener) and e.is_part for e in heard.elements)
        has_digit = not is_part and any(character.isdigit() for character in heard.text)
        return self._picking.picked(keys, orders, has_digit=has_digit)

    def _is_idle(self, key: str) -> bool:
        senses = self._lexicon.phrases.get(key)
        is_ordinal = key in self._language.ordinals
        return senses is not None and senses.role in IDLE and not is_ordinal

    def _amended(
        self,
        order: Sequence[Line],
        elements: Sequence[Element],
        doubts: set[Doubt],
        join: Join = Join.MEND,
    ) -> Reading:
        """Return *order* with what *elements* correct or add, as *join* says."""
        refused = {ref for e in elements if isinstance(e, Wish) and e.negated for ref in e.refs}
        said = [element for line in order for element in _elements(line, refused)]
        joined: list[Element] = [*said, Join.STOP]
        if elements:
            joined += [join, *elements]
        written = written_lines(joined, self._lexicon)
        return Reading(
            lines=written.lines,
            certain=not (doubts | written.doubts)
            and not clashes(elements, self._lexicon.single_groups),
            candidates=tuple(dict.fromkeys(line.sku for line in written.lines)),
        )


def asked_again(orders: Sequence[tuple[Line, ...]]) -> Reading:
    """Return the reading that *orders* are offered for."""
    is_either = len(orders) > 1 and all(len(order) == 1 for order in orders)
    lines = tuple(line for order in orders[: None if is_either else 1] for line in order)
    skus = dict.fromkeys(line.sku for order in orders for line in order)
    return Reading(lines=lines, certain=False, candidates=tuple(skus), is_either=is_either)


def _unjoined(elements: Sequence[Element]) -> list[Element]:
    """Return *elements* without the connectors that end them."""
    kept = list(elements)
    while kept and isinstance(kept[-1], Join):
        kept.pop()
    return kept


def _is_in(line: Line, lines: Sequence[Line]) -> bool:
    """Whether one of *lines* is *line* said anew: as many or more of it, with all its options."""
    return any(
        line.sku == other.sku
        and (other.quantity > 1 or line.quantity == 1)
        and _groups(line) <= _groups(other)
        for other in lines
    )


def _groups(line: Line) -> set[str]:
    return {option.group for option in line.options} | {ref.group for ref in line.without}


def _next_line(elements: Sequence[Element], place: int) -> int:
    """Return where what a connector and an article, number or item open begins, or the end."""
    for start in range(place + 1, len(elements)):
        opens = isinstance(elements[start], Opener | Head)
        if opens and elements[start - 1] in (Join.AND, Join.STOP):
            return start
    return len(elements)


def _counts_anew(elements: Sequence[Element], orders: Sequence[tuple[Line, ...]]) -> bool:
    """Whether an answer that names no item counts: "another one", "the second", "a large one".

    It may add, choose or replace; only where there is one of one thing do these come to the same.
    """
    openers = [element for element in elements if isinstance(element, Opener)]
    is_single = all(sum(line.quantity for line in order) == 1 for order in orders)
    bare = not any(isinstance(element, Wish) for element in elements)
    return bool(openers) and (bare or not is_single)


def _is_one(element: Element) -> bool:
    """Whether *element* only points at the item: "the", "a", "one"."""
    return isinstance(element, Opener) and element.number in (None, 1)


def _elements(line: Line, refused: set[OptionRef]) -> list[Element]:
    """Return *line* as if it had just been said, without the options that are *refused* now."""
    chosen = [
        Wish(option.value, (ref,), amount=option.amount)
        for option in line.options
        if (ref := OptionRef(group=option.group, value=option.value)) not in refused
    ]
    excluded = [Wish(ref.value, (ref,), negated=True) for ref in line.without]
    return [Opener(line.quantity), *chosen, Head((line.sku,)), *excluded]
