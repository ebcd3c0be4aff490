"""The promises among workers that really interleave, call by call, in virtual time.

What customers, staff and the sweep wish for is gathered first and then let loose at once,
beside three workers that settle overlapping batches. Transactions conflict, shards are
throttled, calls fail, answers are lost and workers die. Once all of them have come to rest
the books must agree.
"""

from random import Random

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from chalicelib.application.command_counter import Instruction
from chalicelib.domain.answers import Answer
from chalicelib.domain.command import Amend, CommandKind, resumed
from chalicelib.domain.intent import IntentRef, Request, Status
from chalicelib.domain.refund import Wish
from tests.stateful.crowd import LAMBDA_MS, Crowd, Work
from tests.stateful.world import COUNTERS, CUSTOMERS, commands, requests, wishes

WORKS_MAX = 18


class AtOnce(RuleBasedStateMachine):
    """Random crowds in a small shop with scarce coupons and cakes."""

    @initialize(seed=st.integers(0, 2**16), shards=st.integers(1, 4), throttled=st.booleans())
    def open_shop(self, seed: int, shards: int, *, throttled: bool) -> None:
        """Open."""
        self.crowd = Crowd(seed, shards, throttled=throttled)
        self.works: list[Work] = []
        self.keys = 0

    @rule(
        wanted=st.lists(st.tuples(st.sampled_from(CUSTOMERS), requests), min_size=4, max_size=9),
        twice=st.booleans(),
    )
    def order(self, wanted: list[tuple[str, Request]], *, twice: bool) -> None:
        """Have several order, perhaps each of them twice."""
        for customer, asked in wanted:
            self.keys += 1
            for _ in range(1 + twice):
                self._ask(_ordering(customer, str(self.keys), asked))

    @rule(which=st.integers(0, 30), wish=wishes)
    def quarrel(self, which: int, wish: Wish) -> None:
        """Have one intent be confirmed, cancelled and refunded, all at once."""
        statuses = (Status.READY, Status.CONFIRMED, Status.ACCEPTED)
        intent = self.crowd.some(which, *statuses)
        if intent is not None:
            ref = intent.ref
            self._ask(lambda s: s.confirm(ref))
            self._ask(lambda s: s.cancel(ref))
            self._ask(lambda s: s.refund(ref, wish))

    @rule(which=st.integers(0, 30), some=st.lists(wishes, min_size=2, max_size=4))
    def refund(self, which: int, some: list[Wish]) -> None:
        """Have an order be refunded by several, some of them repeats."""
        intent = self.crowd.some(which, Status.CONFIRMED)
        if intent is not None:
            for wish in some:
                self._ask(_refunding(intent.ref, wish))

    @rule(which=st.integers(0, 30))
    def agree(self, which: int) -> None:
        """Have a customer agree to what we offer."""
        intent = self.crowd.some(which, Status.NEEDS_INPUT)
        if intent is not None and intent.question is not None:
            for choice in intent.question.choices:
                answer = Answer(fingerprint=choice.id, turn=intent.turn, choice=choice.id)
                self._ask(_answering(intent.ref, answer))

    @rule(
        counter=st.sampled_from(COUNTERS),
        some=st.lists(st.tuples(commands, st.integers(1, 9)), min_size=1, max_size=2),
    )
    def command(self, counter: str, some: list[tuple[tuple[CommandKind, Amend], int]]) -> None:
        """Have a counter be commanded by one or two, perhaps by the same name."""
        for (kind, amend), number in some:
            order = Instruction(id=f"k{number}", kind=kind, by="staff", why="because")
            self._ask(_commanding(counter, order, amend))

    @rule(twice=st.booleans())
    def sweep(self, *, twice: bool) -> None:
        """Have one or two sweep."""
        for _ in range(1 + twice):
            self._ask(lambda s: s.sweep(s.clock.now() + LAMBDA_MS))

    @rule(seconds=st.sampled_from([1, 30, 30, 200, 610]))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.crowd.stack.clock.turn(seconds=seconds)

    @precondition(lambda self: self.works or self.crowd.messages)
    @rule(
        chance=st.randoms(use_true_random=False),
        trouble=st.sampled_from([0.0, 0.0, 0.01, 0.05]),
    )
    def all_at_once(self, chance: Random, trouble: float) -> None:
        """Let everybody loose, and see that the books agree once they have come to rest."""
        works, self.works = self.works, []
        order = Random(chance.random())  # noqa: S311 (chance that can be repeated)
        for some in (works, []):
            # What was accepted in the first round is settled in the second.
            self.crowd.at_once(some, order, trouble=trouble)
        self.crowd.books.check(self.crowd.stack.clock.now())

    def teardown(self) -> None:
        """At the end of time everyone has been answered, and nothing is held."""
        if not hasattr(self, "crowd"):
            return
        for counter in COUNTERS:
            order = Instruction(id="last", kind=CommandKind.RESUME, by="staff", why="the end")
            self.crowd.staff.command(counter, order, resumed)
        self.crowd.close()
        books = self.crowd.books
        books.check(self.crowd.stack.clock.now())
        books.check_at_the_end()

    def _ask(self, work: Work) -> None:
        if len(self.works) < WORKS_MAX:
            self.works.append(work)


def _ordering(customer: str, key: str, asked: Request) -> Work:
    return lambda services: services.accept(
        customer_id=customer,
        idempotency_key=key,
        fingerprint="same",
        merchant=None,
        request=asked,
    )


def _refunding(ref: IntentRef, wish: Wish) -> Work:
    return lambda services: services.refund(ref, wish)


def _answering(ref: IntentRef, answer: Answer) -> Work:
    return lambda services: services.answer(ref, answer)


def _commanding(counter: str, order: Instruction, amend: Amend) -> Work:
    return lambda services: services.command(counter, order, amend)


AtOnce.TestCase.settings = hypothesis_settings(
    max_examples=120, stateful_step_count=30, deadline=None
)
TestAtOnce = AtOnce.TestCase
