"""Forget the local stack: its state, keys, tokens, log and package: ``python -m local.clean``.

Refuses while it runs. Ends a cloud that an earlier run left behind.
"""

import shutil
import sys

from local.cloud import end_orphan
from local.faults import LocalError
from local.lock import Lock
from local.places import HERE, Places


def main() -> int:
    """Forget, and return the exit status."""
    try:
        forget(HERE)
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def forget(places: Places) -> None:
    """Delete all of *places*. A repeat does nothing. Raises `LocalError` while the stack runs."""
    if not places.base.exists():
        return
    with Lock(places.run_lock) as lock:
        if not lock.take():
            message = f"Rushline is running (process {lock.holder()}): stop it with Ctrl-C first"
            raise LocalError(message)
        end_orphan(places)
        shutil.rmtree(places.base)


if __name__ == "__main__":
    sys.exit(main())
