"""`python -m ops codes`, over moto, as a shell has it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.dynamodb.keys import unique_key
from ops import codes
from ops.__main__ import main
from rushline_testing.clock import TurnableClock
from rushline_testing.environment import sealed
from tests.fakes.tables import define
from tests.unit.adapters.stores import Opened, refused
from tests.unit.domain.builders import NOW, terms

Run = Callable[..., tuple[int, list[Any], str]]
"""Runs a command with --json; returns its exit code, its facts and what it said to people."""


@pytest.fixture(scope="module")
def aws() -> Iterator[Clients]:
    """Return clients of an AWS that these tests share; each has its own tables in it."""
    with sealed(), mock_aws():
        yield Clients()


@pytest.fixture
def opened(aws: Clients, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Return a stack with two coupons, whose table the environment names."""
    opened = Opened(aws, TurnableClock(NOW))
    for code in ("SPRING25", "SUMMER25"):
        define(opened.services, terms(code, shards=1, unique=True))
    monkeypatch.setenv("COUPONS_TABLE", opened.coupons_table)
    return opened


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a command."""

    def run_(*arguments: object) -> tuple[int, list[Any], str]:
        exit_ = main(["codes", *map(str, arguments), "--json"])
        said = capsys.readouterr()
        return exit_, [json.loads(line) for line in said.out.splitlines()], said.err

    return run_


def use(opened: Opened, code: str) -> None:
    """Use *code* up, as settlement does."""
    opened.raw.update_item(
        TableName=opened.coupons_table,
        Key=unique_key(code),
        UpdateExpression="SET #state = :used",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":used": {"S": "used"}},
    )


def test_codes_go_from_one_coupon_to_a_file_and_back(
    opened: Opened, run: Run, tmp_path: Path
) -> None:
    """Made, exported with their states, and refused one by one where they are another's."""
    made, exported = tmp_path / "made.csv", tmp_path / "exported.jsonl.gz"
    make = ("make", "--coupon", "spring25", "--count", 120, "--prefix", "gift", "--out", made)
    exit_, facts, said = run(*make)
    assert (exit_, said) == (0, "")
    assert facts == [
        {
            "coupon": "SPRING25",
            "batch": "made",
            "kind": "made",
            "complete": True,
            "codes": 120,
            "refused": 0,
            "file": str(made),
            "written": 120,
        }
    ]
    header, *rows = made.read_text().split()
    assert header == "code"
    assert len(set(rows)) == 120
    assert all(code.startswith("GIFT-") for code in rows)

    use(opened, rows[7])
    batch = ("--coupon", "SPRING25", "--batch", "made")
    exit_, (fact,), _ = run("export", *batch, "--out", exported)
    assert (exit_, fact["written"]) == (0, 120)
    _, (fact,), _ = run("export", *batch, "--out", tmp_path / "used.csv", "--state", "used")
    assert (tmp_path / "used.csv").read_text().split() == ["code,state", f"{rows[7]},used"]

    into = ("--coupon", "SUMMER25", "--batch", "again", "--file", exported)
    exit_, facts, _ = run("import", *into)
    assert exit_ == 1
    assert facts[:-1] == [{"line": n, "refused": "clashing"} for n in range(1, 121)]
    assert (facts[-1]["codes"], facts[-1]["refused"]) == (0, 120)
    assert opened.item(opened.coupons_table, unique_key(rows[7]))["state"]["S"] == "used"


def test_the_same_command_again_changes_nothing(opened: Opened, run: Run, tmp_path: Path) -> None:
    """A second run of making writes the same file, a second import answers the same."""
    make = ("make", "--coupon", "SPRING25", "--count", 12, "--out")
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert run(*make, first)[0] == run(*make, second)[0] == 0
    assert first.read_bytes() == second.read_bytes()

    file = tmp_path / "bought.csv"
    file.write_text("code\nAAAA\n\nBBBB\nAAAA\n")
    read = ("import", "--coupon", "SPRING25", "--batch", "bought", "--file", file)
    exit_, facts, _ = run(*read)
    assert exit_ == 1
    assert facts[:-1] == [
        {"line": 3, "refused": "empty"},
        {"line": 5, "refused": "duplicate", "like": 2},
    ]
    before = opened.raw.scan(TableName=opened.coupons_table)["Items"]
    assert run(*read) == (1, facts[-1:], "")
    assert opened.raw.scan(TableName=opened.coupons_table)["Items"] == before

    out = tmp_path / "exported.csv"
    run("export", "--coupon", "SPRING25", "--batch", "bought", "--out", out)
    assert out.read_text().split() == ["code,state", "AAAA,issued", "BBBB,issued"]


