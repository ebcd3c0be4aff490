"""Runs over HTTP: made once by their name, commanded, and seen as they stand."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.run import (
    Check,
    Cursor,
    Form,
    Listed,
    Place,
    Progress,
    Report,
    Run,
    RunState,
)
from chalicelib.domain.run_line import LINE_BYTES_MAX, Bad, Buy, LineFault
from chalicelib.entrypoints.wire.run_lines import parse_line
from tests.unit.entrypoints.shop import Reply, Shop
from tests.unit.entrypoints.tokens import token

LINES = [{"customer_id": "c1", "text": "a tea"}, {"customer_id": "c2", "grant": "GIFT-1"}]
BODY: dict[str, Any] = {
    "name": "Spring gifts",
    "merchant": "tea-house",
    "rate": {"per_second": 50},
    "source": {"lines": LINES},
}
FILE = {"upload": {"form": "jsonl", "size": 999}}
NONE = "/runs/run_" + "a" * 24


def make(shop: Shop, **more: Any) -> Reply:
    """Make a run."""
    return shop.ops("POST", "/runs", {**BODY, **more})


def made(shop: Shop, **more: Any) -> tuple[str, Run]:
    """Make a run; return its path and what is on record."""
    reply = make(shop, **more)
    assert reply.status == 201, reply.text
    return f"/runs/{reply.json['id']}", shop.runs.runs[reply.json["id"]]


def test_inline_lines_are_a_file(shop: Shop) -> None:
    """Each is a line of JSON Lines where the run is fed from, and the run is a draft."""
    _, run = made(shop)
    assert shop.sources.files[run.plan.source.key].splitlines() == [
        b'{"customer_id":"c1","text":"a tea"}',
        b'{"customer_id":"c2","grant":"GIFT-1"}',
    ]
    assert (run.state, run.made_by) == (RunState.DRAFT, "olga")
    assert shop.keepers.called == []


def test_a_repeat_is_the_same_run(shop: Shop) -> None:
    """The same body again answers 200 with the same run; what it defaults may be written out."""
    first = make(shop)
    again = make(shop, bad_lines="skip", model="now", customers="any", rate={"per_second": 50.0})
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    assert len(shop.runs.runs) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"rate": {"per_second": 51}},
        {"bad_lines": "refuse"},
        {"bad_lines": "refuse", "source": FILE},
        {"answer_within_seconds": 60},
        {"customers": "known"},
    ],
)
def test_another_body_under_the_name_is_refused(shop: Shop, other: dict[str, Any]) -> None:
    """Nothing of a run but its source changes by making it again."""
    _, run = made(shop)
    reply = make(shop, **other)
    assert (reply.status, reply.code) == (409, "run_exists")
    assert shop.runs.runs == {run.id: run}


@pytest.mark.parametrize("other", [{"upload": {"form": "csv", "size": 998}}, {"lines": LINES[:1]}])
def test_a_draft_takes_another_source(shop: Shop, other: dict[str, Any]) -> None:
    """So that a file can be mended; its check is to be done again, and once it runs it is too late."""
    path, run = made(shop, source=FILE)
    shop.runs.runs[run.id] = replace(run, check=Check(complete=True), token=7)
    reply = make(shop, source=other)
    assert (reply.status, "upload" in reply.json, "check" in reply.json) == (
        200,
        "upload" in other,
        False,
    )
    assert shop.runs.runs[run.id].plan.source != run.plan.source
    assert shop.runs.runs[run.id].token > 7
    assert shop.ops("POST", f"{path}/start").status == 200
    late = make(shop, source=FILE)
    assert (late.status, late.code) == (409, "run_exists")
    assert make(shop, source=other).status == 200


def test_a_small_file_goes_to_one_address(shop: Shop) -> None:
    """Which a repeat gives anew, until the run is started."""
    reply = make(shop, source=FILE)
    assert len(reply.json["upload"]["urls"]) == 1
    assert "upload_id" not in reply.json["upload"]
    assert "upload" in make(shop, source=FILE).json
    shop.ops("POST", f"/runs/{reply.json['id']}/start")
    again = make(shop, source=FILE)
    assert again.status == 200
    assert "upload" not in again.json


def test_a_large_file_comes_in_parts(shop: Shop) -> None:
    """An address a part; once all are there, completing makes them the file that is fed."""
    path, run = made(shop, source={"upload": {"form": "csv", "gzip": True, "size": 2_500}})
    upload = make(shop, source={"upload": {"form": "csv", "gzip": True, "size": 2_500}}).json[
        "upload"
    ]
    assert (len(upload["urls"]), upload["part_bytes"]) == (3, 1_000)
    shop.uploads.parts = {0: b"a", 1: b"b", 2: b"c"}
    done = {"upload_id": upload["upload_id"], "etags": ['"0"', '"1"', '"2"']}
    for _ in range(2):
        assert shop.ops("POST", f"{path}/upload/complete", done).status == 200
    assert shop.sources.files[run.plan.source.key] == b"abc"
    wrong = shop.ops("POST", f"{path}/upload/complete", {**done, "etags": ['"0"']})
    assert (wrong.status, wrong.code) == (409, "run_refused")
    shop.ops("POST", f"{path}/start")
    late = shop.ops("POST", f"{path}/upload/complete", done)
    assert (late.status, late.code) == (409, "run_refused")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a" * 101}, "name"),
        ({"name": None}, "name"),
        ({"merchant": "?"}, "merchant"),
        ({"coupon": "?"}, "coupon"),
        ({"rate": {}}, "rate.per_second"),
        ({"rate": {"per_second": 0}}, "rate.per_second"),
        ({"rate": {"per_second": -1}}, "rate.per_second"),
        ({"rate": {"per_second": 5_001}}, "rate.per_second"),
        ({"rate": {"per_second": 10**400}}, "rate.per_second"),
        ({"rate": {"per_second": "50"}}, "rate.per_second"),
        ({"rate": {"per_second": True}}, "rate.per_second"),
        ({"rate": {"per_second": 1, "daily_cap": 0}}, "rate.daily_cap"),
        ({"rate": {"per_second": 1, "daily_cap": 1.5}}, "rate.daily_cap"),
        ({"rate": {"per_second": 1, "opens_at": "soon"}}, "rate.opens_at"),
        ({"rate": {"per_second": 1, "burst": 1}}, "rate.burst"),
        (
            {
                "rate": {
                    "per_second": 1,
                    "opens_at": "2026-03-02T00:00:00Z",
                    "closes_at": "2026-03-01T00:00:00Z",
                }
            },
            "rate",
        ),
        ({"bad_lines": "some"}, "bad_lines"),
        ({"model": "later"}, "model"),
        ({"customers": "strangers"}, "customers"),
        ({"answer_within_seconds": 59}, "answer_within_seconds"),
        ({"answer_within_seconds": 86_401}, "answer_within_seconds"),
        ({"source": {}}, "source"),
        ({"source": {**FILE, "lines": LINES}}, "source"),
        ({"source": {"lines": []}}, "source.lines"),
        ({"source": {"lines": LINES * 251}}, "source.lines"),
        ({"source": {"upload": {"form": "xlsx", "size": 1}}}, "source.upload.form"),
        ({"source": {"upload": {"form": "csv", "size": 0}}}, "source.upload.size"),
        ({"source": {"upload": {"form": "csv", "size": 10**10}}}, "source.upload.size"),
        ({"source": {"upload": {"form": "csv", "size": 1, "gzip": 1}}}, "source.upload.gzip"),
        ({"by": "me"}, "by"),
    ],
)
def test_no_such_run_can_be_made(shop: Shop, more: dict[str, Any], field: str) -> None:
    """A body that can't be meant is refused with the field named, and nothing is made."""
    reply = make(shop, **more)
    assert (reply.status, reply.code) == (422, "invalid")
    assert any(fault["field"].startswith(field) for fault in reply.json["errors"]), reply.text
    assert not shop.runs.runs
    assert not shop.sources.files


