"""What the use cases of unique codes need of the outside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.codes import CodeBatch, CodeState


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of codes that were added.

    Each maps a code to a number. *new* and *known* are of this batch, now or from an earlier
    call: with the number under which they are on record, so that one that was given another
    number here is a duplicate. *clashing* are another batch's and were left alone.
    """

    new: Mapping[str, int]
    known: Mapping[str, int]
    clashing: Mapping[str, int]


class Codes(Protocol):
    """The coupons table: unique codes, and the batches that they came in."""

    def open_batch(self, batch: CodeBatch) -> CodeBatch:
        """Put *batch* on record unless its coupon has one of its name; return the one that stands.

        A repeat returns what stands by then.
        """
        ...

    def see_batch(self, coupon: str, name: str) -> CodeBatch | None:
        """Return the batch as it stands, read consistently; None if there is none."""
        ...

    def advance_batch(
        self, batch: CodeBatch, onward: CodeBatch, listed: Sequence[str] = ()
    ) -> CodeBatch:
        """Take the batch from *batch* to *onward* if it still stands where *batch* does.

        *listed* are the codes that it grew by; they go on its list in the same transaction.
        Returns the batch as it then stands, which is further on if somebody else is at it
        too: it never goes back. A repeat changes nothing.
        """
        ...

    def listed(self, batch: CodeBatch) -> Iterator[Sequence[str]]:
        """Yield the codes that the batch's advances listed, some at a time, in order."""
        ...

    def add(self, coupon: str, batch: str, codes: Mapping[str, int]) -> Added:
        """Issue each of *codes*, which map to their numbers in the batch, unless it is on record.

        A code that is on record stays as it is, in whatever state. A repeat answers that
        the codes are known. On an error some may have been issued.
        """
        ...

    def coupons_among(self, codes: Sequence[str]) -> set[str]:
        """Return those of *codes* that are a coupon's own, read consistently."""
        ...

    def states(self, codes: Sequence[str]) -> Mapping[str, CodeState]:
        """Return how up to 100 *codes* stand, read consistently; those not on record are left out."""
        ...

    def revoke(self, coupon: str, code: str) -> CodeState | None:
        """Revoke *code* of *coupon* if it is issued; return its state then, None if there is none.

        A used code stays used. A repeat answers that it is revoked.
        """
        ...
