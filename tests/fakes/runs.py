"""Runs, sources, reports and planted intents in memory, each with the promises of its port."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.application.run_ports import GrantState, SourceUnusableError, Upload, ignored
from chalicelib.domain.codes import CodeState
from chalicelib.domain.errors import RunRefusedError, StoreUnavailableError
from chalicelib.domain.intent import Intent, IntentRef
from chalicelib.domain.run import Place, Progress, Report, Run, Seal, Source
from chalicelib.domain.run_limits import SOURCE_BYTES_MAX
from chalicelib.domain.run_line import LINE_BYTES_MAX, Grant, RawLine

OPEN_BYTES_MAX = 2_000


@dataclass
class FakeRuns:
    """The `Runs` port."""

    runs: dict[str, Run] = field(default_factory=dict)
    leases: dict[str, int] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)

    def open(self, run: Run) -> Run:
        """Put *run* on record unless one of its id is."""
        return self.runs.setdefault(run.id, run)

    def get(self, run_id: str) -> Run | None:
        """Return the run."""
        return self.runs.get(run_id)

    def all(self, unreadable: Callable[[str], None] = ignored) -> Iterator[Run]:  # noqa: ARG002 (all are readable)
        """Yield every run."""
        yield from sorted(self.runs.values(), key=lambda run: -run.made_at)

    def all_open(self, unreadable: Callable[[str], None] = ignored) -> Iterator[Run]:  # noqa: ARG002 (all are readable)
        """Yield every open run."""
        yield from [run for run in self.runs.values() if run.open]

    def change(self, before: Run, after: Run) -> Run:
        """Take the run to where an operator wants it."""
        stands = self.runs[before.id]
        if stands.state is before.state:
            anew = after.plan != before.plan
            check = stands.check if after.check == before.check and not anew else after.check
            token = stands.token + anew
            stands = replace(after, progress=stands.progress, token=token, check=check)
            self.runs[before.id] = stands
            self.due.pop(before.id, None)
        return stands

    def take(self, run_id: str, now: int, lease_ms: int, due: int = 0) -> Run | None:
        """Return the run under a new token, unless it is leased."""
        run = self.runs.get(run_id)
        early = self.due.get(run_id, 0) > now + 1_000 and self.due[run_id] != due
        if run is None or early or self.leases.get(run_id, 0) > now:
            return None
        self.leases[run_id] = now + lease_ms
        self.runs[run_id] = replace(run, token=run.token + 1)
        return self.runs[run_id]

    def record(
        self, run: Run, progress: Progress, lease_until: int, *, standing: bool = False
    ) -> Run | None:
        """Write *progress*."""
        stands = self.runs[run.id]
        if stands.token != run.token:
            return None
        if standing and stands.state is not run.state:
            return stands
        self.leases[run.id] = lease_until
        self.runs[run.id] = replace(stands, progress=progress)
        return self.runs[run.id]

    def end(self, run: Run, after: Run) -> Run | None:
        """Take the run to *after*'s state and check."""
        stands = self.runs[run.id]
        if stands.token != run.token:
            return None
        if stands.state is run.state:
            self.runs[run.id] = replace(after, progress=stands.progress)
        return self.runs[run.id]

    def release(self, run: Run, next_at: int | None) -> None:
        """End the lease."""
        if self.runs[run.id].token == run.token:
            self.leases[run.id], self.due[run.id] = 0, next_at or 0


@dataclass
class FakeLaneTime:
    """The `LaneTime` port."""

    until: int = 0

    def take(self, now: int, ms: int) -> int:
        """Take *ms* from *now* on."""
        if self.until > now:
            return self.until
        self.until = now + ms
        return now


