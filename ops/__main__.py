"""``python -m ops SUBCOMMAND``: the subcommands, and what their errors are to a shell."""

import sys
import traceback
from argparse import ArgumentParser
from collections.abc import Sequence

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import code_of
from chalicelib.domain.code_errors import CodesError
from chalicelib.domain.errors import PlanRefusedError, RushlineError, StoreUnavailableError
from ops import catalogue, codes, ledger, reconcile, runs
from ops.command import EXITS, Exit, ModelUnavailableError, Progress, UnusableInputError, say
from ops.files.kinds import UnusableFileError

SUBCOMMANDS = (catalogue, codes, ledger, reconcile, runs)
"""Each has a `register` that adds its parsers, each of which sets `run`."""

NO_TABLE = "ResourceNotFoundException"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; return its exit code. What went wrong is one line on standard error."""
    parser = ArgumentParser(prog="python -m ops", description="Run Rushline.", epilog=EXITS)
    subcommands = parser.add_subparsers(metavar="SUBCOMMAND", required=True)
    for subcommand in SUBCOMMANDS:
        subcommand.register(subcommands)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        told = Exit.STOPPED, "stopped", "the same command goes on from here"
    except Exception as error:  # noqa: BLE001 (Python's own exit code is 1, which has a meaning)
        told = _meaning(error)
    exit_, code, message = told
    Progress().end()
    print(f"{code}: {message}", file=sys.stderr)
    if options.json:
        say({"error": code, "message": message}, "", as_json=True)
    return int(exit_)


def _meaning(error: Exception) -> tuple[Exit, str, str]:
    """Return an error's exit code, its stable name and what it says."""
    match error:
        case StoreUnavailableError() | ModelUnavailableError():
            return Exit.UNAVAILABLE, error.code, str(error)
        case RushlineError() | CodesError():
            field = f"{error.field}: " if isinstance(error, PlanRefusedError) else ""
            return Exit.UNUSABLE, error.code, f"{field}{error}"
        case UnusableFileError():
            return Exit.UNUSABLE, "unusable_file", str(error)
        case UnusableInputError():
            return Exit.UNUSABLE, "unusable_input", str(error)
        case ClientError():
            no_table = code_of(error) == NO_TABLE
            return (
                Exit.UNUSABLE if no_table else Exit.UNAVAILABLE,
                "no_table" if no_table else "store_refused",
                str(error),
            )
    traceback.print_exception(error)
    return Exit.FAULT, "fault", repr(error)


if __name__ == "__main__":
    sys.exit(main())
