"""From the endpoint's bytes to a reading: only what the menu offers comes through."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.model.reading import (
    LINES_MAX,
    QUANTITY_MAX,
    Completion,
    completion_of,
    reading_of,
)
from chalicelib.application.ports import ModelReading, ModelResult, ModelUnavailable, ModelUnusable
from chalicelib.domain.catalogue import Catalogue, Item, Option, OptionGroup, Select, catalogue_of
from chalicelib.domain.model_use import ModelUse
from chalicelib.domain.pricing import line_faults
from chalicelib.domain.resolution import Amount, ChosenOption, Line, OptionRef, Reading

TEA: dict[str, Any] = {"sku": "tea", "quantity": 1, "options": []}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["lines", "certain", "sku", "quantity", "options", "price", "choices"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def _menu() -> Catalogue:
    size = OptionGroup(
        group="size",
        select=Select.ONE,
        values=(Option(value="small", name="small"), Option(value="large", name="large")),
    )
    sugar = OptionGroup(
        group="extras", select=Select.MANY, values=(Option(value="sugar", name="sugar"),)
    )
    tea = Item(sku="tea", name="tea", unit_price=200, option_groups=("size",))
    coffee = Item(sku="coffee", name="coffee", unit_price=300, option_groups=("size", "extras"))
    return catalogue_of("cafe", 1, "EUR", (tea, coffee), (size, sugar))


def _read(content: object) -> ModelResult:
    written = content if isinstance(content, str) else json.dumps(content)
    return reading_of(
        Completion.model_validate({"choices": [{"message": {"content": written}}]}), _menu()
    )


def _option(option: str, how: str = "with") -> dict[str, str]:
    return {"option": option, "how": how}


def test_every_part_of_a_line_is_read() -> None:
    """With, extra, light and without each have their place in a line."""
    options = [_option("size:large", "light"), _option("extras:sugar", "without")]
    line = {"sku": "coffee", "quantity": QUANTITY_MAX, "options": options}
    assert _read({"lines": [line], "certain": True}) == ModelReading(
        Reading(
            lines=(
                Line(
                    sku="coffee",
                    quantity=QUANTITY_MAX,
                    options=(ChosenOption(group="size", value="large", amount=Amount.LIGHT),),
                    without=(OptionRef(group="extras", value="sugar"),),
                ),
            ),
            certain=True,
        )
    )


def test_a_model_may_say_that_it_is_not_sure() -> None:
    """Its guess is kept, and is not certain; neither is an order of nothing."""
    assert _read({"lines": [TEA], "certain": False}) == ModelReading(
        Reading(lines=(Line(sku="tea", quantity=1),), certain=False)
    )
    nothing = Reading(lines=(), certain=False)
    assert _read({"lines": [], "certain": True}) == ModelReading(nothing)


@pytest.mark.parametrize(
    "answer",
    [
        {"lines": [TEA]},
        {"certain": True},
        {"lines": [TEA], "certain": "true"},
        {"lines": [TEA], "certain": True, "total": 1},
        {"lines": [TEA | {"price": 0}], "certain": True},
        {"lines": [TEA | {"sku": "TEA"}], "certain": True},
        {"lines": [TEA | {"sku": None}], "certain": True},
        *(
            {"lines": [TEA | {"quantity": quantity}], "certain": True}
            for quantity in (0, -1, QUANTITY_MAX + 1, 10**40, 1.5, "2", True, None)
        ),
        {"lines": [TEA] * (LINES_MAX + 1), "certain": True},
        *(
            {"lines": [TEA | {"options": options}], "certain": True}
            for options in (
                [_option("size:huge")],
                [_option("size")],
                [_option("extras:sugar")],
                [_option("size:large", "double")],
                [_option("size:large") | {"price_delta": -200}],
                [_option("size:large"), _option("size:small")],
                [_option("size:large"), _option("size:large")],
                [_option("size:large"), _option("size:large", "without")],
            )
        ),
        "[" * 100_000,
        '{"lines": [{"sku": "tea", "quantity": NaN, "options": []}], "certain": true}',
        '```json\n{"lines": [], "certain": true}\n```',
        "null",
        "\x00",
    ],
)
def test_what_the_menu_does_not_offer_is_unusable(answer: object) -> None:
    """Unknown names, absurd quantities, prices, contradictions: none of it becomes a line."""
    assert isinstance(_read(answer), ModelUnusable)


@given(JSON)
def test_any_json_is_read_or_refused(value: object) -> None:
    """No content raises, and a reading never names what is not on the menu."""
    result = _read(value)
    assert isinstance(result, ModelReading | ModelUnusable)
    if isinstance(result, ModelReading):
        assert not [fault for line in result.reading.lines for fault in line_faults(line, _menu())]


@given(JSON | st.binary())
def test_any_body_is_read_or_refused(body: object) -> None:
    """No body raises, whatever stands in for a completion."""
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    completion = completion_of(written)
    if isinstance(completion, Completion):
        reading_of(completion, _menu())


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        ({"prompt_tokens": 10**310, "completion_tokens": 3}, {"output_tokens": 3}),
        (None, {}),
        ("much", {}),
        ({"prompt_tokens": 5, "completion_tokens": -1}, {"input_tokens": 5}),
        ({"prompt_tokens": 5, "prompt_tokens_details": None}, {"input_tokens": 5}),
        ({"prompt_tokens_details": {"cached_tokens": 4}}, {"cached_tokens": 4}),
    ],
)
def test_tokens_are_read_as_far_as_they_are_told(usage: object, counted: dict[str, int]) -> None:
    """A server that does not count, or counts oddly, loses no answer by it."""
    assert Completion(usage=usage).tokens == ModelUse(**counted)


@pytest.mark.parametrize(
    "body", [b"<html>", b"", b"{}", b'{"choices": []}', b'{"error": "upstream"}']
)
def test_where_the_model_did_not_speak_it_is_unavailable(body: bytes) -> None:
    """A proxy's page or an empty answer is nothing that it said of the text."""
    completion = completion_of(body)
    if isinstance(completion, Completion):
        assert isinstance(reading_of(completion, _menu()), ModelUnavailable)
    else:
        assert isinstance(completion, ModelUnavailable)
