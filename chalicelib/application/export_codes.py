"""Export a batch of unique codes."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from chalicelib.application.code_ports import Codes
from chalicelib.domain.code_errors import BatchNotFoundError
from chalicelib.domain.codes import CodeBatch, CodeState, Made, codes_of

READ = 100
"""Codes whose states are read at once."""

Row = tuple[str, CodeState | None]
"""A code and how it stands; None where that was not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCodes:
    """Yield a batch's codes, in the order in which they came, a few in memory at a time."""

    codes: Codes

    def see(self, coupon: str, name: str) -> CodeBatch:
        """Return the batch as it stands; raise `BatchNotFoundError` if there is none."""
        batch = self.codes.see_batch(coupon, name)
        if batch is None:
            msg = f"{coupon} has no batch {name}"
            raise BatchNotFoundError(msg)
        return batch

    def bare(self, batch: CodeBatch) -> Iterator[Row]:
        """Yield every code of *batch*, without asking how it stands. A made batch reads nothing."""
        return ((code, None) for code in self._codes(batch))

    def __call__(self, batch: CodeBatch, state: CodeState | None = None) -> Iterator[Row]:
        """Yield every code of *batch* with how it stands, or only those that stand in *state*.

        Each state is that of the moment when it is read; a code that is on record no more
        is left out. Codes that were issued after the last checkpoint are not exported.
        """
        codes = self._codes(batch)
        while some := list(islice(codes, READ)):
            states = self.codes.states(some)
            for code in some:
                if (stands := states.get(code)) and state in {None, stands}:
                    yield code, stands

    def _codes(self, batch: CodeBatch) -> Iterator[str]:
        if isinstance(batch.source, Made):
            return codes_of(batch.source, 0, batch.done)
        return chain.from_iterable(self.codes.listed(batch))
