"""The index of a menu."""

from chalicelib.domain.catalogue import Select
from chalicelib.domain.resolution import OptionRef
from chalicelib.understanding.english import ENGLISH
from chalicelib.understanding.lexicon import PHRASE_LENGTH_MAX, compile_lexicon, fitted
from tests.unit.understanding.menus import CLOTHES, TEAS, group, item, menu, option


def test_names_and_aliases_are_indexed_without_plural_or_case() -> None:
    """A phrase gives every item that goes by it."""
    lexicon = compile_lexicon(
        menu((item("Iced Teas", "ICED TEA"), item("tea", "iced tea"))), ENGLISH
    )

    assert lexicon.phrases["iced tea"].items == ("Iced_Teas", "tea")


def test_an_option_of_several_groups_keeps_them_all() -> None:
    """A word of several groups gives an option of each, and knows which is named exactly so."""
    lexicon = compile_lexicon(TEAS, ENGLISH)
    topping = OptionRef(group="topping", value="cinnamon")

    assert lexicon.phrases["cinnamon"].options == (
        topping,
        OptionRef(group="spice", value="cinnamon_blend"),
    )
    assert ("cinnamon", topping) in lexicon.exact_names


def test_a_bare_number_is_never_an_option() -> None:
    """An option called 42 is only meant by "size 42", so that "42 tees" stays a quantity."""
    lexicon = compile_lexicon(CLOTHES, ENGLISH)

    assert "42" not in lexicon.phrases
    assert lexicon.phrases["size 42"].options == (OptionRef(group="shoe_size", value="42"),)


def test_spellings_of_one_thing_become_one() -> None:
    """Aliases that differ by a typo are indexed, and read, as one spelling."""
    catalogue = menu(
        (item("espresso", "expresso", groups=("shot",)),),
        (group("shot", Select.ONE, option("double espresso")),),
    )
    lexicon = compile_lexicon(catalogue, ENGLISH)

    assert "expresso" not in lexicon.phrases
    assert lexicon.phrases["double espresso"].options


def test_names_too_long_to_say_are_left_to_retrieval() -> None:
    """A very long name is no phrase, but its words still lead to the item."""
    name = " ".join(f"word{'abcdefghijklmnop'[n]}" for n in range(PHRASE_LENGTH_MAX + 1))
    lexicon = compile_lexicon(menu((item(name),)), ENGLISH)

    assert not any(senses.items for senses in lexicon.phrases.values())
    assert list(lexicon.item_words["worda"]) == [name.replace(" ", "_")]


def test_a_head_that_may_be_left_out_is_known() -> None:
    """Where a menu has both "chai" and "chai tea", "tea" adds nothing."""
    assert "tea" in compile_lexicon(TEAS, ENGLISH).optional_heads


def test_a_measure_that_a_menu_uses_as_a_name_is_its_own() -> None:
    """Where "M" is a size, "2 M" is no two metres; "g" stays grams."""
    sizes = group("size", Select.ONE, option("medium", "M"), option("large", "L"))
    measures = fitted(ENGLISH, menu((item("shirt", groups=("size",)),), (sizes,))).measures

    assert "m" not in measures
    assert "l" not in measures
    assert measures["g"] == "gram"
    assert fitted(ENGLISH, menu((item("rope"),))) is ENGLISH


def test_an_aside_gives_way_to_the_menu() -> None:
    """What is said for kids is filler, unless an option is called so."""
    meals = group("portion", Select.ONE, option("kids size"), option("full"))

    assert "for kid" in compile_lexicon(menu((item("soup"),)), ENGLISH).phrases
    fed = compile_lexicon(menu((item("soup", groups=("portion",)),), (meals,)), ENGLISH).phrases
    assert "for kid" not in fed
    assert "for wife" in fed


def test_words_for_absence_are_not_corrected() -> None:
    """A drink may be "black" on a menu that never says it."""
    lexicon = compile_lexicon(menu((item("block of slate"),)), ENGLISH)

    assert "black" in lexicon.speller