def test_people_are_told_in_words(
    opened: Opened, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    """Without --json each bad line and the sum of it are sentences; --table names the table."""
    monkeypatch.delenv("COUPONS_TABLE")
    file = tmp_path / "bought.csv"
    file.write_text("code\nAAAA\nAAAA\n=1+1\n")
    read = ["codes", "import", "--coupon", "SPRING25", "--batch", "bought", "--file", str(file)]
    assert main([*read, "--table", opened.coupons_table]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "line 3: duplicate of line 2",
        "line 4: bad_characters",
        "SPRING25, batch bought: 1 codes, 2 lines refused",
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("make", "--coupon", "NONE", "--count", 1, "--out", "x.csv"), "coupon_not_found"),
        (("make", "--coupon", "SPRING25", "--count", 0, "--out", "x.csv"), "batch_unusable"),
        (("make", "--coupon", "SPRING25", "--count", 1, "--out", "x.txt"), "unusable_file"),
        (("make", "--coupon", "SPRING25", "--count", 1, "--out", "no/x.csv"), "unusable_file"),
        (("export", "--coupon", "SPRING25", "--batch", "x", "--out", "x.csv"), "batch_not_found"),
        (("import", "--coupon", "SPRING25", "--batch", "x", "--file", "x.csv"), "unusable_file"),
        (
            ("make", "--coupon", "C", "--count", 1, "--out", "x.csv", "--table", "none"),
            "no_table",
        ),
    ],
)
def test_unusable_input_is_one_line_and_exit_2(
    opened: Opened,
    run: Run,
    tmp_path: Path,
    monkeypatch: Any,
    arguments: tuple[object, ...],
    code: str,
) -> None:
    """It says what is wrong with it, to people and to programs, and leaves no file and no batch."""
    monkeypatch.chdir(tmp_path)
    exit_, (fact,), said = run(*arguments)
    assert (exit_, fact["error"]) == (2, code)
    assert said.startswith(f"{code}: ")
    assert len(said.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
    items = opened.raw.scan(TableName=opened.coupons_table)["Items"]
    assert {item["part"]["S"].partition("#")[0] for item in items} == {"command", "terms", "units"}


@pytest.mark.usefixtures("opened")
def test_a_file_that_changed_is_refused(run: Run, tmp_path: Path) -> None:
    """A batch goes on with the file that it began with, or not at all."""
    file = tmp_path / "bought.csv"
    read = ("import", "--coupon", "SPRING25", "--batch", "bought", "--file", file)
    file.write_text("code\nAAAA\n")
    assert run(*read)[0] == 0
    file.write_text("code\nAAAA\nBBBB\n")
    exit_, (fact,), _ = run(*read)
    assert (exit_, fact["error"]) == (2, "batch_differs")


def test_no_table_is_told(monkeypatch: Any, run: Run) -> None:
    """Without a name for it nothing is guessed."""
    monkeypatch.delenv("COUPONS_TABLE", raising=False)
    with sealed():
        exit_, (fact,), _ = run("export", "--coupon", "C", "--batch", "b", "--out", "x.csv")
    assert (exit_, fact["error"]) == (2, "unusable_input")


@pytest.mark.parametrize(
    ("error", "exit_", "code"),
    [
        (EndpointConnectionError(endpoint_url="https://made.up"), 3, "store_unavailable"),
        (refused("ThrottlingException"), 3, "store_unavailable"),
        (refused("AccessDeniedException"), 3, "store_refused"),
        (KeyboardInterrupt(), 130, "stopped"),
        (RuntimeError("ours"), 70, "fault"),
    ],
)
def test_what_stopped_it_is_told_by_the_exit_code(
    opened: Opened,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    exit_: int,
    code: str,
) -> None:
    """A script knows whether to try again; what was begun is finished by the same command."""
    monkeypatch.setattr("chalicelib.adapters.clock.SystemClock.sleep", lambda *_: None)
    make = ("make", "--coupon", "SPRING25", "--count", 5, "--out", tmp_path / "x.csv")

    def fail(name: str, parameters: dict[str, Any]) -> None:
        if name == "transact_write_items" and len(parameters["TransactItems"]) > 1:
            raise error

    opened.dynamodb.before = fail
    with monkeypatch.context() as patched:
        patched.setattr(codes, "dynamodb", lambda: opened.dynamodb)
        told, (fact,), _ = run(*make)
    assert (told, fact["error"]) == (exit_, code)
    assert not (tmp_path / "x.csv").exists()
    assert run(*make)[0] == 0


def test_progress_is_for_those_who_watch(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A terminal sees a line that is written over; a log file sees none of it."""
    from ops.command import Progress  # noqa: PLC0415 (after the terminal is what it shall be)

    Progress()("half")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    Progress()("half")
    assert capsys.readouterr().err == "\r\x1b[Khalf"


@pytest.mark.parametrize("arguments", [["--help"], ["codes", "--help"], ["codes", "make", "-h"]])
def test_each_command_explains_itself(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Help is on standard output, and all that runs tells what its exit codes mean."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 0
    assert "usage: python -m ops" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["codes"], ["codes", "make", "--count", "x"]])
def test_a_command_line_that_is_none_is_exit_2(arguments: list[str]) -> None:
    """As argparse has it, and as the exit codes promise."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
