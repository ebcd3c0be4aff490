"""Small, honest implementations of the ports, in memory.

They keep the ports' promises, repeats and refusals included, and nothing else: no
capacity, no latency, one thread. Each can be taken `down`, and then answers nothing.
"""

from tests.fakes.catalogues import FakeCatalogues
from tests.fakes.clock import FakeClock
from tests.fakes.control import FakeControl
from tests.fakes.coupons import FakeCoupons
from tests.fakes.intents import FakeIntents
from tests.fakes.ledger import FakeLedger
from tests.fakes.queue import FakeQueue

__all__ = [
    "FakeCatalogues",
    "FakeClock",
    "FakeControl",
    "FakeCoupons",
    "FakeIntents",
    "FakeLedger",
    "FakeQueue",
]
