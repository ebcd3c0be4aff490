"""Whatever comes, nobody gets a 500, and nothing that was refused is written."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import (
    DrawFn,
    SearchStrategy,
    binary,
    booleans,
    composite,
    dictionaries,
    floats,
    integers,
    just,
    lists,
    none,
    one_of,
    recursive,
    sampled_from,
    text,
)

from chalicelib.bootstrap import install
from tests.unit.entrypoints.described import validator
from tests.unit.entrypoints.http.stages import asked, redeemed
from tests.unit.entrypoints.openapi.test_document import REQUESTS
from tests.unit.entrypoints.shop import Reply, Shop
from tests.unit.entrypoints.tokens import token

ANYTHING = text('ab\0\ud800é\N{TEACUP WITHOUT HANDLE}"\\{}[]:, \n', max_size=12)

NAMES = sampled_from(
    [
        "text",
        "items",
        "sku",
        "quantity",
        "options",
        "without",
        "group",
        "value",
        "amount",
        "merchant",
        "coupon",
        "coupons",
        "confirm",
        "max_total",
        "expires_in_seconds",
        "question",
        "choice",
    ]
)

SCALARS: SearchStrategy[Any] = one_of(
    none(),
    booleans(),
    integers(-(10**30), 10**30),
    floats(),
    ANYTHING,
    sampled_from(["tea", "auto", "ask", "spring25", "extra", "q0", "green"]),
)

JSON: SearchStrategy[Any] = recursive(
    SCALARS,
    lambda inner: one_of(
        lists(inner, max_size=4), dictionaries(one_of(NAMES, ANYTHING), inner, max_size=5)
    ),
    max_leaves=12,
)

LINE = {
    "sku": one_of(just("tea"), SCALARS),
    "quantity": one_of(integers(1, 3), SCALARS),
    "options": one_of(just([{"group": "size", "value": "large"}]), JSON),
}


@composite
def plausible(draw: DrawFn) -> Any:
    """Return a body that is nearly right: known fields, one or another of them off."""
    fields: dict[str, Any] = {}
    if draw(booleans()):
        fields["text"] = draw(one_of(just("two teas"), SCALARS))
    else:
        line = {name: draw(how) for name, how in LINE.items() if draw(booleans())}
        fields["items"] = draw(one_of(just([line]), JSON))
    for name in ("merchant", "coupon", "coupons", "confirm", "max_total", "expires_in_seconds"):
        if draw(integers(0, 3)) == 0:
            codes = just(["A1"]) if name == "coupons" else just("spring25")
            fields[name] = draw(one_of(SCALARS, JSON, codes))
    return fields


BODIES: SearchStrategy[bytes] = one_of(
    binary(max_size=200),
    one_of(JSON, plausible()).map(lambda body: json.dumps(body).encode()),
    one_of(JSON, plausible()).map(
        lambda body: json.dumps(body, ensure_ascii=False).encode(errors="surrogatepass")
    ),
)


@contextmanager
def opened() -> Iterator[Shop]:
    """Open a shop of its own for each example."""
    shop = Shop()
    install(shop.services)
    try:
        yield shop
    finally:
        install(None)


def assert_refused_or(reply: Reply, accepted: int) -> bool:
    """Return whether it was accepted; fail unless it was that, or refused as a client's fault."""
    assert reply.status in {accepted, 400, 413, 422}, reply.text
    return reply.status == accepted


QUICK = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@QUICK
@given(BODIES, booleans())
def test_any_intent(raw: bytes, base64: bool) -> None:  # noqa: FBT001 (drawn)
    """Any bytes are an intent or a problem; a problem writes nothing."""
    with opened() as shop:
        taken = assert_refused_or(shop.post(raw, base64=base64), 202)

        assert taken != shop.untouched


@QUICK
@given(one_of(JSON, plausible()))
def test_what_is_taken_was_described(body: Any) -> None:
    """What is accepted is what the description says is a request."""
    with opened() as shop:
        raw = json.dumps(body).encode()
        if assert_refused_or(shop.post(raw), 202):
            assert validator(*REQUESTS).is_valid(body)


@QUICK
@given(BODIES)
def test_any_answer(raw: bytes) -> None:
    """Any bytes are an answer or a problem; a problem leaves the question asked."""
    with opened() as shop:
        intent = asked(shop)
        reply = shop.call("POST", f"/intents/{intent.ref.id}/answer", raw)
        taken = reply.status != 409 and assert_refused_or(reply, 202)

        assert taken == (shop.on_record(intent.ref.id) != intent)


RULE = [
    *("units", "percent", "cap", "amount_off", "free_item", "buy_get", "currency", "budget"),
    *("shards", "pacing", "starts_at", "minimum_spend", "skus", "combines_with", "rank", "reason"),
]


@QUICK
@given(
    one_of(
        BODIES,
        dictionaries(sampled_from(RULE), JSON).map(lambda body: json.dumps(body).encode()),
    )
)
def test_any_coupon(raw: bytes) -> None:
    """Any bytes are a coupon or a problem; a problem defines nothing."""
    with opened() as shop:
        reply = shop.ops("PUT", "/coupons/SPRING25", raw)

        assert assert_refused_or(reply, 201) == bool(list(shop.counters.all("coupon")))