def test_a_run_for_a_batch_api_is_refused_where_there_is_none(shop: Shop) -> None:
    """By its field, before anything is on record."""
    reply = make(shop, model="batch")
    assert (reply.status, reply.code) == (422, "plan_refused")
    assert [fault["field"] for fault in reply.json["errors"]] == ["model"]
    assert not shop.runs.runs


def test_a_window_in_the_past_is_refused(shop: Shop) -> None:
    """By its field; a run that was made before its window closed is still that run."""
    rate = {"per_second": 1, "closes_at": "2026-02-02T02:41:00Z"}
    assert make(shop, rate=rate).status == 201
    shop.clock.turn(60_000)
    assert make(shop, rate=rate).status == 200
    reply = make(shop, rate=rate, name="Another")
    assert (reply.status, reply.code) == (422, "plan_refused")
    assert reply.json["errors"] == [
        {"field": "rate.closes_at", "detail": "the window has closed already"}
    ]


def test_a_merchant_or_coupon_that_is_not_there(shop: Shop) -> None:
    """Is said before there is a run."""
    merchant, coupon = make(shop, merchant="nobody"), make(shop, coupon="NOPE")
    assert (merchant.status, merchant.code) == (422, "unknown_merchant")
    assert (coupon.status, coupon.code) == (404, "coupon_not_found")
    assert not shop.runs.runs


