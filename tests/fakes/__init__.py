"""Small, honest implementations of the ports, in memory; and the app's own over simulated tables.

They keep the ports' promises, repeats and refusals included. Each can be taken `down`, and
then answers nothing.
"""

from tests.fakes.catalogues import FakeCatalogues
from tests.fakes.clock import FakeClock
from tests.fakes.control import FakeControl
from tests.fakes.queue import FakeQueue
from tests.fakes.readings import FakeReadings
from tests.fakes.tables import Tables

__all__ = [
    "FakeCatalogues",
    "FakeClock",
    "FakeControl",
    "FakeQueue",
    "FakeReadings",
    "Tables",
]
