"""The question that would settle a reading."""

import pytest

from chalicelib.domain.resolution import (
    Amount,
    ChosenOption,
    Line,
    OptionRef,
    QuestionCode,
    Reading,
)
from chalicelib.understanding.questions import CHOICES_MAX, order_label, question_for
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, CLOTHES, SANDWICHES, item, menu

LEMONADES = Line(sku="lemonade", quantity=2, options=(ChosenOption(group="size", value="large"),))
SUB = Line(
    sku="veggie_sub",
    quantity=1,
    options=(
        ChosenOption(group="filling", value="bacon", amount=Amount.EXTRA),
        ChosenOption(group="filling", value="tomato"),
    ),
    without=(OptionRef(group="filling", value="onion"),),
)


def test_a_line_is_put_in_words() -> None:
    """Single choices stand before the item, amounts and additions after it, exclusions last."""
    assert order_label((LEMONADES, SUB), SANDWICHES) == (
        "2 \u00d7 large lemonade; 1 \u00d7 veggie sub with extra bacon, tomato, no onion"
    )


def test_an_option_called_by_a_number_is_named_with_its_group() -> None:
    """A bare number before the item would read as a quantity."""
    line = Line(
        sku="running_shoes", quantity=1, options=(ChosenOption(group="shoe_size", value="42"),)
    )

    assert order_label((line,), CLOTHES) == "1 \u00d7 running shoes with shoe size 42"


def test_an_uncertain_order_is_offered_as_it_was_read() -> None:
    """Choosing the only choice orders exactly the lines that were read."""
    question = question_for(Reading(lines=(LEMONADES, SUB), certain=False), SANDWICHES)

    assert question.code is QuestionCode.AMBIGUOUS
    assert [(choice.id, choice.lines) for choice in question.choices] == [("1", (LEMONADES, SUB))]
    assert question.choices[0].label in question.prompt


def test_candidates_are_offered_by_name() -> None:
    """Several items that one word may mean become choices to order one of."""
    reading = MenuReader(SANDWICHES).read("a sub")

    question = question_for(reading, SANDWICHES)

    assert question.prompt == "Did you mean veggie sub or tuna sub?"
    assert [choice.id for choice in question.choices] == ["1", "2"]
    assert [line.sku for choice in question.choices for line in choice.lines] == [
        "veggie_sub",
        "tuna_sub",
    ]


def test_there_are_few_choices() -> None:
    """However many candidates there are, a person can read the choices."""
    reading = Reading(lines=(), certain=False, candidates=tuple(SANDWICHES.items))

    assert len(question_for(reading, SANDWICHES).choices) == CHOICES_MAX


def test_nothing_understood_names_some_of_the_menu_and_none_of_the_text() -> None:
    """The customer's words are never given back, and some items are named."""
    reading = MenuReader(SANDWICHES).read("<script>flurbs</script>")

    question = question_for(reading, SANDWICHES)

    assert question.code is QuestionCode.NOT_UNDERSTOOD
    assert "veggie sub" in question.prompt
    assert "flurbs" not in question.prompt
    assert question.choices == ()


def test_what_the_catalogue_no_longer_has_is_left_out() -> None:
    """A reading of another version's SKUs and options asks about what there is."""
    gone = Line(sku="gone", quantity=1)
    odd = Line(sku="cookie", quantity=1, options=(ChosenOption(group="gone", value="x"),))
    reading = Reading(lines=(gone, odd), certain=False, candidates=("gone",))

    question = question_for(reading, SANDWICHES)

    assert [choice.label for choice in question.choices] == ["1 \u00d7 cookie"]


@pytest.mark.parametrize("quantity", ["5000", "1001"])
def test_no_number_is_offered_that_nobody_said(quantity: str) -> None:
    """Of more than an order takes, we ask how many."""
    reading = MenuReader(CAFE).read(f"{quantity} bagels")
    question = question_for(reading, CAFE)

    assert not reading.certain
    assert question.choices == ()
    assert "1 to 1000" in question.prompt
    assert "bagel" in question.prompt


def test_more_lines_than_an_order_takes_are_asked_about() -> None:
    """Settlement would reject them."""
    flavours = [item(f"flavour{chr(97 + n // 26)}{chr(97 + n % 26)}x") for n in range(51)]
    catalogue = menu(tuple(flavours))
    for number, is_certain in ((50, True), (51, False)):
        text = ", ".join(f"a {one.name}" for one in flavours[:number])
        assert MenuReader(catalogue).read(text).certain is is_certain
