"""A run whose texts go through the Batch API: from the file over HTTP to the results."""

from collections import Counter
from typing import Any

import pytest

from chalicelib.application import ask_run
from chalicelib.domain.resolution import Line
from rushline_testing.batch_server import BatchMode, BatchProvider
from rushline_testing.harness import Rushline
from tests.integration.batch_steps import batched, outlast
from tests.integration.run_steps import BulkRun, gift, json_lines, of_file
from tests.integration.steps import orders, settle

TEXTS = 12
IN_A_BATCH = 4
EACH = (44 + 25.6 + 80) / 2
"""Of 1,200 tokens, 1,024 cached, and 40 more: half of the settings' prices, in millionths of a dollar."""


def flurbles(number: int) -> str:
    """Return a text that no menu explains."""
    return f"{number} flurbles"


def provider() -> BatchProvider:
    """Return one that knows that a flurble is a latte."""
    script = {flurbles(n): [Line(sku="latte", quantity=n)] for n in range(1, TEXTS + 1)}
    return BatchProvider(script)


def mixed() -> list[dict[str, Any]]:
    """Return lines that the parser settles, and each text twice that it does not."""
    lines = [gift(n, text="a latte") for n in range(1, 31)]
    late = [gift(100 + n, text=flurbles(n)) for n in range(1, TEXTS + 1)]
    again = [gift(200 + n, text=flurbles(n).upper()) for n in range(1, TEXTS + 1)]
    return [*lines, *late, *again]


def run_of(shop: Rushline, **plan: Any) -> BulkRun:
    """Return a run of a file that is in a hurry, in batches."""
    return of_file(shop, json_lines(mixed()), model="batch", **plan)


@pytest.mark.parametrize("ends", ["quietly", "restarts", "crashes"])
def test_a_file_goes_through_batches_to_its_results(
    ends: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One batch completes, one in part, one expires; keepers come and go; each line has its row."""
    monkeypatch.setattr(ask_run, "TEXTS_MAX", IN_A_BATCH)
    asked = provider()
    asked.modes = {"batch_2": BatchMode.PARTLY, "batch_3": BatchMode.EXPIRES}
    with batched(asked) as shop:
        run = run_of(shop)
        run.say("start")
        shop.drain(max_rounds=3)
        seen = run.see()
        assert seen["put_off"] == {"waiting": 2 * TEXTS, "ends": {}}
        assert seen["outcomes"]["confirmed"] == 30
        if ends == "crashes":
            shop.faults.crash("UpdateItem", when=lambda call: "run_" in str(call))
        done = outlast(run, restarts=ends == "restarts")
        texts = Counter(one.text for one in asked.asked)
        answered = set(texts)
        assert len(answered) == IN_A_BATCH + 2 + 2
        assert set(texts.values()) == {1}
        rows = {row["line"]: row for row in run.results()}
        assert sorted(rows) == list(range(1, len(mixed()) + 1))
        for number, line in enumerate(mixed(), start=1):
            sure = line["text"] == "a latte" or line["text"].lower() in answered
            assert rows[number]["outcome"] == ("confirmed" if sure else "needs_input"), line
            assert len(orders(shop, line["customer_id"])) == sure
        assert done["outcomes"]["collected"] == len(mixed())
        assert done["put_off"] == {"waiting": 0, "ends": {"completed": 2, "expired": 1}}
        # Rounded batch by batch.
        assert done["cost"]["model_microdollars"] == pytest.approx(8 * EACH, abs=1.5)
        assert asked.files == {}


def test_what_a_batch_answered_is_known_to_shoppers() -> None:
    """Its answers are in the memory that everybody looks into first."""
    asked = provider()
    with batched(asked) as shop:
        run = run_of(shop)
        run.say("start")
        outlast(run)
        bought = settle(shop, "alice", text=flurbles(3))
        assert bought["status"] == "confirmed"
        assert [line["quantity"] for line in bought["order"]["lines"]] == [3]
        assert len(asked.asked) == TEXTS


def test_a_run_in_batches_is_refused_where_there_are_none(shop: Rushline) -> None:
    """Before a line of it is read."""
    plan = {"name": "x", "merchant": "coffee-house", "rate": {"per_second": 1}}
    source = {"lines": [gift(1, text="one flurble")]}
    refused = shop.ops().post("/runs", {**plan, "source": source, "model": "batch"})
    assert (refused.status, refused.json()["code"]) == (422, "plan_refused")
