"""The resolve worker: who comes again when, and what is said of the model."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.adapters.codec import PENDING
from chalicelib.application.ports import (
    Lack,
    ModelReading,
    ModelResult,
    ModelUnavailable,
    ModelUnusable,
)
from chalicelib.application.resolved import Again, Became, Consulted, Resolved
from chalicelib.bootstrap import install
from chalicelib.domain.breaker import CLOSED, Breaker
from chalicelib.domain.intent import Pending
from chalicelib.domain.model_use import ModelPrices, ModelUse
from chalicelib.domain.resolution import Reading
from chalicelib.entrypoints import application
from chalicelib.entrypoints.observability import logger
from rushline_testing.lambdas import Context
from tests.fakes import FakeClock, FakeQueue
from tests.unit.adapters.stores import refused
from tests.unit.domain.builders import line, pending, request
from tests.unit.entrypoints.test_workers import event

CLOCK = FakeClock()
ONE_CALL = ModelUse(calls=1, input_tokens=1_200, cached_tokens=1_024, output_tokens=40)
RECEIVES_MAX = 5

Resolve = Callable[[Sequence[Pending]], Resolved]
Call = Callable[..., list[str]]


def letter(seconds: int = 900, *, id_: str = "in_0", gone: int = 0, calls: int = 0) -> Pending:
    """Return an intent that was accepted *gone* seconds ago and has so many in all."""
    one = pending(replace(request(text="tea"), expires_in_seconds=seconds), id_=id_)
    began = CLOCK.now() - gone * 1000
    return replace(
        one,
        accepted_at=began,
        expires_at=began + seconds * 1000,
        model_use=ModelUse(calls=calls),
    )


def waits(ms: int | None, *, spent: int = 0) -> Resolve:
    """Return a use case by which all must wait so long, each having cost so many calls."""

    def work(pendings: Sequence[Pending]) -> Resolved:
        again = {
            one.ref: Again(
                pending=replace(one, model_use=one.model_use + ModelUse(calls=spent)), wait_ms=ms
            )
            for one in pendings
        }
        return Resolved(outcomes={}, again=again)

    return work


@pytest.fixture
def queue() -> FakeQueue:
    """Return the intents queue."""
    return FakeQueue()


@pytest.fixture
def resolve(queue: FakeQueue) -> Iterator[Call]:
    """Return a call of the resolve worker over a use case; its answer is who has to stay."""

    def call(
        work: Resolve,
        *letters: Pending,
        receives: int = 1,
        moves: Sequence[Breaker] = (),
        errors: Sequence[Exception] = (),
    ) -> Any:
        services: Any = SimpleNamespace(
            resolve=work,
            intents_queue=queue,
            clock=CLOCK,
            settings=SimpleNamespace(receives_max=RECEIVES_MAX),
            guarded_model=SimpleNamespace(
                take_moves=lambda: list(moves), take_errors=lambda: list(errors)
            ),
            model_prices=ModelPrices(input=0.25, cached=0.025, output=2.0),
        )
        install(services)
        worker: Any = application.resolve
        context = Context(function_name="the-resolver", clock=CLOCK, deadline=CLOCK.now() + 60_000)
        batch = event(*map(PENDING.dump, letters), receives=receives)
        failures = worker(batch, context)
        return [failure["itemIdentifier"] for failure in failures["batchItemFailures"]]

    yield call
    install(None)


@pytest.mark.parametrize(
    ("ms", "seconds"), [(1, 1), (1_000, 1), (7_001, 8), (200_000, 200), (600_000, 450)]
)
def test_who_was_told_how_long_is_hidden_as_long(
    resolve: Call, queue: FakeQueue, ms: int, seconds: int
) -> None:
    """To the next whole second, and never past half of the intent's time."""
    assert resolve(waits(ms), letter()) == ["0"]
    assert (queue.hidden, queue.sent) == ([("handle-0", seconds)], [])


def test_each_waits_for_itself(resolve: Call, queue: FakeQueue) -> None:
    """One that was told nothing backs off; its neighbour waits as long as it was told."""

    def work(pendings: Sequence[Pending]) -> Resolved:
        told = [3_000, None, 90_000]
        pairs = zip(pendings, told, strict=True)
        return Resolved(outcomes={}, again={p.ref: Again(pending=p, wait_ms=ms) for p, ms in pairs})

    resolve(work, *(letter(id_=f"in_{n}") for n in range(3)), receives=2)
    assert sorted(queue.hidden) == [("handle-0", 3), ("handle-1", 4), ("handle-2", 90)]


def test_on_its_last_delivery_who_waits_is_sent_anew_and_comes_as_late(
    resolve: Call, queue: FakeQueue
) -> None:
    """Waiting makes no dead letters, and the fresh copy doesn't come before its time."""
    assert resolve(waits(200_000), letter(), receives=RECEIVES_MAX) == []
    assert queue.delayed == {letter().ref: 200}
    queue.full = True
    assert resolve(waits(200_000), letter(), receives=RECEIVES_MAX) == ["0"]
    assert queue.hidden == [("handle-0", 200)]


def test_a_thousand_waits_make_no_dead_letter(resolve: Call, queue: FakeQueue) -> None:
    """However often it has to wait, no delivery is the last one."""
    receives = 0
    for _ in range(1_000):
        receives += 1
        assert receives <= RECEIVES_MAX
        if not resolve(waits(1_000), letter(), receives=receives):
            receives = 0
    assert len(queue.sent) == 1_000 // RECEIVES_MAX


