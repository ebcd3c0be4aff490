"""The promises, held against everything at once: a shop that is used, crashed and repeated at random.

The machine drives the real use cases over the app's own adapters. Messages may come twice,
late, in any order and in any company; a worker may die before or after any of its writes;
customers cancel, confirm and answer, staff refund, top up, pause and add shards while all
that happens. After each step the books must agree with the orders, and at the end everyone
must have been answered.
"""

from collections.abc import Callable
from contextlib import suppress
from random import Random

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from chalicelib.application.command_counter import Instruction
from chalicelib.domain.answers import Answer
from chalicelib.domain.command import Amend, CommandKind, resumed
from chalicelib.domain.errors import RushlineError
from chalicelib.domain.intent import IntentRef, Pending, Request, Status
from chalicelib.domain.refund import Wish
from rushline_testing.faults import CrashError
from simulation.faults import Effect, Fault
from tests.fakes.clock import START
from tests.fakes.shop import Shop
from tests.stateful.books import Books
from tests.stateful.world import (
    CODES,
    COUNTERS,
    CUSTOMERS,
    UNIQUE,
    commands,
    counters,
    requests,
    wishes,
)

crashes = st.one_of(
    st.none(),
    st.tuples(st.sampled_from([Effect.CRASH_BEFORE, Effect.CRASH_AFTER]), st.integers(1, 9)),
)
"""How a worker dies, if it does: before or after which of its writes."""

Crash = tuple[Effect, int] | None


