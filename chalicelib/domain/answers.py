"""What an answer to our question makes of the request."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.errors import QuestionChangedError, UnknownChoiceError
from chalicelib.domain.intent import CouponFallback, Intent, Request
from chalicelib.domain.resolution import Choice, Line, Question, QuestionCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One of a choice that we offered, a new text, or lines.

    *turn* names the question that is answered, where the client says it: the first needs no
    name. *fingerprint* is the hash of the answer as it came.
    """

    fingerprint: str
    turn: int | None = None
    choice: str | None = None
    text: str | None = None
    lines: tuple[Line, ...] = ()


def answered(intent: Intent, answer: Answer) -> Request:
    """Return the request as *answer* makes it.

    After the first question an answer has to name its question. Raises
    `QuestionChangedError` for the answer to another question or to none, and
    `UnknownChoiceError` for a choice that was not offered.
    """
    if answer.turn not in (None, intent.turn):
        msg = "this answers a question that is no longer asked"
        raise QuestionChangedError(msg)
    if answer.turn is None and intent.turn:
        # It may be an answer to an earlier question, late: that one was not shown this one's price.
        msg = "there was a question before this one: name the question that this answers"
        raise QuestionChangedError(msg)
    request = intent.request
    if answer.choice is not None:
        return _chosen(request, intent.question, answer.choice)
    asked = None if answer.text is None else _asked(request, intent.question)
    return replace(request, text=answer.text, lines=answer.lines, answered=asked)


def _asked(request: Request, question: Question | None) -> Question | None:
    """Return the question that a text answers in part: the last about what a text meant.

    One without choices offers nothing to agree to or change; what was offered before it still
    stands, unless all of it was refused.
    """
    match question:
        case Question(code=QuestionCode.AMBIGUOUS, choices=choices) if choices:
            return question
        case Question(refused=True):
            return None
        case Question(code=QuestionCode.AMBIGUOUS | QuestionCode.NOT_UNDERSTOOD):
            return request.answered
        case Question(choices=choices) if lines := _understood(request, choices):
            # It stands, whatever else was asked: an answer may change it, not forget it.
            choice = Choice(id="1", label="", lines=lines)
            return Question(code=QuestionCode.AMBIGUOUS, prompt="", choices=(choice,))
        case _:
            return None


def _understood(request: Request, choices: Sequence[Choice]) -> tuple[Line, ...]:
    """Return the lines that a question about a price, a coupon or stock is about."""
    return request.lines or next((choice.lines for choice in choices if choice.lines), ())


def _chosen(request: Request, question: Question | None, choice_id: str) -> Request:
    choices = question.choices if question else ()
    choice = next((c for c in choices if c.id == choice_id), None)
    if question is None or choice is None:
        msg = "the question does not offer that choice"
        raise UnknownChoiceError(msg)
    return _agreed(replace(request, text=None, lines=choice.lines, answered=None), question, choice)


def _agreed(request: Request, question: Question, choice: Choice) -> Request:
    match question.code:
        case QuestionCode.COUPON_UNAVAILABLE:
            request = replace(request, if_coupon_unavailable=CouponFallback.FULL_PRICE)
        case _:
            pass
    return request if choice.max_total is None else replace(request, max_total=choice.max_total)
