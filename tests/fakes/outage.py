"""What every fake has in common: it can be down."""

from chalicelib.domain.errors import StoreUnavailableError


class Breakable:
    """A store that answers until it is `down`."""

    def __init__(self) -> None:
        self.down = False

    def up_or_raise(self) -> None:
        """Raise `StoreUnavailableError` while down."""
        if self.down:
            msg = "the fake is down"
            raise StoreUnavailableError(msg)
