"""A run: a bulk promotion that is fed into the queues, line by line.

A run is fed in slices. A slice is cut off the source into a list first, and *feeding* moves
behind it in a write: that is the licence to put its lines on record as intents and send them into
the lane. *fed* follows in the write that says it was done. Whoever takes a run over finishes the
slice that was begun, whatever became of the run and of its source meanwhile. What became of each
line is collected by the lists.

- *draft* has been made; its source may still be on its way. It can be checked.
- *running* is fed. *paused* is not, but what was fed goes on being collected.
- *cancelled* is fed no more. With *drop*, what was fed and is not settled yet is dropped.
- *failed* ended by itself: its source changed, its lines are bad, its window closed.
- *completed* has fed and collected every line.

A run that ended before its end is still collected as far as it was fed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.errors import IllegalMoveError
from chalicelib.domain.intent import Reason
from chalicelib.domain.pace import Pace, RatePlan


class RunState(StrEnum):
    """Where a run stands."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FAILED = "failed"
    COMPLETED = "completed"


_S = RunState
TRANSITIONS: Mapping[RunState, frozenset[RunState]] = MappingProxyType(
    {
        _S.DRAFT: frozenset({_S.RUNNING, _S.CANCELLED}),
        _S.RUNNING: frozenset({_S.PAUSED, _S.CANCELLED, _S.FAILED, _S.COMPLETED}),
        _S.PAUSED: frozenset({_S.RUNNING, _S.CANCELLED, _S.FAILED}),
        _S.CANCELLED: frozenset(),
        _S.FAILED: frozenset(),
        _S.COMPLETED: frozenset(),
    }
)


UNFINISHED = frozenset({_S.RUNNING, _S.CANCELLED, _S.FAILED})
"""The states that a keeper has to bring to their end."""


def advance(current: RunState, to: RunState) -> RunState:
    """Return *to* where the table allows it; raise `IllegalMoveError` otherwise."""
    if to not in TRANSITIONS[current]:
        raise IllegalMoveError(current, to)
    return to


class BadLines(StrEnum):
    """What faults in the source mean: run without those lines, or not at all."""

    SKIP = "skip"
    REFUSE = "refuse"


class ModelWay(StrEnum):
    """Who reads what the parser can't settle: the model at once, its Batch API, or nobody."""

    NOW = "now"
    BATCH = "batch"
    NEVER = "never"


class Whom(StrEnum):
    """Whom a run's lines may be for: anybody, or only customers of whom something is on record."""

    ANY = "any"
    KNOWN = "known"


