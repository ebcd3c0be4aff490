"""The menu parser: from a text to order lines, without a model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.pricing import LINES_MAX
from chalicelib.domain.resolution import Line, Question, Reading
from chalicelib.understanding.agreement import signs_spelt
from chalicelib.understanding.asides import Asides
from chalicelib.understanding.asking import Asking
from chalicelib.understanding.coupons import Named, bare_code, lone_code, split_coupon
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.dropping import dropped_coupon
from chalicelib.understanding.elements import Element, Head, Join, Opener
from chalicelib.understanding.heads import PART_ITEMS_MAX, choose_uses
from chalicelib.understanding.idioms import with_idioms
from chalicelib.understanding.languages import LANGUAGES
from chalicelib.understanding.lexicon import compile_lexicon, fitted
from chalicelib.understanding.lines import written_lines
from chalicelib.understanding.mentions import Mention, find_mentions
from chalicelib.understanding.objections import heeded
from chalicelib.understanding.picking import Picking
from chalicelib.understanding.postpositive import amounts_in_front, classified, count_behind
from chalicelib.understanding.remarks import Remarks
from chalicelib.understanding.replies import Heard, Replies
from chalicelib.understanding.retrieval import CANDIDATES_MAX, Retrieval
from chalicelib.understanding.scopes import ElementReader
from chalicelib.understanding.signs import has_list_numbers, has_open_signs
from chalicelib.understanding.tokens import TEXT_LENGTH_MAX, Token, keys_of, tokenise
from chalicelib.understanding.traps import Traps
from chalicelib.understanding.whereabouts import Whereabouts

_SLASH = re.compile(r"[^\W\d_]{2} ?/ ?[^\W\d_]{2}")
"""Between words it may be "or" as well as "and": "cola/lemonade"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A reading, with each step that led to it; *doubts* are why it is not certain."""

    reading: Reading
    doubts: frozenset[Doubt]
    mentions: tuple[Mention, ...] = ()
    elements: tuple[Element, ...] = ()


class MenuReader:
    """Reads texts against one catalogue, in its language.

    Building compiles an index, linear in the catalogue; keep the reader as long as the
    catalogue's version. Reading changes nothing, gives the same answer for the same text,
    never raises, and takes time about linear in the text.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        language = fitted(LANGUAGES[catalogue.language], catalogue)
        self._language = language
        self._lexicon = compile_lexicon(catalogue, language)
        self._asking = Asking(language)
        self._asides = Asides(language)
        self._remarks = Remarks(language)
        self._whereabouts = Whereabouts(language)
        self._replies = Replies(self._lexicon, language, Picking(catalogue, language))
        self._traps = Traps(self._lexicon, language)
        self._retrieval = Retrieval(catalogue.items, self._lexicon.item_words)

    def read(self, text: str) -> Reading:
        """Return the best reading of *text*; certain only where every word is accounted for."""
        reading = self.explain(text).reading
        if reading.lines or reading.coupon:
            return reading
        # A code alone orders nothing, but is the coupon of what is ordered next.
        return replace(reading, coupon=lone_code(text[:TEXT_LENGTH_MAX], self._is_word))

    def explain(self, text: str) -> Explanation:
        """Return the best reading of *text* and how it came about."""
        heard = self._hear(signs_spelt(text, self._language))
        if has_open_signs(text[:TEXT_LENGTH_MAX]):
            heard.doubts.add(Doubt.UNKNOWN_WORD)
        return self._explanation(heard)

    def reply(self, text: str, question: Question) -> Reading:
        """Return what *text* means as the answer to *question*.

        An answer that chooses, agrees, changes or adds ("the tuna one", "yes", "large", "and a
        tea") is merged with what was understood; any other is read for itself, and certain
        only where it plainly takes the place of that. One that can't be read changes nothing.
        """
        text = signs_spelt(text, self._language)
        heard = self._hear_code(text)
        spaced = self._language.spaced(text[:TEXT_LENGTH_MAX])
        dropped = dropped_coupon(spaced, self._language.coupon, self._sells)
        if dropped and Doubt.QUESTION not in heard.doubts:
            heard = self._hear_code(dropped.rest)
        else:
            dropped = None
        merged = None if heard.named.is_open else self._replies.merged(heard, question)
        if merged is None:
            merged = self._replies.alone(self._explanation(heard).reading, heard, question)
        orders = self._replies.orders(question)
        changes_coupon = heard.named.code is not None or dropped is not None
        merged = heeded(
            merged, heard, orders, question, self._language, changes_coupon=changes_coupon
        )
        is_open = len(merged.lines) > LINES_MAX or has_open_signs(text[:TEXT_LENGTH_MAX])
        return replace(
            merged,
            lines=merged.lines[:LINES_MAX],
            # Without its coupon the order costs more: that is asked about.
            certain=merged.certain and not is_open and dropped is None,
            coupon=heard.named.code,
            coupons_refused=dropped.codes if dropped else None,
            rest=heard.rest,
        )

    def _hear_code(self, text: str) -> Heard:
        """Return an answer as heard, with the code that it gives beside a yes or no, or alone."""
        heard = self._hear(text)
        if heard.named.names_codes:
            return heard
        found = bare_code(text[:TEXT_LENGTH_MAX], self._is_word)
        if found is None:
            return heard
        code, rest = found
        answer = self._hear(rest)
        if answer.tokens and self._replies.says(answer) is None:
            return heard
        named = Named(code=code, rest=rest, names_codes=True)
        return replace(answer, named=named, rest=rest)

    def _hear(self, text: str) -> Heard:
        """Return *text* as elements, each word in its use."""
        spoken = self._language.spaced(text[:TEXT_LENGTH_MAX])
        named = split_coupon(spoken, self._language.coupon, self._knows_word, self._sells)
        tokens = self._lexicon.speller.repair(tokenise(named.rest, self._language))
        found = with_idioms(find_mentions(tokens, self._lexicon), self._lexicon)
        mentions = self._beside(found)
        if self._language.classifiers:
            mentions = classified(mentions, self._language.classifiers)
        if self._language.postpositive:
            mentions = amounts_in_front(mentions)
        uses, doubts = choose_uses(mentions, self._lexicon, self._language)
        doubts |= self._traps.doubts(mentions, uses)
        grammar = ElementReader(mentions, uses, self._lexicon)
        grammar.read()
        elements = grammar.elements
        if self._language.postpositive:
            elements = count_behind(elements)
        doubts = doubts | grammar.doubts
        if named.is_open:
            doubts.add(Doubt.COUPON_OPEN)
        only_asks = self._asking.only_asks(spoken)
        if _SLASH.search(spoken):
            doubts.add(Doubt.ALTERNATIVES)
        if has_list_numbers(text[:TEXT_LENGTH_MAX]):
            doubts.add(Doubt.NUMBER_OPEN)
        is_mixed = any(mention.words in self._language.mixing for mention in mentions)
        joins = (Join.WITH, Join.AND) if is_mixed else (Join.WITH,)
        consults = _are_joined(elements, joins) and self._asking.consults(spoken)
        if only_asks or consults or self._asking.is_open(spoken):
            doubts.add(Doubt.QUESTION)
        if len(text) > TEXT_LENGTH_MAX:
            doubts.add(Doubt.TEXT_TOO_LONG)
        rest = named.rest + text[TEXT_LENGTH_MAX:] if named.names_codes else None
        return Heard(named, rest, tokens, mentions, elements, doubts, only_asks, text)

    def _beside(self, mentions: list[Mention]) -> list[Mention]:
        """Return *mentions* with those that stand beside the order as filler, or as doubtful."""
        mentions = self._remarks.passed(self._whereabouts.passed(mentions))
        return self._whereabouts.idle(self._asides.passed(mentions))

    def _explanation(self, heard: Heard) -> Explanation:
        written = written_lines(heard.elements, self._lexicon)
        lines, elements, doubts = written.lines, written.elements, heard.doubts | written.doubts
        tokens, mentions, named = heard.tokens, heard.mentions, heard.named
        if not lines:
            doubts.add(Doubt.NO_ITEM)
        if len(lines) > LINES_MAX:
            doubts.add(Doubt.TEXT_TOO_LONG)
        candidates = self._candidates(lines, elements, tokens if doubts else [])
        if heard.only_asks:
            lines = ()
        elif not lines and len(self._lexicon.groups_of) > PART_ITEMS_MAX:
            lines = tuple(Line(sku=sku, quantity=1) for sku in candidates[:1])
        reading = Reading(
            lines=lines[:LINES_MAX],
            certain=not doubts,
            coupon=named.code,
            candidates=candidates,
            rest=heard.rest,
            is_either=_are_alternatives(elements, lines),
        )
        return Explanation(
            reading=reading,
            doubts=frozenset(doubts),
            mentions=tuple(mentions),
            elements=tuple(elements),
        )

    def _knows_word(self, word: str) -> bool:
        return self._lexicon.speller.knows(keys_of(word, self._language))

    def _is_word(self, word: str) -> bool:
        return self._knows_word(word) or self._sells(word)

    def _sells(self, word: str) -> bool:
        """Whether *word* is of the menu alone: of a name, and no word of the language."""
        keys = keys_of(word, self._language)
        names = (self._lexicon.item_words, self._lexicon.option_words)
        return any(key in words and not self._is_common(key) for key in keys for words in names)

    def _candidates(
        self, lines: tuple[Line, ...], elements: list[Element], tokens: list[Token]
    ) -> tuple[str, ...]:
        found = dict.fromkeys(line.sku for line in lines)
        for element in elements:
            if isinstance(element, Head):
                found.update(dict.fromkeys(element.skus[:CANDIDATES_MAX]))
        telling = [token.key for token in tokens if not self._is_common(token.key)]
        found.update(dict.fromkeys(self._retrieval.candidates(telling)))
        return tuple(found)[:CANDIDATES_MAX]

    def _is_common(self, key: str) -> bool:
        """Whether a word is the language's, and so tells no item from another."""
        senses = self._lexicon.phrases.get(key)
        return senses is not None and senses.role is not None


def _are_joined(elements: Sequence[Element], joins: Sequence[Join]) -> bool:
    """Whether one of *joins* leads from one item to the next: "can I take this with that?"."""
    parts = [e for e in elements if not isinstance(e, Opener)]
    return any(
        isinstance(one, Head) and join in joins and isinstance(other, Head)
        for one, join, other in zip(parts, parts[1:], parts[2:], strict=False)
    )


def _are_alternatives(elements: Sequence[Element], lines: Sequence[Line]) -> bool:
    """Whether just one of *lines* is meant, each an item of its own: "a tea, a coffee or a cola"."""
    heads = [place for place, e in enumerate(elements) if isinstance(e, Head) and not e.is_dropped]
    if not 1 < len(heads) == len(lines):
        return False
    gaps = [elements[begin + 1 : end] for begin, end in pairwise(heads)]
    joins = [next((e for e in reversed(gap) if isinstance(e, Join)), None) for gap in gaps]
    return joins[-1] is Join.OR and all(join in (Join.OR, Join.STOP) for join in joins)
