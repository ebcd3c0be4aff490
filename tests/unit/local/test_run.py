"""The command says what is wrong in a line, and never with a traceback."""

import os
import signal
from pathlib import Path

import pytest

from infra.package import PackagingError
from local import run
from local.deploy import DeployError
from local.lock import Lock
from local.places import Places


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
