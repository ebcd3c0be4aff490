"""Run Rushline on this machine: ``python -m local.run [--once]``.

Package the app, start the local cloud, deploy the package to it, play a rush and reconcile
it; then serve until Ctrl-C, or with ``--once`` end, with a failure if a line of the
reconciliation does not balance. What was stored outlasts the end; `local.clean` forgets it.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from types import FrameType

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.package import PackagingError, package
from local import show
from local.api import Api
from local.campaign import Shop
from local.cloud import HOST, Cloud, end_orphan, log_tail, running
from local.deploy import DeployError
from local.faults import LocalError
from local.lock import Lock
from local.logs import write_logs
from local.places import HERE, Places
from local.play import play
from local.reconcile import reconcile
from local.stack import STACK, Stack, bring_up, check_health, write_down
from local.stand_in import stand_in
from local.try_it import try_it
from rushline_testing.model_server import ModelServer

PORT_VARIABLE = "RUSHLINE_PORT"
PORT_DEFAULT = "4577"
PORT_MIN, PORT_MAX = 1024, 65_535
LOOK_SECONDS = 1
ENDINGS = (signal.SIGINT, signal.SIGTERM)

#: Meant for the real cloud, or for the way to it: none of it may reach the local one.
NOT_FOR_HERE = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m local.run", description="Run Rushline on this machine."
    )
    parser.add_argument("--once", action="store_true", help="stop after the reconciliation")
    once: bool = parser.parse_args(arguments).once
    console = Console(highlight=False)
    _shield()
    try:
        with _interruptible(), _only_run(HERE):
            return _run(HERE, _port(os.environ.get(PORT_VARIABLE, "")), console, once=once)
    except (LocalError, PackagingError, DeployError) as error:
        _print_fault(console, str(error))
    except (ClientError, BotoCoreError) as error:
        _print_fault(console, f"the local cloud: {error}\n{log_tail(HERE)}")
    except KeyboardInterrupt:
        console.print("\nStopped. The state is kept for the next run; make clean forgets it.")
        return 0 if not once else 1
    return 1


def _run(places: Places, port: int, console: Console, *, once: bool) -> int:
    places.make()
    with show.step(console, "Package the app"):
        template = package(places.package)
    orphan = end_orphan(places)
    if orphan is not None:
        console.print(f"Stopped a local cloud that an earlier run left behind (process {orphan}).")
    with ExitStack() as until_the_end:
        model = stand_in(port + 1, until_the_end)
        with show.step(console, "Start the local cloud") as notes:
            cloud = until_the_end.enter_context(running(places, port))
            notes.append(cloud.endpoint_url)
        until_the_end.enter_context(_logs_kept(places, cloud))
        with show.step(console, "Deploy the package") as notes:
            stack = bring_up(places, template, cloud.endpoint_url, model.base_url if model else "")
            build = check_health(stack)
            notes.append(f"build {build}" + ("" if stack.fresh else ", unchanged"))
        api = until_the_end.enter_context(closing(Api(stack.api_url)))
        off = _rush(places, stack, api, console, model)
        if once and off:
            message = f"does not balance: {', '.join(off)}"
            raise LocalError(message)
        if not once:
            try_it(stack, api, console)
            _serve(cloud, places, console)
    return 0


def _rush(
    places: Places, stack: Stack, api: Api, console: Console, model: ModelServer | None
) -> list[str]:
    """Play a rush, print its reconciliation and return which lines of it don't balance."""
    shop = Shop(api, stack.ops_token)
    with show.step(console, "Load the menu and a coupon") as notes:
        shop.publish_menu()
        coupon = shop.new_coupon()
        stack.forget_readings()
        notes.append(coupon)
    write_down(places, stack, coupon)
    played = play(stack, api, coupon, console, model)
    lines = reconcile(played.facts)
    console.print(f"{played.posts_per_second:.0f} POST /intents a second on this machine.")
    show.reconciliation(console, lines)
    return [line.name for line in lines if line.balanced is False]


def _serve(cloud: Cloud, places: Places, console: Console) -> None:
    """Go on until interrupted. Raises `LocalError` if the cloud ends first."""
    console.print(
        f"\nServing. Addresses and tokens: {places.stack}; log: {places.log}. Ctrl-C stops.",
        soft_wrap=True,
    )
    while cloud.alive:
        time.sleep(LOOK_SECONDS)
    message = f"the local cloud ended by itself:\n{log_tail(places)}"
    raise LocalError(message)


def _port(wanted: str) -> int:
    text = wanted or PORT_DEFAULT
    if not text.isdecimal() or not PORT_MIN <= int(text) <= PORT_MAX:
        message = f"{PORT_VARIABLE} is {text!r}; it takes a port from {PORT_MIN} to {PORT_MAX}"
        raise LocalError(message)
    return int(text)


@contextmanager
def _logs_kept(places: Places, cloud: Cloud) -> Iterator[None]:
    """Copy what the functions logged out of the cloud when something goes wrong, and say where to."""
    since_ms = int(time.time() * 1000)
    try:
        yield
    except (LocalError, DeployError) as error:
        if not cloud.alive:
            raise
        errors = write_logs(STACK, cloud.endpoint_url, since_ms, places.functions_log)
        message = (
            f"{error}\nThe functions logged {errors} errors: {places.functions_log}\n"
            f"The cloud's own log: {places.log}"
        )
        raise LocalError(message) from error


@contextmanager
def _only_run(places: Places) -> Iterator[None]:
    """Keep others from running the stack of *places* at the same time."""
    places.make()
    with Lock(places.run_lock) as lock:
        if not lock.take():
            message = f"Rushline runs here already (process {lock.holder()}); stop it with Ctrl-C"
            raise LocalError(message)
        lock.sign(os.getpid())
        yield


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM end the run in order; a second can't cut that short."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _shield() -> None:
    """Keep what the environment says of the real cloud, and of proxies, from the local one."""
    for name in NOT_FOR_HERE:
        os.environ.pop(name, None)
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), HOST, "localhost")))


def _print_fault(console: Console, message: str) -> None:
    console.print(f"{show.CROSS} ", end="")
    console.print(message, markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
