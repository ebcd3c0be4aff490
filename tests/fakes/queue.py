"""A queue, in memory."""

from collections.abc import Collection, Sequence

from chalicelib.application.ports import Depth
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import IntentRef, Pending
from tests.fakes.outage import Breakable


class FakeQueue(Breakable):
    """What was sent stands in `sent`, oldest first; *others* wait ahead of it.

    While `full` it can be looked at, but takes nothing.
    """

    def __init__(self, others: int = 0) -> None:
        super().__init__()
        self.others = others
        self.full = False
        self.in_flight = 0
        self.sent: list[Pending] = []
        self.hidden: list[tuple[str, int]] = []
        self.delayed: dict[IntentRef, int] = {}
        """After how many seconds those who were sent with a delay come."""

    def send(self, pending: Pending, delay_seconds: int = 0) -> None:
        """Queue *pending*, and note after how long it is to come."""
        self.up_or_raise()
        if self.full:
            msg = "the fake is full"
            raise StoreUnavailableError(msg)
        self.sent.append(pending)
        if delay_seconds:
            self.delayed[pending.ref] = delay_seconds

    def send_all(self, pendings: Sequence[Pending]) -> Collection[IntentRef]:
        """Queue all of *pendings*, or refuse them all while down or full."""
        if self.down or self.full:
            return [pending.ref for pending in pendings]
        self.sent.extend(pendings)
        return []

    def depth(self) -> Depth:
        """Return how many wait, and how many are said to be in flight."""
        self.up_or_raise()
        return Depth(waiting=self.others + len(self.sent), in_flight=self.in_flight)

    def hide(self, receipt_handles: Sequence[str], seconds: int) -> None:
        """Note which messages were hidden, and for how long."""
        self.up_or_raise()
        self.hidden.extend((handle, seconds) for handle in receipt_handles)
