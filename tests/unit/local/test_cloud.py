"""Starting and ending the local cloud says what is wrong instead of failing somehow."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local import cloud
from local.clean import forget
from local.faults import LocalError
from local.lock import Lock
from local.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Return places that nobody has used."""
    places = Places(base=tmp_path / "stack")
    places.make()
    return places


def test_a_taken_port_is_named_with_a_way_out(places: Places) -> None:
    """The message names the port and one that is free."""
    with socket.socket() as other:
        other.bind((cloud.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with (
            pytest.raises(LocalError, match=rf"port {port} .*RUSHLINE_PORT=\d+"),
            cloud.running(places, port),
        ):
            pass


def test_a_missing_ministack_is_named(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without it is told how to get one with it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with (
        pytest.raises(LocalError, match="ministack is not installed"),
        cloud.running(places, cloud.free_port()),
    ):
        pass


def test_a_cloud_that_ends_at_once_shows_its_log(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it said last is in the message, and nothing holds its lock."""
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with (
        pytest.raises(LocalError, match=r"ended at once:(.|\n)*cloud\.log"),
        cloud.running(places, cloud.free_port()),
    ):
        pass
    assert cloud.end_orphan(places) is None


def test_nothing_that_is_meant_for_the_real_cloud_reaches_it(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys, profiles and endpoints stay outside, and it listens on loopback alone."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "OPENAI_API_KEY", "PYTHONPATH"):
        monkeypatch.setenv(name, "real")
    environment = cloud._environment(places, 4601)
    assert "real" not in environment.values()
    assert environment["BIND_HOST"] == "127.0.0.1"
    assert (environment["IOT_MTLS_ENABLED"], environment["SFTP_ENABLED"]) == ("0", "0")


def test_state_moves_to_another_port(places: Places) -> None:
    """Queues are found under the new port's URLs; nothing else is touched."""
    cloud.move_state(places, 4601)
    kept = places.state / "cloud" / "sqs.json"
    kept.write_text('{"http://localhost:4601/0/q": 1, "http://localhost:46012/": 2, "4601": 3}')
    cloud.move_state(places, 4602)
    assert kept.read_text() == (
        '{"http://localhost:4602/0/q": 1, "http://localhost:46012/": 2, "4601": 3}'
    )
    cloud.move_state(places, 4601)
    assert "localhost:4601/0/q" in kept.read_text()


def orphan(places: Places) -> subprocess.Popen[bytes]:
    """Start a program that holds the cloud's lock, as a cloud does whose starter is gone."""
    with Lock(places.cloud_lock) as lock:
        assert lock.take()
        program = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=(lock.descriptor,)
        )
        lock.sign(program.pid)
    return program


def test_an_orphan_is_ended_with_sigterm(places: Places) -> None:
    """A cloud that an earlier run left behind gets the chance to write its state."""
    program = orphan(places)
    assert cloud.end_orphan(places) == program.pid
    assert program.wait(5) == -signal.SIGTERM
    assert cloud.end_orphan(places) is None


def test_a_stale_pid_file_harms_nobody(places: Places) -> None:
    """A file that names a living stranger is not believed: nobody holds the lock."""
    places.cloud_lock.write_text(f"{os.getppid()}\n")
    assert cloud.end_orphan(places) is None


def test_clean_forgets_all_but_not_a_running_stack(places: Places) -> None:
    """While a run holds the lock it is refused; then everything goes, the orphan too."""
    with Lock(places.run_lock) as run:
        assert run.take()
        run.sign(os.getpid())
        with pytest.raises(LocalError, match=f"process {os.getpid()}"):
            forget(places)
    program = orphan(places)
    forget(places)
    assert program.wait(5) == -signal.SIGTERM
    assert not places.base.exists()
    forget(places)
