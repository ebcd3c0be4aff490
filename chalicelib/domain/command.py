"""Commands on a counter: who changed what it grants, when and why.

Each makes one new version of its terms, which every shard comes to know before the command
returns. So a pause, an end or new terms are strict: nothing more commits at the old.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum

from chalicelib.domain.counter import SHARDS_MAX, CounterState, StockTerms
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.errors import CommandRefusedError, CouponFixedError
from chalicelib.domain.money import AMOUNT_MAX
from chalicelib.domain.terms import Terms

UNITS_MAX = 10**9
"""Units that a counter may ever be issued."""


class CommandKind(StrEnum):
    """What was commanded."""

    DEFINE = "define"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    END = "end"
    TOP_UP = "top_up"
    ADD_SHARDS = "add_shards"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command as it stands on record. *at* is in milliseconds since the epoch.

    *id* names it: a second command of one id is a repeat, if it has the same *fingerprint*,
    the hash of what was commanded. It made *version* of the terms and issued *units* and
    *money*; *changes* says what it changed, from what to what.
    """

    id: str
    kind: CommandKind
    by: str
    at: int
    why: str
    version: int
    units: int = 0
    money: int = 0
    changes: tuple[str, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What a command makes of the terms, and what it issues."""

    terms: Terms
    units: int = 0
    money: int = 0


Amend = Callable[[Terms], Amendment]
"""What a command does to the terms as they stand; raises where it can't."""


def paused(terms: Terms) -> Amendment:
    """Return *terms* paused."""
    return Amendment(terms=replace(terms, state=CounterState.PAUSED))


def resumed(terms: Terms) -> Amendment:
    """Return *terms* active."""
    return Amendment(terms=replace(terms, state=CounterState.ACTIVE))


def extended(terms: Terms, ends_at: int, now: int) -> Amendment:
    """Return *terms* that end at *ends_at* (ms). Raises `CommandRefusedError` before the start or *now*."""
    coupon = _coupon(terms)
    if ends_at <= now:
        msg = "that is past: to end it, end it"
        raise CommandRefusedError(msg)
    if coupon.starts_at is not None and ends_at <= coupon.starts_at:
        msg = "it would end before it starts"
        raise CommandRefusedError(msg)
    return Amendment(terms=replace(coupon, ends_at=ends_at))


def ended(terms: Terms, now: int) -> Amendment:
    """Return *terms* that end *now* (ms), or ended before; holds can still be confirmed."""
    coupon = _coupon(terms)
    if coupon.ends_at is not None and coupon.ends_at <= now:
        return Amendment(terms=coupon)
    return Amendment(terms=replace(coupon, ends_at=now))


def topped_up(terms: Terms, units: int, money: int) -> Amendment:
    """Return *terms* with so much more issued. Raises `CommandRefusedError` past the limits."""
    if terms.units + units > UNITS_MAX:
        msg = f"it would have more than {UNITS_MAX} units"
        raise CommandRefusedError(msg)
    if money and terms.budget is None:
        msg = "it has no budget that money could be added to"
        raise CommandRefusedError(msg)
    if (terms.budget or 0) + money > AMOUNT_MAX:
        msg = f"it would have a budget of more than {AMOUNT_MAX} minor units"
        raise CommandRefusedError(msg)
    more: dict[str, int] = {"units": terms.units + units}
    if terms.budget is not None:
        more["budget"] = terms.budget + money
    return Amendment(terms=replace(terms, **more), units=units, money=money)  # type: ignore[arg-type]


def resharded(terms: Terms, shards: int) -> Amendment:
    """Return *terms* on so many *shards*. Raises `CommandRefusedError` for fewer than there are."""
    if not terms.shards <= shards <= SHARDS_MAX:
        msg = f"it has {terms.shards} shards, and can have more, up to {SHARDS_MAX}"
        raise CommandRefusedError(msg)
    return Amendment(terms=replace(terms, shards=shards))


def redefined(current: Terms, wanted: Terms) -> Amendment:
    """Return the terms that are *wanted* in the place of *current*, paused if those are.

    Raises `CouponFixedError` for other units, budget or shards: those are counted, and
    have commands of their own; and for another currency of a budget.
    """
    fixed = ("units", "budget", "shards", *(() if current.budget is None else ("currency",)))
    changed = [name for name in fixed if getattr(current, name) != getattr(wanted, name)]
    if changed:
        msg = f"{', '.join(changed)} can't be redefined; top it up, or add shards"
        raise CouponFixedError(msg)
    return Amendment(terms=replace(wanted, version=current.version, state=current.state))


def changes(before: Terms, after: Terms) -> tuple[str, ...]:
    """Return what differs in two versions of terms, for people: "units: 100 -> 105"."""
    names = (field.name for field in fields(after) if field.name != "version")
    pairs = ((name, getattr(before, name, None), getattr(after, name)) for name in names)
    return tuple(
        f"{name}: {_told(old, name)} -> {_told(new, name)}"
        for name, old, new in pairs
        if old != new
    )


def _told(value: object, name: str) -> str:
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, int) and name.endswith("_at"):
        return datetime.fromtimestamp(value / 1000, UTC).isoformat(timespec="milliseconds")
    return str(value)


def _coupon(terms: Terms) -> CouponTerms:
    if isinstance(terms, StockTerms):
        msg = "stock has no end"
        raise CommandRefusedError(msg)
    return terms
