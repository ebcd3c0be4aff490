"""The rush is made of what the API takes, and of everything that it is to show."""

import json

from chalicelib.domain.pricing import line_faults
from chalicelib.entrypoints.wire.parse import parse
from chalicelib.entrypoints.wire.requests import IntentIn
from chalicelib.understanding.reader import MenuReader
from local.campaign import CUSTOMERS, USES_PER_CUSTOMER
from local.demo import COUPON_UNITS
from local.texts import AMBIGUOUS, CLEAR, COUPON_ENDINGS, NONSENSE, ROUNDABOUT
from local.wishes import wishes
from tests.unit.local.menus import menu

COUPON = "RUSH-12"
RUSH = wishes(COUPON, CUSTOMERS, 500, seed=1)


def test_a_seed_always_makes_the_same_rush() -> None:
    """So that a rush that went wrong can be played again."""
    assert wishes(COUPON, CUSTOMERS, 500, seed=1) == RUSH
    assert wishes(COUPON, CUSTOMERS, 500, seed=2) != RUSH


def test_every_body_is_one_that_the_api_takes() -> None:
    """No intent of the rush is lost to its own form."""
    for wish in RUSH:
        parse(json.dumps(dict(wish.body)).encode(), IntentIn)


def test_keys_are_of_one_coupon_and_all_different() -> None:
    """A rush never repeats another's key."""
    assert len({wish.key for wish in RUSH}) == len(RUSH)
    assert all(wish.key.startswith(COUPON) for wish in RUSH)


def test_the_coupon_is_wanted_more_often_than_it_can_be_had() -> None:
    """Units run out, and so do some customers' uses, but one customer can't take them all."""
    wanting = [w for w in RUSH if COUPON in json.dumps(dict(w.body))]
    assert len(wanting) > 2 * COUPON_UNITS
    assert USES_PER_CUSTOMER < COUPON_UNITS < USES_PER_CUSTOMER * len(CUSTOMERS)


def test_the_rush_has_something_of_everything() -> None:
    """Texts of each kind, items, quotes, limits, fallbacks, repeats and conflicts."""
    bodies = [wish.body for wish in RUSH]
    texts = {body.get("text") for body in bodies}
    assert texts & set(AMBIGUOUS)
    assert texts & set(NONSENSE)
    assert texts & set(CLEAR)
    assert texts & ROUNDABOUT.keys()
    assert {body.get("if_coupon_unavailable") for body in bodies} == {None, "reject", "full_price"}
    for field in ("items", "coupon", "confirm", "max_total"):
        assert any(field in body for body in bodies), field
    assert any(wish.repeats > 1 for wish in RUSH)
    assert any(wish.conflicting for wish in RUSH)


def test_most_clear_texts_need_no_model_and_no_nonsense_is_ordered() -> None:
    """The demo shows the parser at work, and asking where there is nothing to be certain of."""
    reader = MenuReader(menu())
    certain = [text for text in CLEAR if reader.read(text).certain]
    assert len(certain) > len(CLEAR) * 0.8
    assert not [text for text in NONSENSE if reader.read(text).certain]


def test_only_a_model_can_read_the_roundabout_texts() -> None:
    """The parser is certain of none of them, and what they mean is on the menu."""
    reader = MenuReader(menu())
    for text, lines in ROUNDABOUT.items():
        assert not reader.read(text).certain, text
        assert [fault for line in lines for fault in line_faults(line, menu())] == [], text


def test_a_coupon_in_the_text_is_found_and_leaves_the_order_certain() -> None:
    """Each way of naming the code names it."""
    reader = MenuReader(menu())
    for ending in COUPON_ENDINGS:
        reading = reader.read("a large latte" + ending.format(coupon=COUPON))
        assert (reading.coupon, reading.certain) == (COUPON, True), ending
