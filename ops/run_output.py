"""How a run is told: as the API's JSON, in a few lines, or as a bar."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from chalicelib.application.see_run import RunView

TIMES = frozenset({"made_at", "started_at", "finished_at", "opens_at", "closes_at", "eta"})
BAR_CHARS = 24


def facts(view: RunView) -> dict[str, Any]:
    """Return *view* as the API answers it."""
    return _plain(asdict(view))


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in fields.items():
        if value is None:
            continue
        if name in TIMES:
            plain[name] = moment(value)
        else:
            plain[name] = _plain(value) if isinstance(value, Mapping) else value
    return plain


def moment(at: int) -> str:
    """Return *at* (ms) in RFC 3339, UTC."""
    said = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
    return said.replace("+00:00", "Z")


def bar(view: RunView) -> str:
    """Return one line for who watches: how far, how fast, until when."""
    done = f"{view.lines_read:,} lines"
    if view.check is not None and not view.check.complete:
        return f"checking: {view.check.lines:,} lines"
    if view.share is not None:
        full = int(view.share * BAR_CHARS)
        done = f"[{'#' * full}{'.' * (BAR_CHARS - full)}] {view.share:4.0%}  {done}"
    parts = [view.state, done, f"{view.outcomes.collected:,} collected", f"{view.rate_now:,.1f}/s"]
    if view.put_off is not None and view.put_off.waiting:
        parts.append(f"{view.put_off.waiting:,} put off")
    if view.eta is not None:
        parts.append(f"until {moment(view.eta)[11:19]} UTC")
    return "  ".join(parts)


def told(view: RunView) -> str:
    """Return all that there is to say of a run, for people."""
    outcomes, cost, check = view.outcomes, view.cost, view.check
    lines = [f"{view.name} ({view.id}): {view.state}"]
    if view.reason is not None:
        lines[0] += f", {view.reason.code}: {view.reason.detail}"
    if check is not None:
        whole = "" if check.complete else " so far"
        lines.append(f"  checked   {check.lines:,} lines{whole}: {_counts(check.found)}")
        if check.faults:
            lines.append(f"            faults: {_counts(check.faults)}")
        lines.append(
            f"            {check.total:,} {cost.currency or ''} (minor units),"
            f" less {check.discounts:,} in discounts"
        )
    if view.started_at is None:
        return "\n".join(lines)
    lines.append(f"  read      {view.lines_read:,} lines, {view.queued:,} queued")
    if view.faults:
        lines.append(f"            faults: {_counts(view.faults)}")
    if view.put_off is not None:
        ends = f", batches: {_counts(view.put_off.ends)}" if view.put_off.ends else ""
        lines.append(f"  put off   {view.put_off.waiting:,} lines wait for a batch{ends}")
    named = ("confirmed", "granted", "needs_input", "expired", "cancelled", "failed", "invalid")
    counts = {name: getattr(outcomes, name) for name in named if getattr(outcomes, name)}
    lines.append(f"  collected {outcomes.collected:,}: {_counts({**counts, **outcomes.others})}")
    if outcomes.rejected:
        lines.append(f"            rejected: {_counts(outcomes.rejected)}")
    lines.append(
        f"  cost      {cost.discounts:,} {cost.currency or ''} (minor units) in discounts,"
        f" ${cost.model_microdollars / 1e6:.4f} for the model"
    )
    return "\n".join(lines)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items())) or "none"
