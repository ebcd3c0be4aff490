"""A line being written, and what its wishes come to."""

from dataclasses import dataclass, field

from chalicelib.domain.resolution import Amount, ChosenOption, Line, OptionRef
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Wish
from chalicelib.understanding.lexicon import Lexicon


@dataclass(slots=True)
class Draft:
    """A line being written."""

    sku: str
    groups: frozenset[str]
    quantity: int = 1
    has_opener: bool = False
    is_measured: bool = False
    is_plural: bool = False
    is_share: bool = False
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


def settle(draft: Draft, lexicon: Lexicon) -> set[Doubt]:
    """Decide the wishes of *draft*, and return what is doubtful about that.

    First come those that can mean one thing, then the rest.
    """
    settler = _Settler(draft, lexicon)
    settler.settle()
    return settler.doubts


class _Settler:
    def __init__(self, draft: Draft, lexicon: Lexicon) -> None:
        self._draft = draft
        self._lexicon = lexicon
        self._filled: dict[str, OptionRef] = {}
        self.doubts: set[Doubt] = set()

    def settle(self) -> None:
        """Decide each wish, then what the quantity counts."""
        draft = self._draft
        rest: list[tuple[Wish, list[OptionRef]]] = []
        for wish in draft.wishes:
            refs = [ref for ref in wish.refs if ref.group in draft.groups]
            if len(refs) == 1:
                self._take(wish, refs[0])
            else:
                rest.append((wish, refs))
        for wish, refs in rest:
            free = [ref for ref in refs if ref.group not in self._filled] or refs
            named = [ref for ref in free if (wish.words, ref) in self._lexicon.exact_names]
            if len(free) > 1 and not (len(named) == 1 and wish.is_listed):
                self.doubts.add(Doubt.SEVERAL_OPTIONS_BY_THAT_NAME)
            self._take(wish, (named or free)[0])
        self._count_packs()

    def _take(self, wish: Wish, ref: OptionRef) -> None:
        draft, filled = self._draft, self._filled
        if wish.negated and ref.group in self._lexicon.single_groups:
            self._reject(ref)
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

    def _reject(self, ref: OptionRef) -> None:
        """Exclude *ref*, unless another of its group is wanted: then it is only contrast."""
        draft, filled = self._draft, self._filled
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

    def _count_packs(self) -> None:
        """Read "12 wings" as the twelve that they come in, and doubt what else a number may mean.

        "50 nails" that come in packs of 50 may be that, or fifty packs; so may "14 pizza".
        """
        draft, packs = self._draft, self._lexicon.packs
        number = draft.quantity
        if number <= 1:
            return
        told = {ref.group for ref in draft.chosen}
        if draft.is_measured:
            if any(number in packs.containers.get(group, ()) for group in draft.groups - told):
                # "16 packs of" what is sold in packs of 16 may be one of these.
                self.doubts.add(Doubt.NUMBER_OPEN)
            return
        for group in sorted(draft.groups - told):
            pieces = packs.pieces.get(group, {})
            if number in pieces and not draft.is_share:
                draft.quantity = 1
                draft.chosen[pieces[number]] = None
                return
            is_piece = bool(pieces) and number >= min(pieces)
            is_size = not draft.is_plural and packs.is_size(group, number)
            if is_piece or is_size or number in packs.containers.get(group, ()):
                self.doubts.add(Doubt.NUMBER_OPEN)
