"""A command under an idempotency key is obeyed once, whatever comes between."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.entrypoints.http.commanding import BODIES, PATH, TERMS, WHY, command, state
from tests.unit.entrypoints.shop import Reply, Shop


def test_one_key_issues_once(spring: Shop) -> None:
    """A top-up that is sent again, even after others, says and issues nothing more."""
    first = command(spring, "top-up", key="k")
    command(spring, "pause")
    again = command(spring, "top-up", key="k")

    assert (first.status, again.status) == (200, 200)
    assert again.json["units"] == first.json["units"]
    assert again.json["state"] == "paused"


def between(shop: Shop, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Have *act* happen once, after a command looked and before it writes."""
    begin = shop.counters.begin
    left = [act]

    def begun(*args: Any) -> Any:
        if left:
            left.pop()()
        return begin(*args)

    monkeypatch.setattr(shop.counters, "begin", begun, raising=False)


def test_one_key_issues_once_at_the_same_time(
    spring: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two that come at once under one key the one that writes later issues nothing."""
    replies: list[Reply] = []
    between(spring, monkeypatch, lambda: replies.append(command(spring, "top-up", key="k")))
    replies.append(command(spring, "top-up", key="k"))

    assert [reply.status for reply in replies] == [200, 200]
    assert state(spring)["units"]["issued"] == 105
    assert state(spring)["money"]["budget"] == 1_050


def test_one_key_with_two_bodies_at_the_same_time(
    spring: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever writes first is obeyed, and the other is told of it."""
    replies: list[Reply] = []
    other = {**WHY, "units": 7}
    between(spring, monkeypatch, lambda: replies.append(command(spring, "top-up", other, key="k")))
    replies.append(command(spring, "top-up", key="k"))

    assert [reply.status for reply in replies] == [200, 422]
    assert replies[1].code == "idempotency_key_reused"
    assert state(spring)["units"]["issued"] == 107


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("top-up", {**BODIES["top-up"], "units": 6}),
        ("top-up", {**BODIES["top-up"], "money": 51}),
        ("top-up", {**WHY, "units": 5}),
        ("top-up", {**BODIES["top-up"], "reason": "another"}),
        ("pause", WHY),
        ("extend", {**BODIES["extend"], "ends_at": "2026-04-01T00:00:00Z"}),
        ("extend", {**BODIES["extend"], "reason": "another"}),
        ("shards", {**BODIES["shards"], "shards": 7}),
    ],
)
def test_a_key_with_another_body(spring: Shop, name: str, body: object) -> None:
    """A key that was used for something else is refused, and nothing changes."""
    first = "top-up" if name == "pause" else name
    command(spring, first, key="k")
    before = state(spring)
    reply = command(spring, name, body, key="k")

    assert (reply.status, reply.code) == (422, "idempotency_key_reused")
    assert state(spring) == before


def test_a_colleague_who_repeats_issues_nothing_twice(spring: Shop) -> None:
    """Two operators with one key have one command, and who gave it first is on record."""
    command(spring, "top-up", key="k", by="olga")

    assert command(spring, "top-up", key="k", by="oscar").json["units"]["issued"] == 105
    commands = spring.ops("GET", f"{PATH}/commands").json["commands"]
    assert [one["by"] for one in commands if one["kind"] == "top_up"] == ["olga"]


@pytest.mark.parametrize("key", ["a#b", "command#1", "/../x", "~" * 255, "terms"])
def test_no_key_says_anything_to_the_table(spring: Shop, key: str) -> None:
    """Any key is a key; what it looks like makes no difference."""
    assert command(spring, "top-up", key=key).status == 200
    assert command(spring, "top-up", key=key).json["units"]["issued"] == 105
    assert spring.ops("PUT", PATH, TERMS).code == "coupon_fixed"


@pytest.mark.parametrize(("key", "code"), [(None, "missing"), ("", "missing"), ("ä", "invalid")])
def test_what_issues_needs_a_key(spring: Shop, key: str | None, code: str) -> None:
    """A top-up without a usable key is refused; nothing else needs one."""
    headers = {"Idempotency-Key": key}
    reply = spring.ops("POST", f"{PATH}/top-up", BODIES["top-up"], headers=headers)

    assert (reply.status, reply.code) == (400, f"idempotency_key_{code}")
    assert state(spring)["units"]["issued"] == 100
    assert code == "invalid" or all(
        spring.ops("POST", f"{PATH}/{name}", BODIES[name], headers=headers).status == 200
        for name in ("pause", "resume", "extend", "shards", "end")
    )


def crashing(shop: Shop, monkeypatch: pytest.MonkeyPatch, name: str) -> Reply:
    """Give a command under the key k, and have the store go down when it has just begun."""
    begin = shop.counters.begin

    def begun(*args: Any) -> Any:
        done = begin(*args)
        shop.counters.down = True
        return done

    with monkeypatch.context() as patched:
        patched.setattr(shop.counters, "begin", begun, raising=False)
        reply = command(shop, name, key="k")
    shop.counters.down = False
    return reply


def test_an_outage_half_way_is_mended_by_a_repeat(
    spring: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A top-up that a crash left on no shard is issued when it is sent again, once."""
    broken = crashing(spring, monkeypatch, "top-up")
    unfinished = state(spring)["units"]["issued"]
    mended = command(spring, "top-up", key="k")

    assert (broken.status, broken.code, unfinished) == (503, "store_unavailable", 100)
    assert (mended.status, mended.json["units"]["issued"]) == (200, 105)


@pytest.mark.parametrize("name", ["pause", "top-up"])
def test_a_repeat_answers_when_the_first_holds_everywhere(
    spring: Shop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """One that comes while the first is half way done sees to the rest before it answers."""
    look, left = spring.counters.command, ["the first"]

    def rivalled(*args: Any) -> Any:
        if left:
            left.pop()
            crashing(spring, monkeypatch, name)
        return look(*args)

    monkeypatch.setattr(spring.counters, "command", rivalled, raising=False)

    assert command(spring, name, key="k").status == 200
    assert {shard.version for shard in spring.counters.get("SPRING25").shards} == {2}
