"""All that is found wrong with a menu."""

from collections.abc import Iterable, Iterator

from chalicelib.domain.catalogue import Catalogue, cheapest
from chalicelib.understanding.languages import LANGUAGES
from chalicelib.understanding.lexicon import compile_lexicon
from chalicelib.understanding.linting.findings import Code, Finding, Place, Severity
from chalicelib.understanding.linting.judging import Judge
from chalicelib.understanding.linting.names import item_place
from chalicelib.understanding.linting.phrases import Phrases
from chalicelib.understanding.reader import MenuReader
from chalicelib.understanding.tokens import keys_of

_WORST_FIRST = {severity: place for place, severity in enumerate(Severity)}

_WHY_UNREAD = frozenset(
    (
        Code.ITEMS_SHARE_PHRASE,
        Code.OPTIONS_SHARE_PHRASE,
        Code.OPTIONS_OF_ITEM_SHARE_PHRASE,
        Code.ITEM_IS_OPTION,
        Code.PHRASE_IS_GRAMMAR,
        Code.PHRASE_TOO_LONG,
        Code.ALIAS_REPEATS,
    )
)
"""What tells by itself why a name is not read."""


def lint(catalogue: Catalogue) -> tuple[Finding, ...]:
    """Return what is wrong with *catalogue*, the worst first; the same for the same catalogue.

    The reader itself is the judge of what a name leads to. A name that one finding is
    about is not told of again as merely not read. Linear in the names of the catalogue.
    """
    language = LANGUAGES[catalogue.language]
    phrases = Phrases(catalogue, compile_lexicon(catalogue, language), language)
    found = [*_prices(catalogue), *phrases.findings()]
    told = {
        (place, keys_of(one.phrase or "", language))
        for one in found
        if one.code in _WHY_UNREAD
        for place in (one.place, *one.others)
    }
    ambiguous = {one.phrase or "" for one in found if one.code is Code.ITEMS_SHARE_PHRASE}
    found += (
        one
        for one in Judge(catalogue, MenuReader(catalogue), ambiguous).findings()
        if one.code is not Code.PHRASE_NOT_READ
        or (one.place, keys_of(one.phrase or "", language)) not in told
    )
    return tuple(sorted(found, key=lambda one: _WORST_FIRST[one.severity]))


def unpublishable(faults: Iterable[str]) -> tuple[Finding, ...]:
    """Return a finding for each of *faults*, for which `catalogue_of` refuses a catalogue."""
    return tuple(Finding(code=Code.NOT_PUBLISHABLE, place=Place(), what=fault) for fault in faults)


def _prices(catalogue: Catalogue) -> Iterator[Finding]:
    for item in catalogue.items.values():
        place = item_place(item.sku)
        if item.unit_price == 0:
            yield Finding(code=Code.PRICE_ZERO, place=place, what="costs nothing")
        elif cheapest(item, catalogue.groups) == 0:
            what = f"its options can bring its price from {item.unit_price} to 0"
            yield Finding(code=Code.FREE_BY_OPTIONS, place=place, what=what)
