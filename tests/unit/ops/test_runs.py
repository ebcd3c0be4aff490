"""`python -m ops runs`, as a shell has it, over fakes and a file server on loopback."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.application.make_run import run_id_for
from chalicelib.bootstrap import install
from chalicelib.domain.run import (
    Check,
    Cursor,
    Form,
    Listed,
    ModelWay,
    Place,
    Progress,
    PutOff,
    Report,
    Run,
    RunState,
    Whom,
)
from ops import runs as command
from ops.__main__ import main
from ops.run_output import bar, facts
from tests.unit.entrypoints.shop import Shop

LINES = b'{"customer_id":"c1","text":"a tea"}\n' * 60
RUN = run_id_for("gifts")


class FileServer(ThreadingHTTPServer):
    """What presigned addresses lead to: takes what is PUT, gives what was laid there."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.shop = shop
        self.given: dict[str, bytes] = {}
        self.fails = 0

    @property
    def base(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FileServer

    def do_PUT(self) -> None:
        """Take a file or a part."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.fails > 0:
            self.server.fails -= 1
            self._answer(503)
            return
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        if "part" in query:
            number = int(query["part"][0])
            self.server.shop.uploads.parts[number] = body
            self._answer(200, etag=f'"{number}"')
            return
        self.server.shop.uploads.put(parts.path.removeprefix("/"), body)
        self._answer(200, etag='"one"')

    def do_GET(self) -> None:
        """Give what was laid there."""
        content = self.server.given.get(self.path)
        self._answer(404 if content is None else 200, content or b"")

    def _answer(self, status: int, body: bytes = b"", etag: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Return a shop whose services the command finds."""
    opened = Shop()
    monkeypatch.setattr(command, "run_services", lambda _: opened.services)
    return opened


@pytest.fixture
def server(shop: Shop) -> Iterator[FileServer]:
    """Return a file server that the shop's uploads lead to."""
    with FileServer(shop) as opened:
        thread = Thread(target=opened.serve_forever, args=(0.01,))
        thread.start()
        shop.uploads.base = opened.base
        yield opened
        opened.shutdown()
        thread.join()


Ran = tuple[int, list[Any]]


@pytest.fixture
def run(shop: Shop, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Return a call of the command; its answer is the exit code and what was printed as JSON."""
    assert shop.clock.now()

    def call(*arguments: str) -> Ran:
        exit_ = main(["runs", *arguments, "--json"])
        return exit_, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return call


def make(run: Callable[..., Ran], path: Path, *more: str) -> Ran:
    """Make a run of the file."""
    return run(
        "make", str(path), "--name", "gifts", "--merchant", "tea-house", "--per-second", "5", *more
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file of 60 lines."""
    path = tmp_path / "lines.jsonl"
    path.write_bytes(LINES)
    return path


def test_make_uploads_the_file_in_parts(
    shop: Shop, server: FileServer, run: Callable[..., Ran], file: Path
) -> None:
    """All of it, byte for byte, and the run is a draft; again, it is the same run."""
    assert server.base
    for _ in range(2):
        exit_, (fact,) = make(run, file, "--daily-cap", "1000")
        assert (exit_, fact["id"], fact["state"]) == (0, RUN, "draft")
    one = shop.runs.runs[RUN]
    assert len(shop.uploads.parts) == 3
    assert shop.sources.files[one.plan.source.key] == LINES
    assert one.plan.rate.daily_cap == 1_000


def test_make_uploads_a_small_packed_file_at_once(
    shop: Shop, server: FileServer, run: Callable[..., Ran], tmp_path: Path
) -> None:
    """Its name says what it is; it goes up as it lies there, though the server stumbles twice."""
    path = tmp_path / "lines.csv.gz"
    path.write_bytes(gzip.compress(b"customer_id,text\nc1,a tea\n"))
    server.fails = 2
    assert make(run, path)[0] == 0
    source = shop.runs.runs[RUN].plan.source
    assert (source.form, source.gzip) == (Form.CSV, True)
    assert shop.sources.files[source.key] == path.read_bytes()


def test_a_run_may_be_for_known_customers_only(
    shop: Shop, server: FileServer, run: Callable[..., Ran], file: Path
) -> None:
    """If that is said: else it is for anybody, and one name is one run."""
    assert server.base
    assert make(run, file, "--customers", "known")[0] == 0
    assert shop.runs.runs[RUN].plan.customers is Whom.KNOWN
    exit_, (fact,) = make(run, file)
    assert (exit_, fact["error"]) == (2, "run_exists")


def test_a_place_that_takes_no_file_is_exit_3(
    server: FileServer, run: Callable[..., Ran], file: Path
) -> None:
    """After three attempts; the same command goes on."""
    server.fails = 3
    exit_, (fact,) = make(run, file)
    assert (exit_, fact["error"]) == (3, "store_unavailable")
    assert make(run, file)[0] == 0


@pytest.mark.parametrize(
    ("more", "error"),
    [
        (("--per-second", "0"), "plan_refused"),
        (("--per-second", "nan"), "plan_refused"),
        (("--daily-cap", "0"), "plan_refused"),
        (("--answer-within", "1"), "plan_refused"),
        (("--closes-at", "2020-01-01T00:00:00Z"), "plan_refused"),
        (("--name", " "), "plan_refused"),
        (("--name", "two\nlines"), "plan_refused"),
        (("--name", "half \udcff"), "plan_refused"),
        (("--opens-at", "0001-01-01T00:00:00+23:00"), "plan_refused"),
        (("--opens-at", "9999-12-31T23:59:59-23:00"), "plan_refused"),
        (("--closes-at", "3000-01-01T00:00:00Z"), "plan_refused"),
        (("--merchant", "half \udcff"), "unknown_merchant"),
        (("--coupon", ""), "coupon_not_found"),
        (("--coupon", "half \udcff"), "coupon_not_found"),
        (("--merchant", "nobody"), "unknown_merchant"),
        (("--coupon", "NOPE"), "coupon_not_found"),
    ],
)
def test_what_can_t_be_made_is_exit_2(
    shop: Shop, run: Callable[..., Ran], file: Path, more: tuple[str, ...], error: str
) -> None:
    """With the reason's name, and nothing is made or uploaded."""
    exit_, (fact,) = make(run, file, *more)
    assert (exit_, fact["error"]) == (2, error)
    assert not shop.runs.runs
    assert not shop.uploads.begun


@pytest.mark.parametrize(("name", "content"), [("a.xlsx", b"x"), ("a.csv", b""), ("no.csv", None)])
def test_an_unusable_file_is_exit_2(
    shop: Shop, run: Callable[..., Ran], tmp_path: Path, name: str, content: bytes | None
) -> None:
    """One of another kind, an empty one, and none."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    exit_, (fact,) = make(run, tmp_path / name)
    assert (exit_, fact["error"]) == (2, "unusable_file")
    assert not shop.runs.runs


def drafted(shop: Shop, **changes: Any) -> Run:
    """Put a run on record."""
    made = shop.ops(
        "POST",
        "/runs",
        {
            "name": "gifts",
            "merchant": "tea-house",
            "rate": {"per_second": 50},
            "source": {"lines": [{"customer_id": "c1", "text": "a tea"}]},
        },
    )
    run = replace(shop.runs.runs[made.json["id"]], **changes)
    shop.runs.runs[run.id] = run
    return run


@pytest.fixture
def draft(shop: Shop) -> Iterator[Run]:
    """Return a draft."""
    install(shop.services)
    yield drafted(shop)
    install(None)


def later(shop: Shop, **changes: Any) -> None:
    """Have the run change while it is watched, at the third look."""
    looks = 0
    sleep = shop.clock.sleep

    def slept(ms: int) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            shop.runs.runs[RUN] = replace(shop.runs.runs[RUN], **changes)
        sleep(ms)

    shop.clock.sleep = slept  # type: ignore[method-assign]


def test_the_command_line_shows_what_the_api_shows(
    shop: Shop, draft: Run, run: Callable[..., Ran]
) -> None:
    """Field by field, of a run that has everything."""
    progress = Progress(
        fed=Cursor(offset=9, lines=9),
        faults={"invalid": 1},
        outcomes={"rejected:gone": 2},
        put_off=PutOff(count=3, ends={"expired": 1}),
    )
    check = Check(complete=True, cursor=Cursor(lines=9))
    full = replace(draft, started_at=1, finished_at=2, progress=progress, check=check)
    full = replace(full, plan=replace(full.plan, model=ModelWay.BATCH))
    shop.runs.runs[RUN] = replace(full, state=RunState.COMPLETED)
    exit_, (fact,) = run("watch", "gifts")
    assert exit_ == 1
    assert fact == shop.ops("GET", f"/runs/{RUN}").json
    assert fact["put_off"] == {"waiting": 3, "ends": {"expired": 1}}


@pytest.mark.usefixtures("draft")
def test_each_command_is_given(shop: Shop, run: Callable[..., Ran]) -> None:
    """By name or by id; a repeat changes nothing; what can't be obeyed is exit 2."""
    for verb, state in (("start", "running"), ("pause", "paused"), ("resume", "running")):
        for name in ("gifts", RUN):
            exit_, (fact,) = run(verb, name)
            assert (exit_, fact["state"]) == (0, state)
    exit_, (fact,) = run("cancel", "gifts", "--drop")
    assert (exit_, fact["state"]) == (0, "cancelled")
    assert shop.runs.runs[RUN].drop
    assert run("resume", "gifts")[0] == 2
    exit_, (fact,) = run("pause", "nobody")
    assert (exit_, fact["error"]) == (2, "run_not_found")


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize(("faults", "exit_"), [({}, 0), ({"not_json": 1}, 1)])
def test_check_waits_for_what_it_finds(
    shop: Shop, run: Callable[..., Ran], faults: dict[str, int], exit_: int
) -> None:
    """And its exit code says whether every line is good."""
    later(shop, check=Check(complete=True, faults=faults))
    ended, said = run("check", "gifts")
    assert ended == exit_
    assert said[-1]["check"]["complete"]
    assert said[-1]["check"]["faults"] == faults


@pytest.mark.parametrize(
    ("state", "progress", "exit_"),
    [
        (RunState.COMPLETED, Progress(outcomes={"confirmed": 3, "rejected:sold_out": 7}), 0),
        (RunState.COMPLETED, Progress(faults={"not_json": 1}), 1),
        (RunState.COMPLETED, Progress(outcomes={"missing": 1}), 1),
        (RunState.FAILED, Progress(), 1),
        (RunState.CANCELLED, Progress(), 1),
    ],
)
def test_watch_ends_with_the_run(
    shop: Shop,
    draft: Run,
    run: Callable[..., Ran],
    state: RunState,
    progress: Progress,
    exit_: int,
) -> None:
    """It looks every two seconds; whoever got no coupon is no fault of the run."""
    shop.runs.runs[RUN] = replace(draft, state=RunState.RUNNING, started_at=1)
    later(shop, state=state, finished_at=2, progress=progress)
    ended, said = run("watch", "gifts")
    assert (ended, said[-1]["state"], said[-1]["finished"]) == (exit_, state, True)
    assert shop.clock.now() - draft.made_at == 3 * 2_000


@pytest.mark.usefixtures("draft")
def test_watching_can_be_stopped(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Ran]
) -> None:
    """Ctrl-C leaves the run as it is, and is exit 130."""

    def stopped(_: int) -> None:
        raise KeyboardInterrupt

    run("start", "gifts")
    monkeypatch.setattr(shop.clock, "sleep", stopped)
    assert run("watch", "gifts")[0] == 130
    assert shop.runs.runs[RUN].state is RunState.RUNNING


def test_people_are_told_in_words(
    shop: Shop, draft: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was checked, fed, answered and spent."""
    progress = Progress(
        fed=Cursor(offset=9, lines=1_234),
        queued=1_230,
        faults={"not_json": 4},
        listed=Listed(collected=Place(offset=12, rows=1_234)),
        outcomes={"confirmed": 300, "rejected:sold_out": 930},
        discounts=45_000,
        model_microdollars=2_500,
    )
    check = Check(complete=True, cursor=Cursor(lines=1_234), found={"items": 1_230}, total=5)
    full = replace(draft, started_at=1, finished_at=2, progress=progress, check=check)
    shop.runs.runs[RUN] = replace(full, state=RunState.COMPLETED)
    assert main(["runs", "watch", "gifts"]) == 1
    said = capsys.readouterr().out
    for words in (
        "1,234 lines",
        "4 not_json",
        "300 confirmed",
        "930 sold_out",
        "45,000 USD",
        "$0.0025",
    ):
        assert words in said


def test_the_bar_grows(shop: Shop, draft: Run) -> None:
    """With the part of the file that was fed."""
    view = shop.services.see_run.view(draft)
    bars = [bar(replace(view, share=share)) for share in (0.0, 0.5, 1.0)]
    assert [one.count("#") for one in bars] == [0, 12, 24]
    assert "[" not in bar(view)
    assert "eta" not in facts(view)


def test_who_watches_is_told_of_lines_that_wait(
    shop: Shop, draft: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """While a run asks the Batch API, how many; at its end how batches ended."""
    waits = Progress(put_off=PutOff(count=1_234))
    batched = replace(draft.plan, model=ModelWay.BATCH)
    shop.runs.runs[RUN] = replace(
        draft, plan=batched, state=RunState.RUNNING, started_at=1, progress=waits
    )
    assert "1,234 put off" in bar(shop.services.see_run(RUN))
    done = replace(waits, put_off=PutOff(ends={"completed": 7, "expired": 1}))
    later(shop, state=RunState.COMPLETED, finished_at=2, progress=done)
    assert main(["runs", "watch", "gifts"]) == 0
    said = capsys.readouterr().out
    assert "0 lines wait for a batch, batches: 7 completed, 1 expired" in said
    assert "put off" not in bar(shop.services.see_run(RUN))


def test_results_come_into_one_file(
    shop: Shop, server: FileServer, draft: Run, run: Callable[..., Ran], tmp_path: Path
) -> None:
    """Every part in order; where one can't be had, there is no file."""
    report = Report(closed=2, open_bytes=1)
    ended = replace(draft, state=RunState.COMPLETED, finished_at=1)
    shop.runs.runs[RUN] = replace(ended, progress=Progress(results=report))
    shop.services.reports = shop.reports
    urls = [f"{server.base}/{number}?signed=1" for number in range(3)]
    shop.reports.addresses = lambda name, report: urls  # type: ignore[method-assign] # noqa: ARG005
    out = tmp_path / "out.jsonl"
    server.given = {"/0?signed=1": b"a\n", "/1?signed=1": b"b\n"}
    assert run("results", "gifts", "--out", str(out))[0] == 3
    assert list(tmp_path.iterdir()) == []
    server.given["/2?signed=1"] = b"c\n"
    exit_, (fact,) = run("results", "gifts", "--out", str(out))
    assert (exit_, fact["complete"], fact["bytes"]) == (0, True, 6)
    assert out.read_bytes() == b"a\nb\nc\n"
    nowhere = str(tmp_path / "none" / "out")
    assert run("results", "gifts", "--out", nowhere)[0] == 2


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize("name", ["half \udcff", "run_" + "\udcff" * 24, "run_" + "?" * 24, ""])
def test_a_name_that_no_run_has_is_exit_2(run: Callable[..., Ran], name: str) -> None:
    """Whatever it is made of."""
    exit_, (fact,) = run("pause", name)
    assert (exit_, fact["error"]) == (2, "run_not_found")


def test_a_name_may_look_like_an_id(shop: Shop, draft: Run, run: Callable[..., Ran]) -> None:
    """A run is found by it, since it is none that there could be."""
    name = "run_" + "?" * 24
    shop.runs.runs[run_id_for(name)] = replace(draft, id=run_id_for(name))
    exit_, (fact,) = run("watch", name)
    assert (exit_, fact["id"]) == (0, run_id_for(name))


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize("limit", ["-1", "0"])
def test_no_fewer_than_one_run_is_listed(run: Callable[..., Ran], limit: str) -> None:
    """It is refused by its name."""
    exit_, (fact,) = run("list", "--limit", limit)
    assert (exit_, fact["error"]) == (2, "unusable_input")


@pytest.mark.usefixtures("draft")
def test_runs_are_listed(run: Callable[..., Ran]) -> None:
    """As the API lists them."""
    exit_, (fact,) = run("list")
    assert (exit_, fact["id"], fact["state"], fact["lines_read"]) == (0, RUN, "draft", 0)


def test_a_stack_that_is_not_named_is_exit_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each variable that is missing is named."""
    for name in ("RUNS_BUCKET", "RUNS_QUEUE_URL", "CONTROL_TABLE", "COUPONS_TABLE"):
        monkeypatch.delenv(name, raising=False)
    assert main(["runs", "list", "--table", "coupons"]) == 2
    said = capsys.readouterr().err
    assert "CONTROL_TABLE" in said
    assert "RUNS_BUCKET" in said
    assert "COUPONS_TABLE" not in said
    assert "JWT_ISSUER" not in said
