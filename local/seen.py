"""An intent as its customer sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where an intent of *customer* stands; *coupon* and *discount* are its order's."""

    id: str
    customer: str
    status: str
    accepted_at: str = ""
    reason: str | None = None
    question: str | None = None
    choices: tuple[str, ...] = ()
    coupon: str | None = None
    discount: int = 0


def seen(customer: str, body: Mapping[str, Any]) -> Seen:
    """Return what *body*, an answer of the API, says of an intent of *customer*."""
    question = body.get("question") or {}
    order = body.get("order") or {}
    return Seen(
        id=body["id"],
        customer=customer,
        status=body["status"],
        accepted_at=body["accepted_at"],
        reason=(body.get("reason") or {}).get("code"),
        question=question.get("code"),
        choices=tuple(choice["id"] for choice in question.get("choices", ())),
        coupon=order.get("coupon"),
        discount=order.get("discount", 0),
    )
