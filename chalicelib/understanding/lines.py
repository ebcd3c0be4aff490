"""From parts to order lines: each wish becomes an option of the line that offers it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from chalicelib.domain.resolution import Amount, ChosenOption, Line, OptionRef
from chalicelib.understanding.attach import Part
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Count, Element, Head, Join, Opener, Wish
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.partition import (
    Share,
    counts_options_only,
    elliptic_shares,
    is_plain,
    shares_of,
    split_repeats,
)

QUANTITY_MAX: Final = 999


@dataclass(slots=True)
class Draft:
    """A line being written."""

    sku: str
    groups: frozenset[str]
    quantity: int = 1
    has_opener: bool = False
    wishes: list[Wish] = field(default_factory=list)
    chosen: dict[OptionRef, Amount | None] = field(default_factory=dict)
    without: dict[OptionRef, None] = field(default_factory=dict)

    def offers(self, wish: Wish) -> bool:
        """Whether the item has an option that *wish* may mean."""
        return any(ref.group in self.groups for ref in wish.refs)

    def line(self) -> Line:
        """Return the line as it stands."""
        return Line(
            sku=self.sku,
            quantity=self.quantity,
            options=tuple(
                ChosenOption(group=ref.group, value=ref.value, amount=amount)
                for ref, amount in self.chosen.items()
            ),
            without=tuple(self.without),
        )


class LineWriter:
    """Writes *drafts* for parts, and notes in *doubts* what does not fit."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.drafts: list[Draft] = []
        self.doubts: set[Doubt] = set()

    def write(self, parts: Sequence[Part]) -> tuple[Line, ...]:
        """Return the lines of *parts*, in order."""
        for part in parts:
            self._write_part(part)
        for draft in self.drafts:
            self._settle(draft)
        self._compare()
        return tuple(draft.line() for draft in self.drafts)

    def _write_part(self, part: Part) -> None:
        wishes = [e for e in (*part.before, *part.after) if isinstance(e, Wish)]
        self.doubts |= part.doubts | part.head.doubts
        for wish in wishes:
            self.doubts |= wish.doubts
        sku = self._best_sku(part.head, wishes)
        opens = any(isinstance(e, Opener | Wish) for e in part.before)
        for place, (number, told) in enumerate(self._told_apart(part)):
            draft = self._draft(sku, number, opens=opens or place > 0)
            for elements in told:
                for wish in self._give(draft, elements):
                    self._share(wish)

    def _told_apart(self, part: Part) -> list[tuple[int, tuple[Sequence[Element], ...]]]:
        """Return a quantity, and what was said of it, for each line that *part* makes."""
        quantity, before = self._quantity(part), part.before
        elliptic = elliptic_shares(before)
        if elliptic:
            quantity, before = elliptic[-1]
            if not is_plain(elliptic) or any(isinstance(e, Wish) for e in part.after):
                self.doubts.add(Doubt.BELONGS_TO_EITHER)
        common, shares = shares_of(quantity, part.after)
        again: list[Share] = []
        if not (shares or counts_options_only(part.after)):
            self.doubts.add(Doubt.NUMBER_OPEN)
            common, again = split_repeats(before, part.after, self._lexicon.single_groups)
        return [
            *((number, (own,)) for number, own in elliptic[:-1]),
            *((number, (before, common, own)) for number, own in shares or [(quantity, ())]),
            *((number, (own,)) for number, own in again),
        ]

    def _share(self, wish: Wish) -> None:
        for other in self.drafts[:-1]:
            if other.offers(wish):
                other.wishes.append(wish)

    def _draft(self, sku: str, quantity: int, *, opens: bool) -> Draft:
        quantity_kept = min(max(quantity, 1), QUANTITY_MAX)
        if quantity_kept != quantity:
            self.doubts.add(Doubt.QUANTITY_ABSURD)
        draft = Draft(sku, self._lexicon.groups_of[sku], quantity_kept, has_opener=opens)
        self.drafts.append(draft)
        return draft

    def _best_sku(self, head: Head, wishes: Iterable[Wish]) -> str:
        if len(head.skus) == 1:
            return head.skus[0]
        self.doubts.add(Doubt.SEVERAL_ITEMS_BY_THAT_NAME)
        groups = [ref.group for wish in wishes for ref in wish.refs]
        return max(
            head.skus,
            key=lambda sku: sum(group in self._lexicon.groups_of[sku] for group in groups),
        )

    def _quantity(self, part: Part) -> int:
        openers = [e for e in part.before if isinstance(e, Opener)]
        found = [e.number for e in openers if e.number is not None]
        found += [e.number for e in part.after if isinstance(e, Count)]
        elliptic = bool(elliptic_shares(part.before))
        if (len(found) > 1 and not elliptic) or any(isinstance(e, Count) for e in part.before):
            self.doubts.add(Doubt.NUMBER_OPEN)
        if not found:
            found = _late_number(part.after)
        return found[-1] if found else 1

    def _give(self, draft: Draft, elements: Sequence[Element]) -> list[Wish]:
        """Give the wishes among *elements* to *draft* or an earlier line; return the shared."""
        shared: list[Wish] = []
        is_shared = False
        if Join.EACH in elements and isinstance(elements[-1], Join) and len(self.drafts) > 1:
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        if elements and elements[-1] is Join.EACH and not _has_wish(elements):
            self.doubts.add(Doubt.NUMBER_OPEN)
        for element in elements:
            is_shared = is_shared or element is Join.EACH
            if not isinstance(element, Wish):
                continue
            if is_shared:
                shared.append(element)
            if draft.offers(element):
                draft.wishes.append(element)
            elif not is_shared:
                self._give_back(element)
        return shared

    def _give_back(self, wish: Wish) -> None:
        takers = [draft for draft in self.drafts if draft.offers(wish)]
        if not takers:
            self.doubts.add(Doubt.OPTION_NOT_OFFERED)
            return
        self.doubts.add(Doubt.BELONGS_TO_EITHER)
        takers[-1].wishes.append(wish)

    def _settle(self, draft: Draft) -> None:
        """Decide the wishes of *draft*: first those that can mean one thing, then the rest."""
        filled: dict[str, OptionRef] = {}
        rest: list[tuple[Wish, list[OptionRef]]] = []
        for wish in draft.wishes:
            refs = [ref for ref in wish.refs if ref.group in draft.groups]
            if len(refs) == 1:
                self._take(draft, wish, refs[0], filled)
            else:
                rest.append((wish, refs))
        for wish, refs in rest:
            free = [ref for ref in refs if ref.group not in filled] or refs
            named = [ref for ref in free if (wish.words, ref) in self._lexicon.exact_names]
            if len(free) > 1 and not (len(named) == 1 and wish.is_listed):
                self.doubts.add(Doubt.SEVERAL_OPTIONS_BY_THAT_NAME)
            self._take(draft, wish, (named or free)[0], filled)

    def _take(self, draft: Draft, wish: Wish, ref: OptionRef, filled: dict[str, OptionRef]) -> None:
        if wish.negated:
            draft.without[ref] = None
        elif ref.group in self._lexicon.single_groups and filled.get(ref.group, ref) != ref:
            self.doubts.add(Doubt.OPTIONS_CONFLICT)
            return
        else:
            if ref.group in self._lexicon.single_groups:
                filled[ref.group] = ref
            if ref in draft.chosen and draft.chosen[ref] != wish.amount:
                self.doubts.add(Doubt.OPTIONS_CONFLICT)
            draft.chosen[ref] = draft.chosen.get(ref) or wish.amount
        if ref in draft.chosen and ref in draft.without:
            self.doubts.add(Doubt.OPTIONS_CONFLICT)
            del draft.chosen[ref]

    def _compare(self) -> None:
        """Doubt an item named again, unless each mention opens a line that differs."""
        seen: dict[str, list[Draft]] = {}
        for draft in self.drafts:
            for other in seen.setdefault(draft.sku, []):
                same = draft.chosen == other.chosen and draft.without == other.without
                if same or not draft.has_opener:
                    self.doubts.add(Doubt.SAME_ITEM_AGAIN)
                    break
            seen[draft.sku].append(draft)


def _has_wish(elements: Sequence[Element]) -> bool:
    return any(isinstance(element, Wish) for element in elements)


def _late_number(after: Sequence[Element]) -> list[int]:
    """Return a number that ends a part, as in "lattes, 2"."""
    last = after[-1] if after else None
    return [last.number] if isinstance(last, Opener) and last.number is not None else []
