import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.application.command_run import RunCommand
from chalicelib.application.keep_feed import LANE_MAX
from chalicelib.application.keep_run import LEASE_MS
from chalicelib.application.lane_budget import LaneBudget
from chalicelib.domain.codes import CodeState
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Intent, IntentRef, Pending, Reason
from chalicelib.domain.model_use import ModelUse
from chalicelib.domain.pace import RatePlan
from chalicelib.domain.run import BadLines, Form, Plan, Report, Run, RunState, Source
from tests.fakes.clock import START
from tests.unit.application.run_world import RUN, World, parse_tea

HOUR_MS = 3_600_000


def world(lines: int, *, bad: Sequence[int] = (), **plan: Any) -> World:
    """Return a world with a run of so many lines, the *bad* ones among them."""
    rows = [
        b"nonsense" if number in bad else json.dumps({"customer": f"c{number}"}).encode()
        for number in range(1, lines + 1)
    ]
    source = Source(key="file", form=Form.JSON_LINES)
    rate = plan.pop("rate", RatePlan(per_second=1_000))
    made = Plan(name="gift", merchant="tea-house", source=source, rate=rate, **plan)
    return World(made, b"".join(row + b"\n" for row in rows))


def test_each_line_becomes_one_intent_and_one_row() -> None:
    """All are fed, answered and collected in their order, and the counts are theirs."""
    one = world(1_234, bad=[3, 700])
    one.say(RunCommand.START)
    run = one.finish()
    assert run.state is RunState.COMPLETED
    assert len(one.plantings.intents) == 1_232
    assert [row["line"] for row in one.rows()] == list(range(1, 1_235))
    assert Counter(row["outcome"] for row in one.rows()) == {"confirmed": 1_232, "invalid": 2}
    assert run.progress.outcomes == {"confirmed": 1_232, "invalid": 2}
    assert (run.progress.queued, dict(run.progress.faults)) == (1_232, {"not_json": 2})


def test_what_the_model_took_is_paid_by_the_run() -> None:
    """The tokens of all lines that were collected, at the settings' prices; a fault took none."""
    one = world(1_201, bad=[3])
    one.use = ModelUse(calls=1, input_tokens=1_200, cached_tokens=1_000, output_tokens=40)
    one.say(RunCommand.START)
    assert one.finish().progress.model_microdollars == 1_200 * (50 + 25 + 80)


def test_a_keeper_says_how_much_it_did() -> None:
    """The lines that it fed and collected itself, not those of the keepers before it."""
    one = world(1_234)
    one.say(RunCommand.START)
    did = []
    while one.stands().open:
        kept = one.keeper()(RUN, parse_tea, one.clock.now() + 1_000)
        did.append((kept.fed, kept.collected))
        one.work()
        one.clock.turn(1_000)
    assert [sum(column) for column in zip(*did, strict=True)] == [1_234, 1_234]
    assert max(did) < (1_234, 1_234)


def calls_of_a_run() -> int:
    """Return how many calls a whole run makes that nothing disturbs."""
    one = world(60, bad=[7], rate=RatePlan(per_second=4))
    one.say(RunCommand.START)
    one.finish()
    return one.calls


@pytest.mark.parametrize("moment", ["dies_before", "dies_after"])
def test_a_keeper_may_die_at_any_call(moment: str) -> None:
    """Whatever call it dies at, no line is lost, none is fed twice and each has one row."""
    for call in range(1, calls_of_a_run() + 1):
        one = world(60, bad=[7], rate=RatePlan(per_second=4))
        setattr(one, moment, call)
        one.say(RunCommand.START)
        run = one.finish()
        assert run.state is RunState.COMPLETED
        assert len(one.plantings.intents) == 59
        assert [row["line"] for row in one.rows()] == list(range(1, 61)), (moment, call)
        assert run.progress.outcomes == {"confirmed": 59, "invalid": 1}


