"""What a text says to whoever brings an order, or of a day: "ring the bell", "i had a big day"."""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import Final

from chalicelib.understanding.clauses import clauses_of, silence, starts_in
from chalicelib.understanding.language import Language, Role
from chalicelib.understanding.mentions import Match, Mention
from chalicelib.understanding.tokens import keys_of

_QUIET: Final = frozenset(
    (Role.FILLER, Role.ARTICLE, Role.AND, Role.DEFINITE, Role.ONTO, Role.WITH, Role.ALSO)
)
_OPENS_ORDER: Final = frozenset((Role.FILLER, Role.ARTICLE, Role.DEFINITE))
_SAID_LENGTH: Final = 6
_NAME_LENGTH_MAX: Final = 3
_LANGUAGES_MAX: Final = 16


class _Kind(Enum):
    """What a remark is: a note to whoever brings the order, a tale, or a hope that it pleases."""

    NOTE = auto()
    TALE = auto()
    HOPE = auto()


class Remarks:
    """Finds remarks: notes to whoever brings an order, and tales of what was.

    A remark is filler. A date, a diet, a refusal or an item makes it none.
    """

    def __init__(self, language: Language) -> None:
        words = language.remarks
        self._words = words
        self._closings = language.beside.closings
        self._counted = frozenset(map(language.singular, language.whereabouts.counted))
        self._common = language.common
        self._openings = _openings(language)
        self._firsts = words.subjects.union(self._openings)
        self._naming = tuple(_said(one, language) for one in words.naming)
        weighty = language.beside.weighty | words.serious
        self._weighty = frozenset(key for one in weighty for key in keys_of(one, language))
        self._requests = {_said(one, language).strip() for one in language.requests}
        self._greetings = language.greetings
        self._told = words.told | language.beside.narrative

    def passed(self, mentions: list[Mention]) -> list[Mention]:
        """Return *mentions* with those of remarks as filler."""
        for begin, end in clauses_of(mentions):
            firsts = (mention.words.partition(" ")[0] for mention in mentions[begin:end])
            places = [at for at, first in enumerate(firsts, begin) if first in self._firsts]
            starts = set(starts_in(mentions, begin, end)) if places else ()
            for place in places:
                passed = self._end(mentions, place, end, begins=place in starts)
                silence(mentions[place:passed], Role.FILLER)
        return mentions

    def _end(self, mentions: Sequence[Mention], place: int, end: int, *, begins: bool) -> int:
        """Return where the remark ends that begins at *place*, or *place*.

        Where no clause *begins*, one that "i am" or its like begins may.
        """
        said = " ".join(mention.words for mention in mentions[place : place + _SAID_LENGTH]) + " "
        found = self._openings.get(said.partition(" ")[0], {})
        opening = next(filter(said.startswith, found), "")
        kind = found.get(opening, _Kind.TALE)
        is_note = kind is _Kind.NOTE
        if kind is _Kind.HOPE and not self._is_request(mentions):
            return place
        begin = place + _length(mentions[place:end], opening)
        if begins:
            begin = max(begin, self._subject(mentions, place, end))
        elif is_note:
            return place
        if begin == place:
            return place
        begin += said.startswith(self._naming) and begin < end
        harmless = self._words.noted if is_note else self._told
        for at in range(begin, end):
            mention = mentions[at]
            if mention.words in harmless or self._is_plain(mention):
                continue
            if not self._is_quiet(mentions, at, is_note=is_note):
                end = self._last_join(mentions, begin, at)
                break
        is_told = kind is not _Kind.TALE or any(map(self._tells, mentions[place:end]))
        return end if is_told else place

    def _is_request(self, mentions: Sequence[Mention]) -> bool:
        said = {mention.words for mention in mentions}
        return not (
            self._requests.isdisjoint(said)
            and self._greetings.isdisjoint(words.partition(" ")[0] for words in said)
        )

    def _last_join(self, mentions: Sequence[Mention], begin: int, end: int) -> int:
        """Return where what is ordered begins before *end*, behind an "and" or "so"; else 0."""
        for at in range(end - 1, begin - 1, -1):
            mention = mentions[at]
            role = mention.senses.role
            if role is Role.AND or role is Role.BUT or mention.words in self._closings:
                return at if any(map(self._tells, mentions[begin:at])) else 0
            if role not in _OPENS_ORDER and mention.senses.number is None:
                return 0
        return 0

    def _is_quiet(self, mentions: Sequence[Mention], at: int, *, is_note: bool) -> bool:
        mention = mentions[at]
        senses = mention.senses
        if not self._weighty.isdisjoint(mention.words.split()):
            return False
        if senses.is_on_menu or senses.groups:
            return not (is_note or senses.items) and self._precedes_plain(mentions, at)
        if senses.number is not None:
            follows = at > 0 and self._is_plain(mentions[at - 1]) and senses.number == 1
            return is_note or follows or self._precedes_plain(mentions, at)
        if mention.match is Match.UNKNOWN:
            return is_note
        return senses.role in _QUIET

    def _subject(self, mentions: Sequence[Mention], place: int, end: int) -> int:
        """Return where what is said of a thing that no menu has begins: "my car is"; or *place*."""
        if mentions[place].words not in self._words.subjects:
            return place
        for at in range(place + 1, min(place + 2 + _NAME_LENGTH_MAX, end)):
            mention = mentions[at]
            if mention.words in self._words.predicates or mention.senses.role is Role.ONES:
                return at + 1 if at > place + 1 else place
            is_named = at > place + 1 and mention.senses.role is Role.FILLER
            if not (self._is_plain(mention) or is_named or mention.senses.number == 1):
                return place
            is_clause = mentions[place].words in self._words.possessives
            if is_clause and at - place >= _NAME_LENGTH_MAX:
                return at
        return place

    def _is_plain(self, mention: Mention) -> bool:
        """Whether *mention* is an everyday word that at most is part of a name here."""
        if mention.match not in {Match.UNKNOWN, Match.PART} or mention.unsure_spelling:
            return False
        words = mention.words.split()
        return self._common.issuperset(words) and self._weighty.isdisjoint(words)

    def _tells(self, mention: Mention) -> bool:
        """Whether *mention* speaks of something: an everyday word, or what was passed as a place."""
        is_read = mention.senses.role in {Role.FILLER, Role.DOUBT}
        is_passed = is_read and mention.words in self._common
        return is_passed or self._is_plain(mention)

    def _precedes_plain(self, mentions: Sequence[Mention], at: int) -> bool:
        following = mentions[at + 1 : at + 2]
        return any(
            not m.broken
            and ((m.match is Match.UNKNOWN and self._is_plain(m)) or m.words in self._counted)
            for m in following
        )


def _said(phrase: str, language: Language) -> str:
    """Return *phrase* as mentions say it."""
    return " ".join(keys_of(phrase, language)) + " "


@lru_cache(maxsize=_LANGUAGES_MAX)
def _openings(language: Language) -> Mapping[str, Mapping[str, _Kind]]:
    """Return what begins a remark, by its first word, the longest first, and of which kind."""
    words = language.remarks
    kinds = ((_Kind.TALE, words.past), (_Kind.NOTE, words.notes), (_Kind.HOPE, words.hopes))
    openings = {_said(one, language): kind for kind, phrases in kinds for one in phrases}
    by_first: dict[str, dict[str, _Kind]] = {}
    for one in sorted(openings, key=len, reverse=True):
        by_first.setdefault(one.partition(" ")[0], {})[one] = openings[one]
    return by_first


def _length(mentions: Sequence[Mention], opening: str) -> int:
    """Return how many of *mentions* say *opening*."""
    if not opening:
        return 0
    said = 0
    for count, mention in enumerate(mentions, 1):
        said += len(mention.words) + 1
        if said >= len(opening):
            return count
    return len(mentions)
