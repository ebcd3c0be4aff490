"""A run as an item of the control table.

What a condition looks at is an attribute of its own; the rest are documents.
"""

from collections.abc import Iterator
from typing import Any

from chalicelib.adapters.codec import REASON, Document
from chalicelib.adapters.dynamodb.items import Item
from chalicelib.adapters.dynamodb.keys import Key
from chalicelib.domain.run import Check, Plan, Progress, Run, RunState

PLAN = Document(Plan)
PROGRESS = Document(Progress)
CHECK = Document(Check)

PREFIX = "run#"

HEAD: Key = {"name": {"S": "runs"}}
"""Names the *newest* page of the list of all runs' ids; without it, that is the first, 0."""

OPEN: Key = {"name": {"S": "runs_open"}}
"""The ids of the runs that a keeper has something to do for, in a set. With 400 KB to an item
there may be some ten thousand at once; each leaves it when it is done."""

PAGE_IDS = 100
"""About so many ids to a page: as many as are read together."""


def page_key(page: int) -> Key:
    """Return the key of a page of the list of all runs' ids."""
    return {"name": {"S": f"runs#{page}"}}


def run_key(run_id: str) -> Key:
    """Return the key of a run."""
    return {"name": {"S": f"{PREFIX}{run_id}"}}


def run_item(run: Run) -> Key:
    """Return the item of a new *run*, which nobody keeps yet."""
    return {
        **run_key(run.id),
        **of_plan(run),
        "made_at": {"N": str(run.made_at)},
        "made_by": {"S": run.made_by},
        "fence": {"N": str(run.token)},
        "lease_until": {"N": "0"},
        **dict(of_operator(run)),
        **dict(of_check(run)),
        "progress": progress_of(run.progress),
    }


def of_plan(run: Run) -> dict[str, Any]:
    """Return what *run* was made to do."""
    return {"planned": {"S": PLAN.dump(run.plan)}}


def of_operator(run: Run) -> Iterator[tuple[str, Any]]:
    """Yield what operators set of *run*, as far as it is set."""
    yield "state", {"S": run.state}
    if run.reason is not None:
        yield "reason", {"S": REASON.dump(run.reason)}
    if run.drop:
        yield "dropped", {"BOOL": True}
    if run.started_at is not None:
        yield "started_at", {"N": str(run.started_at)}
    if run.finished_at is not None:
        yield "finished_at", {"N": str(run.finished_at)}


def of_check(run: Run) -> Iterator[tuple[str, Any]]:
    """Yield *run*'s dry run, if it has one."""
    if run.check is not None:
        yield "dry_run", {"S": CHECK.dump(run.check)}


def progress_of(progress: Progress) -> Any:  # noqa: ANN401 (an attribute value, as botocore takes it)
    """Return *progress* as an attribute."""
    return {"S": PROGRESS.dump(progress)}


def run_of(item: Item) -> Run:
    """Return the run in *item*."""
    return Run(
        id=item["name"]["S"].removeprefix(PREFIX),
        plan=PLAN.load(item["planned"]["S"]),
        state=RunState(item["state"]["S"]),
        made_at=int(item["made_at"]["N"]),
        made_by=item["made_by"]["S"],
        reason=REASON.load(item["reason"]["S"]) if "reason" in item else None,
        drop="dropped" in item,
        started_at=int(item["started_at"]["N"]) if "started_at" in item else None,
        finished_at=int(item["finished_at"]["N"]) if "finished_at" in item else None,
        progress=PROGRESS.load(item["progress"]["S"]),
        check=CHECK.load(item["dry_run"]["S"]) if "dry_run" in item else None,
        token=int(item["fence"]["N"]),
    )
