import json
from collections.abc import Collection, Sequence
from typing import Any

import pytest

from chalicelib.application.command_run import RunCommand
from chalicelib.domain.codes import CodeState
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Intent
from chalicelib.domain.pace import RatePlan
from chalicelib.domain.run import BadLines, Form, Plan, RunState, Source, Whom
from tests.unit.application import test_batch_run
from tests.unit.application.run_world import RUN, Crash, World

STRANGERS = {"c3", "c9", "c12"}
STRANGE_LINES = {3, 9, 12}
FAULT = {
    "outcome": "invalid",
    "fault": "unknown_customer",
    "field": "customer_id",
    "detail": "nothing is on record of this customer",
}


def world(customers: Whom = Whom.KNOWN, **plan: Any) -> World:
    """Return a world with a run of fifteen lines, of which three are for strangers, one of them a grant."""
    lines = [{"customer": f"c{number}"} for number in range(1, 16)]
    lines[8]["code"] = "MINE"
    source = Source(key="file", form=Form.JSON_LINES)
    rate = plan.pop("rate", RatePlan(per_second=1_000))
    made = Plan(
        name="gift", merchant="tea-house", source=source, rate=rate, customers=customers, **plan
    )
    one = World(made, b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    one.grants.codes["MINE"] = CodeState.ISSUED
    one.customers.known = {f"c{number}" for number in range(1, 16)} - STRANGERS
    return one


def faulty(rows: Sequence[dict[str, Any]]) -> set[int]:
    """Return which lines were faults; each row has to be what it says."""
    bad = [row for row in rows if row["outcome"] == "invalid"]
    assert bad == [{"line": row["line"], **FAULT} for row in bad]
    return {row["line"] for row in bad}


def test_a_line_for_a_stranger_is_a_fault() -> None:
    """Nothing is on record of it but its row: no intent is, and no code is granted."""
    one = world()
    one.say(RunCommand.START)
    run = one.finish()
    assert run.state is RunState.COMPLETED
    assert faulty(one.rows()) == STRANGE_LINES
    assert {ref.customer_id for ref in one.plantings.intents} == one.customers.known
    assert one.grants.owners == {}
    assert (run.progress.queued, run.progress.faults) == (12, {"unknown_customer": 3})


def test_a_run_for_anybody_asks_about_nobody() -> None:
    """Neither when it is checked nor when it is fed."""
    one = world(Whom.ANY)
    one.say(RunCommand.CHECK)
    one.keep()
    one.say(RunCommand.START)
    assert one.finish().progress.outcomes == {"confirmed": 14, "granted": 1}
    assert one.customers.asked == []


def test_a_check_finds_strangers_as_feeding_does() -> None:
    """And a run that refuses bad lines feeds none of them."""
    one = world(bad_lines=BadLines.REFUSE)
    one.say(RunCommand.START)
    run = one.finish()
    assert run.check is not None
    assert (run.state, run.check.faults) == (RunState.FAILED, {"unknown_customer": 3})
    assert one.plantings.intents == {}
    rows = one.reports.text(f"runs/{RUN}/check", run.check.report).splitlines()
    found = [json.loads(row) for row in rows]
    fault = {name: value for name, value in FAULT.items() if name != "outcome"}
    assert found == [{"line": number, **fault} for number in sorted(STRANGE_LINES)]


@pytest.mark.parametrize("meanwhile", [set[str](), {f"c{number}" for number in range(1, 16)}])
def test_what_was_begun_is_finished_as_it_was_begun(meanwhile: set[str]) -> None:
    """Whoever becomes known or is forgotten meanwhile: the next keeper asks about nobody anew."""
    one = world()
    plant = one.plantings.plant

    def dies(intents: Sequence[Intent]) -> Any:  # noqa: ARG001 (a port)
        one.plantings.plant = plant  # type: ignore[method-assign]
        raise Crash

    one.plantings.plant = dies  # type: ignore[method-assign]
    one.say(RunCommand.START)
    one.keep_without_lane()
    assert one.stands().progress.is_half_fed
    one.customers.known = meanwhile
    asked = len(one.customers.asked)
    run = one.finish()
    assert len(one.customers.asked) == asked
    assert faulty(one.rows()) == STRANGE_LINES
    assert run.progress.outcomes == {"confirmed": 12, "invalid": 3}


@pytest.mark.parametrize("moment", ["dies_before", "dies_after"])
def test_a_keeper_may_die_at_any_call_while_strangers_become_known(moment: str) -> None:
    """Each line is an intent with its row or a fault with its row, never both and never neither."""
    whole = world(rate=RatePlan(per_second=1))
    whole.say(RunCommand.START)
    whole.finish()
    strange: set[int] = set()
    for call in range(1, whole.calls + 1):
        one = world(rate=RatePlan(per_second=1))
        setattr(one, moment, call)
        one.say(RunCommand.START)
        run = one.stands()
        while run.open:
            run = one.keep()
            if one.calls >= call:
                one.customers.known |= STRANGERS
        rows = one.rows()
        assert [row["line"] for row in rows] == list(range(1, 16)), call
        bad = faulty(rows)
        assert bad <= STRANGE_LINES, call
        strange |= bad
        fed = {ref.customer_id for ref in one.plantings.intents} | {
            owner for owner, _ in one.grants.owners.values()
        }
        assert fed == {f"c{number}" for number in range(1, 16) if number not in bad}, call
        assert dict(run.progress.faults) == ({"unknown_customer": len(bad)} if bad else {}), call
    assert strange == STRANGE_LINES


def test_a_register_that_does_not_answer_begins_nothing() -> None:
    """And the run goes on once it does."""
    one = world()
    unknown = one.customers.unknown

    def down(ids: Collection[str]) -> Any:  # noqa: ARG001 (a port)
        one.customers.unknown = unknown  # type: ignore[method-assign]
        raise StoreUnavailableError

    one.customers.unknown = down  # type: ignore[method-assign]
    one.say(RunCommand.START)
    one.keep_without_lane()
    assert one.stands().progress.listed.count == 0
    assert one.plantings.intents == {}
    assert one.finish().progress.outcomes == {"confirmed": 12, "invalid": 3}


def test_a_strangers_text_is_not_asked_about() -> None:
    """It is a fault before it could wait for a batch."""
    one = test_batch_run.world(["1 flurbles", "2 flurbles", "3 flurbles"], customers=Whom.KNOWN)
    one.customers.known = {"c1", "c3"}
    one.say(RunCommand.START)
    run = one.finish()
    assert run.progress.put_off.asked_for == 2
    assert faulty(one.rows()) == {2}
    assert run.progress.outcomes == {"confirmed": 2, "invalid": 1}
