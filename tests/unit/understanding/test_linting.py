"""The linter of menus: each kind of finding, on the smallest menu that has it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.catalogue import Catalogue, Option, Select
from chalicelib.domain.resolution import Line
from chalicelib.understanding.linting import (
    RULES,
    Code,
    Finding,
    Severity,
    lint,
    unpublishable,
)
from chalicelib.understanding.linting.judging import ITEMS_TRIED_MAX, Judge
from chalicelib.understanding.linting.typos import near_phrases
from chalicelib.understanding.reader import Explanation, MenuReader
from tests.unit.understanding.menus import SANDWICHES, group, item, menu, option

SIZE = group("size", Select.ONE, option("small"), option("large"))
CUP = group("cup", Select.ONE, option("tall"), option("tumbler", "large"))
LONG = "one very long name of a thing that nobody would ever want to say aloud"


def found(catalogue: Catalogue) -> list[tuple[str, str]]:
    """Return the code and place of each finding."""
    return [(one.code.value, str(one.place)) for one in lint(catalogue)]


FAULTY: list[tuple[Catalogue, list[tuple[str, str]]]] = [
    (
        menu((item("latte", "coffee"), item("americano", "coffees"))),
        [("items_share_phrase", "item latte")],
    ),
    (
        menu(
            (item("tea", groups=("size",)),),
            (group("size", Select.ONE, option("small"), option("large", "smalls")),),
        ),
        [("options_share_phrase", "option size:small")],
    ),
    (
        menu((item("tea", groups=("size", "cup")),), (SIZE, CUP)),
        [("options_of_item_share_phrase", "option size:large")],
    ),
    (
        menu(
            (item("tea", groups=("extra",)), item("honey")),
            (group("extra", Select.MANY, option("honey")),),
        ),
        [("item_is_option", "item honey")],
    ),
    (menu((item("latte", "with"),)), [("phrase_is_grammar", "item latte")]),
    (menu((item("latte", "a dozen"),)), [("phrase_is_grammar", "item latte")]),
    (menu((item("latte", "the usual", "usual"),)), [("phrase_is_language", "item latte")]),
    (menu((item("latte"), item("42"))), [("item_unnameable", "item 42")]),
    (
        menu((item("latte"), item("\N{HOT BEVERAGE}"))),
        [("item_unnameable", "item \N{HOT BEVERAGE}")],
    ),
    (
        menu(
            (item("tea", groups=("size",)),),
            (group("size", Select.ONE, option("7"), option("\N{SNOWMAN}")),),
        ),
        [("option_unreachable", "option size:\N{SNOWMAN}")],
    ),
    (menu((item("tea"),), (SIZE,)), [("group_not_offered", "group size")]),
    (menu((item("tea", "wet/dry tea"),)), [("phrase_not_read", "item tea")]),
    (menu((item("tea", "tea time?"),)), [("phrase_not_read", "item tea")]),
    (menu((replace(item("tea"), aliases=(LONG,)),)), [("phrase_too_long", "item tea")]),
    (menu((item("stapler"), item("stapled"))), [("one_typo_apart", "item stapled")]),
    (menu((replace(item("tea"), unit_price=0),)), [("price_zero", "item tea")]),
    (
        menu(
            (item("tea", groups=("size",)),),
            (group("size", Select.ONE, Option(value="s", name="small", price_delta=-100)),),
        ),
        [("free_by_options", "item tea")],
    ),
    (menu((item("latte", "lattes"),)), [("alias_repeats", "item latte")]),
]


@pytest.mark.parametrize(("catalogue", "expected"), FAULTY)
def test_each_fault_is_found_and_nothing_else(
    catalogue: Catalogue, expected: list[tuple[str, str]]
) -> None:
    """A menu with one thing wrong has one finding, at what is to be changed."""
    assert found(catalogue) == expected


def test_every_kind_of_finding_is_shown_by_a_menu() -> None:
    """So that no rule can be lost unnoticed."""
    shown = {code for catalogue, _ in FAULTY for code, _ in found(catalogue)}
    assert {*shown, Code.NOT_PUBLISHABLE} == set(RULES) == set(Code)


@pytest.mark.parametrize(
    "catalogue",
    [
        menu((item("latte", "caffe latte"), item("americano", "long black"))),
        menu((item("tea", groups=("size",)), item("latte", groups=("cup",))), (SIZE, CUP)),
        menu(
            (item("tea", groups=("size",)), item("jug", groups=("jug_size",))),
            (SIZE, group("jug_size", Select.ONE, option("small"), option("large"))),
        ),
        menu(
            (item("sandals", groups=("shoe_size",)),),
            (group("shoe_size", Select.ONE, option("41"), option("42")),),
        ),
    ],
)
def test_a_menu_without_fault_has_no_finding(catalogue: Catalogue) -> None:
    """The same phrase may stand in groups that no item offers together; sizes may be numbers."""
    assert found(catalogue) == []


def test_the_worst_comes_first_and_others_are_named() -> None:
    """Errors, then warnings, then notes; a phrase of three names all three."""
    catalogue = menu(
        (item("tea", "teas", "brew"), item("chai", "brew"), item("rooibos", "brew", "item"))
    )
    findings = lint(catalogue)
    assert [one.severity for one in findings] == [Severity.ERROR, Severity.WARNING, Severity.NOTE]
    assert [str(place) for place in findings[0].others] == ["item chai", "item rooibos"]
    assert findings[0].phrase == "brew"
    assert all(one.remedy and one.what for one in findings)


def test_a_shared_phrase_that_was_an_items_only_name_is_also_its_end() -> None:
    """Where no other name is left, nobody can name the item."""
    codes = [one.code for one in lint(menu((item("tea"), replace(item("tea"), sku="other"))))]
    assert codes == [Code.ITEMS_SHARE_PHRASE, Code.ITEM_UNNAMEABLE, Code.ITEM_UNNAMEABLE]


def test_what_can_not_be_published_is_told_fault_by_fault() -> None:
    """Each is an error of the whole catalogue."""
    told = unpublishable(("one", "two"))
    assert [(one.severity, str(one.place), one.what) for one in told] == [
        (Severity.ERROR, "catalogue", "one"),
        (Severity.ERROR, "catalogue", "two"),
    ]


WORDS = st.sampled_from(("tea", "with", "no", "two", "large", "green", "latte", "order of", "7"))
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
MENUS = st.lists(
    st.tuples(NAMES, st.lists(NAMES, max_size=2)), min_size=1, max_size=5, unique_by=lambda x: x[0]
).map(
    lambda things: menu(
        tuple(item(name, *aliases, groups=("size",)) for name, aliases in things), (SIZE,)
    )
)


@given(MENUS)
def test_an_item_has_a_name_that_works_or_a_finding(catalogue: Catalogue) -> None:
    """By the reader that customers' texts meet, whatever the menu's words are."""
    reader, lost = MenuReader(catalogue), unnameable(lint(catalogue))
    for sku, thing in catalogue.items.items():
        readings = [reader.read(name) for name in (thing.name, *thing.aliases)]
        works = any(r.certain and r.lines == (Line(sku=sku, quantity=1),) for r in readings)
        assert works == (sku not in lost)


def unnameable(findings: tuple[Finding, ...]) -> set[str | None]:
    """Return the SKUs that nobody can name."""
    return {one.place.item for one in findings if one.code is Code.ITEM_UNNAMEABLE}


class _CountingReader(MenuReader):
    reads = 0

    def explain(self, text: str) -> Explanation:
        self.reads += 1
        return super().explain(text)


def test_reading_is_bounded_by_the_number_of_names() -> None:
    """However many items offer a group, an option that nobody can reach is tried with a few."""
    extras = [
        group(f"extra {n}", Select.MANY, option(name))
        for n, name in enumerate(("jam", "honey", "butter", "lemon", "mint", "vanilla"))
    ]
    names = ("assam", "ceylon", "oolong", "sencha", "rooibos", "earl grey")
    offers = zip(names, extras, strict=True)
    size = group("size", Select.ONE, option("large"), option("\N{SNOWMAN}"))
    catalogue = menu(
        tuple(item(name, groups=("size", extra.group)) for name, extra in offers), (size, *extras)
    )
    reader = _CountingReader(catalogue)
    assert [one.code for one in Judge(catalogue, reader).findings()] == [Code.OPTION_UNREACHABLE]
    forms = 3
    assert reader.reads == len(names) + 1 + len(extras) + forms * ITEMS_TRIED_MAX


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("staple", "stapler", True),
        ("oat milk", "goat milk", False),  # three letters are never taken for a typo
        ("soy sauce", "soy sauces", True),
        ("green tea", "greed tea", True),
        ("green tea", "greedy tea", False),
        ("green tea", "tea green", False),
        ("stale tea", "talex tea", False),  # though each lacks one letter of the other's
        ("size 41000", "size 41001", False),
    ],
)
def test_one_typo_in_one_word_makes_phrases_near(one: str, other: str, near: bool) -> None:  # noqa: FBT001
    """As far as the speller would correct it; numbers are not misspelt."""
    assert bool(list(near_phrases((one, other)))) == near


def test_near_phrases_are_told_once_each_among_many() -> None:
    """A thousand phrases around one make at most a pair each, and all are met in linear time."""
    phrases = [f"{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}anne tea" for n in range(100)]
    pairs = list(near_phrases(phrases))
    assert 0 < len(pairs) < len(phrases)
    assert len({one for one, _ in pairs}) == len(pairs)


def test_a_menu_of_many_traps_is_linted_without_a_false_alarm() -> None:
    """What the reader's own tests order from has nothing that can't be ordered."""
    assert [one for one in lint(SANDWICHES) if one.severity is Severity.ERROR] == []
