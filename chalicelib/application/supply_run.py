"""Bring in what a run is fed from."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from chalicelib.application.make_run import run_id_for
from chalicelib.application.run_ports import Runs, Upload, Uploads
from chalicelib.domain.errors import RunNotFoundError, RunRefusedError
from chalicelib.domain.run import Form, Run, RunState, Source


def uploaded_source(name: str, form: Form, size: int, *, gzip: bool) -> Source:
    """Return the source of the run *name* that is uploaded, in *size* bytes.

    The size is part of where it lies, so that another file is another plan.
    """
    ending = f"{form}.gz" if gzip else str(form)
    key = f"runs/{run_id_for(name)}/source-{size}.{ending}"
    return Source(key=key, form=form, gzip=gzip, size=size)


def inline_source(name: str, content: bytes) -> Source:
    """Return the source of the run *name* whose JSON Lines are *content*: other lines lie elsewhere."""
    digest = sha256(content).hexdigest()[:32]
    key = f"runs/{run_id_for(name)}/lines-{digest}.jsonl"
    return Source(key=key, form=Form.JSON_LINES)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyRun:
    """Say where a run's file goes, or put its lines there. Only while the run is a draft."""

    runs: Runs
    uploads: Uploads

    def offer(self, run: Run, size: int) -> Upload | None:
        """Return where *run*'s file of *size* bytes is to be put; None where it is no draft any more."""
        if run.state is not RunState.DRAFT:
            return None
        return self.uploads.begin(run.plan.source.key, size)

    def put(self, run: Run, content: bytes) -> None:
        """Put *content* where *run* is fed from. A repeat changes nothing."""
        if run.state is RunState.DRAFT:
            self.uploads.put(run.plan.source.key, content)

    def complete(self, run_id: str, upload_id: str, etags: Sequence[str]) -> Run:
        """Make a file of the parts that were uploaded; return the run. A repeat changes nothing.

        Raises `RunNotFoundError`, and `RunRefusedError` where the parts are not all of such an
        upload's, or the run is no draft any more.
        """
        run = self.runs.get(run_id)
        if run is None:
            msg = "there is no such run"
            raise RunNotFoundError(msg)
        if run.state is not RunState.DRAFT:
            msg = "the run was started already: its file stays what it was"
            raise RunRefusedError(msg)
        source = run.plan.source
        if source.size is None:
            msg = "the run's lines came with it: nothing is uploaded"
            raise RunRefusedError(msg)
        self.uploads.complete(source.key, upload_id, source.size, etags)
        return run
