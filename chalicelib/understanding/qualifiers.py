"""Refusals and connectors: what each reaches, and what a refusal that stands alone is of."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from chalicelib.domain.resolution import Amount
from chalicelib.understanding.amounts import Amounts
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Count, Head, Join, Opener, Wish
from chalicelib.understanding.heads import Use
from chalicelib.understanding.language import Role
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.mentions import Mention
from chalicelib.understanding.negation import Negation

AMOUNTS: Final = {Role.EXTRA: Amount.EXTRA, Role.LIGHT: Amount.LIGHT}
CORRECTS: Final = (Join.MEND, Join.RETHINK, Join.SWAP, Join.RATHER_THAN)
_ENDS_NEGATION: Final = (Join.WITH, Join.BUT, Join.EACH, *CORRECTS)
_PLAIN_JOINS: Final = (Join.AND, Join.STOP)
_PAIR: Final = 2


class Qualifiers(Amounts):
    """Reads refusals and connectors, each from where it stands."""

    def __init__(self, mentions: Sequence[Mention], uses: Sequence[Use], lexicon: Lexicon) -> None:
        super().__init__(mentions, uses, lexicon)
        self._negation: Negation | None = None
        self._named: set[str] = set()
        self._corrects = False

    def _qualify(self, place: int, mention: Mention) -> None:
        """Read an amount, or a refusal, of what follows."""
        role = mention.senses.role
        if role in AMOUNTS:
            self._measure(place, AMOUNTS[role])
            return
        if role is Role.EXCEPT and self._follows_refused_group(place):
            self._join(Join.WITH)
            return
        if self._negation is not None and self._is_answer(place):
            # "No, not the wings": the first refuses what was said, the second says what.
            if not self._negation.may_answer and not mention.broken:
                # "Not without mustard" is with it.
                self.doubts.add(Doubt.NEGATION_OPEN)
            self._join(Join.MEND)
        self._end_negation()
        self._end_amount()
        is_drop = role is Role.DROP
        self._corrects = self._corrects or is_drop
        self._negation = Negation(
            is_list=role is not Role.NO,
            is_drop=is_drop,
            is_parted=self._is_parted(place),
            may_answer=mention.words in self._lexicon.idioms.answering,
        )

    def _is_parted(self, place: int) -> bool:
        """Whether a stop stands before *place*, with at most filler between: "..., oh no"."""
        while not self._mentions[place].broken and self._role(place - 1) is Role.FILLER:
            place -= 1
        return self._mentions[place].broken

    def _is_answer(self, place: int) -> bool:
        """Whether a bare "no" stands before the refusal at *place*, which is another word."""
        before, mention = self._mentions[place - 1], self._mentions[place]
        is_bare = self._negation is not None and not self._negation.used
        return is_bare and before.senses.role is Role.NO and before.words != mention.words

    def _is_recount(self, place: int) -> bool:
        """Whether a bare "no" behind a stop stands before the number at *place*, and no more."""
        negation, before = self._negation, self._mentions[place - 1]
        if negation is None or negation.used or before.senses.role is not Role.NO:
            return False
        return negation.is_parted and bool(self._named) and self._ends_phrase(place)

    def _limit(self) -> None:
        """Read "just", behind what is not wanted, as the sign of what is: "no ham, just olives"."""
        if self._negation is None:
            return
        if not self._negation.used:
            # "No just olives" may answer "no": just olives.
            self.doubts.add(Doubt.NEGATION_OPEN)
            self._negation = None
        else:
            self._end_negation()

    def _escapes(self, wish: Wish, place: int) -> bool:
        """Whether *wish*, behind a comma, says which one is wanted: "no onions, large".

        That it is wanted is doubted where the last item may have it and none follows, unless
        what stands behind it says so: "no onions, olives if you have them".
        """
        groups = {ref.group for ref in wish.refs}
        if self._negation is None or not self._negation.may_be_left(
            leads_item=self._leads_item(place)
        ):
            return False
        if self._is_wished(place):
            return True
        if not groups <= self._lexicon.single_groups:
            return False
        if self._negation.is_answered_by(groups) or self._leads_item(place):
            return True
        last = next((e for e in reversed(self.elements) if isinstance(e, Head)), None)
        if last is None or any(groups & self._lexicon.groups_of[sku] for sku in last.skus):
            wish.doubts.add(Doubt.NEGATION_OPEN)
        return True

    def _refuse(self, wish: Wish, place: int, negation: Negation) -> None:
        """Let *negation* refuse *wish*, or end before it.

        What something stands on or in is no more of a list: "without honey, on toast".
        """
        ends = negation.used and (self._amount is not None or self._is_placed(place))
        if ends or self._escapes(wish, place):
            self._end_negation()
            return
        negation.take(wish)
        if self._is_answered(wish, negation):
            wish.doubts.add(Doubt.NEGATION_OPEN)

    def _is_wished(self, place: int) -> bool:
        """Whether what stands behind the option at *place* says that it is wanted."""
        following = self._mentions[place + 1 : place + 2]
        return any(
            mention.words in self._lexicon.idioms.wished or mention.senses.role is Role.INSTEAD
            for mention in following
        )

    def _is_kind(self, mention: Mention) -> bool:
        """Whether an option is only more of what *mention* says: "double meat" of "meat".

        Who wants no meat says nothing of that option.
        """
        leads = self._lexicon.idioms.intensifiers | self._lexicon.idioms.wholes
        more = (self._lexicon.phrases.get(f"{lead} {mention.words}") for lead in leads)
        kinds = {ref for senses in more if senses for ref in senses.options}
        return kinds.issuperset(mention.senses.options)

    def _is_answered(self, wish: Wish, negation: Negation) -> bool:
        """Whether *wish* may be what is wanted in place of what was: "a large tea, no small"."""
        groups = {ref.group for ref in wish.refs}
        if not negation.may_answer or not groups <= self._lexicon.single_groups:
            return False
        places = [place for place, e in enumerate(self.elements) if isinstance(e, Head)]
        line = self.elements[places[-2] + 1 if len(places) > 1 else 0 :] if places else []
        wished = (e for e in line if isinstance(e, Wish) and not e.negated)
        return any(not groups.isdisjoint(ref.group for ref in other.refs) for other in wished)

    def _is_vague(self, mention: Mention) -> bool:
        """Whether part of a name may mean several options, or a word like "everything" all."""
        is_whole = mention.words in self._lexicon.idioms.wholes
        return is_whole or len(mention.senses.options) > 1

    def _close_used_negation(self) -> None:
        if self._negation is not None and self._negation.used:
            self._end_negation()

    def _end_negation(self) -> None:
        if self._negation is not None and not self._negation.used:
            self.doubts.add(Doubt.NEGATION_OPEN)
        if self._negation is not None:
            self._negation.end()
        self._negation = None

    def _end_bare_share(self) -> None:
        """Say again what "one without" or "the others with extra" leaves out, where it ends."""
        bare = self._negation if self._negation is not None and not self._negation.used else None
        if self._is_share_left_bare():
            is_with = self.elements[-1] is Join.WITH
            if bare is None and not is_with:
                return
            again = self._item_again()
            if not self._say_again(negated=bare is not None, amount=self._amount):
                self.doubts.add(Doubt.NEGATION_OPEN)
            if again is not None:
                self.elements.insert(-1, again)
        elif bare is not None and bare.is_contrast and (told := self._told_of_item_before()):
            self.elements.append(replace(told, negated=True, amount=None, doubts=set()))
            if sum(isinstance(e, Head) for e in self.elements) > _PAIR:
                self.doubts.add(Doubt.NEGATION_OPEN)
        else:
            return
        self._negation = self._amount = None

    def _item_again(self) -> Head | None:
        """Return the item that a number which stands last is one more of, if it is.

        So in "a bagel with butter and one without"; of several that were counted it is one of them.
        """
        opener = next((e for e in reversed(self.elements) if e is not Join.WITH), None)
        places = [place for place, e in enumerate(self.elements) if isinstance(e, Head)]
        if not isinstance(opener, Opener) or opener.is_part or opener.is_rest or not places:
            return None
        head, counts = self.elements[places[-1]], self.elements[: places[-1]][::-1]
        opens = next((e for e in counts if not isinstance(e, Wish)), None)
        is_one = not isinstance(opens, Opener) or opens.number in {None, 1}
        told = self.elements[places[-1] : self.elements.index(opener)]
        counted = any(isinstance(e, Opener | Count) for e in told)
        if not is_one or not isinstance(head, Head) or counted:
            return None
        if len(places) > 1:
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        return Head(head.skus, is_same=True)

    def _join(self, join: Join) -> None:
        if self._negation is not None:
            self._negation.meet(join)
            if join in CORRECTS and not self._negation.used:
                self._negation = None
            elif join is Join.STOP and not self._negation.used and self._negation.is_contrast:
                self._end_negation()
            elif join is Join.STOP and not self._negation.used:
                # "No, a latte": it refuses what was said before, not what follows.
                if not (self._negation.is_parted and self._named):
                    self.doubts.add(Doubt.NEGATION_OPEN)
                self._negation = None
                self.elements.append(Join.MEND)
            elif join in _ENDS_NEGATION:
                self._end_negation()
        self._corrects = self._corrects or join in CORRECTS
        if join is Join.OR and self._negation is None:
            self.doubts.add(Doubt.ALTERNATIVES)
        if not (join is Join.STOP and self.elements and self.elements[-1] in _PLAIN_JOINS):
            self.elements.append(join)
