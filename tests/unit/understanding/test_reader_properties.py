"""What holds for every text."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.pricing import QUANTITY_MAX
from chalicelib.domain.resolution import Line
from chalicelib.understanding.questions import question_for
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CLOTHES, SANDWICHES, TEAS, item, menu, shown

CATALOGUES = (SANDWICHES, TEAS, CLOTHES)
READERS = {id(catalogue): MenuReader(catalogue) for catalogue in CATALOGUES}

WORDS = [
    "tuna", "sub", "veggie", "subs", "club", "turkey", "double", "soup", "bowl", "cup", "cookie",
    "lemonade", "milk", "tea", "chai", "green", "small", "large", "rye", "wheat", "lettuce",
    "onions", "pickle", "bacon", "oat", "pearls", "cinnamon", "size", "42", "black", "tee", "two",
    "3", "dozen", "a", "an", "the", "with", "and", "or", "but", "no", "without", "hold", "extra",
    "light", "on", "lots", "of", "x", "both", "each", "one", "other", "half", "instead", "use",
    "code", "SPRING25", "please", ",", ".", "!", ";", "zzz", "0", "99999", "order", "side",
]  # fmt: skip

texts = st.one_of(
    st.text(max_size=120),
    st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join),
)


def is_on(line: Line, catalogue: Catalogue) -> bool:
    """Whether *line* could be ordered from *catalogue*."""
    sold = catalogue.items.get(line.sku)
    if sold is None:
        return False
    refs = [
        *((o.group, o.value) for o in line.options),
        *((r.group, r.value) for r in line.without),
    ]
    return all(
        group in sold.option_groups and catalogue.groups[group].option(value) is not None
        for group, value in refs
    )


@given(text=texts, catalogue=st.sampled_from(CATALOGUES))
def test_whatever_is_read_can_be_ordered(text: str, catalogue: Catalogue) -> None:
    """No text raises; each line has a positive quantity and only what its item offers, once."""
    reading = READERS[id(catalogue)].read(text)

    for line in reading.lines:
        assert line.quantity >= 1
        assert line.quantity < QUANTITY_MAX or not reading.certain
        assert is_on(line, catalogue)
        singles = [o.group for o in line.options if catalogue.groups[o.group].select.value == "one"]
        assert len(singles) == len(set(singles))
        chosen = {(o.group, o.value) for o in line.options}
        assert chosen.isdisjoint((ref.group, ref.value) for ref in line.without)
    assert set(reading.candidates) <= set(catalogue.items)
    assert not reading.certain or reading.lines


@given(text=texts)
def test_the_same_text_is_read_the_same(text: str) -> None:
    """Reading is deterministic, in one reader and between two of the same catalogue."""
    assert (
        READERS[id(TEAS)].read(text) == READERS[id(TEAS)].read(text) == MenuReader(TEAS).read(text)
    )


@given(text=st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join))
def test_any_answer_can_be_read(text: str) -> None:
    """Whatever is answered, what is read of it is on the menu and in whole numbers."""
    reader = READERS[id(SANDWICHES)]
    for asked in ("two subs", "a tuna sub with kimchi, and a cookie"):
        reading = reader.reply(text, question_for(reader.read(asked), SANDWICHES))
        assert all(line.sku in SANDWICHES.items and line.quantity > 0 for line in reading.lines)


@given(text=st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join))
def test_an_unknown_word_takes_certainty_away(text: str) -> None:
    """A word that means nothing to the menu or the language makes any text uncertain.

    But for one that is taken for a promotion code, which any word may be after "code".
    """
    reading = READERS[id(SANDWICHES)].read(f"{text} qwrtzps")
    assert not reading.certain or reading.coupon == "QWRTZPS"


@given(
    number=st.integers(min_value=1, max_value=99),
    name=st.sampled_from(["cookie", "tuna sub", "lemonade"]),
    hello=st.sampled_from(["", "hi, ", "could i please get ", "I'd like "]),
    thanks=st.sampled_from(["", " please", ", thank you!", " with that's all"]),
)
def test_politeness_changes_nothing(number: int, name: str, hello: str, thanks: str) -> None:
    """A number and an item are read the same inside any courtesy."""
    reading = READERS[id(SANDWICHES)].read(f"{hello}{number} {name}s{thanks}")

    assert shown(reading.lines) == [f"{number} {name.replace(' ', '_')}"]


@pytest.mark.parametrize(
    "piece",
    ["a ", "1 ", "no ", "x ", "tuna sub ", "extra ", "and ", "a large ", "no or ", "with a ",
     "qz ", "double ", "cinnamon ", "use code ", ", ", "light on the ", "twenty ", "\n", "é",
     "two lemonades one small one large ", "sub ", "turkey ", "9", "(", "\ud800", "\x00"],
)  # fmt: skip
def test_a_nasty_text_is_read_in_bounded_time(piece: str) -> None:
    """The longest text of one repeated piece is read in a fraction of a second."""
    reader = READERS[id(SANDWICHES)]
    text = (piece * 2_000)[:2_000]

    start = process_time()
    reader.read(text)

    assert process_time() - start < 0.25


def test_a_large_catalogue_builds_in_seconds_and_reads_in_milliseconds() -> None:
    """20,000 items with shared words build within seconds, and a text stays quick to read."""
    makes = ("oak", "pine", "steel", "glass", "linen", "brass", "cork", "wool")
    kinds = ("lamp", "table", "shelf", "stool", "vase", "frame", "clock", "rug")
    catalogue = menu(
        tuple(
            item(f"{makes[n % 8]} {kinds[n // 8 % 8]} model {n} with extras and a long name")
            for n in range(20_000)
        )
    )

    start = process_time()
    reader = MenuReader(catalogue)
    built = process_time() - start
    start = process_time()
    reading = reader.read("could i please get an oak lamp model 16000 with a long name")
    read = process_time() - start

    assert built < 20
    assert read < 0.25
    assert reading.candidates[0] == catalogue_sku(16_000, makes, kinds)


def catalogue_sku(n: int, makes: tuple[str, ...], kinds: tuple[str, ...]) -> str:
    """Return the SKU of item *n* of the large catalogue."""
    return f"{makes[n % 8]}_{kinds[n // 8 % 8]}_model_{n}_with_extras_and_a_long_name"
