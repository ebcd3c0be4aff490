"""What is said of lines in the end, by what tells them apart: "the pink in a pot, the other wrapped"."""

from collections.abc import Sequence

from chalicelib.understanding.drafts import Draft
from chalicelib.understanding.elements import Element, Opener, Wish


def split_later(after: Sequence[Element]) -> tuple[Sequence[Element], Sequence[Element]]:
    """Return what *after* says of its own item, and from where a line is named what it says of that."""
    for place, element in enumerate(after):
        if isinstance(element, Wish) and element.is_name:
            return after[:place], after[place:]
    return after, ()


def split_rest(after: Sequence[Element]) -> tuple[Sequence[Element], Sequence[Element]]:
    """Return what is said of an item named again, and from "the other" on what is said of others."""
    for place, element in enumerate(after):
        if isinstance(element, Opener) and element.is_rest:
            return after[:place], after[place:]
    return after, ()


def others_of(
    drafts: Sequence[Draft], named: Sequence[Draft], rest: Opener
) -> tuple[list[Draft], bool]:
    """Return the lines that *rest* means, those not *named*, and whether their number is told.

    They are of the item that was named last, or of another where there is only one line of it.
    """
    left = [draft for draft in drafts if not any(draft is other for other in named)]
    same = [draft for draft in left if named and draft.sku == named[-1].sku]
    alike = [draft for draft in left if named and draft.groups == named[-1].groups]
    found = same or alike or left
    number = sum(draft.quantity for draft in found)
    return found, bool(found and named) and rest.number in (None, number)


def narrowed(found: Sequence[Draft], before: Sequence[Element]) -> Sequence[Draft]:
    """Return those *found* that have what stands *before* the name: "the large lattes"."""
    back = max(place for place, e in enumerate(before) if isinstance(e, Opener) and e.is_back)
    names = [wish for wish in before[back:] if isinstance(wish, Wish)]
    told = [draft for draft in found if all(_has(draft, wish) for wish in names)]
    return told or found


def _has(draft: Draft, wish: Wish) -> bool:
    return any(set(own.refs) & set(wish.refs) and not own.negated for own in draft.wishes)
