"""Where the local stack keeps what it makes."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The files of one local stack, all below *base*; deleting *base* forgets it."""

    base: Path

    @property
    def state(self) -> Path:
        """What the cloud remembers between two runs: tables, queues, functions, objects."""
        return self.base / "state"

    @property
    def scratch(self) -> Path:
        """What the cloud needs only while it runs; emptied at each start."""
        return self.base / "scratch"

    @property
    def log(self) -> Path:
        """What the cloud wrote since the last start."""
        return self.base / "cloud.log"

    @property
    def functions_log(self) -> Path:
        """What the functions logged, as far as it was copied because something went wrong."""
        return self.base / "functions.log"

    @property
    def signing_key(self) -> Path:
        """The key that signs this stack's tokens."""
        return self.base / "signing-key.pem"

    @property
    def run_lock(self) -> Path:
        """Held by the command that runs this stack."""
        return self.base / "run.lock"

    @property
    def cloud_lock(self) -> Path:
        """Held by the cloud for as long as it lives, however its starter ended."""
        return self.base / "cloud.lock"

    @property
    def stack(self) -> Path:
        """How to reach the stack: its address and tokens."""
        return self.base / "stack.json"

    @property
    def package(self) -> Path:
        """The packaged app."""
        return self.base / "package"

    @property
    def small_model(self) -> Path:
        """The environment of `make model`, apart from ours, and its server's log."""
        return self.base / "small-model"

    def make(self) -> None:
        """Make the folder, for its owner's eyes only: it holds a key and tokens."""
        self.base.mkdir(parents=True, exist_ok=True)
        self.base.chmod(0o700)


HERE = Places(base=ROOT / ".local")
"""The stack of `make run`."""
