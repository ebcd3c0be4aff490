"""Where one line ends and the next begins: the cheapest cut of what stands between two items."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Count, Element, Head, Join, Opener, Wish
from chalicelib.understanding.lexicon import Lexicon

# What speaks against a cut, in points; only their order matters.
_NOT_OFFERED: Final = 10
_CONFLICT: Final = 5
_OFFERED_EARLIER: Final = 4
_LATE_OPENER: Final = 4
_INNER_OPENER: Final = 3
_LED_OPENER: Final = 1
_LEADS_ITEM: Final = 6  # "with", "no" and "but" seldom stand before the item that they change
_JOIN_BEFORE_ITEM: Final = 2
_BARE_ITEM: Final = 3  # an item that nothing introduces
_BARE_CUT: Final = 2
_JOINED_CUT: Final = 1
_MARGIN: Final = 2
_LEADS: Final = (Join.WITH, Join.BUT, Join.EACH)
_PARTS: Final = (Join.AND, Join.STOP)
_IMPLIED_ITEMS_MAX: Final = 500


@dataclass(slots=True)
class Part:
    """One item with what was said *before* and *after* it, or *is_for_each* of those before."""

    head: Head
    before: Sequence[Element]
    after: Sequence[Element] = ()
    doubts: set[Doubt] = field(default_factory=set)
    is_for_each: bool = False


def parts_of(elements: Sequence[Element], lexicon: Lexicon) -> list[Part]:
    """Return a part for each head of *elements*, in order; linear in their number."""
    heads = [place for place, element in enumerate(elements) if isinstance(element, Head)]
    if not heads:
        implied = _implied_head(elements, lexicon)
        return [Part(implied, elements)] if implied else []
    parts: list[Part] = []
    offered: set[str] = set()
    for place, following in zip(heads, (*heads, len(elements))[1:], strict=True):
        head = elements[place]
        if not isinstance(head, Head):  # pragma: no cover
            continue
        if not parts:
            parts.append(Part(head, elements[:place]))
        gap = elements[place + 1 : following]
        if following == len(elements):
            parts[-1].after = gap
            break
        upcoming = elements[following]
        if isinstance(upcoming, Head):
            back = _cut_at_reference(gap, parts[-1])
            cut, is_close = back or _Gap(gap, parts[-1], upcoming, offered, lexicon).best_cut()
            parts[-1].after = gap[:cut]
            parts.append(Part(upcoming, gap[cut:]))
            if is_close:
                parts[-1].doubts.add(Doubt.BELONGS_TO_EITHER)
        offered |= _groups(head, lexicon)
    return parts


def _cut_at_reference(gap: Sequence[Element], left: Part) -> tuple[int, bool] | None:
    """Return where what is said of an item named again begins, and whether that is open.

    "..., the latte with honey" begins with its opener; "..., and add honey to the latte"
    where the comma or the connector is.
    """
    places = [place for place, e in enumerate(gap) if isinstance(e, Opener) and e.is_back]
    if not places:
        return None
    back = places[-1]
    opener = gap[back]
    if not (isinstance(opener, Opener) and opener.is_onto):
        return back, False
    stops = [place for place in range(back) if gap[place] is Join.STOP]
    begin = stops[-1] if stops else 0
    is_again = any(isinstance(e, Opener) and e.is_onto for e in left.before)
    joined = gap[0] in (Join.AND, Join.BUT) and (gap[1] is Join.WITH or is_again)
    return begin, not (stops or joined)


def _implied_head(elements: Sequence[Element], lexicon: Lexicon) -> Head | None:
    """Return the one item that offers every wish of a text that names none, with a doubt."""
    wishes = [element for element in elements if isinstance(element, Wish)]
    if not wishes or len(lexicon.groups_of) > _IMPLIED_ITEMS_MAX:
        return None
    wanted = [{ref.group for ref in wish.refs} for wish in wishes]
    skus = [
        sku
        for sku, groups in lexicon.groups_of.items()
        if all(not groups.isdisjoint(some) for some in wanted)
    ]
    return Head((skus[0],), doubts={Doubt.NO_ITEM}) if len(skus) == 1 else None


def _groups(head: Head, lexicon: Lexicon) -> set[str]:
    return {group for sku in head.skus for group in lexicon.groups_of[sku]}


def _opens_line(element: Element) -> bool:
    return isinstance(element, Opener) and not (element.is_measure or element.is_rest)


class _Gap:
    """What stands between two items, and the price of each way to cut it."""

    def __init__(
        self,
        elements: Sequence[Element],
        left: Part,
        right: Head,
        offered: set[str],
        lexicon: Lexicon,
    ) -> None:
        self._elements = elements
        self._left = left
        self._left_groups = _groups(left.head, lexicon)
        self._right_groups = _groups(right, lexicon)
        self._offered = offered
        self._singles = lexicon.single_groups

    def best_cut(self) -> tuple[int, bool]:
        """Return the best cut, and whether another that means something else comes close."""
        costs = [
            left + right + edge
            for left, right, edge in zip(
                self._left_costs(), self._right_costs(), self._edge_costs(), strict=True
            )
        ]
        best = costs.index(min(costs))
        is_close = any(
            costs[cut] - costs[best] < _MARGIN and self._differ(best, cut)
            for cut in range(len(costs))
            if cut != best
        )
        is_open = self._lists_before_item(best) or self._leads_both(best) or self._jumps(best)
        return best, is_close or is_open

    def _jumps(self, cut: int) -> bool:
        """Whether an option goes past its neighbour, which does not offer it, to another item.

        So the crust in "a pizza, deep pan cola", and the milk in "a tea with milk and a latte".
        """
        led = [place for place, e in enumerate(self._elements) if e in _PARTS or _opens_line(e)]
        if not led:
            return False
        last = led[-1]
        behind = self._elements[last + 1 :]
        moved = self._elements[cut:last]
        if any(isinstance(e, Wish) for e in moved):
            # But "half a sandwich" begins with its option, where that is called "half".
            is_led = cut > 0 and self._elements[cut - 1] in _PARTS
            leads = is_led and all(isinstance(e, Wish) for e in moved)
            is_opened = _opens_line(self._elements[last])
            return not (leads and is_opened) and (is_opened or not behind)
        is_listed = self._elements[last] is Join.AND and Join.WITH in self._elements[:last]
        if is_listed or cut < len(self._elements):
            return False
        return bool(behind) and all(
            isinstance(e, Wish) and self._right_groups.isdisjoint(ref.group for ref in e.refs)
            for e in behind
        )

    def _lists_before_item(self, cut: int) -> bool:
        """Whether a list that a comma begins may be all of the right item, which nothing opens.

        In "a cheese naan, keema and garlic naan" the keema may be of either.
        """
        stops = [place for place, element in enumerate(self._elements) if element is Join.STOP]
        begin = stops[-1] + 1 if stops else cut
        listed = self._elements[begin:]
        if not (begin < cut < len(self._elements) and isinstance(listed[0], Wish)):
            return False
        many = self._right_groups - self._singles
        return all(
            any(ref.group in many for ref in element.refs)
            if isinstance(element, Wish)
            else element is Join.AND
            for element in listed
        )

    def _leads_both(self, cut: int) -> bool:
        """Whether what "with" leads may be of either item: "a tea with honey latte with syrup"."""
        listed = self._elements[cut:]
        if not (cut and listed and self._elements[cut - 1] is Join.WITH):
            return False
        many = self._right_groups - self._singles
        return all(
            isinstance(element, Wish)
            and any(ref.group in many for ref in element.refs)
            and any(ref.group in self._left_groups for ref in element.refs)
            for element in listed
        )

    def _differ(self, one: int, other: int) -> bool:
        moved = self._elements[min(one, other) : max(one, other)]
        return any(
            isinstance(element, Wish | Count)
            or (isinstance(element, Opener) and element.number is not None)
            for element in moved
        )

    def _left_costs(self) -> list[int]:
        """Return, for each cut, what giving all before it to the left item costs."""
        filled = set(self._filled(self._left.before))
        cost, costs = 0, [0]
        previous: Element | None = None
        for place, element in enumerate(self._elements):
            if isinstance(element, Wish):
                cost += self._wish_cost(element, self._left_groups, self._offered, filled)
            elif isinstance(element, Opener) and not element.is_rest:
                following = self._elements[place + 1 : place + 2]
                leads = bool(following) and isinstance(following[0], Wish)
                led = isinstance(previous, Join)
                cost += (_LED_OPENER if led else _INNER_OPENER) if leads else _LATE_OPENER
            costs.append(cost)
            previous = element
        return costs

    def _right_costs(self) -> list[int]:
        """Return, for each cut, what giving all after it to the right item costs."""
        filled: set[str] = set()
        costs = [0]
        inner = 0
        for element in reversed(self._elements):
            if isinstance(element, Wish):
                inner += self._wish_cost(element, self._right_groups, set(), filled)
                inner += _LEADS_ITEM if element.negated else 0
            elif isinstance(element, Join):
                inner += _LEADS_ITEM if element in _LEADS else _JOIN_BEFORE_ITEM
            elif isinstance(element, Count):
                inner += _NOT_OFFERED
            # An opener is free where the cut is, and late where anything stands before it.
            costs.append(inner)
            if isinstance(element, Opener) and not element.is_measure:
                inner += _LATE_OPENER
        return costs[::-1]

    def _edge_costs(self) -> list[int]:
        """Return, for each cut, how little it looks like the beginning of a line."""
        size = len(self._elements)
        costs = []
        for cut in range(size + 1):
            joined = cut > 0 and isinstance(self._elements[cut - 1], Join)
            if self._opens(cut):
                costs.append(0)
            elif cut == size:
                costs.append(0 if joined else _BARE_ITEM)
            else:
                costs.append(_JOINED_CUT if joined else _BARE_CUT)
        return costs

    def _opens(self, cut: int) -> bool:
        """Whether an opener stands at *cut*; the measure in "large order of" opens nothing."""
        element = self._elements[cut] if cut < len(self._elements) else None
        if not isinstance(element, Opener) or element.is_rest:
            return False
        return not (element.is_measure and cut and isinstance(self._elements[cut - 1], Wish))

    def _wish_cost(self, wish: Wish, groups: set[str], offered: set[str], filled: set[str]) -> int:
        mine = [ref.group for ref in wish.refs if ref.group in groups]
        if not mine:
            earlier = any(ref.group in offered for ref in wish.refs)
            return _OFFERED_EARLIER if earlier else _NOT_OFFERED
        if len(wish.refs) == 1 and mine[0] in self._singles and not wish.negated:
            if mine[0] in filled:
                return _CONFLICT
            filled.add(mine[0])
        return 0

    def _filled(self, elements: Sequence[Element]) -> list[str]:
        return [
            element.refs[0].group
            for element in elements
            if isinstance(element, Wish)
            and len(element.refs) == 1
            and element.refs[0].group in self._singles
        ]
