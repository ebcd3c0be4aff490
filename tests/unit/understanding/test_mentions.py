"""The longest known phrase at each place."""

import pytest

from chalicelib.understanding.english import ENGLISH
from chalicelib.understanding.language import Role
from chalicelib.understanding.lexicon import compile_lexicon
from chalicelib.understanding.mentions import Match, Mention, find_mentions
from chalicelib.understanding.tokens import tokenise
from tests.unit.understanding.menus import SANDWICHES, TEAS, item, menu

LEXICON = compile_lexicon(SANDWICHES, ENGLISH)


def mentions(text: str) -> list[Mention]:
    """Return the mentions of *text* on the sandwich menu."""
    return find_mentions(tokenise(text, ENGLISH), LEXICON)


def test_the_longest_phrase_wins() -> None:
    """A longer name is preferred to the shorter ones inside it."""
    assert [m.words for m in mentions("double turkey club honey mustard")] == [
        "double turkey club",
        "honey mustard",
    ]


def test_a_phrase_does_not_reach_over_punctuation() -> None:
    """Words that a comma parts are not one name."""
    assert [m.match for m in mentions("veggie, sub")] == [Match.PART, Match.PART]


def test_a_word_inside_a_name_is_read_as_well() -> None:
    """A name with an option inside gives the item and the option."""
    item_mention, inside = mentions("double bacon turkey club")

    assert (item_mention.match, item_mention.senses.items) == (
        Match.GAPPED,
        ("double_turkey_club",),
    )
    assert [ref.value for ref in inside.senses.options] == ["bacon"]


def test_connectors_never_stand_inside_a_name() -> None:
    """Potato and crisps are not potato crisps."""
    assert all(m.match is not Match.GAPPED for m in mentions("potato and crisps"))


def test_parts_of_a_name_narrow_each_other() -> None:
    """Two words of names mean the items that have both."""
    lexicon = compile_lexicon(
        menu((item("red grape juice"), item("red apple juice"), item("apple pie"))), ENGLISH
    )

    (found,) = find_mentions(tokenise("red apple", ENGLISH), lexicon)

    assert (found.match, found.senses.items) == (Match.PART, ("red_apple_juice",))


def test_a_measure_that_the_menu_offers_is_an_option() -> None:
    """A bowl is an option where the menu has bowls, and a measure where it has none."""
    (here, *_) = mentions("bowl of soup")
    (there, *_) = find_mentions(tokenise("bowl of chai", ENGLISH), compile_lexicon(TEAS, ENGLISH))

    assert [ref.value for ref in here.senses.options] == ["bowl"]
    assert not there.senses.options


def test_every_token_belongs_to_one_mention() -> None:
    """No word is lost or read twice."""
    text = "two veggie subs with zzz bacon extra large potato milk"

    assert " ".join(m.words for m in mentions(text)).split() == [
        token.key for token in tokenise(text, ENGLISH)
    ]


def test_a_likely_word_is_sure_in_the_company_of_others() -> None:
    """Alone, "flta" is likely "flat"; before "white" it is, for there is a flat white."""
    lexicon = compile_lexicon(menu((item("flat white"), item("latte"))), ENGLISH)

    def unsure(text: str) -> list[bool]:
        tokens = lexicon.speller.repair(tokenise(text, ENGLISH))
        return [mention.unsure_spelling for mention in find_mentions(tokens, lexicon)]

    assert unsure("flta white") == [False]
    assert unsure("lattee") == [True]
    assert unsure("flat shite") == [True]  # another first letter: perhaps another word


def test_a_pair_is_one_of_what_comes_in_pairs() -> None:
    """A pair of gloves is one thing to buy, a pair of lamps is two."""
    lexicon = compile_lexicon(menu((item("work gloves"), item("lamp"))), ENGLISH)
    gloves, _ = find_mentions(tokenise("a pair of work gloves", ENGLISH), lexicon)
    lamps, *_ = find_mentions(tokenise("a pair of short lamps", ENGLISH), lexicon)

    assert (gloves.senses.number, gloves.senses.role) == (None, Role.MEASURE)
    assert lamps.senses.number == 2


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("a milk tea and a chai, all large", Role.EACH),
        ("a milk tea and a chai, all with pearls", Role.EACH),
        ("a milk tea with all pearls", Role.DOUBT),
        ("a milk tea and all", Role.DOUBT),
        ("a milk tea, all, large", Role.DOUBT),
        ("all large chai", Role.DOUBT),
    ],
)
def test_all_shares_an_option_or_is_not_read(text: str, role: Role) -> None:
    """What "all" shares has to follow it, and those who share it to have been named."""
    found = find_mentions(tokenise(text, ENGLISH), compile_lexicon(TEAS, ENGLISH))

    assert [m.senses.role for m in found if m.words.startswith("all")] == [role]
