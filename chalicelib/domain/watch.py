"""When the sweep looks after an intent that is on its way.

Every intent is looked at once, after the time it should have taken. One that was settled
by then costs a read; one that wasn't may have lost its message, and gets another. To send
a second message while the first still waits in a long queue would double the load just
when it is highest, so the first look comes at twice the wait that was promised.
"""

from zlib import crc32

LOOK_AFTER_MS_MIN = 60_000
"""The soonest look. Also what makes an eventually consistent index good enough to look with."""


def next_look(now: int, wait_seconds: int, expires_at: int) -> int:
    """Return when to look next, in milliseconds: twice the wait from *now*, by the deadline."""
    return min(now + max(LOOK_AFTER_MS_MIN, 2 * wait_seconds * 1000), expires_at)


SLOTS = 16
"""Partitions of the watch index: enough for 16,000 acceptances a second, few enough to go through."""


def slot_of(intent_id: str) -> int:
    """Return the slot that watches the intent, the same for ever; slots fill evenly."""
    return crc32(intent_id.encode()) % SLOTS
