"""Runs from the file to the results, over HTTP: with every function and moto's AWS."""

import gzip

import pytest

from chalicelib.adapters import run_uploads
from chalicelib.bootstrap import Services
from chalicelib.domain.model_use import ModelUse
from rushline_testing import model
from rushline_testing.harness import Rushline
from tests.integration.run_steps import (
    gift,
    issue,
    json_lines,
    of_file,
    of_lines,
)
from tests.integration.steps import orders, see, settle, units

LARGEST_SMALL_PART = 5 << 20
"""S3 takes no smaller part but the last."""


LANE = ("keep", "bulk_resolve", "bulk_settle")


def waiting(shop: Rushline, *stages: str) -> int:
    """Return how many messages there are in the queues of *stages*."""
    return sum(shop.queues[stage].waiting() for stage in stages)


def test_lines_become_orders_and_results(shop: Rushline) -> None:
    """Texts and items alike; units that run out are refused; the results balance with the coupon."""
    shop.coupon("GIFT", percent=50, units=25)
    lines = [gift(number, **({"text": "a latte"} if number % 2 else {})) for number in range(40)]
    run = of_lines(shop, lines, coupon="gift")
    assert run.say("check")["check"]["complete"] is False
    shop.drain(max_rounds=2)
    checked = run.see()
    assert checked["check"] == {
        "complete": True,
        "lines": 40,
        "found": {"items": 20, "text": 20},
        "faults": {},
        "total": 40 * 200,
        "discounts": 40 * 200,
    }
    assert (checked["state"], units(shop, "GIFT").left) == ("draft", 25)
    run.say("start")
    done = run.finish()
    assert (done["state"], done["lines_read"], done["queued"]) == ("completed", 40, 40)
    assert done["outcomes"]["confirmed"] == 25
    assert done["outcomes"]["rejected"] == {"coupon_sold_out": 15}
    assert done["cost"] == {"model_microdollars": 0, "discounts": 25 * 200, "currency": "USD"}
    assert run.outcomes() == {"confirmed": 25, "coupon_sold_out": 15}
    left = units(shop, "GIFT")
    assert (left.left, left.held, left.redeemed) == (0, 0, 25)
    assert shop.reconcile()["out_of_balance"] == 0
    for row in run.results():
        if row["outcome"] == "confirmed":
            (order,) = orders(shop, row["customer_id"])
            assert (order["id"], order["order"]["total"]) == (row["intent"], row["total"])
            assert (row["total"], row["discount"]) == (200, 200)


def test_a_file_is_uploaded_by_its_address(shop: Rushline) -> None:
    """To S3 itself, with the length that was announced."""
    run = of_file(shop, json_lines(gift(number) for number in range(12)))
    run.say("start")
    assert run.finish()["outcomes"]["confirmed"] == 12
    assert run.outcomes() == {"confirmed": 12}


