"""Unique codes, in memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.application.code_ports import Added
from chalicelib.domain.codes import CodeBatch, CodeState
from tests.fakes.outage import Breakable


@dataclass(slots=True, kw_only=True)
class OnRecord:
    """A code as it stands."""

    coupon: str
    batch: str
    number: int
    state: CodeState = CodeState.ISSUED


class FakeCodes(Breakable):
    """Codes by themselves, batches by coupon and name, and what their advances listed."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, OnRecord] = {}
        self.batches: dict[tuple[str, str], CodeBatch] = {}
        self.coupons: set[str] = set()
        self.lists: dict[tuple[str, str], list[Sequence[str]]] = {}

    def open_batch(self, batch: CodeBatch) -> CodeBatch:
        """Put *batch* on record unless there is one; return the one that stands."""
        self.up_or_raise()
        return self.batches.setdefault((batch.coupon, batch.name), batch)

    def see_batch(self, coupon: str, name: str) -> CodeBatch | None:
        """Return the batch."""
        self.up_or_raise()
        return self.batches.get((coupon, name))

    def advance_batch(
        self, batch: CodeBatch, onward: CodeBatch, listed: Sequence[str] = ()
    ) -> CodeBatch:
        """Take the batch on if it still stands there."""
        self.up_or_raise()
        key = batch.coupon, batch.name
        if self.batches[key].done == batch.done:
            self.batches[key] = onward
            if listed:
                self.lists.setdefault(key, []).append(tuple(listed))
        return self.batches[key]

    def listed(self, batch: CodeBatch) -> Iterator[Sequence[str]]:
        """Yield what was listed."""
        self.up_or_raise()
        yield from self.lists.get((batch.coupon, batch.name), [])

    def add(self, coupon: str, batch: str, codes: Mapping[str, int]) -> Added:
        """Issue *codes* that are not on record."""
        self.up_or_raise()
        new: dict[str, int] = {}
        known: dict[str, int] = {}
        clashing: dict[str, int] = {}
        for code, number in codes.items():
            there = self.codes.get(code)
            if there is None:
                self.codes[code] = OnRecord(coupon=coupon, batch=batch, number=number)
                new[code] = number
            elif (there.coupon, there.batch) == (coupon, batch):
                known[code] = there.number
            else:
                clashing[code] = number
        return Added(new=new, known=known, clashing=clashing)

    def coupons_among(self, codes: Sequence[str]) -> set[str]:
        """Return those of *codes* that are a coupon's own."""
        self.up_or_raise()
        return self.coupons.intersection(codes)

    def states(self, codes: Sequence[str]) -> Mapping[str, CodeState]:
        """Return how *codes* stand."""
        self.up_or_raise()
        return {code: self.codes[code].state for code in codes if code in self.codes}

    def revoke(self, coupon: str, code: str) -> CodeState | None:
        """Revoke *code* if it is issued."""
        self.up_or_raise()
        there = self.codes.get(code)
        if there is None or there.coupon != coupon:
            return None
        if there.state is CodeState.ISSUED:
            there.state = CodeState.REVOKED
        return there.state
