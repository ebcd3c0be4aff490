"""What a store says of a transaction that it refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.intent import IntentRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a transaction changed nothing, item by item, as the store saw it.

    *moved*: intents that no longer stood where their change began. *limited*: intents
    whose customer has no use left. *short*: shards with too few units, and how many they
    had. *paused*, *superseded*: a shard said so of its coupon. *contended*: conflict or
    throttling; trying again may do.
    """

    moved: frozenset[IntentRef] = frozenset()
    limited: frozenset[IntentRef] = frozenset()
    short: Mapping[int, int] = field(default_factory=dict)
    paused: bool = False
    superseded: bool = False
    contended: bool = False
