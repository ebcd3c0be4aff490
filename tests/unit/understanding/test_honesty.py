"""What is no order is never certain, and what is one stays so."""

import pytest

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import (
    CAFE,
    CLOTHES,
    SANDWICHES,
    TEAS,
    item,
    menu,
    shown,
)

READERS = {
    "cafe": MenuReader(CAFE),
    "sandwiches": MenuReader(SANDWICHES),
    "teas": MenuReader(TEAS),
    "clothes": MenuReader(CLOTHES),
}

NO_ORDERS = {
    "cafe": [
        # praise and taste
        "the latte was delicious, thanks",
        "thanks for the latte",
        "thank you so much for the latte",
        "great latte",
        "nice latte, thanks",
        "my friends love latte",
        "i like latte",
        "i love the flat white here",
        "latte is my favorite",
        "a good bagel",
        "blueberry muffins are the best",
        # questions
        "is a latte nice",
        "who served that latte",
        "so is this latte made with oat milk",
        "should i get a latte?",
        "should i get a latte",
        "a latte?",
        "two lattes with oat milk?",
        "do you have bagels",
        "you have lattes?",
        "does the latte come with sugar",
        "will the latte be hot",
        "would you like a latte",
        "will you have a latte",
        "shall we get a latte?",
        "can a latte have honey",
        "can you have a latte with milk?",
        "how about a latte?",
        "what about a latte",
        "where is my latte",
        "can you make a latte with oat milk?",
        # another time
        "i had a latte today",
        "we got a latte this morning",
        "i ordered a latte",
        "i orderd a latte",
        "i purchased two lattes",
        "we were served a flat white",
        "i already have a latte",
        "i finished my latte",
        "i took the latte",
        "i made a latte",
        "a latte from before",
        "my last latte",
        "the usual latte",
        "i always get a latte",
        "a latte again",
        # complaints and cancellations
        "my latte needs sugar",
        "the latte had no sugar",
        "you forgot my latte",
        "you made the latte with whole milk",
        "i am out of latte",
        "cancel my latte",
        "please take out the latte",
        "i cancelled a latte",
        "dont bring me a latte",
        "never a latte",
        "i hate latte",
        "no latte please",
        # hypotheticals, conditionals
        "if you have oat milk, a latte with it",
        "a latte unless it is sold out",
        "i would have a latte",
        "i could have a latte",
        "i might have a latte",
        "i may have a latte",
        "i wish i had a latte",
        "a latte would be lovely",
        # others
        "she wants a latte",
        "he takes a latte",
        "they want a latte",
        "everyone wants a latte",
        "she said to get a latte",
        "i was told to order a latte",
        "that latte is mine",
        # prices and numbers
        "a latte for 3 dollars",
        "a latte for $3",
        "a $5 latte",
        "a 3\u20ac latte",
        "a latte at 5",
        "25 off a latte",
        "25% off a latte",
        "25 a latte",
        "two 2 lattes",
        "2 to 3 lattes",
        "over 3 lattes",
        "the 14th latte",
        "a latte on the 3rd",
        "a 12:30 latte",
        "1/2 latte",
        "one thousand lattes",
        # words that reach further than this grammar
        "all lattes",
        "a latte with all sugars",
        "a latte with all the sugar",
        "all large: a latte and a flat white",
        "both large: a latte and a flat white",
        "a latte in the morning",
        # what may be another word
        "a toffee latte",
        "a matte",
        "a thrree latte",
        "a flat whine",
        "a latte with money",
        "a bageel",
        "dozens of lattes",
        "two lattes each",
        "a latte for each of us",
        # what is sold otherwise
        "a latte combo meal",
        "a latte deal",
        "a case of blueberry muffins",
        "a box of blueberry muffins",
        "a pack of bagels",
        "any latte",
        "more honey in my latte",
    ],
    "sandwiches": [
        "the tuna sub was cold",
        "my tuna sub has no bacon",
        "i wanted a tuna sub",
        "we had two cookies and a lemonade",
        "who made the veggie sub",
        "which is better, the tuna sub",
        "is the soup made with milk",
        "cancel the cookie",
        "the cookies come in a case",
        "a tuna sub meal",
        "my friend got a turkey club",
        "there are 2 cookies",
    ],
    "teas": [
        "milk tea is great",
        "was the chai iced",
        "i drink green tea",
        "could there be pearls in the milk tea",
        "an egg tart if there are any",
        "he loves chai",
        "the green tea with pearls was awesome",
        "two egg tarts at 4",
    ],
    "clothes": [
        "i got a black tee",
        "does the tee come in red",
        "do the running shoes come in size 42?",
        "my black tee shrank",
        "running shoes, size 42?",
        "the tees are nice",
        "a tee for $20",
        "she wore a red tee",
    ],
}

