"""A model that stands in where the environment names none: it knows the demo's roundabout texts.

It speaks the real protocol on loopback, so that the functions ask it as they would ask any.
"""

import os
from contextlib import ExitStack

from local.texts import ROUNDABOUT
from rushline_testing.model_server import ModelServer

NAMED_BY = ("OPENAI_API_KEY", "OPENAI_BASE_URL")


def stand_in(port: int, until: ExitStack) -> ModelServer | None:
    """Return a model that is served *until* then; None where the environment names one to ask.

    It is served on *port* if that is free: on the same as the last time, the stack need
    not be changed for it.
    """
    if any(os.environ.get(name) for name in NAMED_BY):
        return None
    try:
        return until.enter_context(ModelServer(ROUNDABOUT, port=port))
    except (OSError, OverflowError):  # taken, or no port at all
        return until.enter_context(ModelServer(ROUNDABOUT))
