"""What can go wrong on the way to a running local stack."""


class LocalError(Exception):
    """The local stack can't go on; the message says why, and what to do about it."""
