"""The command that measures the menu parser."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bench.resolve import main

CATALOGUE = {
    "catalogue": "tea",
    "currency": "EUR",
    "option_groups": [
        {
            "group": "size",
            "select": "one",
            "values": [{"value": "l", "name": "large", "aliases": ["large"]}],
        },
        {"group": "topping", "select": "many", "values": [{"value": "p", "name": "pearls"}]},
    ],
    "items": [
        {
            "sku": "tea",
            "name": "tea",
            "aliases": ["tea"],
            "unit_price": 300,
            "option_groups": ["size", "topping"],
        },
        {"sku": "tart", "name": "tart", "aliases": [], "unit_price": 200, "option_groups": []},
    ],
}
LARGE = {"group": "size", "value": "l"}
EXTRA_PEARLS = {"group": "topping", "value": "p", "amount": "extra"}
ORDERS = [
    # read exactly and for certain
    ("two large teas", [{"sku": "tea", "quantity": 2, "options": [LARGE], "without": []}]),
    (
        "a tart and a tea with extra pearls",
        [
            {"sku": "tea", "quantity": 1, "options": [EXTRA_PEARLS], "without": []},
            {"sku": "tart", "quantity": 1, "options": [], "without": []},
        ],
    ),
    # read exactly, but not for certain
    ("a purple tart", [{"sku": "tart", "quantity": 1, "options": [], "without": []}]),
    # read for certain, but wrong: the answer has one of four units
    ("four tarts", [{"sku": "tart", "quantity": 1, "options": [], "without": []}]),
]


def written(folder: Path, catalogue: Any = CATALOGUE, orders: Any = ORDERS) -> list[str]:
    """Write both files, and return the arguments that name them."""
    menu, texts = folder / "menu.json", folder / "orders.jsonl"
    menu.write_text(json.dumps(catalogue), encoding="utf-8")
    rows = (
        json.dumps({"id": str(number), "text": text, "lines": lines})
        for number, (text, lines) in enumerate(orders)
    )
    texts.write_text("\n".join(rows) + "\n\n", encoding="utf-8")
    return ["--catalogue", str(menu), "--orders", str(texts)]


def test_the_figures_are_those_of_a_count_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each share is what a person would count, and the keys are the documented ones."""
    assert main([*written(tmp_path), "--json"]) == 0

    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == [
        "n", "exact_match", "item_quantity_f1", "certain", "exact_when_certain", "p50_us", "p99_us",
    ]  # fmt: skip
    assert (figures["n"], figures["exact_match"], figures["certain"]) == (4, 0.75, 0.75)
    assert figures["exact_when_certain"] == pytest.approx(2 / 3, abs=1e-4)
    # 2 + 2 + 1 + 1 units shared; 2 + 2 + 1 + 4 read; 2 + 2 + 1 + 1 right
    assert figures["item_quantity_f1"] == pytest.approx(2 * 6 / (9 + 6), abs=1e-4)
    assert 0 < figures["p50_us"] <= figures["p99_us"]


def test_without_json_there_is_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """People get a line for each figure."""
    assert main(written(tmp_path)) == 0

    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows][:2] == ["n", "exact_match"]
    assert len(rows) == 7


