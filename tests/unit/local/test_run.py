"""The command says what is wrong in a line, and never with a traceback."""

import os
import signal
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from infra.package import PackagingError
from local import run
from local.campaign import Shop
from local.deploy import DeployError
from local.lock import Lock
from local.places import Places
from local.reconcile import Line


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Run at places of the test's own, in an environment of its own."""
    places = Places(base=tmp_path / "stack")
    places.make()
    monkeypatch.setattr(run, "HERE", places)
    for name in ("NO_PROXY", "no_proxy", run.PORT_VARIABLE, *run.NOT_FOR_HERE):
        monkeypatch.setenv(name, "")
    return places


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("port", ["http", "80", "70000", "-1"])
def test_a_port_that_is_none_is_refused(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is packaged or started."""
    monkeypatch.setenv(run.PORT_VARIABLE, port)
    assert run.main(["--once"]) == 1
    assert "RUSHLINE_PORT" in capsys.readouterr().out


def test_a_second_run_is_told_of_the_first(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the process, and leaves it alone."""
    with Lock(places.run_lock) as first:
        assert first.take()
        first.sign(os.getpid())
        assert run.main([]) == 1
    assert f"process {os.getpid()}" in capsys.readouterr().out


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("error", [PackagingError("no wheel"), DeployError("Queue: [no] such")])
def test_what_fails_is_said_in_its_own_words(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Packaging and CloudFormation give their reasons; brackets in them are no markup."""

    def fail(_: Path) -> Path:
        raise error

    monkeypatch.setattr(run, "package", fail)
    assert run.main(["--once"]) == 1
    assert str(error) in capsys.readouterr().out


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("number", run.ENDINGS)
def test_an_interrupt_ends_in_order(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C and SIGTERM end the run with a word on its state, and the handlers are put back."""
    before = signal.getsignal(number)
    monkeypatch.setattr(run, "package", lambda _: signal.raise_signal(number))
    assert run.main([]) == 0
    assert "state is kept" in capsys.readouterr().out
    assert signal.getsignal(number) is before


@pytest.mark.usefixtures("places")
def test_the_environments_real_cloud_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile or an endpoint of the caller's leads nowhere, and loopback needs no proxy."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("NO_PROXY", "example.org")
    run._shield()
    assert "AWS_PROFILE" not in os.environ
    assert os.environ["NO_PROXY"] == "example.org,127.0.0.1,localhost"


@pytest.fixture
def stack_of_nothing(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take packaging, the cloud and the rush out of the run; what the rush found is its test's."""
    cloud = SimpleNamespace(endpoint_url="http://127.0.0.1:1", alive=False)
    stack = SimpleNamespace(
        api_url="http://127.0.0.1:1", ops_token="", fresh=False, forget_readings=lambda: None
    )
    monkeypatch.setattr(run, "package", lambda _: places.package)
    monkeypatch.setattr(run, "end_orphan", lambda _: None)
    monkeypatch.setattr(run, "running", lambda *_: nullcontext(cloud))
    monkeypatch.setattr(run, "bring_up", lambda *_: stack)
    monkeypatch.setattr(run, "check_health", lambda _: "1")
    monkeypatch.setattr(run, "write_down", lambda *_: None)
    monkeypatch.setattr(Shop, "publish_menu", lambda _: None)
    monkeypatch.setattr(Shop, "new_coupon", lambda _: "RUSH-1")
    played = SimpleNamespace(facts=None, posts_per_second=1.0)
    monkeypatch.setattr(run, "play", lambda *_: played)
    monkeypatch.setattr(run, "try_it", lambda *_: None)


@pytest.mark.usefixtures("stack_of_nothing")
@pytest.mark.parametrize(
    ("balanced", "status"), [((True, None, True), 0), ((True, False, None), 1), ((False,), 1)]
)
def test_once_fails_exactly_if_a_line_does_not_balance(
    balanced: tuple[bool | None, ...],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The exit status is the reconciliation's, and names the line; one that only counts is fine."""
    lines = tuple(
        Line(name=f"line {number}", figures="1 = 2", balanced=whether)
        for number, whether in enumerate(balanced)
    )
    monkeypatch.setattr(run, "reconcile", lambda _: lines)

    assert run.main(["--once"]) == status

    named = [line.name for line in lines if line.balanced is False]
    said = capsys.readouterr().out
    assert (f"does not balance: {', '.join(named)}" in said) == bool(named)


@pytest.mark.usefixtures("stack_of_nothing")
def test_without_once_the_stack_is_served_all_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever plays with the stack sees the red line, and keeps the stack to look into it."""
    off = Line(name="Off", figures="1 = 2", balanced=False)
    monkeypatch.setattr(run, "reconcile", lambda _: (off,))

    run.main([])

    assert "Serving." in capsys.readouterr().out
