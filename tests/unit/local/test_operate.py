"""Operators' commands find the local stack, and leave somebody's own alone."""

import json
from pathlib import Path

import pytest

from local import operate
from ops.command import Exit


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what the command was run with, instead of running it."""
    seen: list[object] = []

    def run(arguments: object) -> int:
        seen.append(arguments)
        return 0

    monkeypatch.setattr(operate, "operate", run)
    return seen


def test_the_local_stack_is_found(tmp_path: Path, ran: list[object]) -> None:
    """Its file says where it is, as the environment would."""
    file = tmp_path / "stack.json"
    file.write_text(json.dumps({"environment": {"COUPONS_TABLE": "c", "ORDERS_TABLE": "o"}}))
    environment: dict[str, str] = {}
    assert operate.main(["reconcile"], file, environment) == 0
    assert environment == {"COUPONS_TABLE": "c", "ORDERS_TABLE": "o"}
    assert ran == [["reconcile"]]


def test_somebodys_own_tables_are_left_alone(tmp_path: Path, ran: list[object]) -> None:
    """Where the environment names a table, no local stack is looked for."""
    environment = {"COUPONS_TABLE": "mine"}
    assert operate.main(["reconcile"], tmp_path / "none", environment) == 0
    assert environment == {"COUPONS_TABLE": "mine"}
    assert len(ran) == 1


def test_no_stack_at_all_is_said(
    tmp_path: Path, ran: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is run against nobody knows what."""
    assert operate.main(["reconcile"], tmp_path / "none", {}) == Exit.UNUSABLE
    assert "make run" in capsys.readouterr().err
    assert ran == []
