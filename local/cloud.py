"""The local cloud: ministack, on loopback, with its state on disk.

It is ended with SIGTERM and waited for, because only then does it write its state.
"""

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import urllib3

from local.faults import LocalError
from local.lock import Lock
from local.places import Places

HOST = "127.0.0.1"
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
LOOK_AGAIN_SECONDS = 0.05
"""Between two looks at what tells nobody when it is ready."""
LOG_LINES_SHOWN = 5

#: What of the caller's environment the cloud may know. Not the rest: its functions would
#: take a profile, a key or an endpoint that was meant for the real cloud.
PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
)


class Cloud:
    """A cloud that runs."""

    def __init__(self, ministack: subprocess.Popen[bytes], port: int, places: Places) -> None:
        self._ministack = ministack
        self._places = places
        self.endpoint_url = f"http://{HOST}:{port}"

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._ministack.poll() is None

    def stop(self) -> None:
        """End it once its state is written. Repeatable.

        Raises `LocalError` if it would not end by itself: then what happened since its
        start is lost.
        """
        self._ministack.terminate()
        try:
            self._ministack.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._ministack.kill()
            self._ministack.wait()
            message = f"the local cloud did not stop in {STOP_SECONDS_MAX} s and lost its state"
            raise LocalError(message) from None
        finally:
            _end_functions(self._ministack.pid)
            shutil.rmtree(self._places.scratch, ignore_errors=True)


@contextlib.contextmanager
def running(places: Places, port: int) -> Iterator[Cloud]:
    """Start a cloud on *port* with the state at *places*, and stop it in any case.

    Raises `LocalError` if it can't be started: not installed, the port taken, or what its
    log says.
    """
    end_orphan(places)
    _check_installed()
    _check_port(port)
    cloud = _start(places, port)
    try:
        _wait_until_ready(cloud, places)
        yield cloud
    finally:
        cloud.stop()


def end_orphan(places: Places) -> int | None:
    """End a cloud whose starter is gone, and return its process id; None if there was none.

    Raises `LocalError` if it would not end.
    """
    places.make()
    with Lock(places.cloud_lock) as lock:
        if lock.take():
            return None
        pid = lock.holder()
        end = time.monotonic() + STOP_SECONDS_MAX
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        while time.monotonic() < end:
            if lock.take():
                return pid
            time.sleep(LOOK_AGAIN_SECONDS)
    message = f"a local cloud from an earlier run (process {pid}) does not end: kill {pid}"
    raise LocalError(message)


def move_state(places: Places, port: int) -> None:
    """Make the kept state that of a cloud on *port*, if it was another's.

    ministack 1.5.33 names a queue by its URL, port and all. On another port its event sources
    would find none of them, and say nothing.
    """
    state, port_file = places.state / "cloud", places.state / "port"
    state.mkdir(parents=True, exist_ok=True)
    before = port_file.read_text() if port_file.exists() else str(port)
    if before != str(port):
        for file in state.glob("*.json"):
            text = file.read_text()
            file.write_text(re.sub(rf"//localhost:{before}\b", f"//localhost:{port}", text))
    port_file.write_text(str(port))


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def log_tail(places: Places) -> str:
    """Return the last lines of the cloud's log, and where to read the rest."""
    lines = places.log.read_text(errors="replace").splitlines() if places.log.exists() else []
    return "\n".join([*lines[-LOG_LINES_SHOWN:], f"(the whole log: {places.log})"])


def _check_installed() -> None:
    if importlib.util.find_spec("ministack") is None:
        message = (
            f"ministack is not installed for {sys.executable}: delete .venv and run make again"
        )
        raise LocalError(message)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            message = f"port {port} can't be used ({error.strerror}): choose another, such as make run RUSHLINE_PORT={free_port()}"
            raise LocalError(message) from None


def _start(places: Places, port: int) -> Cloud:
    shutil.rmtree(places.scratch, ignore_errors=True)
    places.scratch.mkdir()
    move_state(places, port)
    with Lock(places.cloud_lock) as lock, places.log.open("wb") as log:
        if not lock.take():
            message = "another run is starting the local cloud at this moment"
            raise LocalError(message)
        ministack = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            env=_environment(places, port),
            cwd=places.scratch,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(lock.descriptor,),
            # In a session of its own, so that Ctrl-C reaches us and we end it in order.
            start_new_session=True,
        )
        lock.sign(ministack.pid)
    return Cloud(ministack, port, places)


def _environment(places: Places, port: int) -> dict[str, str]:
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {
        **passed,
        "NO_PROXY": f"{HOST},localhost",
        "HOME": str(places.scratch),
        "TMPDIR": str(places.scratch),
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(places.state / "cloud"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(places.state / "s3"),
        # It would listen on every interface for these.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PYTHONUNBUFFERED": "1",
    }


def _wait_until_ready(cloud: Cloud, places: Places) -> None:
    end = time.monotonic() + START_SECONDS_MAX
    with urllib3.PoolManager(retries=False, timeout=2) as http:
        while time.monotonic() < end and cloud.alive:
            with contextlib.suppress(urllib3.exceptions.HTTPError):
                if http.request("GET", f"{cloud.endpoint_url}/_ministack/ready").status == 200:  # noqa: PLR2004
                    return
            time.sleep(LOOK_AGAIN_SECONDS)
    why = "did not get ready" if cloud.alive else "ended at once"
    message = f"the local cloud {why}:\n{log_tail(places)}"
    raise LocalError(message)


def _end_functions(session: int) -> None:
    """End what is left of the cloud's functions, all of which are in its *session*'s group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(session, signal.SIGTERM)