def test_a_rate_may_be_slow_and_a_body_large(shop: Shop) -> None:
    """A line in a thousand seconds, and 500 lines of 1,500 bytes; not 500 of 2,500."""
    long = {"customer_id": "c1", "text": "x" * 1_500}
    assert make(shop, rate={"per_second": 0.001}, source={"lines": [long] * 500}).status == 201
    too_long = [{**long, "text": "x" * 2_500}] * 500
    reply = make(shop, source={"lines": too_long})
    assert (reply.status, reply.code) == (413, "body_too_large")


def test_what_each_command_does(shop: Shop) -> None:
    """Each answers with the run as it then stands, has a keeper called, and may be repeated."""
    path, _ = made(shop)
    states = []
    for command in ("check", "start", "pause", "resume", "cancel"):
        replies = [shop.ops("POST", f"{path}/{command}") for _ in range(2)]
        assert [reply.status for reply in replies] == [200, 200], replies[0].text
        assert replies[0].json["state"] == replies[1].json["state"]
        states.append(replies[0].json["state"])
    assert states == ["draft", "running", "paused", "running", "cancelled"]
    assert {run_id for run_id, _ in shop.keepers.called} == {path.removeprefix("/runs/")}


def test_inline_lines_are_judged_one_by_one(shop: Shop) -> None:
    """As those of a file are: what can't be meant is a bad line among good ones, in its own words."""
    long = "\U0001f375" * 1_900
    deep: Any = []
    for _ in range(900):
        deep = [deep]
    ours = [
        {"customer_id": "c1", "text": long},
        {"customer_id": "c1", "text": "tea", "max_total": 1.5},
        "tea",
        None,
        deep,
        {"customer_id": "c1", "text": "a tea"},
    ]
    _, run = made(shop, source={"lines": ours})
    contents = shop.sources.files[run.plan.source.key].splitlines()
    assert max(map(len, contents)) <= LINE_BYTES_MAX
    lines = [parse_line(content, Form.JSON_LINES, ()) for content in contents]
    assert [isinstance(line, Buy) for line in lines] == [True, *[False] * 4, True]
    assert [line.fault for line in lines if isinstance(line, Bad)] == [LineFault.INVALID] * 4
    assert isinstance(lines[1], Bad)
    assert lines[1].field == "max_total"


def test_a_number_that_is_none_is_no_line_s(shop: Shop) -> None:
    """However large it is, it is a bad line and nothing worse."""
    body = json.dumps({**BODY, "source": {"lines": [{"customer_id": "c1", "max_total": "?"}]}})
    reply = shop.ops("POST", "/runs", body.replace('"?"', "1e999999").encode())
    assert reply.status == 201
    (content,) = shop.sources.files.values()
    bad = parse_line(content, Form.JSON_LINES, ())
    assert isinstance(bad, Bad)
    assert bad.fault is LineFault.INVALID


def test_a_start_says_where_it_can_t_be_obeyed(shop: Shop) -> None:
    """Of a run that is fed it is a repeat; a paused one is resumed, and one that ended has been."""
    path, run = made(shop)
    assert [shop.ops("POST", f"{path}/start").status for _ in range(2)] == [200, 200]
    shop.ops("POST", f"{path}/pause")
    paused = shop.ops("POST", f"{path}/start")
    assert (paused.status, paused.code) == (409, "run_refused")
    assert "resume" in paused.json["detail"]
    for state in (RunState.COMPLETED, RunState.FAILED):
        shop.runs.runs[run.id] = replace(shop.runs.runs[run.id], state=state)
        over = shop.ops("POST", f"{path}/start")
        assert (over.status, over.code, over.json["current"]) == (409, "illegal_move", state)


def test_a_cancelled_run_can_still_be_dropped(shop: Shop) -> None:
    """While it is not finished; the answer says which it is, and a drop is never taken back."""
    path, run = made(shop)
    shop.ops("POST", f"{path}/start")
    said = [shop.ops("POST", f"{path}/cancel", body) for body in (None, {"drop": True}, None)]
    assert [reply.json["drop"] for reply in said] == [False, True, True]
    shop.runs.runs[run.id] = replace(shop.runs.runs[run.id], drop=False, finished_at=1)
    assert shop.ops("POST", f"{path}/cancel", {"drop": True}).json["drop"] is False


@pytest.mark.parametrize(("body", "drop"), [(None, False), ({}, False), ({"drop": True}, True)])
def test_a_run_can_be_cancelled_with_what_it_sent(
    shop: Shop,
    body: object,
    drop: bool,  # noqa: FBT001 (the parameter's point)
) -> None:
    """Only where that is asked for."""
    path, run = made(shop)
    shop.ops("POST", f"{path}/start")
    assert shop.ops("POST", f"{path}/cancel", body).json["reason"]["code"] == "cancelled"
    assert shop.runs.runs[run.id].drop is drop


