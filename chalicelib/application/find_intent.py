"""Find an intent, or say that there is none: the same for another's as for no one's."""

from chalicelib.application.ports import Intents
from chalicelib.domain.errors import IntentNotFoundError
from chalicelib.domain.intent import Intent, IntentRef


def find(intents: Intents, ref: IntentRef) -> Intent:
    """Return the intent as it stands now. Raises `IntentNotFoundError`."""
    intent = intents.get(ref)
    if intent is None:
        msg = "there is no such intent"
        raise IntentNotFoundError(msg)
    return intent
