"""`python -m ops catalogue`, as a shell has it; the model is one on loopback."""

import copy
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ops.__main__ import main
from rushline_testing.model_server import Asked, Mode, ModelServer

CAFE: dict[str, Any] = {
    "catalogue": "café",
    "currency": "EUR",
    "option_groups": [
        {"group": "size", "select": "one", "values": [{"value": "l", "name": "large"}]}
    ],
    "items": [
        {"sku": "latte", "name": "latte", "aliases": ["caffe latte"], "unit_price": 400,
         "option_groups": ["size"]},
        {"sku": "black", "name": "americano", "unit_price": 300, "stocked": True},
    ],
}  # fmt: skip
Run = Callable[..., tuple[int, list[Any], str]]
KEY = "a-key-that-nobody-may-see"


def write(path: Path, document: object, *, indent: int | None = 1) -> Path:
    """Write *document* as people do."""
    path.write_text(json.dumps(document, indent=indent, ensure_ascii=False) + "\n")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a catalogue's file that nothing is wrong with."""
    return write(tmp_path / "cafe.json", CAFE)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a command; its exit code, its facts and what it said to people."""

    def run_(*arguments: object) -> tuple[int, list[Any], str]:
        exit_ = main(["catalogue", *map(str, arguments), "--json"])
        said = capsys.readouterr()
        return exit_, [json.loads(line) for line in said.out.splitlines()], said.err

    return run_


def test_a_clean_catalogue_is_exit_0(file: Path, run: Run) -> None:
    """All that is said is that nothing was found."""
    assert run("lint", file) == (0, [{"error": 0, "warning": 0, "note": 0}], "")


def test_an_error_is_exit_1_and_says_where_and_what_to_do(tmp_path: Path, run: Run) -> None:
    """With a stable code; warnings and notes alone are exit 0."""
    broken = copy.deepcopy(CAFE)
    broken["items"][1]["aliases"] = ["lattes", "americanos"]
    exit_, facts, _ = run("lint", write(tmp_path / "x.json", broken))
    assert exit_ == 1
    assert [(fact["code"], fact["severity"]) for fact in facts[:-1]] == [
        ("items_share_phrase", "error"),
        ("alias_repeats", "note"),
    ]
    assert (facts[0]["where"], facts[0]["others"]) == ("item latte", ["item black"])
    assert facts[0]["phrase"] == "latte"
    assert facts[0]["remedy"]
    assert facts[-1] == {"error": 1, "warning": 0, "note": 1}

    del broken["items"][1]["aliases"][0]
    assert run("lint", write(tmp_path / "x.json", broken))[0] == 0


def test_people_are_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each finding is two lines: what, and what to do."""
    lost = copy.deepcopy(CAFE)
    lost["items"][1]["name"] = "42"
    path = write(tmp_path / "x.json", lost)
    assert main(["catalogue", "lint", str(path)]) == 1
    what, remedy, summary = capsys.readouterr().out.splitlines()
    assert what.split()[:4] == ["error", "item_unnameable", "item", "black:"]
    assert "add an alias" in remedy
    assert summary == f"{path}: 1 errors, 0 warnings, 0 notes"


def test_what_can_not_be_published_is_an_error_in_it(tmp_path: Path, run: Run) -> None:
    """Each fault for which it would be refused is told, not only the first."""
    broken = copy.deepcopy(CAFE)
    broken["items"][0]["option_groups"] = ["cup"]
    broken["items"][1]["sku"] = "latte"
    exit_, facts, _ = run("lint", write(tmp_path / "x.json", broken))
    assert exit_ == 1
    assert [fact["code"] for fact in facts[:-1]] == ["not_publishable"] * 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file"),
        (b"{", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a catalogue"),
    ],
)
@pytest.mark.parametrize("verb", ["lint", "aliases"])
def test_no_catalogue_is_exit_2(
    tmp_path: Path, run: Run, verb: str, content: bytes | None, why: str
) -> None:
    """One line says which file and what of it, whatever the file has."""
    path = tmp_path / "x.json"
    if content is not None:
        path.write_bytes(content)
    exit_, (fact,), said = run(verb, path)
    assert (exit_, fact["error"]) == (2, "unusable_file")
    assert why in fact["message"]
    assert len(said.splitlines()) == 1