def test_two_keepers_never_keep_one_run() -> None:
    """The second goes away at once, and one whose lease was taken over writes nothing more."""
    one = world(10)
    one.say(RunCommand.START)
    first = one.runs.take(RUN, one.clock.now(), LEASE_MS)
    assert first is not None
    assert one.keeper()(RUN, parse_tea, one.clock.now() + 1_000).run is None
    one.clock.turn(LEASE_MS + 1)
    assert one.runs.take(RUN, one.clock.now(), LEASE_MS) is not None
    assert one.runs.record(first, first.progress, one.clock.now()) is None


def test_a_keeper_that_waits_keeps_its_lease() -> None:
    """However long its lane is: nobody takes over from a keeper that is alive."""
    one = world(10)
    queue: Any = one.lane.intents
    queue.others = LANE_MAX
    one.say(RunCommand.START)
    others: list[Run | None] = []
    sleep = one.clock.sleep

    def meanwhile(ms: int) -> None:
        sleep(ms)
        others.append(one.runs.take(RUN, one.clock.now(), LEASE_MS))

    one.clock.sleep = meanwhile  # type: ignore[method-assign]
    assert one.keeper()(RUN, parse_tea, one.clock.now() + 4 * LEASE_MS).run is not None
    assert one.clock.now() >= START + 3 * LEASE_MS
    assert set(others) == {None}


def test_rows_are_not_written_anew_for_each_slice() -> None:
    """While more is fed they wait for one another, however soon each line is answered."""
    one = world(5_000, rate=RatePlan(per_second=500))
    written: list[bytes] = []
    append = one.reports.append

    def noted(name: str, report: Report, rows: bytes, *more: Any, **named: Any) -> Report:
        if name.endswith("results"):
            written.append(rows)
        return append(name, report, rows, *more, **named)

    one.reports.append = noted  # type: ignore[method-assign]
    one.say(RunCommand.START)
    queue: Any = one.lane.settlements
    send_all = queue.send_all

    def answered(pendings: Sequence[Pending]) -> Collection[IntentRef]:
        refused: Collection[IntentRef] = send_all(pendings)
        one.work()
        return refused

    queue.send_all = answered
    one.finish()
    assert len(one.rows()) == 5_000
    assert len(written) <= 3


def test_a_pause_stops_within_a_slice() -> None:
    """What was fed is collected, and nothing more is fed until the run is resumed."""
    one = world(5_000, rate=RatePlan(per_second=100))
    one.say(RunCommand.START)
    one.keep(6)
    one.say(RunCommand.PAUSE)
    stood = one.keep().progress.fed
    assert 0 < stood.lines < 5_000
    assert one.keep(60).progress.fed == stood
    assert one.runs.runs[RUN].progress.collected == stood.lines
    one.clock.turn(HOUR_MS)
    one.say(RunCommand.RESUME)
    fed = one.keep(10).progress.fed.lines - stood.lines
    assert fed <= 100 * 10 + 2 * 100 + 500
    assert one.finish().state is RunState.COMPLETED


def test_the_rate_is_kept() -> None:
    """Over four minutes, which are 24 slices, it is what was planned, within five in a hundred."""
    one = world(13_000, rate=RatePlan(per_second=50))
    one.say(RunCommand.START)
    while one.clock.now() < START + 240_000:
        one.keep(7)
    spent = (one.clock.now() - START) / 1000
    assert one.runs.runs[RUN].progress.fed.lines == pytest.approx(50 * spent, rel=0.05)


def test_a_very_slow_run_gets_on() -> None:
    """One line in five minutes comes to its turn, though no keeper waits so long."""
    one = world(3, rate=RatePlan(per_second=1 / 300))
    one.say(RunCommand.START)
    assert one.finish().state is RunState.COMPLETED
    assert one.clock.now() - START == pytest.approx(3 * 300_000, rel=0.1)


