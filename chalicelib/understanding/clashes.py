"""Two options in one answer of which an item takes only one: "oat and soy"."""

from collections.abc import Collection, Sequence

from chalicelib.understanding.elements import Element, Head, Join, Opener, Wish


def clashes(elements: Sequence[Element], single_groups: Collection[str]) -> bool:
    """Whether two options of one of *single_groups* are wanted, and neither is said to mend.

    The words of one answer are said at once: none takes the place of another unless it says
    so, "oat, no wait, soy". An item, and behind one a number, opens what is told apart.
    """
    values: dict[str, set[str]] = {}
    is_named = False
    for element in elements:
        if isinstance(element, Head):
            is_named = True
            values.clear()
        elif element in (Join.MEND, Join.RETHINK) or (is_named and isinstance(element, Opener)):
            values.clear()
        elif isinstance(element, Wish) and not element.negated:
            for group in {ref.group for ref in element.refs if ref.group in single_groups}:
                own = {ref.value for ref in element.refs if ref.group == group}
                if own.isdisjoint(values.setdefault(group, own)):
                    return True
    return False