LONG = {"sku": "s" * 480, "name": "a", "unit_price": 1, "aliases": ["x"] * 60}


@pytest.mark.parametrize(
    ("content", "places"),
    [
        ({"currency": "EUR"}, ["items"]),
        ({**CAFE, "prices": 1}, ["prices"]),
        ({"currency": "EUR", "items": [{"sku": "a", "name": "a", "unit_price": "1"}]}, ["items.0"]),
        ({"currency": "EUR", "items": [{"sku": "a", "name": "a", "unit_price": -1}]}, ["items.0"]),
        ({"currency": "euros", "items": [LONG]}, ["currency", "items.0.sku", "items.0.aliases"]),
    ],
)
def test_what_the_api_would_refuse_is_an_error(
    tmp_path: Path, run: Run, content: dict[str, Any], places: list[str]
) -> None:
    """Each fault is named with its place, and none quotes what the file has there."""
    path = tmp_path / "x.json"
    path.write_text(json.dumps(content))
    exit_, (*findings, _), _ = run("lint", path)
    assert exit_ == 1
    assert {finding["code"] for finding in findings} == {"not_publishable"}
    assert len(findings) == len(places)
    for finding, place in zip(findings, places, strict=True):
        assert finding["what"].startswith(place)
        assert "sss" not in finding["what"]


def names(asked: Asked) -> str:
    """Return good names, names that are taken, and names for what was not asked about."""
    things = json.loads(asked.prompts[-1])
    found = [{"id": 99, "names": ["gin"]}]
    for thing in things:
        match thing["names"][0]:
            case "latte":
                found.append({"id": thing["id"], "names": ["Milky  One", "americano", "a latte"]})
            case "americano":
                found.append({"id": thing["id"], "names": ["joe", "large joe"]})
            case "large":
                found.append({"id": thing["id"], "names": ["grande"]})
    return json.dumps({"things": found})


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    """Return a model that names things, which the environment points at."""
    with ModelServer() as server:
        server.says = names
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield server


def test_proposals_are_told_and_nothing_is_changed(
    file: Path, run: Run, model: ModelServer
) -> None:
    """What the menu can take, and why the rest was dropped."""
    before = file.read_bytes()
    exit_, facts, said = run("aliases", file)
    assert (exit_, said) == (0, "")
    assert facts == [
        {"where": "item latte", "alias": "milky one"},
        {"where": "item black", "alias": "joe"},
        {"where": "option size:l", "alias": "grande"},
        {"where": "item latte", "dropped": "americano", "why": "taken"},
        {"where": "item latte", "dropped": "a latte", "why": "language"},
        {"where": "item black", "dropped": "large joe", "why": "read_otherwise"},
        {"aliases": 3, "dropped": 3, "unanswered": [], "written": False},
    ]
    assert file.read_bytes() == before
    assert [asked.format for asked in model.asked] == ["json_schema"]
    assert "400" not in model.asked[0].prompts[-1]


