"""Make unique codes of a coupon."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.application.begin_batch import SLICE, BeginBatch, Told
from chalicelib.application.code_ports import Codes
from chalicelib.domain.code_errors import BatchUnusableError, SeedSharedError
from chalicelib.domain.codes import (
    COUNT_MAX,
    PREFIX,
    PREFIX_CHARS_MAX,
    SEED_BYTES,
    CodeBatch,
    Made,
    codes_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeCodes:
    """Issue a batch of codes that nobody can guess."""

    begin: BeginBatch
    codes: Codes
    draw: Callable[[int], bytes] = secrets.token_bytes
    slice_: int = SLICE

    def __call__(
        self, coupon: str, name: str, *, count: int, prefix: str, by: str, told: Told
    ) -> CodeBatch:
        """Issue *count* codes and return the batch, complete. A repeat issues none.

        Begun again after a crash it goes on at its last checkpoint, and codes that were
        issued after that are known again, not issued twice. Several at once at one batch
        make one batch. Raises what `BeginBatch` does, and `SeedSharedError`.
        """
        if prefix and not PREFIX.fullmatch(prefix):
            msg = f"a prefix is capitals, digits, - and _, at most {PREFIX_CHARS_MAX}: {prefix!r}"
            raise BatchUnusableError(msg)
        if not 1 <= count <= COUNT_MAX:
            msg = f"a batch has 1 to {COUNT_MAX} codes, not {count}"
            raise BatchUnusableError(msg)
        source = Made(seed=self.draw(SEED_BYTES), prefix=prefix, count=count)
        batch = self.begin(coupon, name, source, by)
        told(batch)
        while not batch.complete:
            batch = self._next(batch)
            told(batch)
        return batch

    def _next(self, batch: CodeBatch) -> CodeBatch:
        """Issue the batch's next slice; return the batch after it, or further on."""
        if not isinstance(source := batch.source, Made):
            raise TypeError(source)
        done = min(batch.done + self.slice_, source.count)
        drawn = codes_of(source, batch.done, done)
        numbered = {code: number for number, code in enumerate(drawn, start=batch.done)}
        added = self.codes.add(batch.coupon, batch.name, numbered)
        elsewhere = any(numbered[code] != number for code, number in added.known.items())
        if added.clashing or elsewhere or len(numbered) < done - batch.done:
            msg = "a code that was just drawn is on record already, under another number or batch"
            raise SeedSharedError(msg)
        onward = replace(batch, done=done, codes=done, complete=done == source.count)
        return self.codes.advance_batch(batch, onward)
