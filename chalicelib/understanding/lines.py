"""From parts to order lines: each wish becomes an option of the line that offers it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from typing import Final

from chalicelib.domain.pricing import QUANTITY_MAX
from chalicelib.domain.resolution import Line
from chalicelib.understanding.attach import Part, parts_of
from chalicelib.understanding.corrections import corrected
from chalicelib.understanding.counts import with_late_counts
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.drafts import Draft, settle
from chalicelib.understanding.each import are_served, served_drafts, with_each
from chalicelib.understanding.elements import Count, Element, Head, Join, Opener, Wish
from chalicelib.understanding.later import narrowed, others_of, split_later, split_rest
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.listing import one_by_one, so_many_each
from chalicelib.understanding.partition import (
    Share,
    are_stand_ins,
    counts_options_only,
    elliptic_shares,
    ends_open,
    is_plain,
    kinds_of,
    may_be_one_each,
    one_each,
    shares_of,
    split_repeats,
    unrestated,
)
from chalicelib.understanding.pointing import pointers_first
from chalicelib.understanding.sharing import may_share, shared_wishes, told_by_kind

_TOLD_AND_REST: Final = 2
_SEVERAL_MIN: Final = 2
"""Units that may be told apart, if no number says of which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The *lines* that *elements* make once what they take back is gone, and what is doubtful."""

    lines: tuple[Line, ...]
    elements: list[Element]
    doubts: set[Doubt]


def written_lines(elements: Sequence[Element], lexicon: Lexicon) -> Written:
    """Return the lines that *elements* make, in order; linear in their number."""
    kept, taken_back = corrected(elements, lexicon)
    kept, counted = with_late_counts(kept)
    kept, pointed = pointers_first(kept)
    writer = LineWriter(lexicon)
    lines = writer.write(parts_of(kept, lexicon))
    if any(isinstance(e, Opener) and e.is_kind and e not in kept for e in elements):
        writer.doubts.add(Doubt.UNKNOWN_WORD)
    return Written(
        lines=lines, elements=kept, doubts=taken_back | counted | pointed | writer.doubts
    )


class LineWriter:
    """Writes *drafts* for parts, and notes in *doubts* what does not fit."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.drafts: list[Draft] = []
        self._shared: list[tuple[Wish, Draft]] = []
        self.doubts: set[Doubt] = set()

    def write(self, parts: Sequence[Part]) -> tuple[Line, ...]:
        """Return the lines of *parts*, in order."""
        kinds = told_by_kind(parts, self._lexicon)
        self._doubt_kinds(kinds)
        kinds = with_each(kinds)
        for part in kinds:
            if part.head.is_dropped:
                self.doubts |= part.doubts
            else:
                self._write_part(part)
        if any(may_share(*pair, self._lexicon) for pair in pairwise(kinds)):
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        for draft in self.drafts:
            self.doubts |= settle(draft, self._lexicon)
        self._compare()
        # "No lattes" may be said as "0 lattes": that is no line, and in doubt.
        return tuple(draft.line() for draft in self.drafts if draft.quantity > 0)

    def _doubt_kinds(self, parts: Sequence[Part]) -> None:
        """Doubt "four mains" where it does not gather the parts that follow."""
        said = (element for part in parts for element in (*part.before, *part.after))
        if any(isinstance(element, Opener) and element.is_kind for element in said):
            self.doubts.add(Doubt.UNKNOWN_WORD)

    def _write_part(self, part: Part) -> None:
        wishes = [e for e in (*part.before, *part.after) if isinstance(e, Wish)]
        part = self._for_each(part)
        self._doubt(part, wishes)
        sku = self._best_sku(part.head, wishes)
        if self._adds_to_line(part, sku):
            return
        same = self.drafts[-1] if part.head.is_same and self.drafts else None
        opens = any(isinstance(e, Opener | Wish) for e in part.before)
        part.after, later = split_later(part.after)
        apart = self._told_apart(part)
        for place, (number, told) in enumerate(apart):
            draft = self._draft(sku, number, opens=opens or place > 0)
            draft.is_measured = any(isinstance(e, Opener) and e.is_measured for e in part.before)
            draft.is_plural, draft.is_share = part.head.is_plural, len(apart) > 1
            if same is not None:
                self._wish_alike(draft, same, wishes)
            for elements in told:
                self._give(draft, elements)
        if later:
            self._say_later(self.drafts[-1], later)
        for wish, owner in self._shared:
            self._share(wish, owner)
        self._shared.clear()

    def _for_each(self, part: Part) -> Part:
        """Return *part* counted for each unit that it is ordered with: "fries with each"."""
        if not part.is_for_each or not self.drafts:
            return part
        served = served_drafts(part, self.drafts)
        if not are_served(served, self.drafts):
            self.doubts.add(Doubt.NUMBER_OPEN)
        counted = [e for e in part.after if isinstance(e, Opener | Count) and not _is_article(e)]
        own = replace(part, after=[])
        number = self._quantity(own) * sum(draft.quantity for draft in served)
        if counted and [e.number for e in counted] != [number]:
            self.doubts.add(Doubt.NUMBER_OPEN)
        after = [e for e in part.after if e not in counted]
        return replace(part, after=after, head=replace(part.head, number=number))

    def _say_later(self, last: Draft, later: Sequence[Element]) -> None:
        """Give what is said of lines by name, in the end, to them."""
        counted = [e for e in later if not (isinstance(e, Opener) and e.is_rest)]
        if not counts_options_only(counted, self._lexicon.single_groups):
            self.doubts.add(Doubt.NUMBER_OPEN)
        self._give(last, later)

    def _doubt(self, part: Part, wishes: Sequence[Wish]) -> None:
        """Note what is doubtful about *part* and its *wishes* whatever lines it makes."""
        self.doubts |= part.doubts | part.head.doubts
        if Join.EACH in part.before:
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        singles = self._lexicon.single_groups
        refused = [e for e in wishes if e.negated]
        if any(e in part.before and e.refs[0].group in singles for e in refused):
            # "Large no medium tea": what is negated may be what was wanted before.
            self.doubts.add(Doubt.NEGATION_OPEN)
        openers = [e for e in part.before if isinstance(e, Opener)]
        if any(e.is_half or (e.is_rest and e.number is None) for e in openers):
            self.doubts.add(Doubt.UNREAD_PHRASE)
        for wish in wishes:
            self.doubts |= wish.doubts
        if self._is_of_others(part):
            self.doubts.add(Doubt.NUMBER_OPEN)

    def _is_of_others(self, part: Part) -> bool:
        """Whether *part* may be some of what was ordered: "two lattes, one of them a flat white"."""
        counts = [e.number or 1 for e in part.before if isinstance(e, Opener) and e.is_part]
        return bool(counts) and any(draft.quantity > min(counts) for draft in self.drafts)

    def _told_apart(self, part: Part) -> list[tuple[int, tuple[Sequence[Element], ...]]]:
        """Return a quantity, and what was said of it, for each line that *part* makes."""
        quantity, before = self._quantity(part), part.before
        elliptic = elliptic_shares(before)
        if elliptic:
            if any(isinstance(e, Opener) and e.is_part for e in before):
                # "One of them small, two large cokes": of which, is not known yet.
                self.doubts.add(Doubt.NUMBER_OPEN)
            quantity, before = elliptic[-1]
            own = takewhile(lambda e: e is not Join.EACH, part.after)
            if not is_plain(elliptic) or any(isinstance(e, Wish) for e in own):
                self.doubts.add(Doubt.BELONGS_TO_EITHER)
        singles, after = self._lexicon.single_groups, part.after
        if _is_loose(after):
            self.doubts.add(Doubt.NUMBER_OPEN)
            after = after[:-1]
        common, shares = self._shares(quantity, part, before, after)
        again: list[Share] = []
        if ends_open(shares):
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        if not (shares or counts_options_only(_uncounted(part), singles)):
            common, again = split_repeats(before, after, singles)
            if not are_stand_ins((*before, *common), after, again):
                self.doubts.add(Doubt.NUMBER_OPEN)
        if not shares:
            self._doubt_plural(part)
            if may_be_one_each(quantity, part.after):
                self.doubts.add(Doubt.NUMBER_OPEN)
        return [
            *((number, (own,)) for number, own in elliptic[:-1]),
            *(
                (number, (*self._told((before, common), own, after), own))
                for number, own in shares or [(quantity, ())]
            ),
            *((number, (own,)) for number, own in again),
        ]

    def _shares(
        self, quantity: int, part: Part, before: Sequence[Element], after: Sequence[Element]
    ) -> tuple[Sequence[Element], list[Share]]:
        """Return what *after* says of all units, and of each share where it tells them apart."""
        if quantity < _SEVERAL_MIN and not any(isinstance(e, Opener) for e in after):
            return after, []
        singles = self._lexicon.single_groups
        common, shares = shares_of(quantity, after, singles)
        if len(shares) > _TOLD_AND_REST and not shares[-1][1]:
            self.doubts.add(Doubt.NUMBER_OPEN)
        if part.head.number is not None and shares and not shares[-1][1]:
            # The number was corrected after some of the items were told apart.
            self.doubts.add(Doubt.NUMBER_OPEN)
            common, shares = after, []
        if not (shares or _is_counted(before)):
            common, shares = kinds_of(after, singles) or (after, [])
        if not shares:
            common, shares = one_each(quantity, after, singles)
        is_counted = any(isinstance(e, Opener) and e.number is not None for e in before)
        counted = quantity if is_counted else None
        if not shares and (listed := so_many_each(counted, after, singles)):
            return listed
        return (common, shares) if shares else one_by_one(quantity, after, singles) or (after, [])

    def _told(
        self,
        said: Sequence[Sequence[Element]],
        own: Sequence[Element],
        after: Sequence[Element],
    ) -> Sequence[Sequence[Element]]:
        """Return what was *said* of all without what some have of their *own* in its place.

        That is certain of "one of them" and "the rest" alone.
        """
        if not own:
            return said
        kept = [unrestated(told, own, self._lexicon.single_groups) for told in said]
        openers = [e for e in after if isinstance(e, Opener)]
        is_less = sum(map(len, kept)) < sum(map(len, said))
        if is_less and not all(opener.is_part or opener.is_rest for opener in openers):
            self.doubts.add(Doubt.NUMBER_OPEN)
        return kept

    def _doubt_plural(self, part: Part) -> None:
        """Doubt an item in the plural, "lattes", where nothing says how many are wanted."""
        is_open = part.head.is_plural and not part.head.is_same
        if is_open and not (_is_told_number(part) or self._is_pack(part)):
            self.doubts.add(Doubt.NUMBER_OPEN)

    def _is_pack(self, part: Part) -> bool:
        """Whether an option of *part* says how many of the item make one: "nails, pack of 50"."""
        return any(
            isinstance(e, Wish) and not self._lexicon.containers.isdisjoint(e.words.split())
            for e in (*part.before, *part.after)
        )

    def _adds_to_line(self, part: Part, sku: str) -> bool:
        """Give what is said of an item named again, "the latte", to its line, if it has one."""
        back = [e for e in part.before if isinstance(e, Opener) and e.is_back]
        found = [draft for draft in self.drafts if draft.sku == sku] if back else []
        if not found:
            return False
        after, rest = split_rest(part.after)
        said = [e for e in (*part.before, *after) if e not in back]
        if not _has_wish(said):
            self.doubts.add(Doubt.SAME_ITEM_AGAIN)
        told = narrowed(found, part.before)
        meant = told if part.head.is_several else told[-1:]
        if len(told) > len(meant):
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        if any(isinstance(e, Opener | Count) and not _is_article(e) for e in said):
            self.doubts.add(Doubt.NUMBER_OPEN)
        for draft in meant:
            self._give(draft, said)
        if rest:
            self._give(meant[-1], rest, named=meant)
        return True

    def _wish_alike(self, draft: Draft, same: Draft, said: Sequence[Wish]) -> None:
        """Wish for *draft* what *same* has, but for what is *said* in its place."""
        if same.quantity != draft.quantity or not all(map(draft.offers, same.wishes)):
            self.doubts.add(Doubt.OPTION_NOT_OFFERED)
        singles = self._lexicon.single_groups
        restated = {ref.group for wish in said for ref in wish.refs if ref.group in singles}
        refused = {ref for wish in said if wish.negated for ref in wish.refs}
        draft.wishes += [
            wish
            for wish in same.wishes
            if draft.offers(wish)
            and restated.isdisjoint(ref.group for ref in wish.refs)
            and refused.isdisjoint(wish.refs)
        ]

    def _share(self, wish: Wish, owner: Draft) -> None:
        """Give *wish*, of *owner*, to all other lines; in doubt where one does not offer it."""
        for other in self.drafts:
            if other is owner or any(own is wish for own in other.wishes):
                continue
            if other.offers(wish):
                other.wishes.append(wish)
            else:
                self.doubts.add(Doubt.BELONGS_TO_EITHER)

    def _draft(self, sku: str, quantity: int, *, opens: bool) -> Draft:
        if not 0 < quantity < QUANTITY_MAX:
            self.doubts.add(Doubt.QUANTITY_ABSURD)
        draft = Draft(sku, self._lexicon.groups_of[sku], quantity, has_opener=opens)
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
        if part.head.number is not None:
            return part.head.number
        openers = [e for e in part.before if isinstance(e, Opener)]
        found = [e.number for e in openers if e.number is not None]
        found += [e.number for e in part.after if isinstance(e, Count)]
        apart = [opener for opener in openers if not opener.is_measure]
        counts_more = any((opener.number or 1) > 1 for opener in apart[:-1])
        is_recounted = counts_more or len(found) > 1
        if (is_recounted and not elliptic_shares(part.before)) or any(
            isinstance(e, Count) for e in part.before
        ):
            self.doubts.add(Doubt.NUMBER_OPEN)
        if not found:
            found = _late_number(part.after)
        return found[-1] if found else 1

    def _give_others(
        self, named: Sequence[Draft], rest: Opener, elements: Sequence[Element]
    ) -> None:
        """Give the wishes among *elements* to the lines that were not *named*."""
        others, is_sure = others_of(self.drafts, named, rest)
        if not is_sure or any(isinstance(e, Wish) and e.is_name for e in elements):
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        for draft in others:
            self._give(draft, elements, named=[*named, *others])

    def _give(self, draft: Draft, elements: Sequence[Element], named: Sequence[Draft] = ()) -> None:
        """Give the wishes among *elements* to *draft*, to those that share them, or back."""
        if not elements:
            return
        shared, is_open = shared_wishes(elements)
        if is_open:
            self.doubts.add(Doubt.BELONGS_TO_EITHER if _has_wish(elements) else Doubt.NUMBER_OPEN)
        named = list(named)
        for place, wish in enumerate(elements):
            if isinstance(wish, Opener) and wish.is_rest and named:
                self._give_others(named, wish, elements[place + 1 :])
                return
            if not isinstance(wish, Wish):
                continue
            if wish.is_name and (meant := self._named_by(wish, draft)):
                draft = meant
                named.append(meant)
                continue
            is_shared = any(wish is other for other in shared)
            if is_shared:
                self._shared.append((wish, draft))
            if draft.offers(wish):
                draft.wishes.append(wish)
            elif not is_shared:
                self._give_back(wish)

    def _named_by(self, wish: Wish, last: Draft) -> Draft | None:
        """Return the line that *wish* names by its option: "the large one".

        Where none has it, *last* is to have it, for certain if that is all there is.
        """
        found = [
            draft
            for draft in self.drafts
            if any(set(own.refs) & set(wish.refs) and not own.negated for own in draft.wishes)
        ]
        is_alone = len(self.drafts) == 1 and last.quantity == 1
        if len(found) > 1 or not (found or is_alone):
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        return found[-1] if found else None

    def _give_back(self, wish: Wish) -> None:
        takers = [draft for draft in self.drafts if draft.offers(wish)]
        if not takers:
            self.doubts.add(Doubt.OPTION_NOT_OFFERED)
            return
        self.doubts.add(Doubt.BELONGS_TO_EITHER)
        takers[-1].wishes.append(wish)

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


