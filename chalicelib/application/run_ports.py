"""What the use cases of runs need of the outside."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from chalicelib.application.ports import Queue
from chalicelib.domain.intent import Intent, IntentRef, Pending
from chalicelib.domain.run import Form, Place, Progress, Report, Run, Seal, Source
from chalicelib.domain.run_line import Grant, RawLine, RunLine

ReadLine = Callable[[bytes, Form, Sequence[str]], RunLine]
"""Parses a line's content; the names are a CSV's columns. Never raises."""


LIST_GONE = "report_missing"
"""The code of a list that the run has written and that is gone."""


class SourceUnusableError(Exception):
    """The source can't be read any further. *code* says why, for programs."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def ignored(_: str) -> None:
    """Do nothing about a run that can't be read."""


class Runs(Protocol):
    """Runs on record. Times in milliseconds."""

    def open(self, run: Run) -> Run:
        """Put *run* on record unless one of its id is; return the one that stands."""
        ...

    def get(self, run_id: str) -> Run | None:
        """Return the run as it stands, read consistently; None if there is none."""
        ...

    def all(self, unreadable: Callable[[str], None] = ignored) -> Iterator[Run]:
        """Yield every run, the latest made first. Of runs made at the same time, in any order.

        *unreadable* is told the ids of those that can't be read.
        """
        ...

    def all_open(self, unreadable: Callable[[str], None] = ignored) -> Iterator[Run]:
        """Yield every run that is open, in any order; *unreadable* is told the others' ids.

        Costs what these do, however many there were.
        """
        ...

    def change(self, before: Run, after: Run) -> Run:
        """Take the run from *before*'s state to *after*'s, with all that is an operator's to set.

        Returns the run as it then stands: unchanged where it no longer stood at *before*'s
        state. Never touches what its keeper writes; the check that both write only if *after*
        has another one than *before*. With another plan the check is *after*'s too, and no
        keeper who took the run before writes any more.
        """
        ...

    def take(self, run_id: str, now: int, lease_ms: int, due: int = 0) -> Run | None:
        """Return the run, ours to keep until the lease is over; None where it wants no keeper now.

        That is while somebody else's lease lasts, and until a second before the moment for which
        it was released, but for who was called for that very moment (*due*). Its token is larger than any before, so that no earlier keeper's write counts any more.
        """
        ...

    def record(
        self, run: Run, progress: Progress, lease_until: int, *, standing: bool = False
    ) -> Run | None:
        """Write *progress* and a new lease, in one; return the run as it then stands.

        With *standing* only if it still stands at *run*'s state: nothing is written otherwise.
        None if *run*'s token is not the newest: somebody else keeps the run, and nothing
        was written. A write whose answer was lost is safe to repeat.
        """
        ...

    def end(self, run: Run, after: Run) -> Run | None:
        """Take the run to *after*'s state and check, if *run*'s token and state still stand.

        Returns it as it then stands, which is as an operator left it where they were first;
        None if the token is not the newest. Safe to repeat.
        """
        ...

    def release(self, run: Run, next_at: int | None) -> None:
        """End *run*'s lease, so that the next keeper need not wait for it.

        Nobody takes the run before *next_at* then, unless an operator changes it.
        """
        ...


class Sources(Protocol):
    """The files that runs are fed from."""

    def seal(self, source: Source) -> Seal | None:
        """Return what the source is now; None if there is nothing.

        Raises `SourceUnusableError` where it has not the size that was announced (source_wrong_size).
        """
        ...

    def columns(self, source: Source, seal: Seal) -> Sequence[str]:
        """Return the names of a CSV's columns; none for other forms. Raises as `lines` does.

        A first record that can't be read is source_no_header.
        """
        ...

    def lines(self, source: Source, seal: Seal, offset: int, number: int) -> Iterator[RawLine]:
        """Yield the lines behind *offset*, of which *number* lie before, a few in memory at a time.

        The same lines from whichever line's end. Raises `SourceUnusableError` where the source
        is gone (source_missing), is not what *seal* says (source_changed), or can't be unpacked
        (source_broken, source_bomb).
        """
        ...