@pytest.mark.usefixtures("model")
def test_the_diff_is_a_patch(
    file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What stands on standard output makes, by `patch`, the very file that --write makes."""
    assert main(["catalogue", "aliases", str(file)]) == 0
    diff = capsys.readouterr()
    assert diff.out.startswith("--- a/cafe.json\n+++ b/cafe.json\n")
    assert [line for line in diff.out.splitlines()[2:] if line.startswith("-")] == [
        '-     "name": "large"',  # a comma more
        '-    "caffe latte"',
    ]
    assert "dropped (taken) item latte: americano" in diff.err
    written = Path(shutil.copy(file, tmp_path / "written.json"))
    assert main(["catalogue", "aliases", str(written), "--write"]) == 0
    if patch := shutil.which("patch"):
        subprocess.run([patch, "-s", str(file)], input=diff.out.encode(), check=True)  # noqa: S603
        assert file.read_bytes() == written.read_bytes()
    document = json.loads(written.read_text())
    assert document["items"][0]["aliases"] == ["caffe latte", "milky one"]
    assert list(document["items"][1]) == ["sku", "name", "aliases", "unit_price", "stocked"]
    assert written.read_text().startswith('{\n "catalogue": "café"')
    capsys.readouterr()
    assert main(["catalogue", "aliases", str(written)]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("model")
def test_a_file_of_one_line_is_laid_out_for_review(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A diff of one endless line could not be read."""
    path = write(tmp_path / "x.json", CAFE, indent=None)
    assert main(["catalogue", "aliases", str(path)]) == 0
    diff = capsys.readouterr().out.splitlines()
    assert '+        "joe"' in diff
    assert max(map(len, diff)) < 40


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        (Mode.GARBAGE, "not the shape asked for"),
        (Mode.EMPTY, "not the shape asked for"),
        (Mode.REFUSAL, "not the shape asked for"),
        (Mode.UNAUTHORIZED, "HTTP 401"),
        (Mode.FAILING, "HTTP 500"),
        (Mode.NOT_A_COMPLETION, "no chat completion"),
    ],
)
def test_a_model_that_says_nothing_usable_is_exit_3(
    file: Path, run: Run, model: ModelServer, mode: Mode, why: str
) -> None:
    """Neither its words nor the key are repeated."""
    model.mode = mode
    exit_, (fact,), said = run("aliases", file)
    assert (exit_, fact["error"]) == (3, "model_unavailable")
    assert why in fact["message"]
    assert KEY not in said + json.dumps(fact)


def test_a_model_that_fails_on_a_part_is_exit_1(
    tmp_path: Path, run: Run, model: ModelServer
) -> None:
    """The rest is still proposed; after three failures in a row nothing more is asked."""
    large = copy.deepcopy(CAFE)
    large["items"] += [
        {"sku": f"s{n}", "name": f"{first}{second} cake", "unit_price": 100}
        for n, (first, second) in enumerate((a, b) for a in "bcdfghjklm" for b in ("arax", "osox", "utux", "epex", "imix"))
    ]  # fmt: skip
    answers = iter([names])

    def once(asked: Asked) -> str:
        return next(answers, lambda _: "what?")(asked)

    model.says = once
    exit_, facts, _ = run("aliases", write(tmp_path / "x.json", large))
    assert exit_ == 1
    assert facts[-1]["unanswered"] == ["not the shape asked for"] * 3
    assert facts[-1]["aliases"] == 2
    assert len(model.asked) == 4


def test_no_key_and_no_address_are_exit_2(
    file: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no key is sent in the clear to another machine."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert run("aliases", file)[1][0]["error"] == "unusable_input"
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    exit_, (fact,), _ = run("aliases", file, "--base-url", "http://models.example/v1")
    assert (exit_, fact["error"]) == (2, "unusable_input")
    assert "https" in fact["message"]
    assert KEY not in fact["message"]


@pytest.mark.parametrize("verb", [[], ["lint"], ["aliases"]])
def test_help_tells_the_exit_codes(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """As every command of ours does."""
    with pytest.raises(SystemExit):
        main(["catalogue", *verb, "--help"])
    told = capsys.readouterr().out
    assert "usage: python -m ops catalogue" in told
    assert "exit codes" in told or not verb


def test_what_a_terminal_would_obey_is_shown_instead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Colours and marks of direction in a name stand there as escapes."""
    content = copy.deepcopy(CAFE)
    content["items"][1]["name"] = content["items"][0]["name"] = "lat\x1b[31mte\u202e"
    assert main(["catalogue", "lint", str(write(tmp_path / "x.json", content))]) == 1
    shown = capsys.readouterr().out
    assert "\\x1b[31m" in shown
    assert not set("\x1b\u202e") & set(shown)


def test_a_catalogue_that_was_fetched_can_be_linted(tmp_path: Path, run: Run) -> None:
    """What the API adds where it shows one is no fault."""
    shown = {**CAFE, "merchant": "cafe", "version": 3}
    exit_, facts, _ = run("lint", write(tmp_path / "x.json", shown))
    assert exit_ == 0
    assert "not_publishable" not in {fact.get("code") for fact in facts}
