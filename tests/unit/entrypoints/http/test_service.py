"""The service's own calls, and the paths that it doesn't have."""

from pathlib import Path

import pytest

from app import app
from chalicelib.bootstrap import install
from tests.fakes.outage import Breakable
from tests.unit.entrypoints.shop import Context, Shop, event_of

STORES = {
    "orders": "intents",
    "coupons": "counters",
    "control": "control",
    "intents_queue": "intents_queue",
    "settlements_queue": "settlements_queue",
}


def test_healthy() -> None:
    """While everything answers, health says so with the build, to anyone."""
    shop = Shop(build="0123abcd")
    install(shop.services)
    reply = shop.call("GET", "/health", bearer=None)
    install(None)

    assert reply.status == 200
    assert reply.json == {
        "status": "ok",
        "build": "0123abcd",
        "checks": dict.fromkeys(STORES, "ok"),
    }


@pytest.mark.parametrize("name", STORES)
def test_degraded(shop: Shop, name: str) -> None:
    """When one store doesn't answer, health is 503 and names it, and it alone."""
    store: Breakable = getattr(shop, STORES[name])
    store.down = True
    reply = shop.call("GET", "/health", bearer=None)

    assert (reply.status, reply.json["status"]) == (503, "degraded")
    assert [n for n, check in reply.json["checks"].items() if check != "ok"] == [name]


def test_a_store_that_is_gone(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that isn't there, or is forbidden, is one that doesn't answer."""

    def gone() -> int:
        raise LookupError

    monkeypatch.setattr(shop.control, "answered", gone)
    reply = shop.call("GET", "/health", bearer=None)

    assert (reply.status, reply.json["checks"]["control"]) == (503, "unavailable")


def test_description(shop: Shop) -> None:
    """The description that is served is the one that is committed."""
    reply = shop.call("GET", "/openapi.json", bearer=None)
    committed = Path(__file__).parents[4] / "docs" / "openapi.json"

    assert reply.text == committed.read_text()


def test_no_such_path(shop: Shop) -> None:
    """A path that isn't there is a problem like any other."""
    reply = shop.call("GET", "/nowhere")

    assert (reply.status, reply.code) == (404, "not_found")


def test_no_such_method(shop: Shop) -> None:
    """A method that a path doesn't take is a problem that names those it does."""
    reply = shop.call("DELETE", "/coupons/SPRING25", bearer=None)

    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert set(reply.headers["Allow"].split(", ")) == {"GET", "PUT"}


def test_no_cross_origin(shop: Shop) -> None:
    """No browser is invited: no answer carries a CORS header."""
    reply = shop.post({"text": "tea"}, headers={"Origin": "https://shop.example"})

    assert not [name for name in reply.headers if name.lower().startswith("access-control")]


def test_nothing_is_cached(shop: Shop) -> None:
    """What a customer is told stays in no cache, be it good or bad."""
    for reply in (shop.call("GET", "/orders"), shop.call("GET", "/orders", bearer=None)):
        assert reply.headers["Cache-Control"] == "no-store"


def test_no_route_at_all() -> None:
    """An event that is no HTTP call is answered with an error, not with a crash."""
    assert app({"hello": "world"}, Context())["statusCode"] == 500


def test_a_broken_event(shop: Shop) -> None:
    """An event without what the gateway always sends fails by itself and leaves the next one alone."""
    event = event_of("GET", "/intents/x", None, {}) | {"pathParameters": None}
    assert app(event, Context())["statusCode"] == 500
    assert shop.post({"text": "tea"}).status == 202
