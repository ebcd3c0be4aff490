"""Accept an intent: make the promise of the 202, or say at once that we can't."""

from base64 import b32encode
from dataclasses import dataclass
from hashlib import sha256

from chalicelib.application.backlog import Backlog
from chalicelib.application.ports import Catalogues, Clock, Control, Intents, Queue, Repeated
from chalicelib.application.send import send
from chalicelib.domain.admission import Admission, admit
from chalicelib.domain.errors import (
    KeyReusedError,
    MerchantRequiredError,
    TooBusyError,
    UnknownMerchantError,
)
from chalicelib.domain.intent import Intent, IntentRef, Promise, Request, Status
from chalicelib.domain.watch import next_look

ID_BYTES = 20
"""160 bits of the hash: far beyond any chance of two keys of one customer colliding."""


def ref_for(customer_id: str, idempotency_key: str) -> IntentRef:
    """Return the name of the intent that *customer_id* makes with *idempotency_key*.

    Derived, so that a repeated POST is the same item and needs no second lookup.
    """
    digest = sha256(f"{customer_id}\0{idempotency_key}".encode()).digest()[:ID_BYTES]
    return IntentRef(customer_id=customer_id, id="in_" + b32encode(digest).decode().lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """The intent as promised; *replayed* if the promise was made by an earlier call."""

    intent: Intent
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptIntent:
    """Put an intent on record and into its queue, once for each idempotency key."""

    intents: Intents
    catalogues: Catalogues
    intents_queue: Queue
    settlements_queue: Queue
    backlog: Backlog
    control: Control
    clock: Clock

    def __call__(
        self,
        *,
        customer_id: str,
        idempotency_key: str,
        fingerprint: str,
        merchant: str | None,
        request: Request,
    ) -> Acceptance:
        """Return the promise that is on record when this returns. A repeat returns the same.

        Raises `KeyReusedError` for another body under the same key, `TooBusyError` when
        the deadline can't be met, `MerchantRequiredError` and `UnknownMerchantError`, and
        `NotQueuedError` when the queue refused: then nothing is promised, and a repeat tries again.
        """
        ref = ref_for(customer_id, idempotency_key)
        try:
            seller = self._merchant(merchant)
            admission = self._admit(request)
        except (MerchantRequiredError, UnknownMerchantError, TooBusyError):
            # A promise once made outlives the shop's state: only the new are turned away.
            existing = self.intents.get(ref)
            if existing is None:
                raise
            return self._repeat(existing, fingerprint)
        intent = self._new(ref, fingerprint, seller, request, admission)
        match self.intents.accept(intent):
            case Repeated(existing):
                return self._repeat(existing, fingerprint)
            case _:
                self._send(intent)
                return Acceptance(intent=intent, replayed=False)

    def _merchant(self, named: str | None) -> str:
        for fresh in (False, True):
            merchants = self.catalogues.merchants(fresh=fresh)
            if named is not None and named in merchants:
                return named
            if named is None and len(merchants) == 1:
                return next(iter(merchants))
        if named is None and merchants:
            msg = "there are several merchants: name one"
            raise MerchantRequiredError(msg)
        msg = "there is no such merchant"
        raise UnknownMerchantError(msg)

    def _admit(self, request: Request) -> Admission:
        return admit(self.backlog.all(), self.control.gate(), request.expires_in_seconds)

    def _new(
        self,
        ref: IntentRef,
        fingerprint: str,
        merchant: str,
        request: Request,
        admission: Admission,
    ) -> Intent:
        now = self.clock.now()
        expires_at = now + request.expires_in_seconds * 1000
        return Intent(
            ref=ref,
            fingerprint=fingerprint,
            status=Status.ACCEPTED,
            turn=0,
            merchant=merchant,
            request=request,
            promise=Promise(
                position=admission.position,
                estimated_wait_seconds=admission.estimated_wait_seconds,
                expires_at=expires_at,
            ),
            accepted_at=now,
            expires_at=expires_at,
            watch_at=next_look(now, admission.estimated_wait_seconds, expires_at),
        )

    def _repeat(self, existing: Intent, fingerprint: str) -> Acceptance:
        if existing.fingerprint != fingerprint:
            msg = "this idempotency key was used with another body"
            raise KeyReusedError(msg)
        if existing.unsent:
            self._send(existing)
        return Acceptance(intent=existing, replayed=True)

    def _send(self, intent: Intent) -> None:
        send(intent, self.intents, self.intents_queue, self.settlements_queue)