def test_who_cost_something_is_sent_anew_with_what_it_cost(resolve: Call, queue: FakeQueue) -> None:
    """A message can't be changed, so a copy carries the count on; and comes as late."""
    assert resolve(waits(7_000, spent=1), letter(calls=1)) == []
    assert [one.model_use.calls for one in queue.sent] == [2]
    assert queue.delayed == {letter().ref: 7}


@pytest.mark.parametrize(("calls", "seconds"), [(0, 2), (1, 4), (4, 32), (9, 60)])
def test_a_copy_backs_off_by_its_calls(
    resolve: Call, queue: FakeQueue, calls: int, seconds: int
) -> None:
    """Its receives begin anew, and don't say any more how often it was tried."""
    resolve(waits(None, spent=1), letter(calls=calls))
    assert queue.delayed == {letter().ref: seconds}


def test_two_letters_of_one_intent_become_one_copy(resolve: Call, queue: FakeQueue) -> None:
    """A duplicate does not multiply."""
    assert resolve(waits(None, spent=1), letter(), letter()) == []
    assert len(queue.sent) == 1


def said(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Return every line of the log."""
    return [json.loads(logger.registered_formatter.format(record)) for record in caplog.records]


def counted(captured: str) -> dict[str, float]:
    """Return the metrics in what was written."""
    found: dict[str, float] = {}
    for written in captured.splitlines():
        for name, value in json.loads(written).items():
            if name.startswith("model_"):
                found[name] = sum(value) if isinstance(value, list) else value
    return found


def test_what_the_model_took_is_logged_and_counted(
    resolve: Call, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each intent, with all that it took; the counts are of this batch alone."""
    results: list[tuple[ModelResult, Became]] = [
        (ModelReading(Reading(lines=(line(),), certain=True), ONE_CALL), Became.UNDERSTOOD),
        (ModelUnusable("refused", ONE_CALL), Became.NEEDS_INPUT),
        (ModelUnavailable("HTTP 500", use=ModelUse(calls=1)), Became.AGAIN),
        (ModelUnavailable("breaker open", retry_after_ms=5, lack=Lack.HELD), Became.AGAIN),
        (ModelUnavailable("being asked", retry_after_ms=5, lack=Lack.BUSY), Became.AGAIN),
        (ModelUnavailable("no time left", lack=Lack.UNASKED), Became.NEEDS_INPUT),
        (ModelUnavailable("ClientError", lack=Lack.UNBUILT), Became.AGAIN),
        (ModelUnusable("HTTP 400", judged=False), Became.NEEDS_INPUT),
    ]

    def work(pendings: Sequence[Pending]) -> Resolved:
        consulted = tuple(
            Consulted(ref=p.ref, result=result, became=became, use=result.use + ONE_CALL)
            for p, (result, became) in zip(pendings, results, strict=True)
        )
        return Resolved(outcomes={}, again={}, consulted=consulted)

    resolve(work, *(letter(id_=f"in_{n}") for n in range(len(results))))
    lines = [one for one in said(caplog) if one["message"].startswith("intent")]
    assert [(one["message"], one["became"], one.get("why")) for one in lines] == [
        ("intent resolved", "understood", None),
        ("intent resolved", "needs_input", "refused"),
        ("intent put off", "again", "HTTP 500"),
        ("intent put off", "again", "breaker open"),
        ("intent put off", "again", "being asked"),
        ("intent resolved", "needs_input", "no time left"),
        ("intent put off", "again", "ClientError"),
        ("intent resolved", "needs_input", "HTTP 400"),
    ]
    first = lines[0]
    assert (first["correlation_id"], first["model_calls"], first["cost_microdollars"]) == (
        "in_0",
        2,
        299,
    )
    assert counted(capsys.readouterr().out) == {
        "model_calls": 3,
        "model_input_tokens": 2_400,
        "model_cached_tokens": 2_048,
        "model_output_tokens": 80,
        "model_cost_microdollars": 299,
        "model_unavailable": 2,
        "model_held": 1,
        "model_busy": 1,
        "model_unasked": 1,
        "model_unusable": 2,
        "model_rejected": 1,
    }


def test_why_the_breaker_can_not_be_had_is_logged(
    resolve: Call, caplog: pytest.LogCaptureFixture
) -> None:
    """By the error's kind and AWS's code: a right that is lacking is not silent."""
    error = refused("AccessDeniedException")
    resolve(lambda _: Resolved(outcomes={}, again={}), letter(), errors=[error])
    (written,) = [one for one in said(caplog) if one["message"] == "model breaker out of reach"]
    assert written["error"] == "ClientError AccessDeniedException"


def test_a_breaker_that_opened_is_counted_for_its_function(
    resolve: Call, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """The alarm of a stack watches its own function; closing is only logged."""
    opened = CLOSED.opened(CLOCK.now(), 0)
    moves = [opened, opened.closed()]
    resolve(lambda _: Resolved(outcomes={}, again={}), letter(), moves=moves)
    phases = [one["phase"] for one in said(caplog) if one["message"] == "model breaker moved"]
    assert phases == ["open", "closed"]
    (written,) = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert written["model_breaker_opened"] == [1.0]
    assert (written["function"], written["service"]) == ("the-resolver", "rushline")
