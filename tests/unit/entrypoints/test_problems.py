"""Every error has its answer, and none says too much."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.domain import errors
from chalicelib.entrypoints.problems import DOMAIN, EDGE, ERRORS_MAX, Code, problem_of
from tests.unit.entrypoints.shop import Shop

SECRET = "call me at 555-0100"


def _subclasses(of: type[errors.RushlineError]) -> Iterator[type[errors.RushlineError]]:
    for subclass in of.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def test_no_error_is_missing() -> None:
    """Each error of the domain stands in the table, and nothing else does."""
    product = {c for c in _subclasses(errors.RushlineError) if c.__module__.startswith("chalice")}

    assert set(DOMAIN) == product
    assert set(EDGE) == set(Code)


def test_codes_are_one_to_one() -> None:
    """No two problems share a code."""
    codes = [error.code for error in DOMAIN] + [str(code) for code in EDGE]

    assert len(set(codes)) == len(codes)


MADE: list[tuple[errors.RushlineError, int]] = [
    (errors.IntentNotFoundError("x"), 404),
    (errors.IllegalMoveError("confirmed", "cancelled"), 409),
    (errors.KeyReusedError("x"), 422),
    (errors.QuestionChangedError("x"), 409),
    (errors.UnknownChoiceError("x"), 422),
    (errors.TooBusyError(17), 429),
    (errors.NotQueuedError("x"), 503),
    (errors.UnknownMerchantError("x"), 422),
    (errors.MerchantRequiredError("x"), 422),
    (errors.CouponNotFoundError("x"), 404),
    (errors.CouponFixedError("x"), 409),
    (errors.CommandRefusedError("x"), 409),
    (errors.RefundRefusedError("x"), 409),
    (errors.UnknownItemError("x"), 404),
    (errors.BrokenCatalogueError(("a", "b")), 422),
    (errors.RunNotFoundError("x"), 404),
    (errors.RunExistsError("x"), 409),
    (errors.PlanRefusedError("rate", "x"), 422),
    (errors.RunRefusedError("x"), 409),
    (errors.StoreUnavailableError(SECRET), 503),
]


@pytest.mark.parametrize(("error", "status"), MADE, ids=lambda made: type(made).__name__)
def test_status(error: errors.RushlineError, status: int) -> None:
    """Each error of the domain is answered with its status, and says its code."""
    body = json.loads(problem_of(error).response().body)

    assert (body["status"], body["code"]) == (status, error.code)
    assert body["type"] == f"urn:rushline:problem:{error.code}"
    assert body["title"]


def test_what_comes_along() -> None:
    """Where a program needs more than the code, the problem says it."""
    busy = problem_of(errors.TooBusyError(17)).response()
    moved = json.loads(problem_of(MADE[1][0]).response().body)
    broken = json.loads(problem_of(errors.BrokenCatalogueError(("a", "b"))).response().body)

    assert busy.headers["Retry-After"] == "17"
    assert moved["current"] == "confirmed"
    assert broken["errors"] == [{"field": "body", "detail": d} for d in ("a", "b")]


def test_faults_are_bounded() -> None:
    """However many faults there are, the answer stays one that Lambda can give."""
    many = errors.BrokenCatalogueError(("x",) * 60_000)

    assert len(json.loads(problem_of(many).response().body)["errors"]) == ERRORS_MAX


def test_stores_stay_unnamed() -> None:
    """What a store said about its trouble is not passed on."""
    response = problem_of(errors.StoreUnavailableError(SECRET)).response()

    assert SECRET not in response.body
    assert int(str(response.headers["Retry-After"])) > 0


@pytest.mark.parametrize("error", [ValueError(SECRET), KeyError(SECRET), RecursionError(SECRET)])
def test_the_unexpected(
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    written: Callable[[], str],
    error: Exception,
) -> None:
    """What nobody foresaw is a 500 without detail, logged once, by its type and place alone."""

    def broken(*_: object, **__: object) -> Any:
        raise error

    monkeypatch.setattr(shop.intents, "accept", broken)
    reply = shop.post({"text": SECRET})
    logged = written()

    assert (reply.status, reply.code) == (500, "internal_error")
    assert set(reply.json) == {"type", "title", "status", "code"}
    assert logged.count("unexpected error") == 1
    assert type(error).__name__ in logged
    assert "test_problems.py" in logged
    assert SECRET not in logged + reply.text


def test_an_error_that_is_not_in_the_table() -> None:
    """An error that someone forgot to map is an internal one, not a crash."""

    class ForgottenError(errors.RushlineError):
        code = "forgotten"

    assert problem_of(ForgottenError(SECRET)).code == Code.INTERNAL
