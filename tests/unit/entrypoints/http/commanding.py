"""A coupon, and commands on it."""

from typing import Any

from tests.unit.entrypoints.shop import Reply, Shop
from tests.unit.entrypoints.tokens import token

PATH = "/coupons/SPRING25"
WHY = {"reason": "because"}
BODIES: dict[str, dict[str, Any]] = {
    "pause": WHY,
    "resume": WHY,
    "end": WHY,
    "extend": {**WHY, "ends_at": "2026-03-01T00:00:00Z"},
    "top-up": {**WHY, "units": 5, "money": 50},
    "shards": {**WHY, "shards": 6},
}
TERMS = {"percent": 25, "units": 100, "budget": 1_000, "currency": "USD", "shards": 3}


def command(
    shop: Shop, name: str, body: object = None, *, key: str | None = None, by: str = "olga"
) -> Reply:
    """Give a command, under *key* or, for a top-up without one, under a key of its own."""
    given = key or (f"key-{shop.clock.now()}" if name == "top-up" else None)
    shop.clock.turn(1)
    return shop.call(
        "POST",
        f"{PATH}/{name}",
        BODIES[name] if body is None else body,
        headers={"Idempotency-Key": given},
        bearer=token(by, "ops"),
    )


def state(shop: Shop) -> Any:
    """Return the coupon as it is shown."""
    return shop.ops("GET", PATH).json
