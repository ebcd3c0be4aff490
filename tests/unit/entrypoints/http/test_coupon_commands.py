"""Commands on coupons: each obeyed once, on record, and in force everywhere when it answers."""

from typing import Any

import pytest

from chalicelib.domain.intent import Status, move
from chalicelib.domain.movement import EntryKind, guard, taking
from chalicelib.domain.order import Draw, Redemption
from chalicelib.domain.refusal import Refusal
from tests.unit.entrypoints.http.commanding import BODIES, PATH, TERMS, WHY, command, state
from tests.unit.entrypoints.http.stages import TEA, held, order
from tests.unit.entrypoints.shop import Shop
from tests.unit.entrypoints.tokens import token


def test_what_each_command_does(spring: Shop) -> None:
    """Each changes what it says and makes one version."""
    assert command(spring, "pause").json["state"] == "paused"
    assert command(spring, "resume").json["state"] == "active"
    assert command(spring, "extend").json["ends_at"] == "2026-03-01T00:00:00.000Z"
    assert command(spring, "shards").json["shards"] == 6
    topped = command(spring, "top-up").json
    ended = command(spring, "end").json

    assert topped["units"]["issued"] == topped["units"]["left"] == 105
    assert topped["money"]["budget"] == topped["money"]["left"] == 1_050
    assert ended["ends_at"] < "2026-02-02T02:41"
    assert ended["version"] == 7


def test_the_record(spring: Shop) -> None:
    """Who, when, why and what is on record for each command, in their order."""
    command(spring, "pause", {"reason": "  the till is on fire "}, by="olga")
    command(spring, "top-up", by="oscar")

    assert spring.ops("GET", f"{PATH}/commands").json["commands"] == [
        {
            "kind": "define",
            "by": "olga",
            "at": "2026-02-02T02:40:00.000Z",
            "version": 1,
            "units": 100,
            "money": 1_000,
            "changes": [],
        },
        {
            "kind": "pause",
            "by": "olga",
            "at": "2026-02-02T02:40:00.001Z",
            "reason": "the till is on fire",
            "version": 2,
            "units": 0,
            "money": 0,
            "changes": ["state: active -> paused"],
        },
        {
            "kind": "top_up",
            "by": "oscar",
            "at": "2026-02-02T02:40:00.002Z",
            "reason": "because",
            "version": 3,
            "units": 5,
            "money": 50,
            "changes": ["units: 100 -> 105", "budget: 1000 -> 1050"],
        },
    ]


def test_what_changes_nothing_is_not_on_record(spring: Shop) -> None:
    """A pause of what is paused answers as the pause did, and makes no version."""
    replies = [command(spring, "pause") for _ in range(2)]

    assert replies[0].text == replies[1].text
    assert len(spring.ops("GET", f"{PATH}/commands").json["commands"]) == 2


@pytest.mark.parametrize("name", ["pause", "end"])
def test_once_it_answers_nothing_commits_at_the_old_terms(shop: Shop, name: str) -> None:
    """An order that was priced before is refused by the shards themselves, whichever it draws on."""
    held(shop)
    old = shop.counters.fresh_terms("SPRING25")
    intent = shop.accept({**TEA, "coupon": "SPRING25"})
    command(shop, name)

    for number in range(2):
        redemption = Redemption(
            code="SPRING25", discount=238, draws=(Draw(shard=number, money=238),)
        )
        change = move(intent, Status.CONFIRMED, shop.clock.now(), order=order(redemption))
        guards = {"SPRING25": guard(old, shop.clock.now())}
        refused = shop.ledger.commit([taking(change, "tea-house", {})], EntryKind.SETTLE, guards)
        assert isinstance(refused, Refusal)
        assert refused.superseded == {"SPRING25"}
    assert shop.on_record(intent.ref.id) == intent


def test_what_is_held_outlives_a_pause(shop: Shop) -> None:
    """A quote that stands can be confirmed although the coupon is paused."""
    intent = held(shop)
    command(shop, "pause")

    assert shop.call("POST", f"/intents/{intent.ref.id}/confirm").json["status"] == "confirmed"
    assert state(shop)["units"] == {"issued": 10, "left": 9, "held": 0, "redeemed": 1}