@dataclass
class FakeSources:
    """The `Sources` port over texts in memory; lines end with a line feed."""

    files: dict[str, bytes] = field(default_factory=dict)

    def seal(self, source: Source) -> Seal | None:
        """Return what the source is."""
        content = self.files.get(source.key)
        if content is not None and source.size not in {None, len(content)}:
            code = "source_wrong_size"
            raise SourceUnusableError(code, "It has not the size that was announced.")
        return None if content is None else Seal(etag=str(hash(content)), size=len(content))

    def columns(self, source: Source, seal: Seal) -> Sequence[str]:  # noqa: ARG002 (JSON Lines)
        """Return no columns."""
        return ()

    def lines(self, source: Source, seal: Seal, offset: int, number: int) -> Iterator[RawLine]:
        """Yield the lines behind *offset*."""
        while True:
            found = self.seal(source)
            if found != seal:
                code = "source_changed" if found else "source_missing"
                raise SourceUnusableError(code, "It is not what it was.")
            rest = self.files[source.key][offset:]
            if not rest:
                return
            content, end, _ = rest.partition(b"\n")
            offset, number = offset + len(content) + len(end), number + 1
            fits = len(content) <= LINE_BYTES_MAX
            yield RawLine(number=number, end=offset, content=content if fits else None)


@dataclass
class FakeReports:
    """The `Reports` port."""

    objects: dict[str, bytes] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)

    def append(
        self, name: str, report: Report, rows: bytes, token: int, *, close: bool = False
    ) -> Report:
        """Write *rows* behind what *report* counts."""
        key = f"{name}/{report.closed}"
        if self.tokens.setdefault(key, token) > token:
            msg = "somebody else has taken the report over"
            raise StoreUnavailableError(msg)
        self.tokens[key] = token
        if report.open_bytes and key not in self.objects:
            code = "report_missing"
            raise SourceUnusableError(code, "It is gone.")
        content = self.objects.get(key, b"")[: report.open_bytes] + rows
        self.objects[key] = content
        if close or len(content) >= OPEN_BYTES_MAX:
            return Report(closed=report.closed + 1)
        return Report(closed=report.closed, open_bytes=len(content))

    def addresses(self, name: str, report: Report) -> Sequence[str]:
        """Return the objects' names."""
        objects = report.closed + bool(report.open_bytes)
        return [f"{name}/{number}" for number in range(objects)]

    def rows(self, name: str, report: Report, behind: Place) -> Iterator[tuple[bytes, Place]]:
        """Yield the rows that *report* counts from *behind* on."""
        part, offset, number = behind.part, behind.offset, behind.rows
        while part <= report.closed:
            if (
                part < report.closed + bool(report.open_bytes)
                and f"{name}/{part}" not in self.objects
            ):
                code = "report_missing"
                raise SourceUnusableError(code, "It is gone.")
            content = self.objects.get(f"{name}/{part}", b"")
            content = content if part < report.closed else content[: report.open_bytes]
            for row in content[offset:].splitlines(keepends=True):
                offset, number = offset + len(row), number + 1
                yield row.rstrip(b"\n"), Place(part=part, offset=offset, rows=number)
            part, offset = part + 1, 0

    def text(self, name: str, report: Report) -> bytes:
        """Return all that the report counts."""
        closed = b"".join(self.objects[f"{name}/{n}"] for n in range(report.closed))
        return closed + self.objects.get(f"{name}/{report.closed}", b"")[: report.open_bytes]


@dataclass
class FakePlantings:
    """The `Plantings` port."""

    intents: dict[IntentRef, Intent] = field(default_factory=dict)

    def plant(self, intents: Sequence[Intent]) -> Collection[IntentRef]:
        """Put each on record unless it is."""
        known = {intent.ref for intent in intents if intent.ref in self.intents}
        for intent in intents:
            self.intents.setdefault(intent.ref, intent)
        return known

    def harvest(self, refs: Sequence[IntentRef]) -> Sequence[Intent | None]:
        """Return the intents as they stand."""
        return [self.intents.get(ref) for ref in refs]


@dataclass
class FakeCustomers:
    """The `Customers` port: *known* are those of whom something is on record."""

    known: set[str] = field(default_factory=set)
    asked: list[Collection[str]] = field(default_factory=list)

    def unknown(self, ids: Collection[str]) -> Collection[str]:
        """Return who is not among the known."""
        self.asked.append(ids)
        return set(ids) - self.known


