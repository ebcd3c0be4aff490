"""Check whether every table and queue answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.application.counter_ports import Counters
from chalicelib.application.ports import Control, Intents, Queue
from chalicelib.domain.intent import IntentRef

_NOBODY = IntentRef(customer_id="-", id="-")
"""An intent that can't be: no token has such a subject."""

_NO_CODE = "-"
"""A coupon that can't be: too short for a code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckHealth:
    """Ask each table and queue for something small."""

    intents: Intents
    counters: Counters
    control: Control
    intents_queue: Queue
    settlements_queue: Queue

    def __call__(self) -> Mapping[str, bool]:
        """Return, by name, whether each table and queue answered just now. Changes nothing."""
        checks: dict[str, Callable[[], Any]] = {
            "orders": lambda: self.intents.get(_NOBODY),
            "coupons": lambda: self.counters.fresh_terms(_NO_CODE),
            "control": self.control.answered,
            "intents_queue": self.intents_queue.depth,
            "settlements_queue": self.settlements_queue.depth,
        }
        return {name: _answers(check) for name, check in checks.items()}


def _answers(check: Callable[[], Any]) -> bool:
    try:
        check()
    except Exception:  # noqa: BLE001 (a table that is gone or forbidden doesn't answer either)
        return False
    return True
