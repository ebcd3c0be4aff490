"""Send an accepted intent to the stage that it needs next."""

from contextlib import suppress

from chalicelib.application.ports import Intents, Queue
from chalicelib.domain.errors import NotQueuedError
from chalicelib.domain.intent import Intent, Pending


def queue_for(pending: Pending, intents_queue: Queue, settlements_queue: Queue) -> Queue:
    """Return the queue for *pending*: lines that are known go straight to settlement."""
    return settlements_queue if pending.request.lines else intents_queue


def send(intent: Intent, intents: Intents, intents_queue: Queue, settlements_queue: Queue) -> None:
    """Queue *intent*, or note that it isn't and raise `NotQueuedError`.

    Should the note fail too, or the caller crash before it, the sweep finds the intent.
    """
    pending = intent.pending
    try:
        queue_for(pending, intents_queue, settlements_queue).send(pending)
    except Exception as error:
        # Whatever it was, the intent is on record and not in a queue.
        with suppress(Exception):
            intents.mark_sent(pending, sent=False)
        msg = "the queue did not take the intent; retry with the same key"
        raise NotQueuedError(msg) from error
    if intent.unsent:
        intents.mark_sent(pending, sent=True)