COMMANDS = {
    "reason": one_of(just("because"), SCALARS),
    "units": one_of(integers(1, 3), SCALARS),
    "money": one_of(integers(1, 3), SCALARS),
    "shards": one_of(integers(1, 8), SCALARS),
    "ends_at": one_of(just("2027-01-01T00:00:00Z"), SCALARS),
}


@composite
def commands(draw: DrawFn) -> bytes:
    """Return a command that is nearly right: fields of one or another, some of them off."""
    body = {name: draw(how) for name, how in COMMANDS.items() if draw(booleans())}
    return json.dumps(body).encode()


@QUICK
@given(
    one_of(BODIES, commands()),
    sampled_from(["pause", "resume", "end", "extend", "top-up", "shards"]),
)
def test_any_command(raw: bytes, name: str) -> None:
    """Any bytes are a command or a problem; a problem changes nothing, and books always balance."""
    with opened() as shop:
        rule = {"percent": 1, "units": 5, "budget": 5, "currency": "USD", "shards": 2}
        before = shop.ops("PUT", "/coupons/SPRING25", rule).json
        key = {"Idempotency-Key": "k"}
        reply = shop.ops("POST", f"/coupons/SPRING25/{name}", raw, headers=key)
        after = shop.ops("GET", "/coupons/SPRING25").json

        assert reply.status in {200, 400, 409, 413, 422}
        assert after == (reply.json if reply.status == 200 else before)
        assert after["units"]["left"] == after["units"]["issued"]
        assert after["money"]["left"] == after["money"]["budget"]


@QUICK
@given(
    one_of(
        BODIES,
        dictionaries(sampled_from(["units", "shards"]), JSON).map(json.dumps).map(str.encode),
    )
)
def test_any_stock(raw: bytes) -> None:
    """Any bytes are a stock or a problem; a problem puts nothing in stock."""
    with opened() as shop:
        shop.open_merchant("tea-house", stocked=["tea"])
        reply = shop.ops("PUT", "/merchants/tea-house/stock/tea", raw)

        assert assert_refused_or(reply, 201) == bool(list(shop.counters.all("stock")))


@QUICK
@given(
    one_of(
        BODIES,
        dictionaries(sampled_from(["reason", "lines", "restock"]), JSON)
        .map(json.dumps)
        .map(str.encode),
    )
)
def test_any_refund(raw: bytes) -> None:
    """Any bytes are a refund or a problem; a problem gives nothing back."""
    with opened() as shop:
        intent = redeemed(shop)
        path = f"/customers/alice/orders/{intent.ref.id}/refund"
        reply = shop.ops("POST", path, raw, headers={"Idempotency-Key": "k"})

        assert reply.status in {200, 400, 409, 413, 422}
        assert (reply.status == 200) == (shop.on_record(intent.ref.id) != intent)


@QUICK
@given(
    one_of(
        BODIES,
        dictionaries(sampled_from(["currency", "items", "option_groups"]), JSON).map(
            lambda body: json.dumps(body).encode()
        ),
    )
)
def test_any_catalogue(raw: bytes) -> None:
    """Any bytes are a menu or a problem; a problem publishes nothing."""
    with opened() as shop:
        reply = shop.ops("PUT", "/merchants/cafe/catalogue", raw)

        assert assert_refused_or(reply, 200) == ("cafe" in shop.catalogues.merchants())


@QUICK
@given(
    text(min_size=1, max_size=60).filter(lambda name: "/" not in name),
    sampled_from(
        [
            ("GET", "/intents/{}"),
            ("POST", "/intents/{}/cancel"),
            ("GET", "/coupons/{}"),
            ("PUT", "/coupons/{}"),
            ("GET", "/merchants/{}/catalogue"),
            ("GET", "/merchants/tea-house/stock/{}"),
            ("GET", "/merchants/{}/stock/tea/commands"),
            ("GET", "/coupons/{}/commands"),
        ]
    ),
)
def test_any_path(name: str, where: tuple[str, str]) -> None:
    """Any name in a path is found, not found or refused."""
    method, path = where
    both = token(scope="checkout ops")
    with opened() as shop:
        body = {"percent": 1, "units": 1} if method == "PUT" else None
        reply = shop.call(method, path.format(name), body, bearer=both)

        assert reply.status in {201, 404, 422}


@QUICK
@given(one_of(text(max_size=40), binary(max_size=40).map(lambda raw: raw.decode("latin-1"))))
def test_any_token(bearer: str) -> None:
    """Any token that isn't one is a 401."""
    with opened() as shop:
        reply = shop.call("GET", "/orders", headers={"Authorization": f"Bearer {bearer}"})

        assert reply.status == 401


@QUICK
@given(
    dictionaries(
        sampled_from(["limit", "cursor", "x"]), lists(text(max_size=8), min_size=1, max_size=3)
    )
)
def test_any_query(query: dict[str, list[str]]) -> None:
    """Any query is a page or a problem."""
    with opened() as shop:
        reply = shop.call("GET", "/orders", query=query or None)

        assert assert_refused_or(reply, 200) == ("orders" in reply.json)
