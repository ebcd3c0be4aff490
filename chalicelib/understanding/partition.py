"""Several of one item, told apart: "two lattes, one iced and one with oat milk"."""

from collections.abc import Sequence

from chalicelib.understanding.elements import Element, Join, Opener, Wish

Share = tuple[int, Sequence[Element]]


def shares_of(quantity: int, after: Sequence[Element]) -> tuple[Sequence[Element], list[Share]]:
    """Return what is said of all units, and a number and elements for each share.

    There are shares only where at least two numbers, each with wishes of its own and none
    counting an option ("with one sugar"), add up to *quantity*.
    """
    start, shares = _shares(after)
    if len(shares) > 1 and sum(number for number, _ in shares) == quantity:
        return after[:start], shares
    return after, []


def elliptic_shares(before: Sequence[Element]) -> list[Share]:
    """Return the shares of an item that is named once: "one small and one large" coke."""
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
        is_new = bool(filled & _single_groups(own[:1], singles))
        if isinstance(opener, Opener) and is_new and not opener.is_measured:
            again.append((opener.number or 1, own))
        elif again:
            return after, []
        else:
            filled |= _single_groups(own, singles)
    start = _stretches(after)[-len(again)][0] if again else len(after)
    return after[:start], again


def _stretches(elements: Sequence[Element]) -> list[tuple[int, int]]:
    """Return where each opener stands, and where what follows it ends."""
    places = [place for place, element in enumerate(elements) if isinstance(element, Opener)]
    return list(zip(places, (*places, len(elements))[1:], strict=True))


def _single_groups(elements: Sequence[Element], singles: frozenset[str]) -> set[str]:
    return {
        ref.group
        for element in elements
        if isinstance(element, Wish)
        for ref in element.refs
        if ref.group in singles
    }


def is_plain(shares: Sequence[Share]) -> bool:
    """Whether each of *shares* has one wish, so that none of them may be meant for all."""
    return all(sum(isinstance(element, Wish) for element in own) == 1 for _, own in shares)


def counts_options_only(after: Sequence[Element]) -> bool:
    """Whether each opener among *after* counts one option: "with one sugar", "and a pump of"."""
    for place, element in enumerate(after):
        if not isinstance(element, Opener):
            continue
        following = after[place + 1] if place + 1 < len(after) else None
        if (element.number or 1) != 1 or not isinstance(following, Wish):
            return False
        if not element.is_measured and (place == 0 or after[place - 1] is not Join.WITH):
            return False
    return True


def _shares(elements: Sequence[Element]) -> tuple[int, list[Share]]:
    """Return where the first share begins and the shares; none unless each has a wish."""
    shares: list[Share] = []
    stretches = _stretches(elements)
    for place, following in stretches:
        opener, own = elements[place], elements[place + 1 : following]
        led = place > 0 and elements[place - 1] is Join.WITH
        told = any(isinstance(element, Wish) for element in own)
        if not isinstance(opener, Opener) or opener.is_measured or led or not told:
            return 0, []
        shares.append((opener.number or 1, own))
    return (stretches[0][0] if stretches else 0), shares
