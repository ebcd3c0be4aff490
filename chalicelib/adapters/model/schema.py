"""The closed shape of the model's answer, built from the menu.

Limits are those that OpenAI documents for strict structured outputs: 1,000 enum values in
all, 15,000 characters in an enum of more than 250 values, every field required and no
other allowed. Quotes, backslashes and control characters in an enum are refused in
practice. Where names break a limit they become plain strings, and the local check of the
answer, which is made in any case, stands alone.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.resolution import OptionRef

ENUM_VALUES_MAX: Final = 1_000
LONG_ENUM_VALUES: Final = 250
LONG_ENUM_LENGTH_MAX: Final = 15_000
HOW: Final = ("with", "extra", "light", "without")


def option_id(group: str, value: str) -> str:
    """Return one name for an option and its group; no two options of a menu share one."""
    return f"{group.replace('%', '%25').replace(':', '%3A')}:{value}"


def option_refs(menu: Catalogue) -> Mapping[str, OptionRef]:
    """Return every option of *menu* by its id."""
    return {
        option_id(group.group, option.value): OptionRef(group=group.group, value=option.value)
        for group in menu.groups.values()
        for option in group.values
    }


def response_format(menu: Catalogue) -> Mapping[str, object]:
    """Return the strict response format of an answer about *menu*."""
    room = ENUM_VALUES_MAX - len(HOW)
    skus, options = tuple(menu.items), tuple(option_refs(menu))
    sku = _name(skus, room)
    option = _name(options, room - len(skus) if "enum" in sku else room)
    how = {"type": "string", "enum": list(HOW)}
    line = _closed(
        sku=sku,
        quantity={"type": "integer"},
        options={"type": "array", "items": _closed(option=option, how=how)},
    )
    # "certain" comes last: the model writes in this order, and judges lines it has written.
    answer = _closed(lines={"type": "array", "items": line}, certain={"type": "boolean"})
    return {
        "type": "json_schema",
        "json_schema": {"name": "order", "strict": True, "schema": answer},
    }


def _name(names: Sequence[str], room: int) -> dict[str, object]:
    """Return the schema of one of *names*: an enum if the limits allow, else any string."""
    long = len(names) > LONG_ENUM_VALUES and sum(map(len, names)) > LONG_ENUM_LENGTH_MAX
    if not names or len(names) > room or long or not all(map(_allowed, names)):
        return {"type": "string"}
    return {"type": "string", "enum": list(names)}


def _allowed(name: str) -> bool:
    return name.isprintable() and not {'"', "\\"} & set(name)


def _closed(**fields: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