@dataclass
class FakeGrants:
    """The `Grants` port: each code's state, its customer, and the run that made it theirs."""

    codes: dict[str, CodeState] = field(default_factory=dict)
    owners: dict[str, tuple[str, str]] = field(default_factory=dict)

    def grant_all(self, grants: Sequence[Grant], by: str) -> None:
        """Make each code its customer's, if it can be."""
        for grant in grants:
            if self.codes.get(grant.code) is CodeState.ISSUED:
                self.owners.setdefault(grant.code, (grant.customer_id, by))

    def foreseen(self, grants: Sequence[Grant]) -> Sequence[GrantState]:
        """Return what would become of each."""
        return [self._foreseen(grant) for grant in grants]

    def _foreseen(self, grant: Grant) -> GrantState:
        state = self.codes.get(grant.code)
        owner, _ = self.owners.get(grant.code, (grant.customer_id, ""))
        if state is None:
            return GrantState.CODE_UNKNOWN
        if state is not CodeState.ISSUED:
            return GrantState(f"code_{state}")
        return GrantState.GRANTED if owner == grant.customer_id else GrantState.CODE_TAKEN

    def granted(self, grants: Sequence[Grant], by: str) -> Sequence[GrantState]:
        """Return what became of each."""
        return [self._state(grant, by) for grant in grants]

    def _state(self, grant: Grant, by: str) -> GrantState:
        owner, giver = self.owners.get(grant.code, (None, None))
        if (owner, giver) == (grant.customer_id, by):
            return GrantState.GRANTED
        if owner is None and self.codes.get(grant.code) is CodeState.ISSUED:
            return GrantState.CODE_UNKNOWN
        return self._foreseen(grant)


@dataclass
class FakeKeepers:
    """The `Keepers` port."""

    called: list[tuple[str, int]] = field(default_factory=list)
    due: list[int] = field(default_factory=list)
    hidden: list[tuple[str, int]] = field(default_factory=list)

    def call(self, run_id: str, delay_ms: int, due: int = 0) -> None:
        """Note the call."""
        self.called.append((run_id, delay_ms))
        self.due.append(due)

    def put_off(self, receipt_handle: str, seconds: int) -> None:
        """Note the message."""
        self.hidden.append((receipt_handle, seconds))


@dataclass
class FakeUploads:
    """The `Uploads` port over the files of `FakeSources`; larger files come in parts.

    *base* is where parts are put; whoever stands there notes them in `parts` by their number.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    part_bytes: int = 1_000
    base: str = "https://files.example"
    parts: dict[int, bytes] = field(default_factory=dict)
    begun: list[tuple[str, int]] = field(default_factory=list)
    open: set[tuple[str, str]] = field(default_factory=set)

    def begin(self, key: str, size: int) -> Upload:
        """Return an address for the whole file, or one for each part."""
        if not 0 < size <= SOURCE_BYTES_MAX:
            msg = "no source has such a size"
            raise RunRefusedError(msg)
        self.begun.append((key, size))
        count = -(-size // self.part_bytes)
        if count == 1:
            url = f"{self.base}/{key}?one"
            return Upload(urls=(url,), part_bytes=self.part_bytes, seconds=3_600)
        urls = tuple(f"{self.base}/{key}?part={number}" for number in range(count))
        upload_id = f"upload-{len(self.begun)}-of-{key}"
        self.open.add((key, upload_id))
        return Upload(urls=urls, part_bytes=self.part_bytes, seconds=3_600, upload_id=upload_id)

    def complete(self, key: str, upload_id: str, size: int, etags: Sequence[str]) -> None:
        """Make the noted parts a file."""
        is_open = (key, upload_id) in self.open and len(etags) == -(-size // self.part_bytes)
        if not is_open or list(etags) != [f'"{number}"' for number in self.parts]:
            msg = "there is no such upload"
            raise RunRefusedError(msg)
        self.files[key] = b"".join(self.parts[number] for number in sorted(self.parts))

    def put(self, key: str, content: bytes) -> None:
        """Make *content* the file."""
        self.files[key] = content
