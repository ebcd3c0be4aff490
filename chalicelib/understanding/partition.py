"""Several of one item, told apart: "two lattes, one iced and one with oat milk"."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from chalicelib.understanding.elements import Element, Join, Opener, Wish

Share = tuple[int, Sequence[Element]]
_SHARES_MIN: Final = 2


def shares_of(
    quantity: int, after: Sequence[Element], singles: frozenset[str]
) -> tuple[Sequence[Element], list[Share]]:
    """Return what is said of all units, and a number and elements for each share.

    There are shares where at least two numbers, each with wishes of its own and none
    counting an option ("with one sugar"), add up to *quantity*, or where they leave some of
    it ("two of them large"): those are a share of which nothing is said.
    """
    start, shares = _shares(after, quantity)
    total = sum(number for number, _ in shares)
    if len(shares) >= _SHARES_MIN and total == quantity:
        return after[:start], shares
    if shares and total < quantity and _are_some(after, start, shares, singles):
        return after[:start], [*shares, (quantity - total, ())]
    return after, []


def kinds_of(
    after: Sequence[Element], singles: frozenset[str]
) -> tuple[Sequence[Element], list[Share]] | None:
    """Return the shares of an item that only names what is listed: "screws: two 4x40, one 5x60".

    Each begins with a number and an option of the same group, which takes one.
    """
    start, shares = _shares(after)
    openers = [element for element in after if isinstance(element, Opener)]
    if len(shares) < _SHARES_MIN or after[:start] != [Join.STOP]:
        return None
    groups = [_single_groups(own[:1], singles) for _, own in shares]
    is_list = all(opener.number is not None and not opener.is_part for opener in openers)
    return ((), shares) if is_list and set.intersection(*groups) else None


def one_each(
    quantity: int, after: Sequence[Element], singles: frozenset[str]
) -> tuple[Sequence[Element], list[Share]]:
    """Return what is said of all, and a share for each option that tells one: "two teas, mint and rose".

    They are of one group, which takes one, and one for each unit; else there are no shares.
    """
    common = after[after.index(Join.EACH) :] if Join.EACH in after else ()
    after, said = after[: len(after) - len(common)], after
    while after and after[-1] is Join.STOP:
        after = after[:-1]
    wishes = [element for element in after if isinstance(element, Wish)]
    others = {element for element in after if isinstance(element, Join)}
    is_list = len(wishes) == quantity >= _SHARES_MIN and not any(w.negated for w in wishes)
    if not is_list or len(wishes) + sum(isinstance(e, Join) for e in after) < len(after):
        return said, []
    if not others <= {Join.STOP, Join.AND, Join.WITH} or after[0] not in (Join.STOP, *wishes):
        return said, []
    groups = set.intersection(*({ref.group for ref in wish.refs} for wish in wishes))
    values = {ref for wish in wishes for ref in wish.refs if ref.group in groups & singles}
    return (common, [(1, (wish,)) for wish in wishes]) if len(values) == quantity else (said, [])


def may_be_one_each(quantity: int, after: Sequence[Element]) -> bool:
    """Whether each of several units may be of one option: "two cups of vanilla and chocolate"."""
    if quantity < _SHARES_MIN:
        return False
    own = list(takewhile(lambda e: isinstance(e, Wish) or e is Join.AND, after))
    wishes = [element for element in own if isinstance(element, Wish)]
    if not (own and own[0] in wishes and len(wishes) == quantity):
        return False
    groups = set.intersection(*({ref.group for ref in wish.refs} for wish in wishes))
    return Join.AND in own and bool(groups) and not any(wish.negated for wish in wishes)


def elliptic_shares(before: Sequence[Element]) -> list[Share]:
    """Return the shares of an item that is named once: "one small and one large" coke."""
    if sum(isinstance(element, Opener) for element in before) < _SHARES_MIN:
        return []
    start, shares = _shares(before)
    if len(shares) > 1 and not any(isinstance(element, Wish) for element in before[:start]):
        return shares
    return []


def split_repeats(
    before: Sequence[Element], after: Sequence[Element], singles: frozenset[str]
) -> tuple[Sequence[Element], list[Share]]:
    """Return what is said of the first, and the shares that mean the same item again.

    "a medium pizza with ham and one large with olives": an opener whose wish would be the
    second of a group that takes one starts the same item anew.
    """
    filled = _single_groups(before, singles)
    again: list[Share] = []
    for place, following in _stretches(after):
        opener, own = after[place], after[place + 1 : following]
        is_new = bool(filled & _single_groups(own, singles))
        if isinstance(opener, Opener) and is_new and not opener.is_measured:
            again.append((opener.number or 1, own))
        elif again:
            return after, []
        else:
            filled |= _single_groups(own, singles)
    start = _stretches(after)[-len(again)][0] if again else len(after)
    return after[:start], again


def are_stand_ins(
    first: Sequence[Element], after: Sequence[Element], again: Sequence[Share]
) -> bool:
    """Whether *again* is all that is counted *after*, each as "a small one" that differs in that.

    What else was said of the *first* might be meant for the others too, unless each of them
    says its own of all that: "a large chocolate shake and a small vanilla one".
    """
    openers = [element for element in after if isinstance(element, Opener)]
    is_short = [e for e in after if not isinstance(e, Opener | Wish)] in ([], [Join.AND])
    is_short = is_short and all(_is_of(_groups(first), own) for _, own in again)
    if len(openers) != len(again) or not all(
        opener.is_stand_in or (opener.number is None and is_short) for opener in openers
    ):
        return False
    return all(_groups(first) <= _groups(_clause(own)) for _, own in again)


def _is_of(groups: set[str], own: Sequence[Element]) -> bool:
    return all(groups.issuperset(_groups((element,))) for element in own)


def _clause(own: Sequence[Element]) -> Sequence[Element]:
    """Return the wishes of *own* up to a comma: "a small vanilla one with honey"."""
    return list(takewhile(lambda element: isinstance(element, Wish) or element is Join.WITH, own))


def _groups(elements: Sequence[Element]) -> set[str]:
    return {ref.group for e in elements if isinstance(e, Wish) for ref in e.refs}


def unrestated(
    told: Sequence[Element], own: Sequence[Element], singles: frozenset[str]
) -> list[Element]:
    """Return *told* without the wishes that *own* excludes: "white tulips, one of them red"."""
    clause = takewhile(lambda e: e is not Join.STOP and e is not Join.EACH, own)
    wishes = [e for e in clause if isinstance(e, Wish) and not (e.negated or e.is_name)]
    groups = _single_groups(wishes, singles)
    if not groups:
        return list(told)
    return [element for element in told if groups.isdisjoint(_single_groups((element,), singles))]


def is_plain(shares: Sequence[Share]) -> bool:
    """Whether each of *shares* has one wish, so that none of them may be meant for all."""
    return all(sum(isinstance(element, Wish) for element in own) == 1 for _, own in shares)


def ends_open(shares: Sequence[Share]) -> bool:
    """Whether a comma in the last of *shares* leaves open if what follows is said of all."""
    if _ends_with_more(shares):
        return True
    told = False
    own = next((own for _, own in reversed(shares) if own), ())
    for place, element in enumerate(own):
        if element is Join.EACH or (isinstance(element, Wish) and element.is_name):
            return False
        if isinstance(element, Wish):
            if told and Join.STOP in own[:place] and Join.EACH not in own[place:]:
                return True
            told = True
    return False


def _ends_with_more(shares: Sequence[Share]) -> bool:
    """Whether only the last of *shares* goes on: "one large one small with honey" may mean both."""
    wishes = [[e for e in own if isinstance(e, Wish)] for _, own in shares]
    if len(shares) < _SHARES_MIN or any(len(own) != 1 for own in wishes[:-1]):
        return False
    last = shares[-1][1]
    is_alike = all(_groups(own) == _groups(wishes[-1][:1]) for own in wishes[:-1])
    is_led = any(Join.WITH in own for _, own in shares[:-1]) or Join.EACH in last
    return is_alike and not is_led and last[1:2] == [Join.WITH] and len(wishes[-1]) > 1


def counts_options_only(after: Sequence[Element], singles: frozenset[str]) -> bool:
    """Whether each opener among *after* counts one option: "with one sugar", "and a pump of".

    An article in a list that "with" began does so too, but not before an option of a group
    that takes one: "with milk and a large" may be another item.
    """
    for place, element in enumerate(after):
        if not isinstance(element, Opener):
            continue
        following = after[place + 1] if place + 1 < len(after) else None
        if (element.number or 1) != 1 or not isinstance(following, Wish) or element.is_half:
            return False
        is_listed = (
            element.number is None
            and after[place - 1] is Join.AND
            and Join.WITH in after[:place]
            and any(ref.group not in singles for ref in following.refs)
        )
        is_led = place > 0 and (after[place - 1] is Join.WITH or is_listed)
        if not (element.is_measured or is_led):
            return False
    return True


def _are_some(
    after: Sequence[Element], start: int, shares: Sequence[Share], singles: frozenset[str]
) -> bool:
    """Whether *shares* tell some units from the rest, rather than count options or items.

    A comma or "of them" introduces the first, and what follows each number is no option
    that could be counted: "two teas, one sugar" may mean one sugar in each.
    """
    openers = [e for e in after if isinstance(e, Opener) and not _is_led_article(e, after)]
    parted = start > 0 and after[start - 1] in (Join.STOP, Join.BUT)
    if any(opener.number is None and not opener.is_half for opener in openers):
        return False
    if not (parted or all(opener.is_part for opener in openers)):
        return False
    firsts = [own[0] for _, own in shares]
    return all(
        opener.is_part
        or first is Join.WITH
        or (isinstance(first, Wish) and (first.negated or _single_groups((first,), singles)))
        for opener, first in zip(openers, firsts, strict=True)
    )


def _is_led_article(opener: Opener, elements: Sequence[Element]) -> bool:
    """Whether *opener* is the article in "with a": it opens an option and no share."""
    is_open = opener.is_half or opener.is_measured or opener.is_rest
    if opener.number is not None or is_open:
        return False
    place = next(place for place, element in enumerate(elements) if element is opener)
    return place > 0 and elements[place - 1] is Join.WITH


def _stretches(elements: Sequence[Element], *, of_shares: bool = False) -> list[tuple[int, int]]:
    """Return where each opener, or only each *of_shares*, stands, and where its own words end."""
    places = [
        place
        for place, element in enumerate(elements)
        if isinstance(element, Opener) and not (of_shares and _is_led_article(element, elements))
    ]
    return list(zip(places, (*places, len(elements))[1:], strict=True))


def _single_groups(elements: Sequence[Element], singles: frozenset[str]) -> set[str]:
    return {
        ref.group
        for element in elements
        if isinstance(element, Wish)
        for ref in element.refs
        if ref.group in singles
    }


def _shares(elements: Sequence[Element], quantity: int = 0) -> tuple[int, list[Share]]:
    """Return where the first share begins and the shares; none unless each has a wish.

    A half is half of *quantity*, which must be even.
    """
    shares: list[Share] = []
    stretches = _stretches(elements, of_shares=True)
    for place, following in stretches:
        opener, own = elements[place], elements[place + 1 : following]
        led = place > 0 and elements[place - 1] is Join.WITH
        told = any(isinstance(element, Wish) or element is Join.PLAIN for element in own)
        if not isinstance(opener, Opener) or opener.is_measured or led or not told:
            return 0, []
        if opener.is_half and (quantity % 2 or not quantity):
            return 0, []
        number = quantity // 2 if opener.is_half else opener.number or 1
        if opener.is_rest and opener.number is None:
            number = quantity - sum(count for count, _ in shares)
            if not shares or number < 1 or following < len(elements):
                return 0, []
        shares.append((number, own))
    return (stretches[0][0] if stretches else 0), shares
