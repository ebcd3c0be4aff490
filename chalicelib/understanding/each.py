"""An item for each unit of others: "rice with each", "two pizzas, each with a side of fries"."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from chalicelib.understanding.attach import Part
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.drafts import Draft
from chalicelib.understanding.elements import Element, Join, Opener

_ENDS: Final = (Join.STOP, Join.AND, Join.BUT)


def with_each(parts: Sequence[Part]) -> list[Part]:
    """Return *parts*, those marked that are ordered once for each unit of those before them."""
    kept = list(parts)
    for place, part in enumerate(kept):
        if any(isinstance(e, Opener) and e.is_people for e in part.before):
            # "We both want a tea and a bun": each of us one bun, or one to share.
            is_list = place + 1 < len(kept) and Join.STOP not in part.after
            part.doubts |= {Doubt.NUMBER_OPEN} if is_list else set()
        if not place:
            continue
        before, after = kept[place - 1].after, part.after
        if _ends_with_each(before):
            end = len(before) - [*before][::-1].index(Join.EACH) - 1
            kept[place - 1] = replace(kept[place - 1], after=before[:end])
            kept[place] = replace(part, is_for_each=True)
        elif length := _each_behind(part, before):
            lead = [Join.WITH] if before[-1:] == [Join.WITH] else []
            before = before[: len(before) - len(lead)]
            kept[place - 1] = replace(kept[place - 1], after=before)
            begin = [*lead, *part.before]
            kept[place] = replace(part, before=begin, after=after[length:], is_for_each=True)
            if after[0] is Join.EACH and not (place == 1 and _is_of_several(kept[0])):
                # "A tea and a bun, a coffee each": each of us, however many we are.
                part.doubts.add(Doubt.NUMBER_OPEN)
    return kept


def _is_of_several(part: Part) -> bool:
    """Whether *part* is several of one item, which nothing tells apart."""
    is_several = any(isinstance(e, Opener) and (e.number or 1) > 1 for e in part.before)
    return is_several and not any(isinstance(e, Opener) for e in part.after)


def _ends_with_each(before: Sequence[Element]) -> bool:
    return before[-1:] == [Join.EACH] or before[-2:] == [Join.EACH, Join.WITH]


def _each_behind(part: Part, before: Sequence[Element]) -> int:
    """Return how much of what follows an item says that it goes with each: "with each", "each"."""
    after = part.after
    is_led = after[:1] == [Join.WITH]
    length = 2 if is_led else 1
    if after[length - 1 : length] != [Join.EACH] or after[length : length + 1] not in _NOTHING:
        return 0
    leads = Join.WITH in part.before or Join.STOP in part.before or before[-1:] in _LEADS
    return length if is_led or leads else 0


def served_drafts(part: Part, drafts: Sequence[Draft]) -> Sequence[Draft]:
    """Return what *part* goes with: all before it, or the last where "with" joins it to several."""
    is_last = Join.WITH in part.before and drafts[-1].quantity > 1
    same = [draft for draft in drafts if draft.sku == drafts[-1].sku]
    return same if is_last else drafts


def are_served(served: Sequence[Draft], drafts: Sequence[Draft]) -> bool:
    """Whether it is plain that something goes with each of *served*: they are all, of one kind."""
    kinds = {draft.groups for draft in served}
    is_one = len({draft.sku for draft in served}) == 1
    return len(served) == len(drafts) and (is_one or (len(kinds) == 1 and frozenset() not in kinds))


_LEADS: Final = ([Join.WITH], [Join.STOP])
_NOTHING: Final = ([], *([end] for end in _ENDS))
