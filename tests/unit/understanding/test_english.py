"""The words of English."""

import pytest

from chalicelib.understanding.english import ENGLISH, singular
from chalicelib.understanding.tokens import keys_of


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("latte", "lattes"),
        ("tomato", "tomatoes"),
        ("cookie", "cookies"),
        ("fry", "fries"),
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
