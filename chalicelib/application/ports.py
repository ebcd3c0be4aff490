"""What the use cases need of the outside, in their own words.

Every port that changes something says what a repeat answers, since everything here may
be called twice: queues redeliver, clients retry, workers crash after the effect. A port
that can't be reached raises `StoreUnavailableError`, and trying again is always safe.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from chalicelib.domain.admission import Answered, Gate, Tally
from chalicelib.domain.catalogue import Catalogue, Item, LanguageTag, OptionGroup
from chalicelib.domain.intent import Change, Intent, IntentRef, Pending, Request
from chalicelib.domain.model_use import NO_USE, ModelUse
from chalicelib.domain.resolution import Question, Reading


class Clock(Protocol):
    """Time, and the passing of it."""

    def now(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        ...

    def sleep(self, ms: int) -> None:
        """Let *ms* milliseconds pass."""
        ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """The intent was new and is now on record."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """An intent of that name was on record already, and stands as *existing*."""

    existing: Intent


@dataclass(frozen=True, slots=True)
class Moved:
    """The change was made."""


@dataclass(frozen=True, slots=True)
class Stale:
    """The intent no longer stood where the change begins; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some intents, and where the next page begins (None: this was the last)."""

    intents: tuple[Intent, ...]
    next_cursor: str | None


class Intents(Protocol):
    """The orders table: every intent and the order it becomes."""

    def accept(self, intent: Intent) -> Accepted | Repeated:
        """Put *intent* on record unless one of its name is there. A repeat answers `Repeated`.

        A put of this very call that is tried again because its answer was lost is no repeat.
        """
        ...

    def get(self, ref: IntentRef) -> Intent | None:
        """Return the intent as it stands now, read consistently; None if there is none."""
        ...

    def apply(self, change: Change) -> Moved | Stale:
        """Make *change* if the intent still stands where it begins. A repeat answers `Stale`."""
        ...

    def answer(
        self, intent: Intent, request: Request, answered_with: str, expires_at: int, watch_at: int
    ) -> Moved | Stale:
        """Take *intent* from needs_input back to accepted, one turn on. A repeat answers `Stale`."""
        ...

    def mark_sent(self, pending: Pending, *, sent: bool) -> None:
        """Note whether the queue took the message. Does nothing once the intent has moved on."""
        ...

    def watch(self, pending: Pending, at: int) -> None:
        """Have the sweep look again at *at*. Does nothing once the intent has moved on."""
        ...

    def confirmed(self, customer_id: str, cursor: str | None, limit: int) -> Page:
        """Return a page of the customer's orders, the latest accepted first.

        Raises `ValueError` for a *cursor* that no page gave.
        """
        ...

    def with_orders(self) -> Iterator[Intent]:
        """Yield every intent that is an order, was one, or holds one; reads the whole table.

        One that can't be read is passed over.
        """
        ...

    def has_ordered(self, customer_id: str, merchant: str) -> bool:
        """Return whether the customer has an order with the merchant, read consistently.

        Bounded: a customer with some hundred intents and no order among them counts as one who has.
        """
        ...

    def due(self, slot: int, since: int, until: int) -> Iterator[tuple[int, Intent | None]]:
        """Yield the intents of *slot* that are watched for in [since, until], in order of that time.

        None stands for one that can't be read: it must not hide those after it.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueDraft:
    """A catalogue as it was handed in; *digest* is the hash of its content."""

    merchant: str
    currency: str
    items: tuple[Item, ...]
    groups: tuple[OptionGroup, ...]
    digest: str
    language: LanguageTag = LanguageTag.ENGLISH