def test_a_long_lane_is_waited_for() -> None:
    """Nothing is fed while the lane is long."""
    one = world(10)
    queue: Any = one.lane.intents
    queue.others = LANE_MAX
    one.say(RunCommand.START)
    assert one.keep().progress.fed.lines == 0
    queue.others = 0
    assert one.finish().progress.fed.lines == 10


def test_a_lane_that_takes_nothing_is_tried_again() -> None:
    """What it did not take is not counted as fed, and is fed once it takes messages again."""
    one = world(10)
    queue: Any = one.lane.settlements
    queue.full = True
    one.say(RunCommand.START)
    assert one.keep().progress.fed.lines == 0
    queue.full = False
    run = one.finish()
    assert run.progress.outcomes == {"confirmed": 10}
    assert [row["line"] for row in one.rows()] == list(range(1, 11))


@pytest.mark.parametrize(
    ("change", "code"), [("changed", "source_changed"), (None, "source_missing")]
)
def test_a_file_that_changes_is_not_fed(change: str | None, code: str) -> None:
    """Neither another file nor none at all: the run fails and says why."""
    one = world(5_000, rate=RatePlan(per_second=100))
    one.say(RunCommand.START)
    one.keep(6)
    if change is None:
        del one.sources.files["file"]
    else:
        one.sources.files["file"] = change.encode()
    run = one.finish()
    assert (run.state, run.reason and run.reason.code) == (RunState.FAILED, code)


@pytest.mark.parametrize(("content", "code"), [(None, "source_missing"), (b"", "source_empty")])
def test_a_run_of_nothing_fails(content: bytes | None, code: str) -> None:
    """A file that is not there, and one without a line, are named."""
    one = world(1)
    if content is None:
        one.sources.files.clear()
    else:
        one.sources.files["file"] = content
    one.say(RunCommand.START)
    run = one.finish()
    assert (run.state, run.reason and run.reason.code) == (RunState.FAILED, code)


def test_bad_lines_may_stop_the_run_before_it_begins() -> None:
    """Where the run says so, nothing is placed, and each bad line is in the check's report."""
    one = world(20, bad=[4, 9], bad_lines=BadLines.REFUSE)
    one.say(RunCommand.START)
    run = one.finish()
    assert run.reason == Reason(code="bad_lines", detail="The source has bad lines.")
    assert one.plantings.intents == {}
    assert run.check is not None
    text = one.reports.text(f"runs/{RUN}/check", run.check.report)
    assert [json.loads(row)["line"] for row in text.splitlines()] == [4, 9]


def test_a_check_that_outlasts_its_keeper_goes_on_at_once() -> None:
    """The next keeper is wanted right away, and begins where this one's time was over."""
    one = world(1_200)
    one.say(RunCommand.CHECK)
    sources: Any = one.sources
    read, lines = sources.lines, 0

    def slowly(*args: Any) -> Any:
        nonlocal lines
        for raw in read(*args):
            one.clock.turn(10)
            lines += 1
            yield raw

    sources.lines = slowly
    kept = one.keeper()(RUN, parse_tea, one.clock.now() + 1_000)
    assert kept.next_at == one.clock.now() + 1
    run = one.finish()
    assert run.check is not None
    assert run.check.found == {"items": 1_200}
    assert lines < 1_200 + 500


@pytest.mark.parametrize(
    ("bad_lines", "state"), [(BadLines.SKIP, "draft"), (BadLines.REFUSE, "failed")]
)
def test_a_check_of_no_line_says_so(bad_lines: BadLines, state: str) -> None:
    """As the run itself would; one that is checked because it was started fails of it."""
    one = world(0, bad_lines=bad_lines)
    one.say(RunCommand.CHECK if bad_lines is BadLines.SKIP else RunCommand.START)
    run = one.finish()
    assert run.check is not None
    assert (run.check.complete, dict(run.check.faults)) == (True, {"source_empty": 1})
    assert run.state == state


