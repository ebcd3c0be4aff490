"""What several lines have in common: "both large", "one pack of 50 each", "two of either"."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from chalicelib.understanding.attach import Part
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Element, Join, Opener, Wish
from chalicelib.understanding.lexicon import Lexicon

_ENDS: Final = (Join.STOP, Join.AND, Join.BUT)
_KINDS_MIN: Final = 2
_ALIKE_MIN: Final = 2
"""Groups in common from which two items are of one kind: a size alone, anything may have."""


def shared_wishes(elements: Sequence[Element]) -> tuple[list[Wish], bool]:
    """Return the wishes among *elements* that every line so far shares, and if that is open.

    Behind "both" all do, in doubt where a comma parts them; before it, in "large both" or "with
    honey on both", those that a comma or "with" keeps together: in doubt where neither a comma nor
    numbers for each part them from what stands before.
    """
    shared: list[Wish] = []
    is_open = False
    for place, element in enumerate(elements):
        if element is not Join.EACH:
            continue
        if place + 1 < len(elements) and elements[place + 1] not in _ENDS:
            rest = [*elements[place : _next_each(elements, place)]]
            stops = [stop for stop, after in enumerate(rest) if after is Join.STOP]
            parted = any(_wishes(rest[:stop]) and _wishes(rest[stop:]) for stop in stops)
            shared += _wishes(rest)
            is_open = is_open or parted
            continue
        begins = [before for before in range(place) if elements[before] in (Join.STOP, Join.WITH)]
        begin = begins[-1] if begins else place
        own = _wishes(elements[begin:place])
        is_parted = elements[begin] is Join.STOP or any(
            isinstance(e, Opener) for e in elements[:begin]
        )
        is_open = is_open or not (own and is_parted)
        shared += own
    return shared, is_open


def _next_each(elements: Sequence[Element], place: int) -> int:
    """Return where what the next "both" closes begins, or the end."""
    later = [after for after in range(place + 1, len(elements)) if elements[after] is Join.EACH]
    if not later:
        return len(elements)
    stops = [stop for stop in range(place, later[0]) if elements[stop] is Join.STOP]
    return stops[-1] if stops else later[0]


def may_share(first: Part, second: Part, lexicon: Lexicon) -> bool:
    """Whether what trails *second* may be meant for *first* too: "a tea and a coffee with milk".

    So it may where both items offer it and nothing was said of the first, with no comma
    between the two; behind a comma, where nothing of that kind was said of it; without "with",
    where nothing opens the second: "tea and coffee iced". What stands before the first may be
    meant for such a second too: "a large ham and tuna", "large ham, tuna", "two cups of tea and
    coffee".
    """
    between = [*first.after, *second.before]
    if between == [Join.STOP] and not second.after[1:]:
        return _have_in_common(first, second, lexicon)
    if between[:1] != [Join.AND]:
        return False
    if between == [Join.AND] and not second.after:
        return _measures_both(first) or _have_in_common(first, second, lexicon)
    is_parted = second.after[:1] == [Join.STOP]
    told = {ref.group for wish in _wishes([*first.before, *between]) for ref in wish.refs}
    trailing = {ref.group for wish in _wishes(second.after) for ref in wish.refs}
    is_told = bool(told & trailing) if is_parted else bool(told)
    led = is_parted or second.after[:1] == [Join.WITH] or between == [Join.AND]
    if not led or is_told:
        return False
    if Join.EACH in second.after or any(isinstance(e, Opener) for e in second.after):
        return False
    wishes = _wishes(second.after)
    return bool(wishes) and all(
        any(ref.group in lexicon.groups_of[sku] for ref in wish.refs)
        for wish in wishes
        for sku in first.head.skus[:1]
    )


def _measures_both(first: Part) -> bool:
    """Whether what measures several of *first* may measure the second too: "two cups of tea and coffee"."""
    openers = (element for element in first.before if isinstance(element, Opener))
    return any(opener.is_measured and (opener.number or 1) > 1 for opener in openers)


def _have_in_common(first: Part, second: Part, lexicon: Lexicon) -> bool:
    """Whether what was said before *first* takes one of a group, which *second* has too."""
    groups = {ref.group for wish in _wishes(first.before) for ref in wish.refs}
    first_kind, second_kind = (
        lexicon.groups_of[sku] for part in (first, second) for sku in part.head.skus[:1]
    )
    is_alike = first_kind == second_kind and len(first_kind) >= _ALIKE_MIN
    return is_alike and bool(groups & lexicon.single_groups & second_kind)


def told_by_kind(parts: Sequence[Part], lexicon: Lexicon) -> list[Part]:
    """Return *parts* without those that only gather what follows: "4 medium pizzas: two ...".

    A name that fits several items gathers them where they follow in the number that it says.
    What was said of it is said of each.
    """
    kept: list[Part] = []
    gathered: dict[int, Part] = {}
    parts = _without_lead(parts)
    for place, part in enumerate(parts):
        kinds = _kinds(part, parts[place + 1 :], lexicon)
        gathered.update(dict.fromkeys(range(place + 1, place + 1 + kinds), part))
        if kinds:
            continue
        if place in gathered:
            kind = gathered[place]
            wishes = [e for e in (*kind.before, *kind.after) if isinstance(e, Wish)]
            if len(kind.head.skus) == 1:
                part.doubts.add(Doubt.NUMBER_OPEN)  # They may be wanted besides.
            own = [*part.before, *(replace(wish, doubts=set(wish.doubts)) for wish in wishes)]
            kept.append(Part(part.head, own, part.after, part.doubts | kind.doubts))
        else:
            kept.append(part)
    return kept


def _without_lead(parts: Sequence[Part]) -> Sequence[Part]:
    """Return *parts* with "three large ones:" before the first told of each that it counts."""
    first = parts[0] if parts else None
    stops = [place for place, e in enumerate(first.before) if e is Join.STOP] if first else []
    leads = first.before[: stops[-1]] if first and stops else []
    opener = next((element for element in leads if isinstance(element, Opener)), None)
    own = first.before[stops[-1] + 1 :] if first and stops else []
    if first is None or opener is None or opener.number is None or not own:
        return parts
    told = [Part(first.head, own, first.after, first.doubts), *parts[1:]]
    total = 0
    for place, part in enumerate(told, start=1):
        total += _number(part) or 1
        if total == opener.number and place >= _KINDS_MIN:
            for kind in told[:place]:
                wishes = [wish for wish in _wishes(leads) if not wish.is_kind]
                kind.before = [*kind.before, *(replace(wish) for wish in wishes)]
            return told
    return parts


def _kinds(part: Part, following: Sequence[Part], lexicon: Lexicon) -> int:
    """Return how many of the parts that follow are the kinds that *part* gathers."""
    number = _number(part)
    if number is None or number < _KINDS_MIN or not following:
        return 0
    skus = _skus_of_kind(part, lexicon)
    total = 0
    for place, kind in enumerate(following, start=1):
        if len(kind.head.skus) > 1 or kind.head.skus[0] not in skus:
            return 0
        total += _number(kind) or 1
        if total >= number:
            return place if total == number and place >= _KINDS_MIN else 0
    return 0


def _skus_of_kind(part: Part, lexicon: Lexicon) -> Collection[str]:
    """Return the items that *part* may gather: those of its name, or whose names have it in them.

    An item of its own gathers others only behind a comma: "three curries: two korma curries".
    """
    if len(part.head.skus) >= _KINDS_MIN:
        return part.head.skus
    if Join.STOP not in part.after:
        return ()
    owners = (lexicon.item_words.get(word, {}).keys() for word in part.head.words.split())
    return set.intersection(*map(set, owners)) - {*part.head.skus} if part.head.words else ()


def _number(part: Part) -> int | None:
    found = [e.number for e in part.before if isinstance(e, Opener) and e.number is not None]
    return found[0] if len(found) == 1 else None


def _wishes(elements: Sequence[Element]) -> list[Wish]:
    return [element for element in elements if isinstance(element, Wish)]