@pytest.mark.parametrize(
    ("name", "more", "field"),
    [
        *((name, {"reason": reason}, "reason") for name in BODIES for reason in ("", " ", None, 1)),
        *((name, {"reason": "a" * 201}, "reason") for name in BODIES),
        *((name, {"by": "somebody else"}, "by") for name in BODIES),
        ("pause", {"units": 1}, "units"),
        ("top-up", {"units": 0}, "units"),
        ("top-up", {"units": -5}, "units"),
        ("top-up", {"units": 10**30}, "units"),
        ("top-up", {"units": 1.0}, "units"),
        ("top-up", {"units": True}, "units"),
        ("top-up", {"money": -1}, "money"),
        ("top-up", {"money": 10**12 + 1}, "money"),
        ("top-up", {"currency": "EUR"}, "currency"),
        ("top-up", {"units": None, "money": None}, "body"),
        ("extend", {"ends_at": None}, "ends_at"),
        ("extend", {"ends_at": "2026-02-30T00:00:00Z"}, "ends_at"),
        ("extend", {"ends_at": 1_800_000_000_000}, "ends_at"),
        ("shards", {"shards": 65}, "shards"),
        ("shards", {"shards": "6"}, "shards"),
    ],
)
def test_no_such_command(spring: Shop, name: str, more: dict[str, Any], field: str) -> None:
    """A body that can't be meant is refused with the field named, and nothing changes."""
    before = state(spring)
    reply = command(spring, name, {**BODIES[name], **more})

    assert (reply.status, reply.code) == (422, "invalid")
    assert field in {fault["field"] for fault in reply.json["errors"]}
    assert state(spring) == before


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("shards", {**WHY, "shards": 2}),
        ("top-up", {**WHY, "units": 10**9}),
        ("top-up", {**WHY, "money": 10**12}),
        ("extend", {**WHY, "ends_at": "2026-01-01T00:00:00Z"}),
    ],
)
def test_what_a_coupon_can_t_obey(spring: Shop, name: str, body: object) -> None:
    """Fewer shards, more than the limits, an end before the start: refused, and nothing changes."""
    rule = {**TERMS, "starts_at": "2026-02-01T00:00:00Z"}
    before = spring.ops("PUT", PATH, rule).json
    reply = command(spring, name, body)

    assert (reply.status, reply.code) == (409, "command_refused")
    assert state(spring) == before


def test_money_for_no_budget(shop: Shop) -> None:
    """A coupon that counts units only has nothing that money could be added to."""
    shop.ops("PUT", PATH, {"percent": 25, "units": 1})

    assert command(shop, "top-up", {**WHY, "money": 5}).code == "command_refused"
    assert command(shop, "top-up", {**WHY, "units": 5}).json["units"]["issued"] == 6


def test_more_shards_have_something_to_give(spring: Shop) -> None:
    """Units and money are spread over new shards at once, and none is lost or made."""
    view = command(spring, "shards").json
    shards = spring.counters.get("SPRING25").shards

    assert view["units"]["left"] == 100
    assert view["money"]["left"] == 1_000
    assert all(shard.left and shard.balances for shard in shards)


@pytest.mark.parametrize("name", BODIES)
def test_who(spring: Shop, name: str) -> None:
    """A customer commands nothing, and neither does a stranger."""
    headers = {"Idempotency-Key": "k"}
    for bearer, status in ((token(), 403), (None, 401)):
        reply = spring.call("POST", f"{PATH}/{name}", BODIES[name], bearer=bearer, headers=headers)
        assert reply.status == status
    assert state(spring)["version"] == 1


@pytest.mark.parametrize("name", BODIES)
def test_not_found(shop: Shop, name: str) -> None:
    """A coupon that isn't there obeys nothing, and none is made."""
    assert command(shop, name).code == "coupon_not_found"
    assert list(shop.counters.all("coupon")) == []