def test_a_large_file_is_uploaded_in_parts(shop: Rushline, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are one file again, over whose seams no line is lost; a repeated completion is one."""
    monkeypatch.setattr(run_uploads, "PART_BYTES", LARGEST_SMALL_PART)
    good = json_lines([gift(1), gift(2)])
    long = b"[" + b"1," * (LARGEST_SMALL_PART // 2) + b"1]\n"
    run = of_file(shop, good[: len(good) // 2] + long + good[len(good) // 2 :])
    assert run.uploaded_to is not None
    assert len(run.uploaded_to["urls"]) == 2
    run.say("start")
    run.finish()
    faults = [row.get("fault") for row in run.results()]
    assert faults == [None, "line_too_long", None]


@pytest.mark.parametrize("gzipped", [False, True])
def test_a_spreadsheet_is_a_run(shop: Rushline, *, gzipped: bool) -> None:
    """CSV as spreadsheets write it, packed or not; each bad line by its number, the others placed."""
    rows = [
        "customer_id,sku,quantity,text",
        "c1,latte,2,",
        'c2,,,"a latte, please"',
        "c3,latte,two,",
        "c 4,latte,1,",
        "c5,,,",
        "c6,nothing,1,",
        "c7,muffin,1,",
    ]
    content = b"\xef\xbb\xbf" + "\r\n".join(rows).encode()
    body = gzip.compress(content) if gzipped else content
    run = of_file(shop, body, form="csv", gzip=gzipped)
    run.say("start")
    done = run.finish()
    found = [row.get("reason", row.get("fault", row["outcome"])) for row in run.results()]
    invalid = ["invalid"] * 3
    assert found == ["confirmed", "confirmed", *invalid, "not_on_the_menu", "confirmed"]
    assert (done["queued"], done["faults"]) == (4, {"invalid": 3})
    assert done["share"] == 1


def test_a_file_with_a_bad_line_may_stop_the_run(shop: Rushline) -> None:
    """Before anything is placed, where the run says so; the faults say which."""
    content = json_lines([gift(1), gift(2)]) + b"nonsense\n" + json_lines([gift(4, sku="x")])
    run = of_file(shop, content, bad_lines="refuse")
    run.say("start")
    done = run.finish()
    assert (done["state"], done["reason"]["code"]) == ("failed", "bad_lines")
    assert [(row["line"], row["fault"]) for row in run.faults()] == [
        (3, "not_json"),
        (4, "invalid"),
    ]
    assert done["outcomes"]["collected"] == 0
    assert not orders(shop, "c1")


def test_two_runs_may_want_one_code(shop: Rushline) -> None:
    """One customer gets it, the other is told; only the one can use it."""
    shop.coupon("VIP", percent=100, units=2, unique_codes=True)
    issue(shop, "VIP", "VIP-0001", "VIP-0002")
    codes = ["VIP-0001", "VIP-0002", "VIP-0002", "VIP-9999"]
    lines = [gift(number, grant=code) for number, code in enumerate(codes)]
    one = of_lines(shop, lines, name="One")
    one.say("start")
    assert one.finish()["outcomes"]["granted"] == 2
    other = of_lines(shop, [gift(7, grant="VIP-0001")], name="Other")
    other.say("start")
    other.finish()
    assert one.outcomes() == {"granted": 2, "code_taken": 1, "code_unknown": 1}
    assert other.outcomes() == {"code_taken": 1}
    refused = settle(shop, "c7", coupon="VIP-0001", if_coupon_unavailable="reject")
    assert refused["status"] == "rejected"
    assert settle(shop, "c0", coupon="VIP-0001")["order"]["total"] == 0


def test_a_run_is_paused_and_resumed(shop: Rushline) -> None:
    """Within a slice; what was fed is collected while it stands, and the rest follows."""
    run = of_lines(shop, [gift(number) for number in range(90)], rate={"per_second": 2})
    run.say("start")
    shop.drain(max_rounds=1)
    assert run.say("pause")["state"] == "paused"
    shop.drain(max_rounds=5)
    stood = run.see()
    assert 0 < stood["lines_read"] < 90
    assert stood["outcomes"]["confirmed"] == stood["lines_read"]
    assert len(run.results()) == stood["lines_read"]
    shop.clock.turn(hours=1)
    assert run.say("resume")["state"] == "running"
    shop.drain(max_rounds=1)
    assert run.see()["lines_read"] < 90
    assert run.finish()["outcomes"]["confirmed"] == 90
    assert run.outcomes() == {"confirmed": 90}


@pytest.mark.parametrize("asked", [{"text": "a latte"}, {}])
def test_what_is_not_settled_yet_can_be_dropped(shop: Rushline, asked: dict[str, str]) -> None:
    """A cancelled run's texts and items in the lane are cancelled with it; what was placed stands."""
    lines = [gift(number, **asked) for number in range(90)]
    run = of_lines(shop, lines, rate={"per_second": 2})
    run.say("start")
    shop.drain(max_rounds=1)
    placed = len([n for n in range(90) if orders(shop, f"c{n}")])
    shop.clock.turn(seconds=10)
    shop.drain(max_rounds=1, only={"keep"})
    fed = run.see()["lines_read"]
    assert 0 < placed < fed < 90
    assert run.say("cancel", {"drop": True})["state"] == "cancelled"
    done = run.finish()
    assert done["outcomes"]["confirmed"] == placed
    assert run.outcomes() == {"confirmed": placed, "run_dropped": fed - placed}


def test_a_run_has_a_lane_of_its_own(shop: Rushline) -> None:
    """Nothing of a run is ever in a shopper's queue, until its customer answers us."""
    shop.coupon("TINY", percent=50, units=1)
    lines = [gift(n, coupon="TINY", if_coupon_unavailable="ask") for n in range(2)]
    run = of_lines(shop, [*lines, gift(3, text="a latte")])
    run.say("start")
    done = run.finish(only=LANE)
    assert waiting(shop, "resolve", "settle") == 0
    assert (done["outcomes"]["confirmed"], done["outcomes"]["needs_input"]) == (2, 1)
    (asked,) = [row for row in run.results() if row["outcome"] == "needs_input"]
    path = f"/intents/{asked['intent']}/answer"
    answer = shop.client(asked["customer_id"]).post(path, {"choice": "full_price"})
    assert answer.status == 202, answer.body
    assert (waiting(shop, "resolve", "settle"), waiting(shop, *LANE)) == (1, 0)


def test_lines_travel_as_their_runs_group(shop: Rushline) -> None:
    """By which SQS is fair to several runs in the lane."""
    lines = [gift(1), gift(2, text="a latte")]
    runs = [of_lines(shop, lines, name=name) for name in ("One", "Other")]
    for run in runs:
        run.say("start")
    shop.drain(max_rounds=1, only={"keep"})
    for stage in ("bulk_resolve", "bulk_settle"):
        records = shop.queues[stage].receive(10)
        groups = {record["attributes"]["MessageGroupId"] for record in records}
        assert groups == {run.id for run in runs}
        shop.queues[stage].give_back(records)
    assert [run.finish()["outcomes"]["confirmed"] for run in runs] == [2, 2]


def test_a_lost_line_is_sent_again(shop: Rushline) -> None:
    """By the sweep, into the lane; it becomes one order, and the run comes to its end."""
    run = of_lines(shop, [gift(number) for number in range(5)])
    run.say("start")
    shop.drain(max_rounds=3, only={"keep"})
    assert len(shop.queues["bulk_settle"].receive(10)) == 5
    shop.clock.turn(minutes=21)
    assert shop.sweep()["sent_again"] == 5
    assert waiting(shop, "resolve", "settle") == 0
    assert run.finish(only=LANE)["outcomes"]["confirmed"] == 5
    assert [len(orders(shop, f"c{number}")) for number in range(5)] == [1] * 5


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    "operation",
    [
        "UpdateItem",
        "HeadObject",
        "GetObject",
        "TransactWriteItems",
        "SendMessageBatch",
        "PutObject",
    ],
)
def test_a_keeper_that_dies_costs_minutes(shop: Rushline, operation: str, *, before: bool) -> None:
    """The next one finds where it was: each line is one order and one row."""
    lines = [gift(n, **({"text": "a latte"} if n % 2 else {})) for n in range(15)]
    run = of_lines(shop, lines)
    run.say("start")
    shop.faults.crash(operation, before=before)
    crashes = 0
    for _ in range(10):
        crashes += shop.drain(max_rounds=3).crashes
        shop.clock.turn(minutes=1)
        shop.sweep()
    done = run.see()
    assert (crashes, done["state"], done["outcomes"]["confirmed"]) == (1, "completed", 15)
    assert run.outcomes() == {"confirmed": 15}
    assert [len(orders(shop, f"c{number}")) for number in range(15)] == [1] * 15


