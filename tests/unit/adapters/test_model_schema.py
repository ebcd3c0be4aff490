"""The answer's schema: closed, and within the limits of strict structured outputs."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.adapters.model.schema import (
    ENUM_VALUES_MAX,
    LONG_ENUM_LENGTH_MAX,
    LONG_ENUM_VALUES,
    option_id,
    response_format,
)
from chalicelib.domain.catalogue import Catalogue, Item, Option, OptionGroup, Select, catalogue_of


def _menu(skus: list[str], options: int = 2) -> Catalogue:
    values = tuple(Option(value=f"v{n}", name=f"v{n}") for n in range(options))
    groups = (OptionGroup(group="g", select=Select.MANY, values=values),) if options else ()
    items = tuple(Item(sku=sku, name="any", unit_price=1) for sku in skus)
    return catalogue_of("shop", 1, "EUR", items, groups)


def _schema(menu: Catalogue) -> Any:
    given = response_format(menu)
    assert given["type"] == "json_schema"
    wrapped: Any = given["json_schema"]
    assert wrapped["strict"] is True
    return wrapped["schema"]


def _objects(schema: Any) -> Iterator[Any]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from _objects(value)


def _enums(schema: Any) -> list[list[str]]:
    return [part["enum"] for part in _objects(schema) if isinstance(part.get("enum"), list)]


def test_a_small_menu_leaves_nothing_to_invent() -> None:
    """SKUs and options are enums of the menu's own."""
    schema = _schema(_menu(["a", "b"]))
    assert _enums(schema) == [["a", "b"], ["g:v0", "g:v1"], ["with", "extra", "light", "without"]]


def test_every_object_is_closed_and_every_field_required() -> None:
    """Strict mode refuses anything less."""
    objects = [part for part in _objects(_schema(_menu(["a"]))) if part.get("type") == "object"]
    assert len(objects) == 3
    for part in objects:
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])


@pytest.mark.parametrize(
    ("menu", "sizes"),
    [
        (_menu([f"{n}" for n in range(900)], 90), [900, 90, 4]),
        (_menu([f"{n}" for n in range(900)], 97), [900, 4]),
        (_menu([f"{n}" for n in range(997)], 90), [90, 4]),
        (_menu([f"{n}" for n in range(50_000)], 0), [4]),
        (_menu([f"{n:060}" for n in range(LONG_ENUM_VALUES)]), [LONG_ENUM_VALUES, 2, 4]),
        (_menu([f"{n:060}" for n in range(LONG_ENUM_VALUES + 1)]), [2, 4]),
        (_menu(['14" pizza', "b"]), [2, 4]),
        (_menu(["a\\b"]), [2, 4]),
        (_menu(["a\nb"]), [2, 4]),
        (_menu(["a"], 0), [1, 4]),
    ],
    ids=[
        "fits",
        "options too many in all",
        "SKUs too many in all",
        "very many SKUs",
        "long SKUs, few enough",
        "long SKUs, one too many",
        "a quote",
        "a backslash",
        "a line end",
        "no options",
    ],
)
def test_names_beyond_a_limit_become_plain_strings(menu: Catalogue, sizes: list[int]) -> None:
    """What can't be an enum is left to the check of the answer; the rest stays closed."""
    enums = _enums(_schema(menu))
    assert [len(enum) for enum in enums] == sizes
    assert sum(sizes) <= ENUM_VALUES_MAX
    for enum in enums:
        assert len(enum) <= LONG_ENUM_VALUES or sum(map(len, enum)) <= LONG_ENUM_LENGTH_MAX


_NAMES = st.text(alphabet=":%3A52ab", max_size=6)


@given(st.tuples(_NAMES, _NAMES), st.tuples(_NAMES, _NAMES))
@example(("a", "b:c"), ("a:b", "c"))
@example(("a:", "b"), ("a%3A", "b"))
def test_no_two_options_share_an_id(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Colons in a group's or an option's name confuse nothing."""
    assert (option_id(*one) == option_id(*other)) == (one == other)
