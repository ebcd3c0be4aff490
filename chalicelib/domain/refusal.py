"""What a store says of a transaction that it refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.coupon import Unavailable
from chalicelib.domain.intent import IntentRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """An order that can't have a coupon, by what is on record of its customer or its code."""

    coupon: str
    why: Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a transaction changed nothing, item by item, as the store saw it.

    *moved*: intents that no longer stood where their change began. *barred*: intents whose
    customer has no use left, is no newcomer, or whose code is used. *short*: counters with
    a shard that had too little to give. *superseded*: counters whose terms are newer.
    *contended*: conflict or throttling; trying again may do, and *busy* are the shards that
    others were writing.
    """

    moved: frozenset[IntentRef] = frozenset()
    barred: Mapping[IntentRef, Barred] = field(default_factory=dict)
    short: frozenset[str] = frozenset()
    superseded: frozenset[str] = frozenset()
    contended: bool = False
    busy: frozenset[tuple[str, int]] = frozenset()
