"""Play a rush: send every wish, wait for every answer, say what customers say next."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from typing import TypeVar

from local.api import Api, Reply
from local.seen import Seen, seen
from local.wishes import Wish

PLAYERS = 4
"""Each keeps one API function busy, and those are programs on this machine."""

STALL_SECONDS_MAX = 60
"""Without one more answer for this long, waiting ends."""

LOOK_AT_MAX = 60
LOOK_AGAIN_SECONDS = 0.5
ACCEPTED = 202
OK = 200

Advance = Callable[[int], None]
"""Told how many more are done."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a POST of *wish* was told: the intent's id, or why there is none."""

    wish: Wish
    intent_id: str | None
    replayed: bool
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rush:
    """Customers at the API, each with a token."""

    api: Api
    tokens: Mapping[str, str]

    def send(self, wishes: Sequence[Wish], advance: Advance) -> list[Told]:
        """Send every wish as often as it is said; repeats go side by side with the first."""
        posts = [wish for wish in wishes for _ in range(1 + wish.repeats)]
        return side_by_side(self._send, posts, advance)

    def send_conflicts(self, wishes: Iterable[Wish]) -> list[Told]:
        """Send something else under the key of each wish that is to conflict."""
        return side_by_side(self._send_other, [w for w in wishes if w.conflicting], ignore)

    def wait(self, customers: Mapping[str, str], advance: Advance) -> dict[str, Seen]:
        """Return how each intent of *customers* (by its id) stands once no answer is open.

        Bounded: without one more answer for `STALL_SECONDS_MAX`, some may still be accepted.
        """
        stands: dict[str, Seen] = {}
        open_still = list(customers)
        end = time.monotonic() + STALL_SECONDS_MAX
        while open_still and time.monotonic() < end:
            # The oldest are answered first, so there is no use in asking for all.
            looked = side_by_side(
                lambda i: self._look(customers[i], i), open_still[:LOOK_AT_MAX], ignore
            )
            stands.update({intent.id: intent for intent in looked})
            waiting = [intent.id for intent in looked if intent.status == "accepted"]
            advance(len(looked) - len(waiting))
            if len(waiting) < len(looked):
                end = time.monotonic() + STALL_SECONDS_MAX
            else:
                time.sleep(LOOK_AGAIN_SECONDS)
            open_still = [*open_still[LOOK_AT_MAX:], *waiting]
        return stands

    def reply(self, intents: Iterable[Seen], advance: Advance) -> dict[str, str]:
        """Take the first choice for every second question that has one; return who has to wait."""
        asked = [intent for intent in intents if intent.status == "needs_input" and intent.choices]
        side_by_side(self._choose, asked[::2], advance)
        return {intent.id: intent.customer for intent in asked[::2]}

    def decide(self, intents: Iterable[Seen], advance: Advance) -> dict[str, str]:
        """Confirm two of three quotes, cancel the third; return whose they were.

        None stays open, so each unit of the coupon ends as left or redeemed.
        """
        quotes = [intent for intent in intents if intent.status == "ready"]
        decided = list(zip(quotes, cycle(("confirm", "cancel", "confirm")), strict=False))
        side_by_side(self._decide, decided, advance)
        return {intent.id: intent.customer for intent, _ in decided}

    def _send(self, wish: Wish) -> Told:
        return self._told(wish, self._post(wish, wish.body))

    def _send_other(self, wish: Wish) -> Told:
        return self._told(wish, self._post(wish, {"text": "something else under the same key"}))

    def _post(self, wish: Wish, body: Mapping[str, object]) -> Reply:
        token = self.tokens[wish.customer]
        return self.api.call("POST", "/intents", token, dict(body), key=wish.key)

    def _told(self, wish: Wish, reply: Reply) -> Told:
        return Told(
            wish=wish,
            intent_id=reply.json()["id"] if reply.status == ACCEPTED else None,
            replayed=reply.headers.get("idempotent-replayed") == "true",
            code=reply.code,
        )

    def _look(self, customer: str, intent_id: str) -> Seen:
        reply = self.api.call("GET", f"/intents/{intent_id}", self.tokens[customer])
        if reply.status != OK:
            return Seen(id=intent_id, customer=customer, status="accepted", reason=reply.code)
        return seen(customer, reply.json())

    def _choose(self, intent: Seen) -> None:
        path, token = f"/intents/{intent.id}/answer", self.tokens[intent.customer]
        self.api.call("POST", path, token, {"choice": intent.choices[0]})

    def _decide(self, decided: tuple[Seen, str]) -> None:
        intent, word = decided
        self.api.call("POST", f"/intents/{intent.id}/{word}", self.tokens[intent.customer])


def side_by_side(act: Callable[[T], R], things: Sequence[T], advance: Advance) -> list[R]:
    """Return what *act* makes of each thing, in their order, done by a few threads at once."""
    pool = ThreadPoolExecutor(PLAYERS)
    results: list[R] = []
    try:
        for result in pool.map(act, things):
            results.append(result)
            advance(1)
    finally:
        pool.shutdown(cancel_futures=True)
    return results


def ignore(done: int) -> None:
    """Show no progress."""
