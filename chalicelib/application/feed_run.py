"""Feed a slice of a run: put its lines on record as intents, and send them into the lane."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from chalicelib.application.accept_intent import ref_for
from chalicelib.application.ports import Clock
from chalicelib.application.put_off_lines import LateReading, Lines, PuttingOff
from chalicelib.application.run_ports import (
    LANE_WAIT_SECONDS,
    Grants,
    Lane,
    Plantings,
    ReadLine,
    send_all,
)
from chalicelib.application.run_reading import Reading, after
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Intent, IntentRef, Promise, Request, Status
from chalicelib.domain.pace import fed
from chalicelib.domain.run import Plan, Progress, Run, added
from chalicelib.domain.run_line import Bad, Buy, Grant, RawLine, RunLine, line_key
from chalicelib.domain.watch import next_look


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRun:
    """Turn the next lines of a run into intents, once each.

    Every step may be done twice: a line's intent has a name that derives from the run and
    the line, so a slice that a crash has half done is done again without a second order.
    """

    plantings: Plantings
    grants: Grants
    lane: Lane
    clock: Clock

    def __call__(
        self,
        run: Run,
        reading: Reading,
        most: int,
        parse: ReadLine,
        putting_off: PuttingOff | None = None,
    ) -> Progress:
        """Return the run's progress after its next *most* lines; what it says is done.

        With *putting_off*, lines that wait for a batch are put off, and count as fed later.
        Raises `SourceUnusableError`, and `StoreUnavailableError` where a table or queue did
        not take all of them: then the slice is to be done again, from the same progress.
        """
        lines = reading.take(most, parse)
        now, put_off = self.clock.now(), run.progress.put_off
        due: Lines = lines
        if putting_off is not None:
            put_off, due = putting_off(run, lines, now)
        progress = self._queue(run, due, now)
        return replace(
            progress,
            fed=after(lines, progress.fed),
            ended=len(lines) < most,
            put_off=put_off,
        )

    def late(self, run: Run, reading: LateReading, most: int, parse: ReadLine) -> Progress:
        """Return the run's progress after the next *most* lines that were put off, as above."""
        lines = reading.take(run, most, parse)
        progress = self._queue(run, lines, self.clock.now())
        place = lines[-1][0].place if lines else None
        return replace(
            progress,
            put_off=replace(progress.put_off, fed=place or progress.put_off.fed),
        )

    def _queue(self, run: Run, lines: Lines, now: int) -> Progress:
        """Return the run's progress once *lines* are on record and in the lane."""
        intents = list(_intents(run, lines, now))
        self.plantings.plant(intents)
        if self._send(intents):
            msg = "the lane did not take all lines of a slice"
            raise StoreUnavailableError(msg)
        self.grants.grant_all([line for _, line in lines if isinstance(line, Grant)], run.id)
        faults = Counter(line.fault.value for _, line in lines if isinstance(line, Bad))
        progress = run.progress
        return replace(
            progress,
            pace=fed(run.plan.rate, progress.pace, now, len(lines)),
            queued=progress.queued + len(lines) - faults.total(),
            faults=added(progress.faults, faults),
        )

    def _send(self, intents: Sequence[Intent]) -> bool:
        """Return whether the lane refused any of *intents*."""
        return bool(send_all(self.lane, [intent.pending for intent in intents]))


def _intents(run: Run, lines: Sequence[tuple[RawLine, RunLine]], now: int) -> Iterator[Intent]:
    for raw, line in lines:
        if isinstance(line, Buy):
            yield intent_for(run, raw, line, now)


def ref_of(run: Run, raw: RawLine, customer_id: str) -> IntentRef:
    """Return the name of the intent that a line makes."""
    return ref_for(customer_id, line_key(run.id, raw.number))


def intent_for(run: Run, raw: RawLine, line: Buy, now: int) -> Intent:
    """Return the intent that *line* makes, accepted at *now*."""
    request = request_for(run.plan, line.request)
    expires_at = now + request.expires_in_seconds * 1000
    return Intent(
        ref=ref_of(run, raw, line.customer_id),
        fingerprint=sha256(raw.content or b"").hexdigest(),
        status=Status.ACCEPTED,
        turn=0,
        merchant=run.plan.merchant,
        request=request,
        promise=Promise(position=0, estimated_wait_seconds=0, expires_at=expires_at),
        accepted_at=now,
        expires_at=expires_at,
        watch_at=next_look(now, LANE_WAIT_SECONDS, expires_at),
        run=run.id,
    )


def request_for(plan: Plan, request: Request) -> Request:
    """Return what a line asks for, with what the run says for all of its lines."""
    coupons = request.coupons or ((plan.coupon,) if plan.coupon else ())
    return replace(request, coupons=coupons, expires_in_seconds=plan.answer_within_seconds)
