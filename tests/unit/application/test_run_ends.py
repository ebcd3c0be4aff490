"""However a run ends: what is on record of it and what its results say are the same."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

import pytest

from chalicelib.application.command_run import RunCommand
from chalicelib.application.keep_results import POLL_MS_MAX
from chalicelib.application.keep_run import LEASE_MS
from chalicelib.domain.errors import RunRefusedError
from chalicelib.domain.intent import IntentRef, Pending, Status
from chalicelib.domain.pace import DAY_MS, RatePlan
from chalicelib.domain.run import BadLines, Form, Plan, Run, RunState, Source
from tests.fakes.clock import START
from tests.unit.application.run_world import RUN, Crash, World, parse_tea

HOUR_MS = 3_600_000


def world(lines: int, *, bad: Sequence[int] = (), per_second: float = 2, **plan: Any) -> World:
    """Return a world with a run of so many lines, the *bad* ones among them."""
    rows = [
        b"nonsense" if number in bad else json.dumps({"customer": f"c{number}"}).encode()
        for number in range(1, lines + 1)
    ]
    rate = RatePlan(per_second=per_second, **plan.pop("rate", {}))
    source = Source(key="file", form=Form.JSON_LINES)
    made = Plan(name="gift", merchant="tea-house", source=source, rate=rate, **plan)
    return World(made, b"".join(row + b"\n" for row in rows))


def balances(one: World) -> Run:
    """Return the run, each of whose intents has one row, and whose counts are its rows."""
    run, rows = one.stands(), one.rows()
    named = Counter(
        row["intent"] for row in rows if row["outcome"] != "not_fed" and "intent" in row
    )
    assert named == Counter(ref.id for ref in one.plantings.intents)
    lines = [row["line"] for row in rows]
    assert len(lines) == len(set(lines))
    assert dict(run.progress.outcomes) == dict(Counter(row["outcome"] for row in rows))
    assert run.finished_at is not None
    return run


def cancel(one: World) -> None:
    """Cancel the run."""
    one.say(RunCommand.CANCEL)


def drop(one: World) -> None:
    """Cancel the run, and drop what is in the lane."""
    one.say(RunCommand.CANCEL, drop=True)


def close(one: World) -> None:
    """Let its window close."""
    one.clock.turn(HOUR_MS)


def replace_file(one: World) -> None:
    """Put another file in the place of its own."""
    one.sources.files["file"] = one.sources.files["file"].replace(b': "c', b': "d')


def delete_file(one: World) -> None:
    """Delete its file."""
    one.sources.files.clear()


ENDS = [cancel, drop, close, replace_file, delete_file]


def windowed(lines: int = 60) -> World:
    """Return a slow run whose window closes in an hour."""
    return world(lines, bad=[7], rate={"closes_at": START + HOUR_MS})


def calls_of_a_keeper() -> int:
    """Return how many calls the first keeper of a run makes that nothing disturbs."""
    one = windowed()
    one.say(RunCommand.START)
    one.keeper()(RUN, parse_tea, one.clock.now() + 60_000)
    assert len(one.plantings.intents) == 59
    return one.calls


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("moment", ["dies_before", "dies_after"])
def test_a_slice_that_was_begun_is_finished_though_the_run_has_ended(
    moment: str, ends: Callable[[World], None]
) -> None:
    """Whatever call its keeper died at: nobody's order is missing in the results."""
    for call in range(1, calls_of_a_keeper() + 1):
        one = windowed()
        setattr(one, moment, call)
        one.say(RunCommand.START)
        with pytest.raises(Crash):
            one.keeper()(RUN, parse_tea, one.clock.now() + 60_000)
        one.work()
        one.clock.turn(LEASE_MS + 1)
        ends(one)
        one.finish()
        assert balances(one).state is not RunState.RUNNING, call


@pytest.mark.parametrize("ends", ENDS)
def test_a_lane_that_refuses_some_of_a_slice_gets_them_though_the_run_has_ended(
    ends: Callable[[World], None],
) -> None:
    """What was planted is sent and collected."""
    one = windowed()
    queue: Any = one.lane.settlements
    send_all = queue.send_all

    def refuse_some(pendings: Sequence[Pending]) -> Collection[IntentRef]:
        send_all(pendings[:10])
        return [pending.ref for pending in pendings[10:]]

    queue.send_all = refuse_some
    one.say(RunCommand.START)
    one.keep()
    assert one.plantings.intents
    ends(one)
    queue.send_all = send_all
    one.finish()
    assert balances(one).state is not RunState.RUNNING
    assert {intent.status for intent in one.plantings.intents.values()} == {Status.CONFIRMED}