def _is_loose(after: Sequence[Element]) -> bool:
    """Whether a number that counts nothing ends a part behind others that do."""
    last = after[-1] if after else None
    is_open = isinstance(last, Opener) and last.number is not None and not last.is_part
    return is_open and sum(isinstance(element, Opener) for element in after) > 1


def _uncounted(part: Part) -> Sequence[Element]:
    """Return what follows the item of *part*, without "two of them" where that ends it."""
    last = part.after[-1] if part.after else None
    is_late = isinstance(last, Opener) and last.is_part and last.number is not None
    is_counted = _is_counted(part.before) or any(isinstance(e, Count) for e in part.after)
    return part.after[:-1] if is_late and not is_counted else part.after


def _is_counted(before: Sequence[Element]) -> bool:
    return any(isinstance(element, Opener) for element in before)


def _is_told_number(part: Part) -> bool:
    """Whether anything says how many are wanted, if only "a"; "a plate of rolls" doesn't."""
    openers = [element for element in part.before if isinstance(element, Opener)]
    if openers and not openers[-1].is_measured:
        return True
    if part.head.number is not None or _late_number(part.after):
        return True
    return any(isinstance(element, Count) for element in part.after)


def _is_article(element: Opener | Count) -> bool:
    return isinstance(element, Opener) and element.number is None and not element.is_half


def _late_number(after: Sequence[Element]) -> list[int]:
    """Return a number that ends a part, as in "lattes, 2"."""
    last = after[-1] if after else None
    return [last.number] if isinstance(last, Opener) and last.number is not None else []