class Promises(RuleBasedStateMachine):
    """Random lives of a small shop with scarce coupons and cakes."""

    refs = Bundle("refs")

    @initialize(shards=st.integers(1, 4))
    def open_shop(self, shards: int) -> None:
        """Open with two items, three coupons and three workers."""
        self.shop = Shop()
        for terms in counters(shards, START):
            self.shop.tables.define(terms)
        self.shop.issue(UNIQUE, *CODES)
        self.workers = [self.shop.worker(home) for home in range(3)]
        self.in_flight: list[Pending] = []
        self.keys = 0

    @rule(
        target=refs,
        customer=st.sampled_from(CUSTOMERS),
        asked=requests,
        copies=st.integers(1, 2),
        fate=st.sampled_from(["queued", "settled", "settled", "lost"]),
    )
    def order(self, customer: str, asked: Request, copies: int, fate: str) -> IntentRef:
        """Post an intent, perhaps twice; perhaps it is settled at once, or its message is lost."""
        self.keys += 1
        accepted = [
            self.shop.accept(
                customer_id=customer,
                idempotency_key=str(self.keys),
                fingerprint="same",
                merchant=None,
                request=asked,
            )
            for _ in range(copies)
        ]
        assert [one.replayed for one in accepted] == [False, True][:copies]
        assert len({one.intent.ref for one in accepted}) == 1
        if fate != "queued":
            message = self.shop.settlements_queue.sent.pop()
            if fate == "settled":
                self.workers[copies]([message])
        return accepted[0].intent.ref

    @rule(
        worker=st.integers(0, 2),
        count=st.integers(1, 9),
        order=st.randoms(use_true_random=False),
        crash=crashes,
        twice=st.booleans(),
    )
    def settle(self, worker: int, count: int, order: Random, crash: Crash, *, twice: bool) -> None:
        """Settle what is in flight. A worker that dies deletes no message, and is made anew."""
        sent = self.shop.settlements_queue.sent
        order.shuffle(sent)
        self.in_flight += sent[:count]
        del sent[:count]
        order.shuffle(self.in_flight)
        batch = self.in_flight * 2 if twice else list(self.in_flight)

        def work() -> None:
            settled = self.workers[worker](batch)
            self.in_flight = [p for p in self.in_flight if p.ref in settled.again]

        if self._dies(work, crash):
            self.workers[worker] = self.shop.worker(worker)

    @rule(ref=refs, crash=crashes)
    def cancel(self, ref: IntentRef, crash: Crash) -> None:
        """Cancel, which may be too late."""
        self._dies(lambda: self.shop.cancel(ref), crash)

    @rule(which=st.integers(0, 9), crash=crashes)
    def confirm(self, which: int, crash: Crash) -> None:
        """Confirm a quote, which may be too late."""
        for ref in self._some(which, Status.READY, Status.LAPSED):
            self._dies(lambda ref=ref: self.shop.confirm(ref), crash)  # type: ignore[misc]

    @rule(ref=refs, number=st.integers())
    def agree(self, ref: IntentRef, number: int) -> None:
        """Agree to what we offer, where we ask something."""
        intent = self.shop.on_record[ref]
        for choice in intent.question.choices if intent.question else ():
            answer = Answer(fingerprint=str(number), turn=intent.turn, choice=choice.id)
            with suppress(RushlineError):
                self.shop.answer(ref, answer)

    @rule(which=st.integers(0, 9), wish=wishes, crash=crashes)
    def refund(self, which: int, wish: Wish, crash: Crash) -> None:
        """Refund an order, which may be more than there is, or a repeat."""
        for ref in self._some(which, Status.CONFIRMED, Status.REFUNDED):
            self._dies(lambda ref=ref: self.shop.refund(ref, wish), crash)  # type: ignore[misc]

    @rule(
        counter=st.sampled_from(COUNTERS),
        command=commands,
        number=st.integers(1, 99),
        crash=crashes,
    )
    def command(
        self, counter: str, command: tuple[CommandKind, Amend], number: int, crash: Crash
    ) -> None:
        """Command a counter, which may be a repeat of what somebody died in."""
        kind, amend = command
        order = Instruction(id=f"k{number}", kind=kind, by="staff", why="because")
        self._dies(lambda: self.shop.command(counter, order, amend), crash)

    @rule(seconds=st.sampled_from([1, 20, 60, 200, 610]))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.shop.clock.turn(seconds * 1000)

    @rule(crash=crashes)
    def sweep(self, crash: Crash) -> None:
        """Sweep."""
        self._dies(lambda: self.shop.sweep(stop_at=self.shop.clock.now() + 1), crash)

    @invariant()
    def books_agree(self) -> None:
        """See that shards, ledgers, marks and orders say the same."""
        if hasattr(self, "shop"):
            Books(self.shop.tables.dynamodb).check(self.shop.clock.now())

    def teardown(self) -> None:
        """At the end of time everyone has been answered, and nothing is held."""
        if not hasattr(self, "shop"):
            return
        for counter in COUNTERS:
            order = Instruction(id="last", kind=CommandKind.RESUME, by="staff", why="the end")
            self.shop.command(counter, order, resumed)
        self.in_flight += self.shop.settlements_queue.sent
        self.shop.settlements_queue.sent.clear()
        assert not self.workers[0](self.in_flight).again
        for _ in range(3):
            self.shop.clock.turn(2_000_000)
            self.shop.sweep(stop_at=self.shop.clock.now() + 1)
        books = Books(self.shop.tables.dynamodb)
        books.check(self.shop.clock.now())
        books.check_at_the_end()

    def _some(self, which: int, *statuses: Status) -> list[IntentRef]:
        """Return one of the intents in *statuses*, if there is any."""
        found = [one.ref for one in self.shop.on_record.values() if one.status in statuses]
        return found[which % len(found) :][:1] if found else []

    def _dies(self, work: Callable[[], object], crash: Crash) -> bool:
        """Do *work*, which may be refused; return whether it died by *crash*."""
        faults = self.shop.tables.dynamodb.faults
        fault = Fault(effect=crash[0], times=0) if crash else Fault(effect=Effect.FAIL, times=0)
        if crash:
            fault = _at(crash[0], crash[1])
            faults.add(fault)
        try:
            with suppress(RushlineError):
                work()
        except CrashError:
            return True
        finally:
            fault.times = fault.struck
        return False


def _at(effect: Effect, write: int) -> Fault:
    """Return the fault that strikes the write of that number, from now on."""
    calls = 0

    def is_it(call: object) -> bool:
        nonlocal calls
        calls += any(name in call for name in ("TransactItems", "UpdateExpression"))  # type: ignore[operator]
        return calls == write

    return Fault(effect=effect, times=1, when=is_it)


Promises.TestCase.settings = hypothesis_settings(
    max_examples=120, stateful_step_count=60, deadline=None
)
TestPromises = Promises.TestCase