def test_nothing_certain_leaves_its_exactness_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A share of nothing is null, not one and not nought."""
    assert main([*written(tmp_path, orders=[("zzz", [])]), "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["exact_when_certain"] is None


def spoiled(folder: Path, name: str, content: bytes | None) -> list[str]:
    """Return arguments of good files of which one was replaced, or removed."""
    arguments = written(folder)
    path = folder / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    return arguments


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("menu.json", None, "No such file"),
        ("menu.json", b"{", "not JSON"),
        ("menu.json", b"[]", "not a JSON object"),
        ("menu.json", b"{}", "'currency' is missing"),
        ("menu.json", b"\xff\xfe", "not UTF-8"),
        ("menu.json", b'{"catalogue": 1, "currency": "EUR", "items": 3}', "not a catalogue"),
        (
            "menu.json",
            b'{"catalogue": "x", "currency": "EUR", "items": [], "option_groups": []}',
            "the catalogue has no items",
        ),
        ("orders.jsonl", None, "No such file"),
        ("orders.jsonl", b"", "no orders in it"),
        ("orders.jsonl", b'\n{"id": "1"}', "line 2: not an order"),
        ("orders.jsonl", b'{"id": "1", "text": 5, "lines": []}', "line 1: not an order"),
        ("orders.jsonl", b"nonsense", "line 1: not JSON"),
        ("orders.jsonl", b"[" * 100_000, "line 1: not JSON"),
    ],
)
def test_an_unusable_file_gets_one_clear_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: bytes | None,
    message: str,
) -> None:
    """A bad file is named in one line on standard error, and the exit code is 2."""
    assert main(spoiled(tmp_path, name, content)) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert message in shown.err
    assert name in shown.err


def test_the_documented_files_fit_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The menu and the order in the documentation, run as they stand, are an exact match."""
    page = (Path(__file__).parents[3] / "docs" / "measuring.md").read_text(encoding="utf-8")
    catalogue, order = map(json.loads, re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    arguments = written(tmp_path, catalogue, [(order["text"], order["lines"])])

    assert main([*arguments, "--json"]) == 0

    figures = json.loads(capsys.readouterr().out)
    assert (figures["n"], figures["exact_match"], figures["item_quantity_f1"]) == (1, 1.0, 1.0)
    assert (figures["certain"], figures["exact_when_certain"]) == (1.0, 1.0)


def test_two_of_a_thing_are_two_units(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A quantity that is wrong by one of three still shares two, and options don't matter."""
    right = [{"sku": "tea", "quantity": 3, "options": [LARGE], "without": []}]
    assert main([*written(tmp_path, orders=[("two teas", right)]), "--json"]) == 0

    figures = json.loads(capsys.readouterr().out)
    assert figures["item_quantity_f1"] == pytest.approx(2 * 2 / (2 + 3), abs=1e-4)
    assert figures["exact_match"] == 0


def test_finding_is_counted_by_the_place_of_the_right_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """First is first, later is among five, and a text that names nothing finds nothing."""
    tea = [{"sku": "tea", "quantity": 1}]
    texts = [("a tea", tea), ("a tart, and then a purple tea", tea), ("zzz", tea), ("tea", [])]
    assert main([*written(tmp_path, orders=texts), "--retrieval", "--json"]) == 0

    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["n", "right_first", "among_five", "p50_us", "p99_us"]
    assert (figures["right_first"], figures["among_five"]) == (0.25, 0.5)


def test_typos_are_made_before_reading(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same texts, mistyped: short ones stay, and the figures have the same names."""
    orders = [("a tart and a tea with extra pearls, " * 20, []), *ORDERS]
    found = []
    for arguments in ([], ["--typos", "1"], ["--typos", "1"], ["--typos", "2"]):
        assert main([*written(tmp_path, orders=orders), "--json", *arguments]) == 0
        found.append(json.loads(capsys.readouterr().out))
    assert all(list(figures) == list(found[0]) for figures in found)
    assert found[1]["item_quantity_f1"] == found[2]["item_quantity_f1"]


def explained(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the trace of *text*."""
    menu = written(folder)[:2]
    assert main([*menu, "--explain", text]) == 0
    return capsys.readouterr().out


def test_a_trace_tells_each_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From what each word means over the grammar to the lines, the coupon and the verdict."""
    shown = explained(tmp_path, "2 large teas with no pearls and a tart, code SPRING25", capsys)

    rows = [" ".join(row.split()) for row in shown.splitlines()]
    assert "large option size=l" in rows
    assert "no topping=p" in rows
    assert "2 x tea [size=l, no topping=p]" in rows
    assert rows[-3:] == ["coupon", "SPRING25", "certain"]


def test_a_trace_tells_why_it_is_not_certain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The doubts are named, and what the text may mean."""
    rows = explained(tmp_path, "a purple tart", capsys).splitlines()

    assert rows[-2:] == ["not certain: unknown_word", "candidates: tart"]


def test_texts_and_one_text_are_not_asked_for_together(tmp_path: Path) -> None:
    """One of both is needed, and not two."""
    arguments = written(tmp_path)
    for wrong in (arguments[:2], [*arguments, "--explain", "tea"]):
        with pytest.raises(SystemExit):
            main(wrong)
