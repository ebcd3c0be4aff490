"""Which mentions are items, which are options, and which only look like one."""

from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import Final

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.language import Language, Role
from chalicelib.understanding.lexicon import Lexicon, Senses
from chalicelib.understanding.mentions import Match, Mention
from chalicelib.understanding.nouns import shares_noun


class Use(Enum):
    """What a mention is in this text."""

    HEAD = auto()
    OPTION = auto()
    WORD = auto()
    ABSENCE = auto()  # says that an option is not wanted, and so changes nothing


PART_ITEMS_MAX: Final = 500
"""On a larger menu, part of a name is left to retrieval: too many names share their words."""

_OPTION_LEADS: Final = frozenset(
    (Role.WITH, Role.EXTRA, Role.LIGHT, Role.NO, Role.WITHOUT, Role.EXCEPT, Role.DROP, Role.EACH)
)
_OPENS: Final = frozenset((Role.ARTICLE, Role.MEASURE))
_AMOUNTS: Final = frozenset((Role.EXTRA, Role.LIGHT))
_POINTS: Final = frozenset((Role.DEFINITE, Role.ONTO))
_CORRECTS: Final = frozenset((Role.MEND, Role.RETHINK, Role.SWAP))
_LIST_LENGTH_MAX: Final = 16
_IDLE: Final = frozenset(
    (Role.FILLER, Role.PLAIN, Role.APART, Role.DEFINITE, Role.ONTO, Role.ALSO, Role.YES)
)
_BETWEEN_AMOUNT: Final = _IDLE | {Role.MEASURE}
_PASSED: Final = _IDLE | {Role.AND, Role.OR, None}


def choose_uses(
    mentions: Sequence[Mention], lexicon: Lexicon, language: Language
) -> tuple[list[Use], set[Doubt]]:
    """Return the use of each of *mentions*, and what is doubtful about that.

    A mention that turns out to be an option by one of its words gets that option's senses.
    """
    chooser = _Chooser(mentions, lexicon, language)
    return chooser.uses(), chooser.doubts


