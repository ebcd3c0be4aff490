"""A model that stands in where the environment names none: it knows the demo's roundabout texts.

It speaks the real protocol on loopback, the Batch API's too, so that the functions ask it as they
would ask any. A batch is over when it is first looked at: a minute after it was handed in.
"""

import os
from contextlib import ExitStack

from local.texts import ROUNDABOUT
from rushline_testing.batch_provider import BatchProvider
from rushline_testing.model_server import ModelServer

NAMED_BY = ("OPENAI_API_KEY", "OPENAI_BASE_URL")


def stand_in(port: int, until: ExitStack) -> ModelServer | None:
    """Return a model that is served *until* then; None where the environment names one to ask.

    It is served on *port* if that is free: on the same as the last time, the stack need
    not be changed for it.
    """
    if any(os.environ.get(name) for name in NAMED_BY):
        return None
    batches = BatchProvider(ROUNDABOUT, looks=0)
    try:
        return until.enter_context(ModelServer(ROUNDABOUT, port=port, batches=batches))
    except (OSError, OverflowError):  # taken, or no port at all
        return until.enter_context(ModelServer(ROUNDABOUT, batches=batches))
