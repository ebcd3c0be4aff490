"""Begin a batch of unique codes, or take up the one that was begun."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.application.code_ports import Codes
from chalicelib.application.counter_ports import Counters
from chalicelib.application.ports import Clock
from chalicelib.domain.code_errors import BatchDiffersError, BatchUnusableError
from chalicelib.domain.codes import BATCH_NAME, CodeBatch, Imported, Made
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.errors import CouponNotFoundError

SLICE = 1_000
"""Codes or lines between two checkpoints: what is done again at most after a crash."""

Told = Callable[[CodeBatch], object]
"""Told how far the batch is, after each checkpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginBatch:
    """Have a batch on record before its first code is."""

    counters: Counters
    codes: Codes
    clock: Clock

    def __call__(self, coupon: str, name: str, source: Made | Imported, by: str) -> CodeBatch:
        """Return the batch as it stands, begun now or before. A repeat goes on with it.

        A made batch keeps the seed that it was begun with. Raises `CouponNotFoundError`,
        `BatchUnusableError`, or `BatchDiffersError` if one of that name is of another source.
        """
        if not BATCH_NAME.fullmatch(name):
            msg = f"a batch's name is lower-case letters, digits, - and _, at most 63: {name!r}"
            raise BatchUnusableError(msg)
        terms = self.counters.fresh_terms(coupon)
        if not isinstance(terms, CouponTerms):
            msg = "there is no such coupon"
            raise CouponNotFoundError(msg)
        if not terms.unique:
            msg = (
                f"{coupon} is redeemed by its own code, which each order can name: it is not unique"
            )
            raise BatchUnusableError(msg)
        batch = self.codes.open_batch(
            CodeBatch(
                coupon=coupon,
                name=name,
                source=source,
                created_at=self.clock.now(),
                created_by=by,
            )
        )
        if not _alike(batch.source, source):
            msg = f"{coupon} has a batch {name} already, and it is not this one"
            raise BatchDiffersError(msg)
        return batch


def _alike(standing: Made | Imported, wanted: Made | Imported) -> bool:
    """Return whether both mean the same batch; a seed is drawn, so it is none of the meaning."""
    if isinstance(standing, Made) and isinstance(wanted, Made):
        return replace(standing, seed=b"") == replace(wanted, seed=b"")
    return standing == wanted
