"""An intent on its way as a customer sees it: posted, settled, asked about, held."""

from chalicelib.domain.intent import ConfirmMode, CouponFallback, IntentRef, Request, Status
from tests.fakes.shop import Shop
from tests.unit.domain.builders import line, request


def accept(shop: Shop, asked: Request, key: str = "key") -> IntentRef:
    """Post an intent."""
    accepted = shop.accept(
        customer_id="alice",
        idempotency_key=key,
        fingerprint="same",
        merchant=None,
        request=asked,
    )
    return accepted.intent.ref


def settle(shop: Shop) -> None:
    """Settle all that waits."""
    waiting = list(shop.settlements_queue.sent)
    shop.settlements_queue.sent.clear()
    shop.worker(0)(waiting)


def asking(shop: Shop) -> IntentRef:
    """Bring an intent to the question whether the full price will do."""
    ref = accept(shop, request(line(), coupon="NOPE", fallback=CouponFallback.ASK))
    settle(shop)
    assert shop.status(ref) is Status.NEEDS_INPUT
    return ref


def held(shop: Shop) -> IntentRef:
    """Bring an intent to a quote that is held, with the coupon's only unit."""
    ref = accept(shop, request(line(), coupon="SPRING25", confirm=ConfirmMode.REVIEW))
    settle(shop)
    assert shop.status(ref) is Status.READY
    return ref
