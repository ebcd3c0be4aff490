"""From a body's raw bytes to a model, or to a problem that names what is wrong.

JSON is read by the standard library, with hooks for what it would let pass: a name that
comes twice (two readers could take different ones), NaN and the infinities (which JSON
doesn't have), lone surrogates and NUL (which pass here and break a queue or a table
later). Numbers with a fraction or an exponent become decimals, exact however they were
written, so no integer field takes them and none of them overflows.
"""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.entrypoints.problems import Code, Fault, RefusedError

Model = TypeVar("Model", bound=BaseModel)

# NUL and surrogates come in by escapes alone: raw ones are not JSON, or not UTF-8. U+FFFE and
# U+FFFF are no characters (Unicode 23.7), and SQS refuses a message that has one.
_SUSPECT = re.compile(r"\\u(0000|[dD][89a-fA-F]|[fF]{3}[eEfF])|[\ufffe\uffff]")
_BYTE_ORDER_MARK = "\ufeff"
UNTEXTUAL = re.compile("[\0\ud800-\udfff\ufffe\uffff]")
"""What no text has."""

_SAFE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)

_NOT_TEXT = "it has a character that no text has (NUL, half of a surrogate pair, U+FFFE or U+FFFF)"


class _NotJsonError(ValueError):
    """A body that the standard library would take and JSON would not."""


def parse(raw: bytes, model: type[Model]) -> Model:
    """Return *raw* as a *model*. Raises `RefusedError`: 400 for no JSON, 422 for the wrong JSON.

    A fault names the field and never quotes what was sent.
    """
    document = parse_json(raw)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise RefusedError(Code.INVALID, faults=faults_of(error)) from None


def parse_json(raw: bytes) -> Any:  # noqa: ANN401 (any JSON)
    """Return what the JSON in *raw* says, or raise `RefusedError`."""
    try:
        text = raw.decode()
        document = _load(text)
    except UnicodeDecodeError:
        raise malformed(why="it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise malformed(why=_where(error)) from None
    except _NotJsonError as error:
        raise malformed(why=str(error)) from None
    except RecursionError:
        raise malformed(why="it is nested too deeply") from None
    except ValueError:
        # The one that is left: Python reads no integer of more than 4,300 digits.
        raise malformed(why="a number has too many digits") from None
    if _SUSPECT.search(text):
        _refuse_untextual(document)
    return document


def malformed(*, why: str) -> RefusedError:
    """Return the refusal of a body that is no JSON. *why* never quotes what was sent."""
    return RefusedError(Code.MALFORMED_JSON, faults=[Fault(field="body", detail=why)])


def place(loc: tuple[int | str, ...]) -> str:
    """Return the name of the place *loc*, such as "items.0.quantity". Made-up names stay out of it."""
    parts = (str(p) if isinstance(p, int) or _SAFE_NAME.fullmatch(p) else "?" for p in loc)
    return ".".join(parts) or "body"


def _load(text: str) -> Any:  # noqa: ANN401 (any JSON)
    if not text.strip():
        msg = "it is empty"
        raise _NotJsonError(msg)
    if text.startswith(_BYTE_ORDER_MARK):
        msg = "it begins with a byte order mark"
        raise _NotJsonError(msg)
    return json.loads(text, object_pairs_hook=_once, parse_constant=_constant, parse_float=_decimal)


def _where(error: json.JSONDecodeError) -> str:
    """Say where the text stops being JSON. The error's own words may quote it."""
    line = f"line {error.lineno}, " if "\n" in error.doc.strip() else ""
    place = f"{line}column {error.colno}"
    if error.doc[error.pos : error.pos + 1] < " " and error.pos < len(error.doc):
        return f"it has a raw control character, or ends a line within a text, at {place}"
    return f"it is not JSON at {place}"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        msg = "a name comes twice in one object"
        raise _NotJsonError(msg)
    return document


def _constant(_: str) -> NoReturn:
    msg = "NaN and the infinities are not JSON"
    raise _NotJsonError(msg)


def _decimal(number: str) -> Decimal:
    try:
        return Decimal(number)
    except InvalidOperation:
        msg = "a number is out of range"
        raise _NotJsonError(msg) from None


def _refuse_untextual(document: Any) -> None:  # noqa: ANN401
    """Look through *document*, without recursion, for strings that are no text."""
    left: list[tuple[tuple[int | str, ...], Any]] = [((), document)]
    faults: list[Fault] = []
    while left:
        loc, value = left.pop()
        match value:
            case dict():
                if any(UNTEXTUAL.search(name) for name in value):
                    faults.append(Fault(field=place(loc), detail=_NOT_TEXT))
                left.extend(((*loc, name), inner) for name, inner in value.items())
            case list():
                left.extend(((*loc, index), inner) for index, inner in enumerate(value))
            case str() if UNTEXTUAL.search(value):
                faults.append(Fault(field=place(loc), detail=_NOT_TEXT))
            case _:
                pass
    if faults:
        raise RefusedError(Code.INVALID, faults=faults)


def faults_of(error: ValidationError) -> list[Fault]:
    """Return what is wrong, each with its place, in words that quote nothing."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    inner = {one["loc"][:depth] for one in found for depth in range(len(one["loc"]))}
    # A list whose entries are at fault is also counted as too short: that is no fault of its own.
    own = (one for one in found if one["type"] != "too_short" or one["loc"] not in inner)
    return [Fault(field=place(one["loc"]), detail=_words(one["type"], one["msg"])) for one in own]


def _words(kind: str, message: str) -> str:
    match kind:
        case "extra_forbidden":
            return "there is no such field"
        case "missing":
            return "it is required"
        case "too_short":
            return "it has too few entries"
        case "too_long":
            return "it has too many entries"
        case "model_type" | "model_attributes_type":
            return "it is an object"
        case _:
            return message.removeprefix("Value error, ")
