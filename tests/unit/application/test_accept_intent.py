import pytest

from chalicelib.application.accept_intent import Acceptance
from chalicelib.application.ports import CatalogueDraft
from chalicelib.domain.admission import Gate
from chalicelib.domain.catalogue import Item
from chalicelib.domain.errors import (
    KeyReusedError,
    MerchantRequiredError,
    NotQueuedError,
    TooBusyError,
    UnknownMerchantError,
)
from chalicelib.domain.intent import Request
from tests.fakes.shop import Shop
from tests.unit.domain.builders import line, request


@pytest.fixture
def shop() -> Shop:
    """Return a shop with one tea."""
    return Shop()


def accept(
    shop: Shop,
    asked: Request | None = None,
    *,
    customer: str = "alice",
    key: str = "key",
    fingerprint: str = "same",
    merchant: str | None = None,
) -> Acceptance:
    """Post an intent."""
    return shop.accept(
        customer_id=customer,
        idempotency_key=key,
        fingerprint=fingerprint,
        merchant=merchant,
        request=asked or request(),
    )


def open_second_merchant(shop: Shop) -> None:
    """Publish another merchant's menu."""
    cake = Item(sku="cake", name="Cake", unit_price=300)
    shop.catalogues.publish(
        CatalogueDraft(merchant="cake-shop", currency="USD", items=(cake,), groups=(), digest="1")
    )


def test_the_same_key_is_the_same_intent_for_ever(shop: Shop) -> None:
    """However often it is posted, there is one intent, one message and one promise."""
    first = accept(shop)
    shop.clock.turn(5_000)
    again = accept(shop)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.intent == first.intent
    assert len(shop.settlements_queue.sent) == 1


def test_a_key_is_one_customer_s_alone(shop: Shop) -> None:
    """Two customers with one key are two intents."""
    assert accept(shop).intent.ref != accept(shop, customer="bob").intent.ref


def test_another_body_under_the_same_key_is_refused(shop: Shop) -> None:
    """A key means what it meant first."""
    accept(shop)
    with pytest.raises(KeyReusedError):
        accept(shop, fingerprint="other")
    assert len(shop.settlements_queue.sent) == 1


def test_text_is_resolved_first_and_lines_are_settled_at_once(shop: Shop) -> None:
    """What needs no reading skips the stage that reads."""
    accept(shop, request(text="two teas"), key="text")
    accept(shop, request(line()), key="lines")
    assert len(shop.intents_queue.sent) == 1
    assert len(shop.settlements_queue.sent) == 1


def test_what_can_not_be_done_in_time_is_not_accepted(shop: Shop) -> None:
    """A full queue refuses the new with a time to return, and nothing is put on record."""
    shop.intents_queue.others = 100_000
    with pytest.raises(TooBusyError) as refused:
        accept(shop)
    assert refused.value.retry_after_seconds > 0
    assert shop.on_record == {}


def test_a_promise_made_is_told_again_however_full_it_is(shop: Shop) -> None:
    """The rush turns away new intents, never the repeats of accepted ones."""
    first = accept(shop)
    shop.control.set_gate(Gate(rate_per_second=0))
    shop.intents_queue.others = 100_000
    again = accept(shop)
    assert again.replayed
    assert again.intent == first.intent


def test_a_queue_that_refuses_makes_no_promise_and_a_repeat_keeps_it(shop: Shop) -> None:
    """The intent is on record unsent; the same call again sends it, and only once."""
    shop.settlements_queue.full = True
    with pytest.raises(NotQueuedError):
        accept(shop)
    with pytest.raises(NotQueuedError):
        accept(shop)
    shop.settlements_queue.full = False
    assert accept(shop).replayed
    assert accept(shop).replayed
    assert len(shop.settlements_queue.sent) == 1


def test_the_only_merchant_need_not_be_named(shop: Shop) -> None:
    """With one there is no doubt; with two one has to be named; a wrong name is told."""
    assert accept(shop).intent.merchant == "tea-house"
    open_second_merchant(shop)
    with pytest.raises(MerchantRequiredError):
        accept(shop, key="second")
    assert accept(shop, key="named", merchant="cake-shop").intent.merchant == "cake-shop"
    with pytest.raises(UnknownMerchantError):
        accept(shop, key="third", merchant="nobody")


def test_a_second_merchant_does_not_unsay_a_promise(shop: Shop) -> None:
    """A repeat of what named no merchant is still a repeat."""
    first = accept(shop)
    open_second_merchant(shop)
    assert accept(shop).intent == first.intent


def test_the_promise_says_where_the_intent_stands(shop: Shop) -> None:
    """Behind 99 others at 50 a second it is the hundredth, and waits two seconds."""
    shop.intents_queue.others = 99
    promise = accept(shop).intent.promise
    assert (promise.position, promise.estimated_wait_seconds) == (100, 2)
    assert promise.expires_at == shop.clock.now() + 900_000