class Catalogues(Protocol):
    """Each merchant's menu, in versions."""

    def merchants(self, *, fresh: bool = False) -> Collection[str]:
        """Return the merchants that have a catalogue, as of a few seconds ago or, if *fresh*, now."""
        ...

    def current(self, merchant: str) -> Catalogue | None:
        """Return the merchant's menu as of a few seconds ago; None if there is no such merchant."""
        ...

    def get(self, merchant: str, version: int | None) -> Catalogue | None:
        """Return the menu in *version* (None: the newest, read consistently), if there is one."""
        ...

    def publish(self, draft: CatalogueDraft) -> Catalogue:
        """Make *draft* the merchant's newest version. The same content again makes no new one.

        Raises `BrokenCatalogueError`, naming every fault, and publishes nothing.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """A queue's messages: those that wait for a worker, and those in a worker's hands or put off."""

    waiting: int
    in_flight: int

    @property
    def all(self) -> int:
        """All that stand before a newcomer."""
        return self.waiting + self.in_flight


class Queue(Protocol):
    """One stage's queue."""

    def send(self, pending: Pending, delay_seconds: int = 0) -> None:
        """Queue *pending*, to be received after *delay_seconds*, or after as many as a queue can.

        A repeat queues it twice, which is harmless and costs a delivery.
        """
        ...

    def send_all(self, pendings: Sequence[Pending]) -> Collection[IntentRef]:
        """Queue all of *pendings* in as few calls as possible; return those that were refused."""
        ...

    def depth(self) -> Depth:
        """Return about how many messages there are, as of a second ago and what was sent since."""
        ...

    def hide(self, receipt_handles: Sequence[str], seconds: int) -> None:
        """Have messages that are being worked on come back after *seconds*. Repeatable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepMark:
    """Up to when each watch slot was looked through, and the tally that was taken then.

    *begin_with* is the slot in which time ran out.
    """

    swept_until: Mapping[int, int]
    tally: Tally | None
    begin_with: int = 0


class Control(Protocol):
    """The control table's gate and the sweep's own mark."""

    def gate(self) -> Gate:
        """Return the gate as of a second ago."""
        ...

    def set_gate(self, gate: Gate) -> None:
        """Put *gate* in force."""
        ...

    def count_answered(self, answered: Answered) -> None:
        """Add *answered* to what was answered in all. Approximate: a crash may lose a second's."""
        ...

    def answered(self) -> Answered:
        """Return what was answered in all."""
        ...

    def mark(self) -> SweepMark:
        """Return where the last sweep stopped."""
        ...

    def set_mark(self, mark: SweepMark) -> None:
        """Remember where this sweep stopped."""
        ...


class Reader(Protocol):
    """The menu parser."""

    def read(self, text: str, catalogue: Catalogue) -> Reading:
        """Return what *text* means on this menu, and whether that is certain. Never raises."""
        ...

    def reply(self, text: str, question: Question, catalogue: Catalogue) -> Reading:
        """Return what *text* means as the answer to *question*, merged with what that offered.

        Never raises.
        """
        ...

    def ask(self, reading: Reading, catalogue: Catalogue) -> Question:
        """Return the question that would settle an uncertain *reading*."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A text for the model to read, and how long it may take."""

    text: str
    catalogue: Catalogue
    hint: Reading
    timeout_ms: int


@dataclass(frozen=True, slots=True)
class ModelReading:
    """What the model read, and what it took. An answer that was remembered took nothing."""

    reading: Reading
    use: ModelUse = NO_USE


class Lack(StrEnum):
    """Why there is no answer: whether that says something of the model, and is worth waiting for."""

    FAILED = "failed"
    """It was asked and gave no answer: an outage, a limit or a time-out."""
    HELD = "held"
    """It was not asked, because it failed before."""
    BUSY = "busy"
    """Somebody is asking it just this, or it was found well a moment ago: the answer is near."""
    UNBUILT = "unbuilt"
    """It can't be asked anything: a key or a setting of ours is wrong, or out of reach."""
    UNASKED = "unasked"
    """Nothing was sent, for want of time or of a thread, or by a fault of ours."""


@dataclass(frozen=True, slots=True)
class ModelUnavailable:
    """The model gave no answer this time. *why* is for the log.

    *retry_after_ms*: it is of no use to ask again before, where that is known.
    """

    why: str
    retry_after_ms: int | None = None
    use: ModelUse = NO_USE
    lack: Lack = Lack.FAILED


@dataclass(frozen=True, slots=True)
class ModelUnusable:
    """The answer is no order: the model refused, was cut off or made things up.

    *judged*: that is the model's word on this text, and will be again. If not, the model never
    saw the text, or never got to say: its endpoint won't have the request, or we had none.
    """

    why: str
    use: ModelUse = NO_USE
    judged: bool = True


ModelResult = ModelReading | ModelUnavailable | ModelUnusable


class Model(Protocol):
    """A language model. What it says is untrusted, and checked by the caller."""

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult]:
        """Return what each text means, side by side, one call for each. Never raises.

        The uses add up to what was used: a call that answers several texts counts with one.
        """
        ...


class Recall(Protocol):
    """What the model said before."""

    def recall_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult | None]:
        """Return what was said about each text, None where nothing is known. Never raises."""
        ...
