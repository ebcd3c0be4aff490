"""From the endpoint's bytes to a reading, believing nothing.

Whatever the endpoint enforced, the answer is parsed into a closed type and checked against
the menu that the model was shown. An answer with anything else in it, such as a price or a
coupon, is unusable as a whole: who makes one thing up may have made up the rest. No reason
given here holds a word of the answer, since the customer's text can put words into it.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.adapters.model.schema import option_refs
from chalicelib.application.ports import ModelReading, ModelResult, ModelUnavailable, ModelUnusable
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.model_use import ModelUse
from chalicelib.domain.pricing import line_faults
from chalicelib.domain.resolution import Amount, ChosenOption, Line, OptionRef, Reading

QUANTITY_MAX: Final = 1_000
LINES_MAX: Final = 50
"""Of an order."""

TOKENS_MAX: Final = 10**9
"""Whoever counts more has a fault."""

_AMOUNTS: Final = {"with": None, "extra": Amount.EXTRA, "light": Amount.LIGHT}


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    finish_reason: str | None = None
    message: _Message


class Completion(BaseModel):
    """What we read of a chat completion; *error* is how some gateways fail with a 200."""

    choices: tuple[_Choice, ...] = ()
    error: Any = None
    usage: Any = None

    @property
    def tokens(self) -> ModelUse:
        """Return the tokens that the endpoint says it counted, as far as it says so."""
        usage = self.usage if isinstance(self.usage, dict) else {}
        details = usage.get("prompt_tokens_details")
        counts = {
            "input_tokens": usage.get("prompt_tokens"),
            "cached_tokens": details.get("cached_tokens") if isinstance(details, dict) else None,
            "output_tokens": usage.get("completion_tokens"),
        }
        told = {name: n for name, n in counts.items() if isinstance(n, int)}
        return ModelUse(**{name: n for name, n in told.items() if 0 <= n <= TOKENS_MAX})


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Option(_Closed):
    option: str
    how: Literal["with", "extra", "light", "without"]


class _Line(_Closed):
    sku: str
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX)]
    options: tuple[_Option, ...] = ()


class _Answer(_Closed):
    lines: Annotated[tuple[_Line, ...], Field(max_length=LINES_MAX)]
    certain: bool


def completion_of(body: bytes) -> Completion | ModelUnavailable:
    """Return the chat completion that *body* holds. If none, the model never spoke."""
    try:
        return Completion.model_validate_json(body)
    except ValidationError:
        return ModelUnavailable("no chat completion")


def reading_of(completion: Completion, menu: Catalogue) -> ModelResult:
    """Return what the model made of the text, every line of it on *menu*."""
    if not completion.choices:
        failed = completion.error is not None
        return ModelUnavailable("an error in place of choices" if failed else "no choices")
    return _said(completion.choices[0], menu)


def _said(choice: _Choice, menu: Catalogue) -> ModelReading | ModelUnusable:
    match choice:
        case _Choice(finish_reason="length"):
            return ModelUnusable("cut off")
        case _Choice(finish_reason="content_filter"):
            return ModelUnusable("content filtered")
        case _Choice(message=_Message(refusal=str(refusal))) if refusal:
            return ModelUnusable("refused")
        case _Choice(message=_Message(content=str(content))) if content.strip():
            return _checked(content, menu)
        case _:
            return ModelUnusable("empty answer")


def _checked(content: str, menu: Catalogue) -> ModelReading | ModelUnusable:
    try:
        answer = _Answer.model_validate_json(content)
    except ValidationError as error:
        # The kind of the fault is pydantic's word; its place and input are the model's.
        return ModelUnusable(f"not the shape asked for: {error.errors()[0]['type']}")
    refs = option_refs(menu)
    if any(option.option not in refs for line in answer.lines for option in line.options):
        return ModelUnusable("an option that is not on the menu")
    lines = tuple(_line(line, refs) for line in answer.lines)
    if any(fault for line in lines for fault in line_faults(line, menu)):
        return ModelUnusable("a line that the menu does not offer")
    if any(_contradicts_itself(line) for line in lines):
        return ModelUnusable("an option both wanted and not")
    return ModelReading(Reading(lines=lines, certain=answer.certain and bool(lines)))


def _line(line: _Line, refs: Mapping[str, OptionRef]) -> Line:
    wanted = (option for option in line.options if option.how != "without")
    unwanted = {refs[option.option] for option in line.options if option.how == "without"}
    return Line(
        sku=line.sku,
        quantity=line.quantity,
        options=tuple(_chosen(refs[option.option], _AMOUNTS[option.how]) for option in wanted),
        without=tuple(unwanted),
    )


def _chosen(ref: OptionRef, amount: Amount | None) -> ChosenOption:
    return ChosenOption(group=ref.group, value=ref.value, amount=amount)


def _contradicts_itself(line: Line) -> bool:
    wanted = {OptionRef(group=option.group, value=option.value) for option in line.options}
    return not wanted.isdisjoint(line.without)
