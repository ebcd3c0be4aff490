"""Command a coupon or stock: define, pause, resume, extend, end, top up, add shards."""

from dataclasses import dataclass, replace

from chalicelib.application.counter_ports import Counter, Counters
from chalicelib.application.ports import Clock, Moved
from chalicelib.application.see_counter import SeeCounter
from chalicelib.domain.command import Amend, Amendment, Command, CommandKind, changes, redefined
from chalicelib.domain.counter import evened, is_unspread
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.errors import CommandRefusedError, KeyReusedError, StoreUnavailableError
from chalicelib.domain.terms import Terms

ATTEMPTS_MAX = 25
SPREADS_MAX = 20

COMMAND_MS_MAX = 22_000
"""What is not on every shard by then is left to a repeat: the caller waits for an answer, and the
gateway for 29 seconds at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """A command as it was given: by whom and why.

    A second one of the same *id* is a repeat, and has to have the same *fingerprint*.
    """

    id: str
    kind: CommandKind
    by: str
    why: str
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCounter:
    """Obey a command once, write it down, and see to it that every shard knows."""

    counters: Counters
    see: SeeCounter
    clock: Clock

    def __call__(self, counter: str, instruction: Instruction, amend: Amend) -> Counter:
        """Return the counter as it stands once the command holds everywhere.

        A repeat changes nothing, and finishes what a crash left undone; so does the next
        command. One that would change nothing is not written down. Raises
        `CouponNotFoundError`, `KeyReusedError`, what *amend* raises, and
        `StoreUnavailableError` where others are in the way: then the command may hold in
        part, and repeating it is safe.
        """
        stop_at = self.clock.now() + COMMAND_MS_MAX
        for _ in range(ATTEMPTS_MAX):
            current = self.see(counter).terms
            recorded = self.counters.command(counter, instruction.id)
            if recorded and recorded.fingerprint != instruction.fingerprint:
                msg = "this idempotency key was used for another command"
                raise KeyReusedError(msg)
            self.counters.finish(counter, stop_at)
            if recorded:
                break
            amendment = amend(current)
            if amendment.terms == current:
                break
            if self._begun(amendment, current, instruction):
                self.counters.finish(counter, stop_at)
                break
        else:
            msg = "others command it at the same time"
            raise StoreUnavailableError(msg)
        command = self.counters.command(counter, instruction.id)
        widened = command is not None and any(c.startswith("shards:") for c in command.changes)
        self._spread(counter, stop_at, widened=widened)
        return self.see(counter)

    def define(self, terms: Terms, instruction: Instruction) -> tuple[Counter, bool]:
        """Return the counter at *terms*, and whether it is new. A repeat changes nothing.

        Raises `CouponFixedError` if it exists with other units, budget or shards, and
        `CommandRefusedError` if its name is a unique code.
        """
        command = self._command(instruction, version=1, units=terms.units, money=terms.budget or 0)
        if self.counters.fresh_terms(terms.counter) is None and isinstance(
            self.counters.create(replace(terms, version=1), command), Moved
        ):
            return self.see(terms.counter), True
        if self.counters.fresh_terms(terms.counter) is None:
            msg = "its name is a unique code of another coupon"
            raise CommandRefusedError(msg)
        return self(terms.counter, instruction, lambda current: redefined(current, terms)), False

    def _begun(self, amendment: Amendment, current: Terms, instruction: Instruction) -> bool:
        version = current.version + 1
        after = replace(amendment, terms=replace(amendment.terms, version=version))
        command = self._command(
            instruction, version=version, units=amendment.units, money=amendment.money
        )
        command = replace(command, changes=changes(current, amendment.terms))
        return isinstance(self.counters.begin(after, command), Moved)

    def _command(
        self, instruction: Instruction, *, version: int, units: int, money: int
    ) -> Command:
        return Command(
            id=instruction.id,
            kind=instruction.kind,
            by=instruction.by,
            at=self.clock.now(),
            why=instruction.why,
            fingerprint=instruction.fingerprint,
            version=version,
            units=units,
            money=money,
        )

    def _spread(self, counter: str, stop_at: int, *, widened: bool) -> None:
        """Spread units over added shards, until they lie even or *stop_at* (ms).

        Where the counter was *widened* just now, or has shards that never had a unit: its
        worker died. The plan's count goes first; where somebody draws meanwhile it is
        worked out anew, and while it can't be passed on, no units are: the plan comes
        before an even spread.
        """
        for attempt in range(SPREADS_MAX):
            shown = self.see(counter)
            planned = isinstance(shown.terms, CouponTerms) and shown.terms.pacing is not None
            transfers = evened(shown.shards, planned=planned)
            if not transfers or not (widened or is_unspread(shown.shards)):
                return
            at = self.clock.now()
            why = f"spread-{shown.terms.version}-{attempt}"
            left = 0
            for transfer in transfers:
                if self.clock.now() >= stop_at:
                    return
                if not self.counters.transfer(counter, transfer, why, at, stop_at):
                    left += 1
                    if transfer.taken:
                        break
            if not left:
                return