def test_a_file_of_another_size_is_neither_checked_nor_fed() -> None:
    """Of a part that lacks, the check says so; whoever starts the run all the same has it fail."""
    one = world(10)
    one.plan = replace(one.plan, source=replace(one.plan.source, size=1))
    one.runs.runs[RUN] = replace(one.runs.runs[RUN], plan=one.plan)
    one.say(RunCommand.CHECK)
    checked = one.finish().check
    assert checked is not None
    assert dict(checked.faults) == {"source_wrong_size": 1}
    one.say(RunCommand.START)
    run = one.finish()
    assert (run.state, run.reason and run.reason.code) == (RunState.FAILED, "source_wrong_size")
    assert one.plantings.intents == {}


def test_a_check_places_nothing() -> None:
    """Every line is read and priced, and the run is a draft as before."""
    one = world(700, bad=[4])
    one.say(RunCommand.CHECK)
    run = one.finish()
    assert run.state is RunState.DRAFT
    assert run.check is not None
    assert (dict(run.check.found), dict(run.check.faults)) == ({"items": 699}, {"not_json": 1})
    assert run.check.total == 699 * 400
    assert one.plantings.intents == {}


def test_a_cancelled_run_is_collected_as_far_as_it_was_fed() -> None:
    """What was fed is answered; the rest never was."""
    one = world(5_000, rate=RatePlan(per_second=100))
    one.say(RunCommand.START)
    one.keep(6)
    one.say(RunCommand.CANCEL)
    run = one.finish()
    assert run.state is RunState.CANCELLED
    assert run.progress.collected == run.progress.fed.lines
    assert len(one.rows()) == run.progress.fed.lines < 5_000


def test_a_start_in_the_middle_of_a_check_loses_no_line_of_it() -> None:
    """Where the run waits for its check, that goes on where it was, and finds what is bad."""
    one = world(1_200, bad=[700], bad_lines=BadLines.REFUSE)
    one.say(RunCommand.CHECK)
    commands = iter([RunCommand.START])

    def meanwhile(run: Run, after: Run) -> Run | None:
        for command in commands:
            one.say(command)
        return end(run, after)

    end = one.runs.end
    one.runs.end = meanwhile  # type: ignore[method-assign]
    run = one.finish()
    assert run.state is RunState.FAILED
    assert run.check is not None
    assert (dict(run.check.found), dict(run.check.faults)) == ({"items": 1_199}, {"not_json": 1})


def test_a_code_is_granted_to_the_first_that_asks_for_it() -> None:
    """Each line's row says what became of it."""
    rows: list[dict[str, Any]] = [
        {"customer": "ann", "code": "MINE"},
        {"customer": "bob", "code": "MINE"},
        {"customer": "bob", "code": "NONE"},
        {"customer": "bob"},
    ]
    one = world(0)
    one.sources.files["file"] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    one.grants.codes["MINE"] = CodeState.ISSUED
    one.say(RunCommand.START)
    run = one.finish()
    outcomes = ["granted", "code_taken", "code_unknown", "confirmed"]
    assert [row["outcome"] for row in one.rows()] == outcomes
    assert run.progress.outcomes == dict.fromkeys(outcomes, 1)
    assert one.grants.owners == {"MINE": ("ann", RUN)}


def test_all_runs_together_keep_to_the_lanes_budget() -> None:
    """However fast one was planned, and if another takes half of the time: it gets the rest."""
    one = world(5_000, rate=RatePlan(per_second=1_000))
    one.budget = LaneBudget(write_units=900)
    one.say(RunCommand.START)
    sleep, other = one.clock.sleep, [0]

    def meanwhile(ms: int) -> None:
        sleep(ms)
        if one.lane_time.take(one.clock.now(), 1_000) == one.clock.now():
            other[0] += 100

    one.keep(10)
    assert 900 <= one.stands().progress.fed.lines <= 1_100
    one.clock.sleep = meanwhile  # type: ignore[method-assign]
    before = one.stands().progress.fed.lines
    one.keep(20)
    assert other[0] > 0
    assert one.stands().progress.fed.lines - before + other[0] <= 100 * 20 + 200


