"""An intent as its customer sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where an intent of *customer* stands; *coupon* and *discount* are of its order's coupon."""

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
    coupons = (body.get("order") or {}).get("coupons") or [{}]
    return Seen(
        id=body["id"],
        customer=customer,
        status=body["status"],
        accepted_at=body["accepted_at"],
        reason=(body.get("reason") or {}).get("code"),
        question=question.get("code"),
        choices=tuple(choice["id"] for choice in question.get("choices", ())),
        coupon=coupons[0].get("code"),
        discount=coupons[0].get("discount", 0),
    )