class Form(StrEnum):
    """How a source is written."""

    JSON_LINES = "jsonl"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the lines are: an object of the files' bucket, plain or *gzip*.

    *size* is what was announced, in bytes as it lies there; None where nothing was.
    """

    key: str
    form: Form
    gzip: bool = False
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What the source was when it was first read. Another one is not fed."""

    etag: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place between two lines: *offset* bytes and *lines* lines of the plain source lie before."""

    offset: int = 0
    lines: int = 0


Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Rows that are written as they come, in objects: *closed* full ones and one that grows.

    The growing one counts for its first *open_bytes*: what stands behind them was written by
    somebody who did not come to record it.
    """

    closed: int = 0
    open_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place between two rows of a report: behind *offset* bytes of its object *part*.

    *rows* of them lie before.
    """

    part: int = 0
    offset: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Lines that were cut off the source to be fed, in *slices*: an object for each slice.

    *count* lines in all, of which those before *fed* are in the lane, and those before
    *collected* in the results.
    """

    slices: Report = field(default_factory=Report)
    count: int = 0
    fed: Place = field(default_factory=Place)
    collected: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Texts of a run that the provider reads together.

    *name* is the run's for it, and *id* the provider's, once it is known. Its texts lie behind
    *start*, so many as *texts*, and are read against *version* of the menu. Lines that were put
    off before number *first* don't wait for it. *kept* is how far its answers are remembered.
    *failing_since* is since when the provider does not answer about it.
    """

    name: str
    start: Place
    texts: int
    first: int
    version: int
    begun_at: int
    look_at: int
    id: str | None = None
    called_off: bool = False
    over: bool = False
    kept: int = 0
    failing_since: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """Lines that wait until the provider has read their texts.

    *lines* has a row for each of them, *count* in all, and *texts* one for each distinct text,
    *asked_for* in all. *cut* is how far the texts are in batches; the next of them came with
    line number *reach* of these, and wants to be in a batch at *cut_at*. *feeding*, *fed* and
    *collected* are their own cursors. *ends* counts how batches ended.
    """

    lines: Report = field(default_factory=Report)
    count: int = 0
    texts: Report = field(default_factory=Report)
    asked_for: int = 0
    cut: Place = field(default_factory=Place)
    reach: int = 0
    cut_at: int | None = None
    named: int = 0
    batches: tuple[Batch, ...] = ()
    feeding: Place = field(default_factory=Place)
    fed: Place = field(default_factory=Place)
    collected: Place = field(default_factory=Place)
    ends: Counts = field(default_factory=dict)

    @property
    def uncut(self) -> int:
        """How many texts are in no batch yet."""
        return self.asked_for - self.cut.rows

    @property
    def ready(self) -> int:
        """How many of the lines wait for no batch any more."""
        if self.batches:
            return self.batches[0].first
        return self.reach if self.uncut else self.count

    @property
    def waiting(self) -> int:
        """How many of the lines are not fed yet."""
        return self.count - self.fed.rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A dry run: how far it is and what it found, by name. Its *report* has a row for each fault."""

    cursor: Cursor = field(default_factory=Cursor)
    complete: bool = False
    seal: Seal | None = None
    found: Counts = field(default_factory=dict)
    faults: Counts = field(default_factory=dict)
    total: int = 0
    """What the lines that were priced cost together, less *discounts*; in minor units."""
    discounts: int = 0
    report: Report = field(default_factory=Report)

    @property
    def clean(self) -> bool:
        """Whether every line was read and none is bad."""
        return self.complete and not self.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run was made to do. Nothing of it changes later.

    *answer_within_seconds* is each intent's own time, from when its line is fed.
    """

    name: str
    merchant: str
    source: Source
    rate: RatePlan
    coupon: str | None = None
    bad_lines: BadLines = BadLines.SKIP
    model: ModelWay = ModelWay.NOW
    customers: Whom = Whom.ANY
    answer_within_seconds: int = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run's keeper has come; only the keeper writes it.

    *feeding* is how far the source was cut into slices, *fed* how far these are in the lane; one
    slice lies between at most. *columns* are a CSV's. *queued* counts lines that became intents or
    grants, *faults* those that didn't, by their fault's name; *outcomes* what became of those that
    were collected. *ended* says that *feeding* is the source's end; lines that were put off may
    still be to be fed.
    """

    seal: Seal | None = None
    columns: tuple[str, ...] = ()
    pace: Pace = field(default_factory=lambda: Pace(since=0))
    feeding: Cursor = field(default_factory=Cursor)
    fed: Cursor = field(default_factory=Cursor)
    ended: bool = False
    listed: Listed = field(default_factory=Listed)
    queued: int = 0
    faults: Counts = field(default_factory=dict)
    outcomes: Counts = field(default_factory=dict)
    discounts: int = 0
    model_microdollars: int = 0
    results: Report = field(default_factory=Report)
    put_off: PutOff = field(default_factory=PutOff)

    @property
    def is_half_fed(self) -> bool:
        """Whether a slice was begun that may not be all in the lane."""
        listed, put_off = self.listed, self.put_off
        return listed.fed.rows < listed.count or put_off.fed.rows < put_off.feeding.rows

    @property
    def collected(self) -> int:
        """How many lines have their row in the results."""
        return self.listed.collected.rows + self.put_off.collected.rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as it stands; times in milliseconds since the epoch.

    *token* fences: it grows with each keeper of the run, and a keeper's write counts only
    while it is still the newest.
    """

    id: str
    plan: Plan
    state: RunState
    made_at: int
    made_by: str
    reason: Reason | None = None
    drop: bool = False
    started_at: int | None = None
    finished_at: int | None = None
    progress: Progress = field(default_factory=Progress)
    check: Check | None = None
    token: int = 0

    @property
    def checks(self) -> bool:
        """Whether a dry run is under way."""
        return self.check is not None and not self.check.complete

    @property
    def feeds(self) -> bool:
        """Whether more lines are to be fed."""
        progress = self.progress
        return self.state is RunState.RUNNING and (
            not progress.ended or progress.put_off.waiting > 0
        )

    @property
    def is_over(self) -> bool:
        """Whether it is fed no more, for good."""
        return self.state in {RunState.CANCELLED, RunState.FAILED}

    @property
    def collects(self) -> bool:
        """Whether something that was fed is still to be collected."""
        progress = self.progress
        return progress.collected < progress.listed.count + self.due_late

    @property
    def due_late(self) -> int:
        """How many of the lines that were put off can be collected: of a run that is over, all."""
        put_off = self.progress.put_off
        return put_off.count if self.is_over else put_off.feeding.rows

    @property
    def open(self) -> bool:
        """Whether a keeper has something to do, now or later."""
        if self.finished_at is not None:
            return False
        return self.checks or self.collects or self.state in UNFINISHED


def added(counts: Counts, more: Counts) -> Counts:
    """Return both together."""
    return {name: counts.get(name, 0) + more.get(name, 0) for name in {**counts, **more}}
