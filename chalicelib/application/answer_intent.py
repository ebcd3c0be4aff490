"""Answer the question that an intent waits on."""

from dataclasses import dataclass, replace

from chalicelib.application.find_intent import find
from chalicelib.application.ports import Clock, Intents, Queue, Stale
from chalicelib.application.send import send
from chalicelib.domain.answers import Answer, answered
from chalicelib.domain.errors import IllegalMoveError
from chalicelib.domain.intent import Intent, IntentRef, Status, advance
from chalicelib.domain.watch import next_look


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerIntent:
    """Take the customer's answer and put the intent back on its way, with a new deadline."""

    intents: Intents
    intents_queue: Queue
    settlements_queue: Queue
    clock: Clock

    def __call__(self, ref: IntentRef, answer: Answer) -> Intent:
        """Return the intent, accepted again. The same answer twice is one answer.

        Raises `IntentNotFoundError`, `IllegalMoveError` where no question is asked,
        `QuestionChangedError`, `UnknownChoiceError`, and `NotQueuedError` when the queue
        refused: then the answer is kept, and repeating it sends it.
        """
        intent = find(self.intents, ref)
        if intent.answered_with == answer.fingerprint:
            # A retry, even where we have asked anew since: it can't answer what it never saw.
            # Who means to say the same again names the question, which makes it another answer.
            if intent.unsent:
                self._send(intent)
            return intent
        advance(intent.status, Status.ACCEPTED)
        now = self.clock.now()
        if now >= intent.expires_at:
            raise IllegalMoveError(Status.EXPIRED, Status.ACCEPTED)
        request = answered(intent, answer)
        expires_at = now + request.expires_in_seconds * 1000
        watch_at = next_look(now, intent.promise.estimated_wait_seconds, expires_at)
        fingerprint = answer.fingerprint
        if isinstance(
            self.intents.answer(intent, request, fingerprint, expires_at, watch_at), Stale
        ):
            return self._raced(ref, answer)
        intent = replace(
            intent,
            status=Status.ACCEPTED,
            turn=intent.turn + 1,
            request=request,
            expires_at=expires_at,
            answered_with=fingerprint,
            question=None,
            reason=None,
        )
        self._send(intent)
        return intent

    def _raced(self, ref: IntentRef, answer: Answer) -> Intent:
        """Return the intent that another call just answered alike, or say that it moved."""
        intent = find(self.intents, ref)
        if intent.answered_with != answer.fingerprint:
            raise IllegalMoveError(intent.status, Status.ACCEPTED)
        if intent.status is Status.ACCEPTED:
            # The other may be ourselves, with the answer lost and the write retried: nobody
            # else would send it. A message too many is harmless.
            self._send(intent)
        return intent

    def _send(self, intent: Intent) -> None:
        send(intent, self.intents, self.intents_queue, self.settlements_queue)