class Reports(Protocol):
    """Rows of text that are appended to, and read by presigned address."""

    def append(
        self, name: str, report: Report, rows: bytes, token: int, *, close: bool = False
    ) -> Report:
        """Write *rows* behind what *report* counts, and return the report that counts them too.

        With *close* nothing is written into their object any more.

        What was written behind *report*'s end before is overwritten: safe to repeat. But nobody
        overwrites what was written with a larger *token*, whenever they come to it. Raises
        `StoreUnavailableError` then, and where somebody else is writing at the same time;
        `SourceUnusableError` (report_missing) where what *report* counts is gone.
        """
        ...

    def rows(self, name: str, report: Report, behind: Place) -> Iterator[tuple[bytes, Place]]:
        """Yield the rows that *report* counts from *behind* on, each with the place behind it.

        An object in memory at a time. Raises `SourceUnusableError` (report_missing) where one is gone.
        """
        ...

    def addresses(self, name: str, report: Report) -> Sequence[str]:
        """Return where the report's objects can be fetched for a while, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The queues of bulk work, apart from a live shopper's."""

    intents: Queue
    settlements: Queue


LANE_WAIT_SECONDS = 600
"""How long a line may take in its lane before the sweep looks after it."""


class Keepers(Protocol):
    """Whoever keeps runs going."""

    def call(self, run_id: str, delay_ms: int, due: int = 0) -> None:
        """Have a keeper look after the run in *delay_ms* or a little later. May call two.

        *due* is the moment for which the run was released, if it is called for that.
        """
        ...

    def put_off(self, receipt_handle: str, seconds: int) -> None:
        """Have a call that failed come back in *seconds*."""
        ...


class Plantings(Protocol):
    """The orders table, as a run writes and reads it: many intents at once."""

    def plant(self, intents: Sequence[Intent]) -> Collection[IntentRef]:
        """Put each of *intents* on record unless one of its name is there. A repeat changes nothing.

        Returns those that were there before.
        """
        ...

    def harvest(self, refs: Sequence[IntentRef]) -> Sequence[Intent | None]:
        """Return the intents as they stood a moment ago, in order; None for one that is not there."""
        ...


class Customers(Protocol):
    """The customers of whom the orders table knows. There is no other register of them."""

    def unknown(self, ids: Collection[str]) -> Collection[str]:
        """Return those of *ids* of whom nothing is on record: no intent, order or use of a coupon.

        A call for each distinct one. Raises `StoreUnavailableError`.
        """
        ...


class GrantState(StrEnum):
    """What became of a grant; stable, for programs."""

    GRANTED = "granted"
    CODE_UNKNOWN = "code_unknown"
    CODE_TAKEN = "code_taken"
    CODE_USED = "code_used"
    CODE_REVOKED = "code_revoked"


class Grants(Protocol):
    """Unique codes that are one customer's alone. The codes are folded, as they are on record."""

    def grant_all(self, grants: Sequence[Grant], by: str) -> None:
        """Make each code its customer's, unless it is another's, used, revoked or no code.

        *by* is the run that does it. Of two grants of one code one wins, for good: the earlier
        of *grants*, and whoever is first of two runs. Safe to repeat.
        """
        ...

    def foreseen(self, grants: Sequence[Grant]) -> Sequence[GrantState]:
        """Return what would become of each, in order, if it were granted now and alone."""
        ...

    def granted(self, grants: Sequence[Grant], by: str) -> Sequence[GrantState]:
        """Return what became of each, in order, however its customer has used the code since.

        To be asked once `grant_all` has returned, and again at any time.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """How a file is put in its place: by PUT of all of it, or of its parts, at these addresses.

    One address without *upload_id*; else one for each part of *part_bytes*, the last of what
    is left, and `complete` has to be called with the ETag that each PUT answered. Each
    address takes exactly as many bytes as were announced, for *seconds*.
    """

    urls: tuple[str, ...]
    part_bytes: int
    seconds: int
    upload_id: str | None = None


class Uploads(Protocol):
    """Where sources are put."""

    def begin(self, key: str, size: int) -> Upload:
        """Return how *size* bytes are put at *key*. A repeat begins another upload.

        Raises `RunRefusedError` for a size of nothing, or beyond what a source may have.
        """
        ...

    def complete(self, key: str, upload_id: str, size: int, etags: Sequence[str]) -> None:
        """Put the parts of an upload of *size* bytes together, *etags* in their order.

        A repeat changes nothing. Raises `RunRefusedError` where there is no such upload, a part
        is missing, or is not what was put.
        """
        ...

    def put(self, key: str, content: bytes) -> None:
        """Put *content* at *key*, in place of what is there."""
        ...


def send_all(lane: Lane, pendings: Sequence[Pending]) -> Collection[IntentRef]:
    """Send each of *pendings* into the lane's queue that it needs; return those that were refused."""
    texts = [pending for pending in pendings if not pending.request.lines]
    ready = [pending for pending in pendings if pending.request.lines]
    return [*lane.intents.send_all(texts), *lane.settlements.send_all(ready)]
