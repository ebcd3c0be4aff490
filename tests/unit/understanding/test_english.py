"""The words of English."""

import pytest

from chalicelib.understanding.english import ENGLISH, singular
from chalicelib.understanding.language import Role
from chalicelib.understanding.tokens import keys_of


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("latte", "lattes"),
        ("tomato", "tomatoes"),
        ("cookie", "cookies"),
        ("fry", "fries"),
        ("pie", "pies"),
        ("joe", "joes"),
        ("toe", "toes"),
        ("axe", "axes"),
        ("sandwich", "sandwiches"),
        ("dish", "dishes"),
        ("box", "boxes"),
        ("glass", "glasses"),
        ("quiche", "quiches"),
        ("olive", "olives"),
        ("martini", "martinis"),
        ("loaf", "loaves"),
        ("menu", "menus"),
    ],
)
def test_a_word_and_its_plural_meet(one: str, many: str) -> None:
    """A word and its plural have one singular form."""
    assert singular(one) == singular(many)


def test_different_words_stay_apart() -> None:
    """Words that only look alike keep different forms."""
    words = ["ice", "iced", "glass", "glaze", "rice", "bun", "bus", "pea", "peas soup"]

    assert len({singular(word) for word in words}) == len(words)


def test_no_phrase_has_two_roles() -> None:
    """Each phrase plays one role, so the order of the roles changes nothing."""
    roles: dict[tuple[str, ...], set[str]] = {}
    for role, phrases in ENGLISH.phrases.items():
        for phrase in phrases:
            roles.setdefault(keys_of(phrase, ENGLISH), set()).add(role)

    assert [phrase for phrase, found in roles.items() if len(found) > 1] == []


FOOD = [
    "mayo", "mayonnaise", "guac", "guacamole", "bbq", "barbecue", "chocolate", "choc", "decaf",
    "donut", "doughnut", "yogurt", "yoghurt", "chili", "coffee", "tea", "latte", "milk", "cream",
    "sugar", "honey", "syrup", "burger", "fries", "pizza", "cheese", "bacon", "ham", "onion",
    "pickle", "tomato", "lettuce", "ketchup", "mustard", "bun", "bread", "butter", "cookie",
    "muffin", "bagel", "soup", "salad", "rice", "noodle", "egg", "chicken", "beef", "fish",
    "tuna", "coke", "cola", "soda", "lemonade", "juice", "water", "ice", "iced",
]  # fmt: skip


def test_no_phrase_of_the_language_names_what_a_menu_sells() -> None:
    """Food is the menus'; a language that knew some would read the others worse."""
    words = {
        word
        for phrases in ENGLISH.phrases.values()
        for phrase in phrases
        for word in keys_of(phrase, ENGLISH)
    }
    words.update(ENGLISH.variants, *map(str.split, ENGLISH.variants.values()))

    assert words.isdisjoint(singular(word) for word in FOOD)
    assert set(ENGLISH.absences) == {"hot", "warm", "black"}


TELLING = [
    "was", "be", "been", "had", "having", "who", "which", "case", "combo", "meal", "should", "is",
    "are", "do", "does", "did", "love", "friend", "own", "more", "got", "like", "again",
    "delicious", "great", "has", "off", "from",
]  # fmt: skip


@pytest.mark.parametrize("word", TELLING)
def test_a_word_that_may_tell_or_ask_is_no_filler(word: str) -> None:
    """By itself it changes what a sentence means."""
    roles = [
        role
        for role, phrases in ENGLISH.phrases.items()
        if keys_of(word, ENGLISH) in {keys_of(phrase, ENGLISH) for phrase in phrases}
    ]
    assert roles == [Role.DOUBT]