def cancelled_and_finished(one: World) -> None:
    """Have others cancel the run and bring it to its end."""
    one.clock.turn(LEASE_MS + 1)
    cancel(one)
    one.finish()


@pytest.mark.parametrize("after", [False, True])
def test_who_hangs_until_the_run_has_ended_adds_nothing(
    after: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Neither an order that no row tells of, nor a message of what is not settled."""
    for call in range(1, calls_of_a_keeper() + 1):
        one = windowed()
        one.hangs_at, one.hangs_after = call, after
        one.meanwhile = cancelled_and_finished
        one.say(RunCommand.START)
        one.keeper()(RUN, parse_tea, one.clock.now() + 60_000)
        late = [one.plantings.intents[pending.ref] for pending in one.waiting()]
        assert all(intent.status is not Status.ACCEPTED for intent in late), call
        one.keep()
        balances(one)


@pytest.mark.parametrize("gone", [replace_file, delete_file])
def test_a_file_that_goes_takes_no_results_with_it(gone: Callable[[World], None]) -> None:
    """The run fails, is fed no more, and each of its orders has its row."""
    one = world(3_000, per_second=100)
    one.say(RunCommand.START)
    one.keeper()(RUN, parse_tea, START + 12_000)
    fed = one.stands().progress.fed.lines
    assert fed > 500
    gone(one)
    one.clock.turn(10_000)
    one.finish()
    assert balances(one).state is RunState.FAILED
    assert len(one.rows()) == fed


@pytest.mark.parametrize("gone", [replace_file, delete_file])
def test_a_paused_run_is_collected_without_its_file(gone: Callable[[World], None]) -> None:
    """It stays paused; resumed it fails, and says why."""
    one = world(300, per_second=10)
    one.say(RunCommand.START)
    one.keeper()(RUN, parse_tea, START + 12_000)
    one.say(RunCommand.PAUSE)
    gone(one)
    one.keep()
    stood = one.keep()
    assert (stood.state, stood.open) == (RunState.PAUSED, False)
    assert len(one.rows()) == len(one.plantings.intents) > 0
    one.say(RunCommand.RESUME)
    one.finish()
    assert balances(one).state is RunState.FAILED


def test_a_paused_run_whose_check_finds_no_file_fails() -> None:
    """There is nothing that it could be resumed for."""
    one = world(20, bad_lines=BadLines.REFUSE)
    one.say(RunCommand.START)
    one.say(RunCommand.PAUSE)
    delete_file(one)
    run = one.finish()
    assert (run.state, run.reason and run.reason.code) == (RunState.FAILED, "source_missing")


def test_a_list_that_is_gone_is_an_end() -> None:
    """Nothing can be written behind results that nobody has: the run says so, and is over."""
    one = world(300, per_second=1)
    one.say(RunCommand.START)
    one.keep()
    one.keep()
    assert one.stands().progress.results.open_bytes
    for key in [key for key in one.reports.objects if "results" in key]:
        del one.reports.objects[key]
    run = one.finish()
    assert (run.state, run.reason and run.reason.code) == (RunState.FAILED, "report_missing")


def checked_first(one: World) -> None:
    """Check, and then start."""
    one.say(RunCommand.CHECK)
    one.keep()
    one.say(RunCommand.START)


def paused_meanwhile(one: World) -> None:
    """Start, and have the check made during a pause."""
    one.say(RunCommand.START)
    one.say(RunCommand.PAUSE)
    one.keep()
    one.say(RunCommand.RESUME)


def checked_too_early(one: World) -> None:
    """Check before the file has come, and start when it has."""
    files = dict(one.sources.files)
    one.sources.files.clear()
    one.say(RunCommand.CHECK)
    one.keep()
    one.sources.files.update(files)
    one.say(RunCommand.START)


def started_meanwhile(one: World) -> None:
    """Start while the check is under way."""
    one.say(RunCommand.CHECK)
    one.say(RunCommand.START)


STARTS = [checked_first, paused_meanwhile, checked_too_early, started_meanwhile]


@pytest.mark.parametrize("starts", STARTS[1:])
def test_a_run_that_refuses_bad_lines_feeds_none_of_a_file_with_one(
    starts: Callable[[World], None],
) -> None:
    """Whatever came between its check and its start."""
    one = world(30, bad=[3], bad_lines=BadLines.REFUSE)
    starts(one)
    run = one.finish()
    assert (run.state, run.reason and run.reason.code) == (RunState.FAILED, "bad_lines")
    assert one.plantings.intents == {}


@pytest.mark.parametrize("starts", STARTS)
def test_a_run_that_refuses_bad_lines_is_fed_if_there_are_none(
    starts: Callable[[World], None],
) -> None:
    """In each order of commands."""
    one = world(30, bad_lines=BadLines.REFUSE)
    starts(one)
    assert one.finish().progress.outcomes == {"confirmed": 30}


def test_a_run_whose_check_found_bad_lines_is_not_started() -> None:
    """It is told what to do, and stays a draft; a run that skips them is started."""
    one = world(30, bad=[3], bad_lines=BadLines.REFUSE)
    with pytest.raises(RunRefusedError, match="check it again"):
        checked_first(one)
    assert one.stands().state is RunState.DRAFT
    one.sources.files["file"] = one.sources.files["file"].replace(b"nonsense", b'{"customer":"c"}')
    checked_first(one)
    assert one.finish().state is RunState.COMPLETED
    other = world(30, bad=[3])
    checked_first(other)
    assert other.finish().state is RunState.COMPLETED


@pytest.mark.parametrize("rate", [{"daily_cap": 30}, {"closes_at": START + 60_000}])
def test_a_run_ends_with_its_last_line(rate: dict[str, int]) -> None:
    """No cap and no window keeps it: nothing more is to be fed."""
    one = world(30, per_second=2, rate=rate)
    one.say(RunCommand.START)
    while one.stands().open and one.clock.now() < START + HOUR_MS:
        one.keep()
    assert balances(one).state is RunState.COMPLETED


@pytest.mark.parametrize("moment", ["dies_before", "dies_after"])
def test_what_is_sent_has_the_deadline_that_is_on_record(moment: str) -> None:
    """Also when a slice is done again, minutes later; and what was settled by then is not sent."""
    for call in range(1, calls_of_a_keeper() + 1):
        one = windowed()
        setattr(one, moment, call)
        one.say(RunCommand.START)
        for _ in range(3):
            one.keep_without_lane()
            for pending in one.waiting():
                assert pending.expires_at == one.plantings.intents[pending.ref].expires_at
        one.work()
        one.finish()
        balances(one)


def test_a_line_that_takes_long_is_looked_at_ever_more_seldom() -> None:
    """Each tenth of its age, once a minute at last; it is collected then."""
    one = world(1)
    one.say(RunCommand.START)
    harvest, looks = one.plantings.harvest, [0]

    def counted(refs: Any) -> Any:
        looks[0] += 1
        return harvest(refs)

    one.plantings.harvest = counted  # type: ignore[method-assign]
    while one.clock.now() < START + DAY_MS:
        one.keep_without_lane()
    assert looks[0] < DAY_MS / POLL_MS_MAX * 1.2
    one.work()
    one.finish()
    balances(one)


@pytest.mark.parametrize("says", [RunCommand.CANCEL, RunCommand.PAUSE])
def test_no_slice_is_begun_once_an_operator_was_answered(says: RunCommand) -> None:
    """Whatever call of its keeper the command comes at: what is fed later was begun before."""
    for call in range(1, calls_of_a_keeper() + 1):
        one = windowed()
        one.hangs_at = call
        begun: list[int] = []

        def command(one: World, begun: list[int] = begun) -> None:
            one.say(says)
            begun.append(one.stands().progress.feeding.lines)

        one.meanwhile = command
        one.say(RunCommand.START)
        one.keeper()(RUN, parse_tea, one.clock.now() + 60_000)
        one.clock.turn(LEASE_MS + 1)
        one.keep()
        assert [one.stands().progress.fed.lines] == begun, call
