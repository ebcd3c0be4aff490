"""Import unique codes that were made elsewhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from chalicelib.application.begin_batch import SLICE, BeginBatch, Told
from chalicelib.application.code_ports import Codes
from chalicelib.domain.code_errors import BatchUnusableError
from chalicelib.domain.codes import COUNT_MAX, CodeBatch, Fault, Imported, read_code

Line = tuple[int, str | Fault]
"""A line's number in its file, counted from 1, and its text, or why it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A line that gave no code, and why; *like* is the line whose duplicate it is."""

    line: int
    fault: Fault
    like: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCodes:
    """Issue the codes of a file, line by line."""

    begin: BeginBatch
    codes: Codes
    slice_: int = SLICE

    def __call__(
        self,
        coupon: str,
        name: str,
        lines: Iterator[Line],
        *,
        fingerprint: str,
        by: str,
        told: Told,
        refuse: Callable[[Refused], object],
    ) -> CodeBatch:
        """Issue every good code of *lines*, tell *refuse* of the others; return the batch, complete.

        The lines come in their order, the same for the same *fingerprint*. Begun again it
        goes on after its last checkpoint, and a line refused after that is told of again.
        A repeat of a complete import reads nothing. Raises what `BeginBatch` does.
        """
        batch = self.begin(coupon, name, Imported(fingerprint=fingerprint), by)
        told(batch)
        while not batch.complete:
            batch = self._next(batch, self._take(lines, batch.done), refuse)
            told(batch)
        return batch

    def _take(self, lines: Iterator[Line], after: int) -> list[Line]:
        """Return the next slice of *lines* that come after line *after*."""
        taken: list[Line] = []
        for line in lines:
            if line[0] > COUNT_MAX:
                msg = f"line {line[0]}: a batch has at most {COUNT_MAX} lines"
                raise BatchUnusableError(msg)
            if line[0] > after:
                taken.append(line)
                if len(taken) == self.slice_:
                    break
        return taken

    def _next(
        self, batch: CodeBatch, lines: list[Line], refuse: Callable[[Refused], object]
    ) -> CodeBatch:
        """Issue the codes of *lines*; return the batch after them, or further on."""
        found, refused = _read(lines, batch.coupon)
        added = self.codes.add(batch.coupon, batch.name, found)
        for code, line in added.clashing.items():
            refused.append(Refused(line=line, fault=Fault.CLASHING))
            del found[code]
        for code, first in added.known.items():
            if first != found[code]:
                refused.append(Refused(line=found[code], fault=Fault.DUPLICATE, like=first))
                del found[code]
        # An order that names it would get that coupon, and never this one. Looked for now: a
        # coupon that is defined from here on finds the code on record, and can't be.
        for code in self.codes.coupons_among(list(found)):
            self.codes.revoke(batch.coupon, code)
            refused.append(Refused(line=found.pop(code), fault=Fault.CLASHING))
        for one in sorted(refused, key=lambda one: one.line):
            refuse(one)
        onward = replace(
            batch,
            done=lines[-1][0] if lines else batch.done,
            codes=batch.codes + len(found),
            refused=batch.refused + len(refused),
            complete=len(lines) < self.slice_,
        )
        return self.codes.advance_batch(batch, onward, list(found))


def _read(lines: list[Line], coupon: str) -> tuple[dict[str, int], list[Refused]]:
    """Return the codes of *lines*, each with its first line, and the lines that gave none."""
    found: dict[str, int] = {}
    refused: list[Refused] = []
    for number, text in lines:
        code = text if isinstance(text, Fault) else read_code(text, coupon)
        if isinstance(code, Fault):
            refused.append(Refused(line=number, fault=code))
        elif (first := found.setdefault(code, number)) != number:
            refused.append(Refused(line=number, fault=Fault.DUPLICATE, like=first))
    return found, refused