def test_everything_may_be_delivered_twice(shop: Rushline) -> None:
    """Calls for keepers and lines alike: a run is fed once."""
    shop.coupon("GIFT", percent=50, units=100)
    run = of_lines(shop, [gift(number) for number in range(20)], coupon="GIFT")
    run.say("start")
    run.say("start")
    shop.drain(deliver_twice=True)
    shop.redeliver()
    assert run.finish()["outcomes"]["confirmed"] == 20
    assert units(shop, "GIFT").redeemed == 20


def test_one_text_is_taken_to_the_model_once(
    shop: Rushline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many lines say it; the run is told what it cost."""
    remembered = property(lambda services: services._remembered(shop.model))
    monkeypatch.setattr(Services, "model", remembered)
    monkeypatch.setattr(model, "ONE_CALL", ModelUse(calls=1, input_tokens=1_000, output_tokens=10))
    shop.model.reads("one flurble", "latte")
    run = of_lines(shop, [gift(number, text="one flurble") for number in range(30)])
    run.say("start")
    done = run.finish()
    assert done["outcomes"]["confirmed"] == 30
    assert shop.model.calls == 1
    assert done["cost"]["model_microdollars"] == 250 + 20


def test_a_run_may_do_without_the_model(shop: Rushline) -> None:
    """What the parser can't settle is its customer's to answer, and costs nothing."""
    shop.model.reads("one flurble", "latte")
    run = of_lines(shop, [gift(1, text="one flurble"), gift(2, text="a latte")], model="never")
    run.say("start")
    done = run.finish()
    assert (done["outcomes"]["confirmed"], done["outcomes"]["needs_input"]) == (1, 1)
    assert (shop.model.calls, done["cost"]["model_microdollars"]) == (0, 0)
    (asked, _) = run.results()
    assert see(shop, "c1", asked["intent"])["question"]["code"] == "not_understood"


def test_a_changed_file_is_not_fed(shop: Rushline) -> None:
    """What was checked is what is fed, or nothing."""
    content = json_lines([gift(1), gift(2)])
    run = of_file(shop, content)
    run.say("check")
    shop.drain(max_rounds=2)
    run.upload(content.replace(b"c2", b"c3"))
    run.say("start")
    done = run.finish()
    assert (done["state"], done["reason"]["code"]) == ("failed", "source_changed")
    assert not orders(shop, "c1")


def test_a_file_that_goes_takes_no_results_with_it(shop: Rushline) -> None:
    """What was fed of it is answered and told, its columns' names included."""
    rows = "".join(f"c{number},latte,1\n" for number in range(90))
    content = f"customer_id,sku,quantity\n{rows}".encode()
    run = of_file(shop, content, form="csv", rate={"per_second": 2})
    run.say("start")
    shop.drain(max_rounds=1, only={"keep"})
    shop.restart()
    (source,) = [
        listed["Key"]
        for listed in shop.clients.s3.list_objects_v2(Bucket=shop.resources.runs_bucket)["Contents"]
        if "source" in listed["Key"]
    ]
    shop.clients.s3.delete_object(Bucket=shop.resources.runs_bucket, Key=source)
    done = run.finish()
    assert (done["state"], done["reason"]["code"]) == ("failed", "source_missing")
    assert 0 < done["lines_read"] < 90
    assert run.outcomes() == {"confirmed": done["lines_read"]}
    assert sum(len(orders(shop, f"c{n}")) for n in range(90)) == done["lines_read"]


def test_a_run_that_refuses_bad_lines_is_not_started_with_some(shop: Rushline) -> None:
    """Once its check has found them."""
    run = of_file(shop, json_lines([gift(1)]) + b"nonsense\n", bad_lines="refuse")
    run.say("check")
    shop.drain(max_rounds=2)
    refused = shop.ops().post(f"/runs/{run.id}/start", None)
    assert (refused.status, refused.json()["code"]) == (409, "run_refused")
    assert run.see()["state"] == "draft"


def test_a_run_may_be_for_known_customers_only(shop: Rushline) -> None:
    """Who has ordered before is one; whom it has no line for does not become one by it."""
    settle(shop, "c1", text="a latte")
    lines = [gift(1), gift(2), gift(2, text="a latte"), gift(1, text="a latte")]
    run = of_lines(shop, lines, customers="known")
    run.say("check")
    shop.drain(max_rounds=2)
    checked = run.see()["check"]
    assert (checked["found"], checked["faults"]) == (
        {"items": 1, "text": 1},
        {"unknown_customer": 2},
    )
    assert [row["line"] for row in run.faults()] == [2, 3]
    run.say("start")
    assert run.finish()["faults"] == {"unknown_customer": 2}
    assert run.outcomes() == {"confirmed": 2, "invalid": 2}
    assert (len(orders(shop, "c1")), orders(shop, "c2")) == (3, [])


def test_a_file_that_never_came_is_named(shop: Rushline) -> None:
    """A run of it fails, and says so."""
    run = of_file(shop, json_lines([gift(1)]))
    (listed,) = shop.clients.s3.list_objects_v2(Bucket=shop.resources.runs_bucket)["Contents"]
    shop.clients.s3.delete_object(Bucket=shop.resources.runs_bucket, Key=listed["Key"])
    run.say("start")
    done = run.finish()
    assert (done["state"], done["reason"]["code"]) == ("failed", "source_missing")


ROUTES = [
    ("POST", "/runs"),
    ("GET", "/runs"),
    *((("GET", f"/runs/{{id}}{rest}")) for rest in ("", "/results", "/check/faults")),
    *(
        ("POST", f"/runs/{{id}}/{rest}")
        for rest in ("check", "start", "pause", "resume", "cancel", "upload/complete")
    ),
]


def test_every_route_of_runs_is_tried() -> None:
    """Those below are all that the app has."""
    from chalicelib.entrypoints.application import app  # noqa: PLC0415 (after the environment is set)

    known = {
        (method, route.replace("{run_id}", "{id}"))
        for route, methods in app.routes.items()
        for method in methods
        if route.startswith("/runs")
    }
    assert known == set(ROUTES)


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_runs_are_for_operators(shop: Rushline, method: str, route: str) -> None:
    """A customer's token opens none of it, nor does no token; and nothing of the run is told."""
    run = of_lines(shop, [gift(1)])
    path = route.format(id=run.id)
    customer, anybody = shop.client("c1"), shop.anonymous()
    for client, status in ((customer, 403), (anybody, 401)):
        reply = client.call(method, path, {} if method == "POST" else None)
        assert reply.status == status
        assert b"Spring" not in reply.body
    assert run.see()["state"] == "draft"
