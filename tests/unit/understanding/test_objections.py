"""What an answer refuses or says twice, and what becomes of the rest of the order."""

import pytest

from chalicelib.domain.resolution import Question
from chalicelib.understanding.questions import question_for
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, SANDWICHES, TEAS, shown

READER = MenuReader(CAFE)
SUBS = MenuReader(SANDWICHES)
TEA_READER = MenuReader(TEAS)
TWO = question_for(READER.read("two lattes with honey and kimchi, and a bagel with butter"), CAFE)
LATTES = question_for(READER.read("two lattes with kimchi"), CAFE)
SUB = question_for(SUBS.read("a tuna sub with mayo and kimchi and a cookie"), SANDWICHES)
TEA = question_for(TEA_READER.read("a milk tea with kimchi and an egg tart"), TEAS)
WHICH = question_for(READER.read("a latte or a flat white"), CAFE)


@pytest.mark.parametrize(
    ("reader", "question", "text"),
    [
        (READER, TWO, "large and small"),
        (READER, TWO, "small, large"),
        (READER, LATTES, "oat and whole milk"),
        (READER, LATTES, "yes, oat, whole milk"),
        (SUBS, SUB, "rye and white"),
        (SUBS, SUB, "footlong and six inch"),
        (SUBS, SUB, "bacon, no bacon"),
        (TEA_READER, TEA, "half sugar and no sugar"),
        (TEA_READER, TEA, "yes, oat milk soy milk"),
    ],
)
def test_the_words_of_one_answer_do_not_mend_each_other(
    reader: MenuReader, question: Question, text: str
) -> None:
    """Of two options that exclude each other neither is the one that is meant."""
    assert not reader.reply(text, question).certain


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("large and with oat", ["2 latte large oat_milk"]),
        ("large large", ["2 latte large"]),
        ("large, not small", ["2 latte large"]),
    ],
)
def test_options_that_go_together_settle_it(text: str, lines: list[str]) -> None:
    """So does one that is said twice."""
    reading = READER.reply(text, LATTES)

    kept = [line.split(" -")[0] for line in shown(reading.lines)]
    assert (kept, reading.certain) == (lines, True)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("the lattes large", ["1 bagel butter", "2 latte honey large"]),
        ("just the lattes", ["2 latte honey"]),
        ("the lattes oat, the bagel with cream cheese",
         ["1 bagel butter cream_cheese", "2 latte honey oat_milk"]),
        ("bagel", ["1 bagel butter", "2 latte honey"]),
        ("three lattes", ["1 bagel butter", "3 latte"]),
        ("only one latte", ["1 latte"]),
    ],
)  # fmt: skip
def test_an_item_that_is_named_again_keeps_its_number_and_the_others(
    text: str, lines: list[str]
) -> None:
    """Unless the answer counts it, or says that it is all."""
    reading = READER.reply(text, TWO)

    assert (shown(reading.lines), reading.certain) == (lines, False)


def test_a_number_that_begins_a_row_counts_what_follows() -> None:
    """It is no part of the word that ends the row before it."""
    assert shown(READER.reply("latte\n50 bagels", WHICH).lines) == ["1 latte", "50 bagel"]
    assert READER.read("2 lattes\n3 bagels").certain


@pytest.mark.parametrize("text", ["latte, bagel", "latte\nbagel", "latte and bagel"])
def test_a_choice_is_kept_beside_what_is_added(text: str) -> None:
    """Also where nothing counts that."""
    assert shown(READER.reply(text, WHICH).lines) == ["1 bagel", "1 latte"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("no lattes", ["1 bagel butter"]),
        ("without the bagel", ["2 latte honey"]),
        ("\u274c bagel", ["2 latte honey"]),
        ("yes and a blueberry muffin but no butter",
         ["1 bagel -butter", "1 blueberry_muffin", "2 latte honey"]),
        ("0 butter", ["1 bagel -butter", "2 latte honey"]),
    ],
)  # fmt: skip
def test_what_is_refused_is_not_offered_again(text: str, lines: list[str]) -> None:
    """Nor does a yes order it."""
    again = question_for(READER.reply(text, TWO), CAFE)

    assert [shown(choice.lines) for choice in again.choices] == [lines]
    assert shown(READER.reply("yes", again).lines) == lines


@pytest.mark.parametrize(
    "text",
    ["butter \U0001f44e", "butter \U0001f6ab", "large \u274c", "no lattes and no bagel", "0",
     "not without butter", "no, not without butter"],
)  # fmt: skip
def test_a_refusal_that_can_t_be_heeded_leaves_nothing_to_agree_to(text: str) -> None:
    """A yes settles nothing until it is said what should be different."""
    again = question_for(READER.reply(text, TWO), CAFE)

    assert again.refused
    assert [shown(choice.lines) for choice in again.choices] == [
        ["1 bagel butter", "2 latte honey"]
    ]
    assert not READER.reply("yes", again).certain


@pytest.mark.parametrize("text", ["no, without butter", "without butter", "no butter"])
def test_one_refusal_is_heeded_at_once(text: str) -> None:
    """A no that leads it refuses what was asked."""
    reading = READER.reply(text, TWO)

    assert (shown(reading.lines), reading.certain) == (["1 bagel -butter", "2 latte honey"], True)


def test_one_choice_refused_leaves_the_other() -> None:
    """It is asked whether that is meant, and nothing else."""
    again = question_for(READER.reply("not the latte", WHICH), CAFE)

    assert [shown(choice.lines) for choice in again.choices] == [["1 flat_white"]]


def test_a_number_of_nothing_keeps_the_choices() -> None:
    """They still may be meant."""
    again = question_for(READER.reply("0", WHICH), CAFE)

    assert again.choices == WHICH.choices
