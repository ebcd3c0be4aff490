"""A lock that says who lives.

The kernel drops it with the last process that holds it, so unlike a number in a file it is
never stale and never names a stranger. What is written in the file is only for messages.
"""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class Lock:
    """An exclusive lock on a file. A child that is given its descriptor holds it too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Return whether the lock is ours now. Does not wait."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    @property
    def descriptor(self) -> int:
        """The descriptor to hand to a child. Only for a lock that was taken."""
        if self._descriptor is None:
            msg = "the lock was not taken"
            raise RuntimeError(msg)
        return self._descriptor

    def sign(self, pid: int) -> None:
        """Write down that *pid* holds the lock."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, f"{pid}\n".encode(), 0)

    def holder(self) -> int | None:
        """Return who signed, as the file says; only to be believed while the lock can't be taken."""
        try:
            return int(self._path.read_text())
        except (OSError, ValueError):
            return None

    def release(self) -> None:
        """Give up our hold; a child that was given the descriptor keeps its own. Repeatable."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