def test_a_store_that_does_not_answer_is_told() -> None:
    """A keeper that breaks off says why, so that somebody hears of it."""
    one = world(10)
    queue: Any = one.lane.settlements
    queue.full = True
    one.say(RunCommand.START)
    kept = one.keeper()(RUN, parse_tea, one.clock.now() + 1_000)
    assert isinstance(kept.cause, StoreUnavailableError)
    assert kept.next_at is not None


def test_who_ends_a_run_says_so() -> None:
    """Once, by the keeper that did it: failed or completed, not cancelled by an operator."""
    one, broken = world(10), world(10)
    del broken.sources.files["file"]
    for each, state in ((one, RunState.COMPLETED), (broken, RunState.FAILED)):
        each.say(RunCommand.START)
        ends = []
        for _ in range(5):
            kept = each.keeper()(RUN, parse_tea, each.clock.now() + 5_000)
            each.work()
            each.clock.turn(3_000)
            ends.append(kept.ended)
        assert sum(ends) == 1
        assert each.stands().state is state
    cancelled = world(10_000, rate=RatePlan(per_second=100))
    cancelled.say(RunCommand.START)
    cancelled.say(RunCommand.CANCEL)
    assert not cancelled.keeper()(RUN, parse_tea, cancelled.clock.now() + 60_000).ended


@pytest.mark.parametrize(("slice_ms", "is_behind"), [(10, False), (5_000, True)])
def test_a_feeder_that_cannot_keep_the_plan_is_behind(
    slice_ms: int,
    is_behind: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """A slice of half a second's lines that takes five."""
    one = world(60_000, rate=RatePlan(per_second=1_000))
    plant = one.plantings.plant

    def slowly(intents: Sequence[Intent]) -> Collection[IntentRef]:
        one.clock.turn(slice_ms)
        return plant(intents)

    one.plantings.plant = slowly  # type: ignore[method-assign]
    one.say(RunCommand.START)
    assert one.keeper()(RUN, parse_tea, one.clock.now() + 40_000).behind is is_behind


def test_who_waits_is_not_behind() -> None:
    """For the lane, for a turn, for a new day or for an operator."""
    long = world(10_000)
    queue: Any = long.lane.intents
    short = world(10_000)
    short.budget = LaneBudget(write_units=900)
    capped = world(300, rate=RatePlan(per_second=100, daily_cap=100))
    paused = world(5_000, rate=RatePlan(per_second=100))
    for one in (long, short, capped, paused):
        one.say(RunCommand.START)
        for minute in range(4):
            queue.others = LANE_MAX if minute == 1 else 0
            if one is paused and minute in {1, 2}:
                paused.say(RunCommand.PAUSE if minute == 1 else RunCommand.RESUME)
            kept = one.keeper()(RUN, parse_tea, one.clock.now() + 60_000)
            assert not kept.behind
            one.clock.turn(HOUR_MS * 8 if one is capped else 1)


def test_a_run_that_waits_is_kept_once_a_minute() -> None:
    """Though the sweep calls for it too: calls for keepers do not multiply."""
    one = world(10, rate=RatePlan(per_second=10, opens_at=START + 48 * HOUR_MS))
    one.say(RunCommand.START)
    calls, kept = [START], 0
    sweeps = iter(range(START + 30_000, START + 2 * HOUR_MS, 60_000))
    sweep = next(sweeps)
    while (at := min(*calls, sweep) if calls else sweep) < START + HOUR_MS:
        if at == sweep:
            sweep = next(sweeps)
        else:
            calls.remove(at)
        one.clock.turn(max(at - one.clock.now(), 0))
        did = one.keeper()(RUN, parse_tea, at + 270_000)
        kept += did.run is not None
        if did.next_at is not None:
            calls.append(did.next_at + 20)
    assert kept <= 65
