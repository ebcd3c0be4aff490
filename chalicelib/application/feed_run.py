"""Feed a slice of a run: put its lines on record as intents, and send them into the lane."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from chalicelib.application.accept_intent import ref_for
from chalicelib.application.known_customers import without_strangers
from chalicelib.application.listed_lines import (
    Lines,
    ListedReading,
    fed_list,
    lines_list,
    row_of,
)
from chalicelib.application.ports import Clock
from chalicelib.application.put_off_lines import PuttingOff
from chalicelib.application.run_ports import (
    LANE_WAIT_SECONDS,
    Customers,
    Grants,
    Lane,
    Plantings,
    ReadLine,
    Reports,
    send_all,
)
from chalicelib.application.run_reading import Reading, after
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Intent, IntentRef, Promise, Request, Status
from chalicelib.domain.pace import fed
from chalicelib.domain.run import Listed, Place, Plan, Progress, Run, added
from chalicelib.domain.run_line import Bad, Buy, Grant, RawLine, RunLine, line_key
from chalicelib.domain.watch import next_look


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRun:
    """Turn the next lines of a run into intents, once each: `begin` a slice, record it, `finish` it.

    What is begun is on record before anything is planted, and whoever takes the run over finishes
    it, even if the run has ended or its file is gone by then. So a keeper that was held up plants
    and sends nothing that its successors have not. Every step may be done twice: a line's intent
    has a name that derives from the run and the line.
    """

    plantings: Plantings
    grants: Grants
    customers: Customers
    lane: Lane
    reports: Reports
    clock: Clock

    def begin(
        self,
        run: Run,
        reading: Reading,
        most: int,
        parse: ReadLine,
        putting_off: PuttingOff | None = None,
    ) -> tuple[Progress, Lines]:
        """Return the run's progress with its next *most* lines listed, and those to be fed now.

        Which of them are faults is decided here, and listed. With *putting_off*, lines that wait
        for a batch are put off. Raises `SourceUnusableError`, and `StoreUnavailableError`: then
        nothing was begun.
        """
        lines = without_strangers(self.customers, run.plan, reading.take(most, parse))
        now, progress = self.clock.now(), run.progress
        put_off, due = progress.put_off, lines
        if putting_off is not None:
            put_off, due = putting_off(run, lines, now)
        feeding = after(lines, progress.feeding)
        progress = replace(
            progress,
            columns=tuple(reading.columns),
            feeding=feeding,
            ended=reading.ended,
            put_off=put_off,
        )
        if due:
            return replace(progress, listed=self._listed(run, due)), due
        return replace(progress, fed=feeding, pace=fed(run.plan.rate, progress.pace, now, 0)), due

    def begin_late(
        self, run: Run, reading: ListedReading, most: int, parse: ReadLine
    ) -> tuple[Progress, Lines]:
        """Return the run's progress with the next *most* lines that were put off, and them."""
        put_off = run.progress.put_off
        lines = reading.take(run, put_off.lines, most, parse)
        behind = lines[-1][0].place or put_off.feeding
        return replace(run.progress, put_off=replace(put_off, feeding=behind)), lines

    def begun(self, run: Run, parse: ReadLine) -> Lines:
        """Return the lines of the slice that somebody has begun."""
        listed, put_off = run.progress.listed, run.progress.put_off
        if listed.fed.rows < listed.count:
            reading = ListedReading(self.reports, fed_list(run), listed.fed)
            return reading.take(run, listed.slices, listed.count - listed.fed.rows, parse)
        reading = ListedReading(self.reports, lines_list(run), put_off.fed)
        return reading.take(run, put_off.lines, put_off.feeding.rows - put_off.fed.rows, parse)

    def finish(self, run: Run, lines: Lines) -> Progress:
        """Return the run's progress once *lines*, of the slice that was begun, are in the lane.

        Raises `StoreUnavailableError` where a table or queue did not take all of them: then it
        is to be done again.
        """
        self._queue(run, lines)
        progress, listed = run.progress, run.progress.listed
        faults = Counter(line.fault.value for _, line in lines if isinstance(line, Bad))
        return replace(
            progress,
            pace=fed(run.plan.rate, progress.pace, self.clock.now(), len(lines)),
            fed=progress.feeding,
            listed=replace(listed, fed=Place(part=listed.slices.closed, rows=listed.count)),
            put_off=replace(progress.put_off, fed=progress.put_off.feeding),
            queued=progress.queued + len(lines) - faults.total(),
            faults=added(progress.faults, faults),
        )

    def _listed(self, run: Run, lines: Lines) -> Listed:
        """Return the list of what is fed with *lines* in it. An object of their own is read once."""
        listed = run.progress.listed
        rows = b"".join(row_of(raw, line) for raw, line in lines)
        slices = self.reports.append(fed_list(run), listed.slices, rows, run.token, close=True)
        return replace(listed, slices=slices, count=listed.count + len(lines))

    def _queue(self, run: Run, lines: Lines) -> None:
        """Have *lines* on record and in the lane: of those that were there, what is on its way there."""
        intents = list(_intents(run, lines, self.clock.now()))
        there = set(self.plantings.plant(intents))
        unsent = [intent for intent in intents if intent.ref not in there]
        if there:
            # What is on record has its own deadline, by which it may be settled.
            found = self.plantings.harvest(sorted(there))
            unsent += [intent for intent in found if intent is not None and _is_unsent(intent)]
        if self._send(unsent):
            msg = "the lane did not take all lines of a slice"
            raise StoreUnavailableError(msg)
        self.grants.grant_all([line for _, line in lines if isinstance(line, Grant)], run.id)

    def _send(self, intents: Sequence[Intent]) -> bool:
        """Return whether the lane refused any of *intents*."""
        return bool(send_all(self.lane, [intent.pending for intent in intents]))


def _is_unsent(intent: Intent) -> bool:
    """Whether the lane may not have it yet: one that its customer has answered is no bulk."""
    return intent.status is Status.ACCEPTED and intent.turn == 0


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
