"""What every subcommand shares: its options, its exit codes, how it speaks."""

import getpass
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from enum import IntEnum


class Exit(IntEnum):
    """How a command ended, for scripts."""

    OK = 0
    SOME_REFUSED = 1
    UNUSABLE = 2
    UNAVAILABLE = 3
    FAULT = 70
    STOPPED = 130


EXITS = """\
exit codes: 0 done; 1 done, but some lines were refused or don't balance; 2 unusable input, nothing more was
done; 3 the service was unavailable: the same command goes on where this one stopped;
130 stopped by hand: likewise; 70 a fault of the command's own"""


class UnusableInputError(Exception):
    """The command line or the environment lacks something; the message is one line."""


class ModelUnavailableError(Exception):
    """A model that a command needs gave no usable answer; the message is one line."""

    code = "model_unavailable"


def speaking() -> ArgumentParser:
    """Return the option that every subcommand has, for its `parents`."""
    parser = ArgumentParser(add_help=False)
    parser.add_argument("--json", action="store_true", help="print JSON, one object a line")
    return parser


def shared() -> ArgumentParser:
    """Return the options of every subcommand that needs a table, for its `parents`."""
    parser = ArgumentParser(add_help=False, parents=[speaking()])
    parser.add_argument("--table", help="the coupons table; or $COUPONS_TABLE, as the app has it")
    return parser


def table_of(option: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """Return the coupons table's name from the command line or the environment."""
    return named(option, "COUPONS_TABLE", "--table", environment)


def named(
    option: str | None,
    variable: str,
    flag: str,
    environment: Mapping[str, str] = os.environ,
) -> str:
    """Return a table's name from the command line's *flag* or the environment's *variable*."""
    table = option or environment.get(variable, "")
    if not table:
        message = f"which table? set {variable} or give {flag}"
        raise UnusableInputError(message)
    return table


def operator() -> str:
    """Return who runs this, for the record."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def say(fact: Mapping[str, object], text: str, *, as_json: bool) -> None:
    """Print a fact: for programs as one line of JSON, for people as *text*."""
    print(json.dumps(fact) if as_json else harmless(text))


def harmless(text: str) -> str:
    """Return *text* with all escaped that a terminal would obey instead of show; lines stay lines.

    A file and a model may put anything into a name: colours, a cursor's moves, marks of direction.
    """
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode()
        for char in text
    )


class Progress:
    """A line on standard error that is written over, if somebody watches."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()

    def __call__(self, text: str) -> None:
        """Show *text* in place of what was shown before."""
        if self._watched:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Wipe the line."""
        self("")
