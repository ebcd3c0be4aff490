"""Operators' commands on the stack of `make run`: ``python -m local.operate SUBCOMMAND``.

What `python -m ops` runs, told where the local stack is. Where the environment names tables
already, they are somebody's own, and it is left as it is.
"""

import json
import os
import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path

from local.places import HERE
from ops.__main__ import main as operate
from ops.command import Exit


def main(
    arguments: Sequence[str] | None = None,
    stack: Path = HERE.stack,
    environment: MutableMapping[str, str] = os.environ,
) -> int:
    """Run the command; return its exit code."""
    if "COUPONS_TABLE" not in environment:
        try:
            environment.update(json.loads(stack.read_text())["environment"])
        except (OSError, ValueError, KeyError):
            told = "which stack? start one with make run, or set COUPONS_TABLE and ORDERS_TABLE"
            print(told, file=sys.stderr)
            return Exit.UNUSABLE
    return operate(arguments)


if __name__ == "__main__":
    sys.exit(main())
