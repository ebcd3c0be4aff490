"""Which proposed names a menu takes."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.catalogue import Catalogue, Select
from chalicelib.understanding.linting import Finding, Place, Severity, lint
from chalicelib.understanding.linting.proposals import (
    NAMES_MAX,
    NEW_NAMES_MAX,
    Why,
    plain,
    sieve,
    with_aliases,
)
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import group, item, menu, option

CAFE = menu(
    (
        item("americano", "long black", groups=("size", "milk")),
        item("latte", groups=("size", "milk")),
        item("iced tea", groups=("size",)),
        item("butter croissant"),
        item("stapler cake"),
    ),
    (
        group("size", Select.ONE, option("small"), option("large", "grande")),
        group("milk", Select.ONE, option("oat milk"), option("soy milk")),
    ),
)
AMERICANO, LATTE, TEA = Place(item="americano"), Place(item="latte"), Place(item="iced_tea")
OAT = Place(group="milk", option="oat_milk")
SOY = Place(group="milk", option="soy_milk")


def why(place: Place, phrase: str) -> Why | None:
    """Return why *phrase* is not taken for what is at *place*; None if it is."""
    sieved = sieve(CAFE, {place: (phrase,)})
    if not sieved.dropped:
        assert sieved.aliases == {place: (plain(phrase),)}
        return None
    assert sieved.aliases == {}
    return sieved.dropped[0].why


@pytest.mark.parametrize(
    ("place", "phrase"),
    [
        (AMERICANO, "cup of joe"),
        (AMERICANO, "Black  Coffee."),
        (OAT, "oatly"),
        (TEA, "cold brew tea"),
    ],
)
def test_a_plain_new_name_is_taken(place: Place, phrase: str) -> None:
    """In the form in which people type it."""
    assert why(place, phrase) is None


@pytest.mark.parametrize(
    ("place", "phrase", "reason"),
    [
        (AMERICANO, "", Why.UNUSABLE),
        (AMERICANO, "x" * 61, Why.UNUSABLE),
        (AMERICANO, "one two three four five six seven", Why.UNUSABLE),
        (AMERICANO, "joe\u202e", Why.UNUSABLE),
        (AMERICANO, "joe; drop it", Why.UNUSABLE),
        (AMERICANO, "<b>joe</b>", Why.UNUSABLE),
        (AMERICANO, "Americanos", Why.KNOWN),
        (AMERICANO, "amerciano", Why.KNOWN),  # the speller reads it so without
        (AMERICANO, "please americano", Why.KNOWN),
        (OAT, "oat milks", Why.KNOWN),
        (OAT, "my oat milk", Why.KNOWN),
        (AMERICANO, "latte", Why.TAKEN),
        (LATTE, "long blacks", Why.TAKEN),
        (LATTE, "grande", Why.TAKEN),
        (OAT, "size", Why.TAKEN),
        (AMERICANO, "a joe", Why.LANGUAGE),
        (AMERICANO, "two joes", Why.LANGUAGE),
        (AMERICANO, "the usual", Why.LANGUAGE),
        (AMERICANO, "no joe", Why.LANGUAGE),
        (AMERICANO, "42", Why.LANGUAGE),
        (AMERICANO, "order 1000", Why.LANGUAGE),
        (AMERICANO, "java25", Why.LANGUAGE),
        (AMERICANO, "large joe", Why.READ_OTHERWISE),
        (AMERICANO, "oat milk joe", Why.READ_OTHERWISE),
        (AMERICANO, "joe latte", Why.READ_OTHERWISE),
        (OAT, "large oaty", Why.READ_OTHERWISE),
        (LATTE, "use code JOE1", Why.READ_OTHERWISE),
    ],
)
def test_what_has_a_meaning_already_is_dropped(place: Place, phrase: str, reason: Why) -> None:
    """No model talks the menu into another reading of texts that were read so far."""
    assert why(place, phrase) is reason


def test_a_name_proposed_for_two_things_goes_to_neither() -> None:
    """There is no telling whose it is."""
    sieved = sieve(CAFE, {AMERICANO: ("brew",), LATTE: ("brews", "milky one")})
    assert sieved.aliases == {LATTE: ("milky one",)}
    assert [(one.place, one.why) for one in sieved.dropped] == [
        (AMERICANO, Why.CONTESTED),
        (LATTE, Why.CONTESTED),
    ]


def test_a_name_that_the_linter_objects_to_is_dropped_and_the_rest_stays() -> None:
    """Of two new names one typo apart the menu takes the first, and what is beside it."""
    sieved = sieve(CAFE, {AMERICANO: ("javanese", "joe"), LATTE: ("javanesa", "milky one")})
    assert sieved.aliases == {AMERICANO: ("javanese", "joe"), LATTE: ("milky one",)}
    assert [(one.phrase, one.why) for one in sieved.dropped] == [("javanesa", Why.WORSE)]


def test_names_are_few() -> None:
    """So many at once, and so many in all as can be published."""
    many = [f"{word} joe" for word in ("alpha", "beta", "gamma", "delta", "zeta", "theta", "kappa")]
    sieved = sieve(CAFE, {AMERICANO: many})
    assert sieved.aliases == {AMERICANO: tuple(many[:NEW_NAMES_MAX])}
    assert [one.why for one in sieved.dropped] == [Why.TOO_MANY, Why.TOO_MANY]

    first, second = "bcdfghjklm", "nprst"
    full = menu((item("joe", *(f"{a}a{b}u" for a in first for b in second)),))
    assert len(full.items["joe"].aliases) == NAMES_MAX
    assert sieve(full, {Place(item="joe"): ("alpha",)}).aliases == {}


def test_what_is_not_on_the_menu_gets_no_name() -> None:
    """A place that the model made up is none."""
    assert sieve(CAFE, {Place(item="gin"): ("gin",)}).aliases == {}


def identities(findings: tuple[Finding, ...]) -> set[tuple[object, ...]]:
    """Return what tells findings apart."""
    return {(one.code, one.place, one.phrase) for one in findings if one.severity != Severity.NOTE}


def texts_of(catalogue: Catalogue) -> list[str]:
    """Return a few orders of everything."""
    options = [o.name for g in catalogue.groups.values() for o in g.values]
    return [
        text
        for thing in catalogue.items.values()
        for text in (thing.name, *(f"two {option} {thing.name}s" for option in options))
    ]


WORDS = [
    "americano",
    "latte",
    "large",
    "small",
    "joe",
    "tea",
    "iced",
    "oat",
    "milk",
    "black",
    "with",
    "a",
    "two",
    "no",
    "cake",
    "croissant",
    "the",
]
PHRASES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
PLACES = st.sampled_from((AMERICANO, LATTE, TEA, OAT, SOY))


@settings(max_examples=15, deadline=None)
@given(st.dictionaries(PLACES, st.lists(PHRASES, max_size=4), max_size=4))
def test_no_proposals_make_the_menu_worse(proposals: Mapping[Place, Sequence[str]]) -> None:
    """Whatever a model says, the linter finds no more, and what was read for certain still is."""
    sieved = sieve(CAFE, proposals)
    better = with_aliases(CAFE, sieved.aliases)
    assert identities(lint(better)) <= identities(lint(CAFE))
    old, new = MenuReader(CAFE), MenuReader(better)
    for text in texts_of(CAFE):
        if old.read(text).certain:
            assert new.read(text) == old.read(text)
    told = sum(map(len, sieved.aliases.values())) + len(sieved.dropped)
    assert told <= sum(map(len, proposals.values()))
    assert sieve(CAFE, proposals) == sieved


def test_the_menu_itself_has_no_finding() -> None:
    """So that whatever is found later came with a proposal."""
    assert lint(CAFE) == ()
