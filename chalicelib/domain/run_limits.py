"""What a run's plan may say."""

from collections.abc import Iterator
from datetime import UTC, datetime

from chalicelib.domain.pace import PER_SECOND_MAX, PER_SECOND_MIN
from chalicelib.domain.run import ModelWay, Plan

RUN_NAME_CHARS_MAX = 100
DAILY_CAP_MAX = 10**9
ANSWER_SECONDS_MIN, ANSWER_SECONDS_MAX = 60, 86_400
SOURCE_BYTES_MAX = 5 << 30
"""What some twenty million lines take."""

PACKED_BYTES_MAX = 512 << 20
"""What as many take when they are packed. Each keeper unpacks what was fed before, twice, which
for so much takes half a minute of its five (docs/measuring.md)."""


def source_fault(size: int, *, gzip: bool) -> str | None:
    """Return what is wrong with a file of *size* bytes; None if it can be fed."""
    if not 0 < size <= SOURCE_BYTES_MAX:
        return f"it has {size:,} bytes; 1 to {SOURCE_BYTES_MAX:,} can be uploaded"
    if gzip and size > PACKED_BYTES_MAX:
        return (
            f"packed, it has {size:,} bytes; up to {PACKED_BYTES_MAX:,} can be uploaded, and"
            f" {SOURCE_BYTES_MAX:,} unpacked"
        )
    return None


INLINE_LINES_MAX = 500

LATEST = int(datetime(2999, 12, 31, tzinfo=UTC).timestamp()) * 1000
"""No time of a run is later, in milliseconds, nor before 1970: as the wire says times."""


def plan_faults(plan: Plan, now: int, *, batches: bool) -> Iterator[tuple[str, str]]:
    """Yield each thing that *plan* may not say at *now*: the field, and what is wrong.

    *batches*: there is a Batch API to be asked.
    """
    if not 0 < len(plan.name.strip()) <= RUN_NAME_CHARS_MAX or not plan.name.isprintable():
        yield "name", f"it has 1 to {RUN_NAME_CHARS_MAX} printable characters"
    rate = plan.rate
    if not PER_SECOND_MIN <= rate.per_second <= PER_SECOND_MAX:
        yield "rate.per_second", f"it is from {PER_SECOND_MIN} to {PER_SECOND_MAX:.0f}"
    if rate.daily_cap is not None and not 1 <= rate.daily_cap <= DAILY_CAP_MAX:
        yield "rate.daily_cap", f"it is from 1 to {DAILY_CAP_MAX}"
    for name, at in (("opens_at", rate.opens_at), ("closes_at", rate.closes_at)):
        if at is not None and not 0 <= at <= LATEST:
            yield f"rate.{name}", "it is from 1970 to 2999"
    if rate.closes_at is not None and rate.closes_at <= now:
        yield "rate.closes_at", "the window has closed already"
    elif rate.closes_at is not None and rate.closes_at <= (rate.opens_at or 0):
        yield "rate.closes_at", "the window closes before it opens"
    if plan.model is ModelWay.BATCH and not batches:
        yield "model", "this deployment asks no Batch API; it is now or never"
    if not ANSWER_SECONDS_MIN <= plan.answer_within_seconds <= ANSWER_SECONDS_MAX:
        field, least, most = "answer_within_seconds", ANSWER_SECONDS_MIN, ANSWER_SECONDS_MAX
        yield field, f"it is from {least} to {most}"