ORDERS = {
    "cafe": [
        ("a latte", ["1 latte"]),
        ("two lattes please", ["2 latte"]),
        ("can i get a latte?", ["1 latte"]),
        ("could i have two lattes?", ["2 latte"]),
        (
            "Could we get a latte with oat milk and two bagels, please?",
            ["1 latte oat_milk", "2 bagel"],
        ),
        ("hi there, may i have a large latte?", ["1 latte large"]),
        ("two lattes please?", ["2 latte"]),
        ("can i get a latte? and a bagel?", ["1 bagel", "1 latte"]),
        ("two more lattes", ["2 latte"]),
        ("one more latte please", ["1 latte"]),
        ("i'd like a latte", ["1 latte"]),
        ("i'd really like a latte", ["1 latte"]),
        ("i would just love a latte with honey", ["1 latte honey"]),
        ("we would like three flat whites", ["3 flat_white"]),
        ("i'll have a large latte to go", ["1 latte large"]),
        ("i'll do a latte", ["1 latte"]),
        ("i will take a bagel with butter", ["1 bagel butter"]),
        ("let me get a latte", ["1 latte"]),
        ("gimme two flat whites", ["2 flat_white"]),
        ("we want two lattes and a bagel", ["1 bagel", "2 latte"]),
        ("i need a latte with sugar thanks so much", ["1 latte sugar"]),
        ("put me down for a latte", ["1 latte"]),
        ("how about a latte", ["1 latte"]),
        ("large latte, that will be all", ["1 latte large"]),
        ("i'm going to have a latte", ["1 latte"]),
        ("i am gonna get a latte", ["1 latte"]),
        ("for my drink i'd like a latte", ["1 latte"]),
        ("i want to order three bagels", ["3 bagel"]),
        ("thank you, a latte please", ["1 latte"]),
        ("a latte, if possible with oat milk", ["1 latte oat_milk"]),
        ("please make me a latte", ["1 latte"]),
        ("could you make me a latte?", ["1 latte"]),
        ("would you bring us two lattes?", ["2 latte"]),
        ("i wanna try the latte", ["1 latte"]),
        ("lets get a latte", ["1 latte"]),
        ("a dozen blueberry muffins", ["12 blueberry_muffin"]),
        ("two dozen bagels", ["24 bagel"]),
        ("a latte made with oat milk", ["1 latte oat_milk"]),
        ("a large iced tea, take away the ice", ["1 iced_tea large -ice"]),
        ("ok so a latte and a bagel with butter, that's it", ["1 bagel butter", "1 latte"]),
        ("a latte, that would be great", ["1 latte"]),
        ("my order is a latte", ["1 latte"]),
        ("morning! a latte for my wife", ["1 latte"]),
        ("3 bagels for 4 people", ["3 bagel"]),
        ("a latte to table 12", ["1 latte"]),
        ("my kid wants a hot chocolate", ["1 hot_chocolate"]),
        ("a latte and a flat white, all large", ["1 flat_white large", "1 latte large"]),
        ("a latte and a flat white, all with sugar", ["1 flat_white sugar", "1 latte sugar"]),
        ("a latte, no sugar at all, nothing else", ["1 latte -sugar"]),
        ("a latte, hardly any sugar", ["1 latte light:sugar"]),
        ("two lattes, small ones", ["2 latte small"]),
        ("a pair of bagels", ["2 bagel"]),
        ("flta white", ["1 flat_white"]),
        ("bluberry mufin x2", ["2 blueberry_muffin"]),
        ("two hundred and fifty bagels", ["250 bagel"]),
        ("latte w/ honey", ["1 latte honey"]),
        ("two lattes, one with honey and one with sugar", ["1 latte honey", "1 latte sugar"]),
    ],
    "sandwiches": [
        ("i would also like a tuna sub with extra bacon", ["1 tuna_sub extra:bacon"]),
        ("may i please get a footlong veggie sub on rye?", ["1 veggie_sub footlong rye"]),
        ("can you send me two cookies", ["2 cookie"]),
        ("i'll go with the turkey club, hold the onion", ["1 turkey_club -onion"]),
        ("for here, a bowl of soup and a milk", ["1 milk", "1 tomato_soup bowl"]),
    ],
    "teas": [
        ("a large milk tea with pearls to go please", ["1 milk_tea large pearls"]),
        ("could i get a chai with oat milk?", ["1 chai oat_milk"]),
        ("i'd love two egg tarts", ["2 egg_tart"]),
    ],
    "clothes": [
        ("can i order a black tee in XL?", ["1 t-shirt XL black"]),
        ("i want running shoes in size 42", ["1 running_shoes 42"]),
        ("a red tee for myself", ["1 t-shirt red"]),
        ("a pair of running shoes in size 42", ["1 running_shoes 42"]),
        ("two pairs of black running shoes in size 42", ["2 running_shoes 42 black"]),
    ],
}


