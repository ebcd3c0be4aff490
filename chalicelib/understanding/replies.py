"""What an answer to our question means, together with what was understood before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from chalicelib.domain.resolution import Line, OptionRef, Question, Reading
from chalicelib.understanding.coupons import Named
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Element, Head, Join, Opener, Wish
from chalicelib.understanding.language import Language, Role
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.lines import written_lines
from chalicelib.understanding.mentions import Mention
from chalicelib.understanding.tokens import Token

_IDLE: Final = frozenset((Role.FILLER, Role.DEFINITE, Role.YES))
_OF_THE_CHOICE: Final = frozenset((Doubt.NUMBER_OPEN, Doubt.PART_OF_A_NAME))
_OF_THE_NO: Final = frozenset((Doubt.NEGATION_OPEN,))


@dataclass(frozen=True, slots=True)
class Heard:
    """A text as *elements*, with what led to them and what is doubtful so far.

    *rest* is the text without the codes that it names, where it names any; one that *only_asks*
    orders nothing.
    """

    named: Named
    rest: str | None
    tokens: list[Token]
    mentions: list[Mention]
    elements: list[Element]
    doubts: set[Doubt]
    only_asks: bool = False


class Replies:
    """Merges an answer with the orders that its question offered."""

    def __init__(self, lexicon: Lexicon, language: Language) -> None:
        self._lexicon = lexicon
        self._language = language

    def merged(self, heard: Heard, question: Question) -> Reading | None:
        """Return the order that is meant; None for an answer that stands for itself."""
        orders = [choice.lines for choice in question.choices if choice.lines]
        if not orders or any(line.sku not in self._lexicon.groups_of for o in orders for line in o):
            return None
        chosen = self._chosen(heard, orders)
        if chosen is not None:
            return Reading(lines=chosen, certain=True)
        heads = [element for element in heard.elements if isinstance(element, Head)]
        if not heads:
            return self._changed(heard, orders)
        named = [o for o in orders if len(heads) == len(o) == 1 and o[0].sku in heads[0].skus]
        if len(named) == 1:
            return self._named(heard, heads[0], named[0], is_only=len(orders) == 1)
        known = {line.sku for line in orders[0]}
        again = {sku for head in heads for sku in head.skus}
        if len(orders) == 1 and again < known:
            # It may be all that is wanted, or say again some of what is already understood.
            return replace(self._amended((), heard.elements, set()), certain=False)
        return None

    def _changed(self, heard: Heard, orders: Sequence[tuple[Line, ...]]) -> Reading | None:
        """Return the order that was offered, changed by an answer that names no item."""
        is_no = heard.elements[:1] == [Join.MEND]
        doubts = heard.doubts - _OF_THE_NO if is_no else heard.doubts
        wishes = [element for element in heard.elements if isinstance(element, Wish)]
        if not wishes and not any(isinstance(e, Opener) for e in heard.elements):
            return None
        if len(orders) > 1:
            # Which of them is still open: it is asked again, with what was said now.
            changed = self._amended(orders[0], heard.elements, doubts)
            skus = tuple(dict.fromkeys(line.sku for order in orders for line in order))
            return replace(changed, certain=False, candidates=skus)
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
        return replace(changed, certain=False) if says_one or says_less else changed

    def _chosen(self, heard: Heard, orders: Sequence[tuple[Line, ...]]) -> tuple[Line, ...] | None:
        """Return the order that an answer without any other word agrees to or picks."""
        told = [m for m in heard.mentions if m.senses.role not in _IDLE]
        agrees = any(m.senses.role is Role.YES for m in heard.mentions)
        if agrees and not told and len(orders) == 1:
            return orders[0]
        keys = [token.key for token in heard.tokens if not self._is_idle(token.key)]
        places = [self._language.ordinals[key] for key in keys if key in self._language.ordinals]
        others = [key for key in keys if key not in self._language.ordinals]
        is_choice = len(places) == 1 < len(orders) and set(others) <= {"1"}
        if not is_choice or places[0] > len(orders):
            return None
        return orders[places[0] - 1 if places[0] > 0 else places[0]]

    def _is_idle(self, key: str) -> bool:
        senses = self._lexicon.phrases.get(key)
        is_ordinal = key in self._language.ordinals
        return senses is not None and senses.role in _IDLE and not is_ordinal

    def _amended(
        self, order: Sequence[Line], elements: Sequence[Element], doubts: set[Doubt]
    ) -> Reading:
        """Return *order* with what *elements* correct or add."""
        refused = {ref for e in elements if isinstance(e, Wish) and e.negated for ref in e.refs}
        said = [element for line in order for element in _elements(line, refused)]
        joined: list[Element] = [*said, Join.STOP]
        if elements:
            joined += [Join.MEND, *elements]
        written = written_lines(joined, self._lexicon)
        return Reading(
            lines=written.lines,
            certain=not (doubts | written.doubts),
            candidates=tuple(dict.fromkeys(line.sku for line in written.lines)),
        )


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