class _Chooser:
    def __init__(self, mentions: Sequence[Mention], lexicon: Lexicon, language: Language) -> None:
        self._mentions = mentions
        self._lexicon = lexicon
        self._absences = language.absences
        self._uses: list[Use] = []
        self._head_place: int | None = None
        self._kinds: tuple[str, ...] = ()
        self._kind_words: tuple[str, ...] = ()
        self._kind_place = 0
        self.doubts: set[Doubt] = set()
        whole = [m for m in mentions if m.senses.items and m.match is not Match.PART]
        self._has_clear_item = any(not m.senses.options for m in whole)
        self._offered = {
            group for m in whole for sku in m.senses.items for group in lexicon.groups_of[sku]
        }

    def uses(self) -> list[Use]:
        for place in range(len(self._mentions)):
            use = Use.HEAD if self._is_short_for_item(place) else self._use(place)
            self._uses.append(use)
            if use is Use.HEAD:
                self._head_place = place
                items = self._mentions[place].senses.items
                if len(items) > 1 and self._is_counted(place):
                    self._kinds, self._kind_words = items, (self._mentions[place].words,)
                    self._kind_place = place
        return self._uses

    def _use(self, place: int) -> Use:
        mention = self._mentions[place]
        senses = mention.senses
        if mention.match is not Match.WHOLE and self._is_absence(place, mention):
            return Use.ABSENCE
        is_amount = senses.role in _AMOUNTS and self._precedes_option(place)
        if is_amount or not senses.is_on_menu:
            return Use.WORD
        if mention.match is Match.PART:
            return self._use_of_part(place, mention)
        if not senses.items:
            return Use.WORD if self._is_idle_here(senses) else Use.OPTION
        if senses.options:
            return self._item_or_option(place, mention)
        return self._use_of_item(place, mention)

    def _is_short_for_item(self, place: int) -> bool:
        mention = self._mentions[place]
        if mention.senses.items and mention.match is not Match.PART:
            return False
        return (
            self._points_at_item(place, mention)
            or self._is_of_kind(place, mention)
            or self._is_before_its_kind(place, mention)
        )

    def _points_at_item(self, place: int, mention: Mention) -> bool:
        """Whether "the melon" or "in the melon" is, by a part of its name, an item named before.

        It is where a clause begins or ends with it, and one of those items has the word.
        """
        lead = self._mentions[place - 1] if place else mention
        if lead.senses.role not in _POINTS:
            return False
        owners = mention.senses.items or self._lexicon.item_words.get(mention.words, {})
        if not owners or mention.senses.role is not None or self._modifies_item(place):
            return False
        is_first = lead.broken or (place > 1 and self._mentions[place - 2].senses.role is Role.AND)
        if lead.senses.role is Role.DEFINITE and not is_first:
            return False
        read = zip(self._mentions[:place], self._uses, strict=True)
        heads = (m.senses.items for m, use in read if use is Use.HEAD)
        named = {items[0] for items in heads if len(items) == 1 and items[0] in owners}
        if len(named) != 1:
            return False
        mention.senses, mention.match = Senses(items=tuple(named)), Match.WHOLE
        return True

    def _is_of_kind(self, place: int, mention: Mention) -> bool:
        """Whether "a mango" is one of the "three smoothies" before it, by a part of its name."""
        if not self._kinds:
            return False
        skus = self._kind_named(mention.words)
        if len(skus) != 1 or self._modifies_item(place):
            return False
        if not (self._is_counted(place) or self._is_listed(place)):
            return False
        mention.senses, mention.match = Senses(items=skus), Match.WHOLE
        return True

    def _is_before_its_kind(self, place: int, mention: Mention) -> bool:
        """Whether the last word of an item that is listed behind it makes an item of *mention*.

        In "a mango and a berry smoothie" the first is a mango smoothie.
        """
        if mention.words not in self._lexicon.item_words or not self._is_counted(place):
            return False
        ends = self._mentions[place + 1 : place + 2]
        if not ends or not (ends[0].broken or ends[0].senses.role is Role.AND):
            return False
        for following in self._mentions[place + 1 : place + _LIST_LENGTH_MAX]:
            senses = following.senses
            if senses.items and following.match is not Match.PART:
                whole = self._lexicon.phrases.get(f"{mention.words} {following.words.split()[-1]}")
                if whole is None or len(whole.items) != 1 or whole.items == senses.items:
                    return False
                mention.senses, mention.match = Senses(items=whole.items), Match.WHOLE
                return True
            is_listed = senses.role in {Role.AND, Role.ARTICLE} or senses.number is not None
            if not (is_listed or senses.options or following.match is Match.PART):
                return False
        return False

    def _is_listed(self, place: int) -> bool:
        """Whether a comma or "and" leads *place*, and nothing was wished for since the kind."""
        is_led = self._mentions[place].broken or self._mentions[place - 1].senses.role is Role.AND
        return is_led and all(use in (Use.HEAD, Use.WORD) for use in self._uses[self._kind_place :])

    def _kind_named(self, words: str) -> tuple[str, ...]:
        """Return the kinds that *words* name: "banana" the banana smoothie before any other."""
        for kind in self._kind_words:
            whole = self._lexicon.phrases.get(f"{words} {kind}")
            if whole is not None and len(whole.items) == 1:
                return whole.items
        owners = self._lexicon.item_words.get(words, {})
        return tuple(sku for sku in self._kinds if sku in owners)

    def _is_counted(self, place: int) -> bool:
        """Whether an article or a number opens, with at most options between, what is at *place*."""
        before = place - 1
        while (
            before >= 0 and self._uses[before] is Use.OPTION and not self._mentions[before].broken
        ):
            before -= 1
        senses = self._mentions[max(before, 0)].senses
        is_open = before >= 0 and not self._mentions[place].broken
        return is_open and (senses.number is not None or senses.role is Role.ARTICLE)

    def _is_idle_here(self, senses: Senses) -> bool:
        """Whether a word such as "plain" is no option, as nothing that is named has it."""
        offered = any(ref.group in self._offered for ref in senses.options)
        return senses.role is Role.PLAIN and bool(self._offered) and not offered

    def _is_absence(self, place: int, mention: Mention) -> bool:
        if any(ref.group in self._offered for ref in mention.senses.options):
            return False
        absences = self._absences.get(mention.words, ())
        if self._is_named_so(place, absences):
            return False
        return any(
            ref.group in self._offered
            for word in absences
            for ref in self._lexicon.option_words.get(word, {})
        )

    def _is_named_so(self, place: int, words: Iterable[str]) -> bool:
        """Whether the item at *place* has one of *words* in its name: "hot" is no iced tea."""
        following, before = self._mentions[place + 1 :], self._mentions[:place]
        named = (m.senses.items for m in (*following, *reversed(before)) if m.senses.items)
        skus = next(named, ())
        owners = (self._lexicon.item_words.get(word, {}) for word in words)
        return any(sku in owned for owned in owners for sku in skus)

    def _use_of_part(self, place: int, mention: Mention) -> Use:
        senses = mention.senses
        if self._repeats_name(place, mention):
            mention.senses, mention.match = Senses(role=Role.FILLER), Match.WHOLE
            return Use.WORD
        if self._only_says_what(place, mention):
            return Use.WORD
        offered = any(ref.group in self._offered for ref in senses.options)
        if senses.options and (offered or not senses.items):
            return Use.OPTION
        if len(self._lexicon.groups_of) > PART_ITEMS_MAX:
            return Use.WORD
        if senses.items and self._opens_line(place) and not self._modifies_item(place):
            return Use.HEAD
        return Use.WORD

    def _only_says_what(self, place: int, mention: Mention) -> bool:
        """Whether *mention* says what the item before it is: "a mint plant", and no plant label."""
        follows = bool(place) and self._head_place == place - 1 and not mention.broken
        if follows and mention.words in self._lexicon.optional_heads:
            return True
        return bool(mention.senses.items) and self._names_kind(place, mention)

    def _repeats_name(self, place: int, mention: Mention) -> bool:
        """Whether *place* says what the item right before is, as its name does: "turkey sandwich"."""
        if not self._names_kind(place, mention):
            return False
        return set(self._mentions[place - 1].senses.items) <= set(mention.senses.items)

    def _names_kind(self, place: int, mention: Mention) -> bool:
        """Whether *place* says of what kind the item right before is, rightly or not."""
        follows = place > 0 and self._head_place == place - 1 and not mention.broken
        return follows and self._lexicon.kinds.issuperset(mention.words.split())

    def _use_of_item(self, place: int, mention: Mention) -> Use:
        if place and self._head_place == place - 1 and not mention.broken:
            self.doubts.add(Doubt.ITEMS_TOUCH)
            if mention.words in self._lexicon.optional_heads:
                if f"{self._mentions[place - 1].words} {mention.words}" in self._lexicon.phrases:
                    self.doubts.discard(Doubt.ITEMS_TOUCH)
                return Use.WORD
        if self._names_option(place, mention):
            self.doubts.add(Doubt.ITEM_OR_OPTION)
            if self._lead(place) in _OPTION_LEADS:
                refs = tuple(self._lexicon.option_words[mention.words])
                mention.senses, mention.match = Senses(options=refs), Match.PART
                return Use.OPTION
        return Use.HEAD

    def _item_or_option(self, place: int, mention: Mention) -> Use:
        """Decide between "milk" that is ordered and milk that goes into something."""
        groups = {ref.group for ref in mention.senses.options}
        lead = self._lead(place)
        if not (self._has_clear_item and groups & self._offered) and not self._fits(groups):
            if self._head_place is None and lead in _OPTION_LEADS:
                # "A large with pepperoni": it may go into what was not named.
                self.doubts.add(Doubt.ITEM_OR_OPTION)
            return Use.HEAD
        if lead in _OPTION_LEADS:
            return Use.OPTION
        if shares_noun(self._mentions, place, self._lexicon) and self._shares_item(place, groups):
            self.doubts.add(Doubt.ITEM_OR_OPTION)
            return Use.OPTION
        if self._stands_as_item(place):
            return Use.HEAD
        self.doubts.add(Doubt.ITEM_OR_OPTION)
        if lead in _OPENS or (place and self._mentions[place - 1].senses.number is not None):
            return Use.HEAD
        return Use.OPTION

    def _fits(self, groups: set[str]) -> bool:
        """Whether the last item offers one of *groups*."""
        if self._head_place is None:
            return False
        skus = self._mentions[self._head_place].senses.items
        return any(groups & self._lexicon.groups_of[sku] for sku in skus)

    def _shares_item(self, place: int, groups: set[str]) -> bool:
        """Whether the item that shares its noun with *place* offers one of *groups*."""
        skus = self._mentions[place + 2].senses.items
        return any(groups & self._lexicon.groups_of[sku] for sku in skus)

    def _stands_as_item(self, place: int) -> bool:
        """Whether what opens *place* opens an item: "a small pepperoni", or the first of all.

        An option that may be had with others has no size, and none stands with an article
        before anything that it could go into.
        """
        if self._modifies_item(place):
            return False
        before = place - 1
        while before >= 0 and self._is_single(before):
            before -= 1
        senses = self._mentions[max(before, 0)].senses
        opens = before >= 0 and (senses.number is not None or senses.role is Role.ARTICLE)
        return opens and (self._head_place is None or before < place - 1)

    def _is_single(self, place: int) -> bool:
        mention, use = self._mentions[place], self._uses[place]
        singles = self._lexicon.single_groups
        return use is Use.OPTION and all(ref.group in singles for ref in mention.senses.options)

    def _lead(self, place: int) -> Role | None:
        """Return the role that leads the list in which *place* stands."""
        for before in range(place - 1, max(place - _LIST_LENGTH_MAX, 0) - 1, -1):
            senses = self._mentions[before].senses
            if senses.number is not None:
                return Role.ARTICLE
            if self._uses[before] is Use.HEAD:
                return None
            if senses.role not in _PASSED and not senses.is_on_menu:
                return senses.role
        return None

    def _opens_line(self, place: int) -> bool:
        """Whether only options stand between *place* and what opens a line."""
        for before in range(place - 1, max(place - _LIST_LENGTH_MAX, 0) - 1, -1):
            senses = self._mentions[before].senses
            if senses.number is not None or senses.role in _OPENS or senses.role is Role.AND:
                return True
            if senses.role in _CORRECTS:
                return True
            if senses.role is Role.WITH and self._head_place is not None:
                return False
            if self._uses[before] is Use.HEAD:
                return False
        return self._head_place is None

    def _names_option(self, place: int, mention: Mention) -> bool:
        """Whether an item that nothing opens is also a word of an option just offered."""
        if self._head_place is None or " " in mention.words:
            return False
        refs = self._lexicon.option_words.get(mention.words, {})
        if not any(ref.group in self._offered for ref in refs):
            return False
        previous = self._mentions[place - 1].senses
        return not (previous.role in _OPENS or previous.number is not None or previous.options)

    def _precedes_option(self, place: int) -> bool:
        for mention in self._mentions[place + 1 : place + _LIST_LENGTH_MAX]:
            if mention.senses.options:
                return not mention.broken
            if mention.senses.role not in _BETWEEN_AMOUNT:
                return False
        return False

    def _modifies_item(self, place: int) -> bool:
        following = self._mentions[place + 1 : place + 2]
        return any(m.senses.items and not m.broken for m in following)