@pytest.mark.parametrize(
    ("shop", "text"), [(shop, text) for shop, texts in NO_ORDERS.items() for text in texts]
)
def test_what_is_no_order_is_never_certain(shop: str, text: str) -> None:
    """Praise, questions, the past, complaints, wishes, others' orders and prices order nothing."""
    reading = READERS[shop].read(text)

    assert not reading.certain, shown(reading.lines)


@pytest.mark.parametrize(
    ("shop", "text", "lines"),
    [(shop, text, lines) for shop, texts in ORDERS.items() for text, lines in texts],
)
def test_an_ordinary_order_stays_certain(shop: str, text: str, lines: list[str]) -> None:
    """The ways in which people order are read alone, and exactly."""
    explanation = READERS[shop].explain(text)

    assert (shown(explanation.reading.lines), explanation.doubts) == (lines, frozenset())


@pytest.mark.parametrize(
    ("text", "lines", "doubt"),
    [
        ("two 2 lattes", ["2 latte"], Doubt.NUMBER_OPEN),
        ("a latte?", ["1 latte"], Doubt.QUESTION),
        ("use SPRING25 use OTHER10 a latte", ["1 latte"], Doubt.COUPON_OPEN),
        ("100% discount code FREE100 latte", ["1 latte"], Doubt.UNKNOWN_WORD),
        ("25% off a latte", ["1 latte"], Doubt.UNREAD_PHRASE),
        ("a $5 latte", ["1 latte"], Doubt.UNKNOWN_WORD),
        ("5\u20ac for a latte", ["1 latte"], Doubt.UNKNOWN_WORD),
        ("a latte SPRING25", ["1 latte"], Doubt.UNKNOWN_WORD),
    ],
)
def test_a_number_that_counts_nothing_is_no_quantity(
    text: str, lines: list[str], doubt: Doubt
) -> None:
    """Prices, percentages and codes leave the likeliest quantity alone, and the reason is named."""
    explanation = READERS["cafe"].explain(text)

    assert shown(explanation.reading.lines) == lines
    assert doubt in explanation.doubts


def test_a_code_that_is_named_and_refused_is_asked_about() -> None:
    """Whoever says use it and don't is not read as either."""
    explanation = READERS["cafe"].explain("a latte, use spring25. dont use spring25")

    assert explanation.reading.coupon == "SPRING25"
    assert Doubt.COUPON_OPEN in explanation.doubts


def test_a_code_may_begin_with_a_word_of_the_menu() -> None:
    """What is glued to a number that the menu has elsewhere is a code, and no item."""
    reader = MenuReader(menu((item("latte"), item("blend 20"), item("mocha 12"))))
    named = reader.read("use LATTE20: a latte")

    assert (named.coupon, shown(named.lines), named.certain) == ("LATTE20", ["1 latte"], True)
    assert reader.read("a latte, use MOCHA12").coupon is None