def test_what_a_run_can_t_obey(shop: Shop) -> None:
    """Says why, and changes nothing."""
    path, _ = made(shop)
    resumed = shop.ops("POST", f"{path}/resume")
    assert (resumed.status, resumed.code) == (409, "run_refused")
    paused = shop.ops("POST", f"{path}/pause")
    assert (paused.status, paused.code, paused.json["current"]) == (409, "illegal_move", "draft")
    shop.ops("POST", f"{path}/cancel")
    started = shop.ops("POST", f"{path}/start")
    assert (started.status, started.code) == (409, "illegal_move")
    bodied = shop.ops("POST", f"{path}/start", {"drop": True})
    assert (bodied.status, bodied.code) == (422, "invalid")


def test_how_a_run_is_seen(shop: Shop) -> None:
    """Every count, the cost with its currency, and what a check found."""
    path, run = made(shop, coupon=None, answer_within_seconds=60)
    progress = Progress(
        fed=Cursor(offset=10, lines=9),
        queued=7,
        faults={"not_json": 2},
        listed=Listed(collected=Place(offset=12, rows=8)),
        outcomes={"confirmed": 3, "rejected:sold_out": 2, "needs_input": 1, "invalid": 2},
        discounts=700,
        model_microdollars=1_200,
    )
    check = Check(complete=True, cursor=Cursor(lines=9), found={"items": 7}, faults={"not_json": 2})
    shop.runs.runs[run.id] = replace(run, progress=progress, check=check)
    shown = shop.ops("GET", path).json
    assert shown["outcomes"] == {
        "collected": 8,
        "confirmed": 3,
        "granted": 0,
        "needs_input": 1,
        "expired": 0,
        "cancelled": 0,
        "failed": 0,
        "invalid": 2,
        "rejected": {"sold_out": 2},
        "others": {},
    }
    assert (shown["lines_read"], shown["queued"], shown["faults"]) == (9, 7, {"not_json": 2})
    assert shown["cost"] == {"model_microdollars": 1_200, "discounts": 700, "currency": "USD"}
    assert shown["check"]["found"] == {"items": 7}
    assert shown["made_at"] == "2026-02-02T02:40:00.000Z"


def test_reports_are_told_by_their_parts(shop: Shop) -> None:
    """In order, and whether more will come; a run that was never checked has no faults to show."""
    path, run = made(shop)
    assert shop.ops("GET", f"{path}/check/faults").json == {"complete": False, "parts": []}
    assert shop.ops("GET", f"{path}/results").json == {"complete": False, "parts": []}
    shop.runs.runs[run.id] = replace(
        run,
        state=RunState.COMPLETED,
        finished_at=shop.clock.now(),
        progress=Progress(results=Report(closed=2, open_bytes=5)),
        check=Check(complete=True, report=Report(open_bytes=5)),
    )
    results = shop.ops("GET", f"{path}/results").json
    parts = [{"url": f"runs/{run.id}/results/{number}"} for number in range(3)]
    assert results == {"complete": True, "parts": parts}
    faults = shop.ops("GET", f"{path}/check/faults").json
    assert faults == {"complete": True, "parts": [{"url": f"runs/{run.id}/check/0"}]}


def test_runs_are_listed_in_pages(shop: Shop) -> None:
    """The latest first, each once."""
    for number in range(5):
        shop.clock.turn(1)
        made(shop, name=f"Run {number}")
    seen: list[str] = []
    query: dict[str, list[str]] = {"limit": ["2"]}
    while True:
        page = shop.ops("GET", "/runs", query=query).json
        seen += [run["name"] for run in page["runs"]]
        if "next_cursor" not in page:
            break
        query["cursor"] = [page["next_cursor"]]
    assert seen == [f"Run {number}" for number in (4, 3, 2, 1, 0)]
    wrong = shop.ops("GET", "/runs", query={"cursor": ["run_x"]})
    assert (wrong.status, wrong.json["errors"][0]["field"]) == (422, "query.cursor")


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", ""),
        ("GET", "/results"),
        ("GET", "/check/faults"),
        *(("POST", f"/{name}") for name in ("check", "start", "pause", "resume", "cancel")),
    ],
)
@pytest.mark.parametrize("path", [NONE, "/runs/nonsense", "/runs/%00"])
def test_no_such_run(shop: Shop, method: str, rest: str, path: str) -> None:
    """Neither an id that nobody has nor one that can't be."""
    reply = shop.ops(method, path + rest)
    assert (reply.status, reply.code) == (404, "run_not_found")


@pytest.mark.parametrize(("method", "path"), [("POST", "/runs"), ("GET", "/runs"), ("GET", NONE)])
def test_runs_are_for_ops_alone(shop: Shop, method: str, path: str) -> None:
    """A shopper's token is not enough."""
    reply = shop.call(method, path, BODY if method == "POST" else None, bearer=token())
    assert (reply.status, reply.code) == (403, "insufficient_scope")
    assert not shop.runs.runs
