"""Orders in another language than English, from HTTP to the order."""

import json
from pathlib import Path
from typing import Any

import pytest

from rushline_testing.harness import Rushline
from tests.integration.steps import see, settle

MENU = Path(__file__).parents[2] / "bench" / "menus" / "dev" / "milktea_zh.menu.json"


@pytest.fixture
def tea_house(rushline: Rushline) -> Rushline:
    """Return a Rushline with one merchant, a tea house whose menu is Chinese."""
    rushline.catalogue(json.loads(MENU.read_text(encoding="utf-8")))
    return rushline


def told(intent: dict[str, Any]) -> list[tuple[int, str, set[str], set[str]]]:
    """Return the lines of an order: quantity, name, options, and what is left out."""
    return [
        (
            line["quantity"],
            line["name"],
            {option["value"] for option in line["options"]},
            {option["value"] for option in line["without"]},
        )
        for line in intent["order"]["lines"]
    ]


def test_a_chinese_text_becomes_an_order(tea_house: Rushline) -> None:
    """Without spaces and without a model: each drink with its options, at the coupon's price."""
    tea_house.coupon("BOBA10", percent=10, units=5)
    text = "老板，来两杯大杯珍珠奶茶，一杯去冰，一杯热的，再来一杯椰果奶茶不要椰果加布丁，用优惠码BOBA10，谢谢"
    intent = settle(tea_house, "alice", text=text)

    assert intent["status"] == "confirmed"
    assert told(intent) == [
        (1, "珍珠奶茶", {"large", "no_ice"}, set()),
        (1, "珍珠奶茶", {"large", "hot"}, set()),
        (1, "椰果奶茶", {"pudding"}, {"coconut_jelly"}),
    ]
    assert intent["order"]["total"] == (1500 + 1500 + 1500) * 9 // 10
    assert tea_house.model.calls == 0


def test_a_chinese_question_is_answered_in_chinese(tea_house: Rushline) -> None:
    """What is open is asked in the menu's language, and the answer is read in it."""
    intent = settle(tea_house, "alice", text="两三杯珍奶和一杯红茶")
    question = intent["question"]

    assert intent["status"] == "needs_input"
    assert question["prompt"] == "请确认：3 \u00d7 珍珠奶茶；1 \u00d7 阿萨姆红茶，对吗？"
    body = {"text": "两杯珍奶和一杯红茶", "question": question["id"]}
    tea_house.client("alice").post(f"/intents/{intent['id']}/answer", body)
    tea_house.drain()
    settled = see(tea_house, "alice", intent["id"])
    assert told(settled) == [(2, "珍珠奶茶", set(), set()), (1, "阿萨姆红茶", set(), set())]
