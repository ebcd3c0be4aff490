"""Start, pause, resume, cancel and check a run."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.application.ports import Clock
from chalicelib.application.run_ports import Keepers, Runs
from chalicelib.domain.errors import RunNotFoundError, RunRefusedError
from chalicelib.domain.intent import Reason
from chalicelib.domain.run import BadLines, Check, Run, RunState, advance


class RunCommand(StrEnum):
    """What an operator may tell a run."""

    CHECK = "check"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRun:
    """Change a run as an operator says, and have its keeper called."""

    runs: Runs
    keepers: Keepers
    clock: Clock

    def __call__(self, run_id: str, command: RunCommand, *, drop: bool = False) -> Run:
        """Return the run as it then stands. A repeat changes nothing.

        *drop*, with cancel, also drops what was fed and is not settled yet; it may be said of a
        run that was cancelled without, until that is finished. Raises
        `RunNotFoundError`, `RunRefusedError` where the command can't be obeyed, and
        `IllegalMoveError` where the run's state does not allow it.
        """
        before = self.runs.get(run_id)
        if before is None:
            msg = "there is no such run"
            raise RunNotFoundError(msg)
        after = _OBEYED[command](before, self.clock.now(), drop)
        run = before if after == before else self.runs.change(before, after)
        if run.state is not after.state:
            msg = "the run was changed by somebody else just now; look at it and say it again"
            raise RunRefusedError(msg)
        if run.open:
            self.keepers.call(run.id, 0)
        return run


def _check(run: Run, now: int, drop: bool) -> Run:  # noqa: ARG001, FBT001 (one signature for all)
    if run.state is not RunState.DRAFT:
        msg = "only a draft can be checked"
        raise RunRefusedError(msg)
    return run if run.checks else replace(run, check=Check())


def _start(run: Run, now: int, drop: bool) -> Run:  # noqa: ARG001, FBT001 (one signature for all)
    if run.state is RunState.RUNNING:
        return run
    if run.state is RunState.PAUSED:
        msg = "a paused run is resumed, not started"
        raise RunRefusedError(msg)
    started = replace(run, state=advance(run.state, RunState.RUNNING), started_at=now)
    if run.plan.bad_lines is not BadLines.REFUSE:
        return started
    check = run.check
    if check is not None and check.seal is not None and check.complete and not check.clean:
        msg = "the check found bad lines, which the run refuses: mend the file and check it again"
        raise RunRefusedError(msg)
    return started if check is not None else replace(started, check=Check())


def _pause(run: Run, now: int, drop: bool) -> Run:  # noqa: ARG001, FBT001 (one signature for all)
    if run.state is RunState.PAUSED:
        return run
    return replace(run, state=advance(run.state, RunState.PAUSED))


def _resume(run: Run, now: int, drop: bool) -> Run:  # noqa: ARG001, FBT001 (one signature for all)
    if run.state is RunState.DRAFT:
        msg = "a draft is started, not resumed"
        raise RunRefusedError(msg)
    if run.state is RunState.RUNNING:
        return run
    return replace(run, state=advance(run.state, RunState.RUNNING))


def _cancel(run: Run, now: int, drop: bool) -> Run:  # noqa: FBT001 (one signature for all)
    if run.state is RunState.CANCELLED:
        return replace(run, drop=True) if drop and run.finished_at is None else run
    reason = Reason(code="cancelled", detail="An operator cancelled the run.")
    finished_at = now if run.state is RunState.DRAFT else None
    state = advance(run.state, RunState.CANCELLED)
    return replace(run, state=state, reason=reason, drop=drop, finished_at=finished_at, check=None)


_OBEYED: dict[RunCommand, Callable[[Run, int, bool], Run]] = {
    RunCommand.CHECK: _check,
    RunCommand.START: _start,
    RunCommand.PAUSE: _pause,
    RunCommand.RESUME: _resume,
    RunCommand.CANCEL: _cancel,
}
