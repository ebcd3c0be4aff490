"""From parts to order lines: each wish becomes an option of the line that offers it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from chalicelib.domain.resolution import Amount, ChosenOption, Line, OptionRef
from chalicelib.understanding.attach import Part, parts_of
from chalicelib.understanding.corrections import corrected
from chalicelib.understanding.counts import with_late_counts
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Count, Element, Head, Join, Opener, Wish
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.partition import (
    Share,
    are_stand_ins,
    counts_options_only,
    elliptic_shares,
    ends_open,
    is_plain,
    kinds_of,
    shares_of,
    split_repeats,
)
from chalicelib.understanding.sharing import may_share, shared_wishes, told_by_kind

QUANTITY_MAX: Final = 999
_TOLD_AND_REST: Final = 2


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
    writer = LineWriter(lexicon)
    lines = writer.write(parts_of(kept, lexicon))
    return Written(lines=lines, elements=kept, doubts=taken_back | counted | writer.doubts)


class LineWriter:
    """Writes *drafts* for parts, and notes in *doubts* what does not fit."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.drafts: list[Draft] = []
        self.doubts: set[Doubt] = set()

    def write(self, parts: Sequence[Part]) -> tuple[Line, ...]:
        """Return the lines of *parts*, in order."""
        kinds = told_by_kind(parts)
        for part in kinds:
            if part.head.is_dropped:
                self.doubts |= part.doubts
            else:
                self._write_part(part)
        if any(may_share(*pair, self._lexicon) for pair in pairwise(kinds)):
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        for draft in self.drafts:
            self._settle(draft)
        self._compare()
        return tuple(draft.line() for draft in self.drafts)

    def _write_part(self, part: Part) -> None:
        wishes = [e for e in (*part.before, *part.after) if isinstance(e, Wish)]
        self.doubts |= part.doubts | part.head.doubts
        if Join.EACH in part.before:
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        singles = self._lexicon.single_groups
        if any(e.negated and e.refs[0].group in singles for e in wishes if e in part.before):
            # "Large no medium tea": what is negated may be what was wanted before.
            self.doubts.add(Doubt.NEGATION_OPEN)
        if any(isinstance(e, Opener) and e.is_half for e in part.before):
            self.doubts.add(Doubt.UNREAD_PHRASE)
        for wish in wishes:
            self.doubts |= wish.doubts
        sku = self._best_sku(part.head, wishes)
        if self._adds_to_line(part, sku):
            return
        same = self.drafts[-1] if part.head.is_same and self.drafts else None
        opens = any(isinstance(e, Opener | Wish) for e in part.before)
        for place, (number, told) in enumerate(self._told_apart(part)):
            draft = self._draft(sku, number, opens=opens or place > 0)
            if same is not None:
                self._wish_alike(draft, same)
            for elements in told:
                self._give(draft, elements)

    def _told_apart(self, part: Part) -> list[tuple[int, tuple[Sequence[Element], ...]]]:
        """Return a quantity, and what was said of it, for each line that *part* makes."""
        quantity, before = self._quantity(part), part.before
        elliptic = elliptic_shares(before)
        if elliptic:
            quantity, before = elliptic[-1]
            if not is_plain(elliptic) or any(isinstance(e, Wish) for e in part.after):
                self.doubts.add(Doubt.BELONGS_TO_EITHER)
        singles, after = self._lexicon.single_groups, part.after
        if _is_loose(after):
            self.doubts.add(Doubt.NUMBER_OPEN)
            after = after[:-1]
        common, shares = shares_of(quantity, after, singles)
        if len(shares) > _TOLD_AND_REST and not shares[-1][1]:
            self.doubts.add(Doubt.NUMBER_OPEN)
        if part.head.number is not None and shares and not shares[-1][1]:
            # The number was corrected after some of the items were told apart.
            self.doubts.add(Doubt.NUMBER_OPEN)
            common, shares = after, []
        if not (shares or _is_counted(before)):
            common, shares = kinds_of(after, singles) or (after, [])
        again: list[Share] = []
        if ends_open(shares):
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        if not (shares or counts_options_only(_uncounted(part), singles)):
            common, again = split_repeats(before, after, singles)
            if not are_stand_ins((*before, *common), after, again):
                self.doubts.add(Doubt.NUMBER_OPEN)
        return [
            *((number, (own,)) for number, own in elliptic[:-1]),
            *((number, (before, common, own)) for number, own in shares or [(quantity, ())]),
            *((number, (own,)) for number, own in again),
        ]

    def _adds_to_line(self, part: Part, sku: str) -> bool:
        """Give what is said of an item named again, "the latte", to its line, if it has one."""
        back = [e for e in part.before if isinstance(e, Opener) and e.is_back]
        found = [draft for draft in self.drafts if draft.sku == sku]
        if not (back and found):
            return False
        said = [e for e in (*part.before, *part.after) if e not in back]
        if not _has_wish(said):
            self.doubts.add(Doubt.SAME_ITEM_AGAIN)
        if len(found) > 1:
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        if any(isinstance(e, Opener | Count) and not _is_article(e) for e in said):
            self.doubts.add(Doubt.NUMBER_OPEN)
        self._give(found[-1], said)
        return True

    def _wish_alike(self, draft: Draft, same: Draft) -> None:
        if same.quantity != draft.quantity or not all(map(draft.offers, same.wishes)):
            self.doubts.add(Doubt.OPTION_NOT_OFFERED)
        draft.wishes += [wish for wish in same.wishes if draft.offers(wish)]

    def _share(self, wish: Wish, owner: Draft) -> None:
        for other in self.drafts:
            if other is not owner and other.offers(wish):
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
        if part.head.number is not None:
            return part.head.number
        openers = [e for e in part.before if isinstance(e, Opener)]
        found = [e.number for e in openers if e.number is not None]
        found += [e.number for e in part.after if isinstance(e, Count)]
        elliptic = bool(elliptic_shares(part.before))
        apart = [opener for opener in openers if not opener.is_measure]
        counts_more = any((opener.number or 1) > 1 for opener in apart[:-1])
        if ((counts_more or len(found) > 1) and not elliptic) or any(
            isinstance(e, Count) for e in part.before
        ):
            self.doubts.add(Doubt.NUMBER_OPEN)
        if not found:
            found = _late_number(part.after)
        return found[-1] if found else 1

    def _give(self, draft: Draft, elements: Sequence[Element]) -> None:
        """Give the wishes among *elements* to *draft*, to those that share them, or back."""
        shared, is_open = shared_wishes(elements)
        if is_open:
            self.doubts.add(Doubt.BELONGS_TO_EITHER if _has_wish(elements) else Doubt.NUMBER_OPEN)
        for wish in elements:
            if not isinstance(wish, Wish):
                continue
            if wish.is_name:
                if named := self._named_by(wish):
                    draft = named
                    continue
                if len(self.drafts) > 1 or draft.quantity > 1:
                    self.doubts.add(Doubt.BELONGS_TO_EITHER)
            is_shared = any(wish is other for other in shared)
            if is_shared:
                self._share(wish, draft)
            if draft.offers(wish):
                draft.wishes.append(wish)
            elif not is_shared:
                self._give_back(wish)

    def _named_by(self, wish: Wish) -> Draft | None:
        """Return the line that *wish* names by its option: "the large one"."""
        found = [
            draft
            for draft in self.drafts
            if any(set(own.refs) & set(wish.refs) and not own.negated for own in draft.wishes)
        ]
        if len(found) > 1:
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        return found[-1] if found else None

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
        if wish.negated and ref.group in self._lexicon.single_groups:
            self._reject(draft, ref, filled)
        elif wish.negated:
            draft.without[ref] = None
        elif ref.group in self._lexicon.single_groups and filled.get(ref.group, ref) != ref:
            self.doubts.add(Doubt.OPTIONS_CONFLICT)
            return
        else:
            if ref.group in self._lexicon.single_groups:
                filled[ref.group] = ref
            amounts = {draft.chosen.get(ref), wish.amount} - {None}
            if len(amounts) > 1:
                self.doubts.add(Doubt.OPTIONS_CONFLICT)
            draft.chosen[ref] = draft.chosen.get(ref) or wish.amount
        if ref in draft.chosen and ref in draft.without:
            self.doubts.add(Doubt.OPTIONS_CONFLICT)
            del draft.chosen[ref]

    def _reject(self, draft: Draft, ref: OptionRef, filled: dict[str, OptionRef]) -> None:
        """Exclude *ref*, unless another of its group is wanted: then it is only contrast."""
        if any(
            other.refs[0].group == ref.group and not other.negated
            for other in draft.wishes
            if len(other.refs) == 1
        ):
            if filled.get(ref.group) == ref:
                self.doubts.add(Doubt.OPTIONS_CONFLICT)
            return
        self.doubts.add(Doubt.NEGATION_OPEN)
        draft.without[ref] = None

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
    return part.after[:-1] if is_late and not _is_counted(part.before) else part.after


def _is_counted(before: Sequence[Element]) -> bool:
    return any(isinstance(element, Opener) for element in before)


def _is_article(element: Opener | Count) -> bool:
    return isinstance(element, Opener) and element.number is None and not element.is_half


def _late_number(after: Sequence[Element]) -> list[int]:
    """Return a number that ends a part, as in "lattes, 2"."""
    last = after[-1] if after else None
    return [last.number] if isinstance(last, Opener) and last.number is not None else []
