"""What can go wrong, named for the fact.

    RushlineError
    ├── IntentNotFoundError         no such intent for this customer
    ├── IllegalMoveError            the intent's or run's state does not allow it
    ├── KeyReusedError              an idempotency key came back with another body
    ├── QuestionChangedError        the answer is to a question we no longer ask
    ├── UnknownChoiceError          the answer is none of the choices we offered
    ├── TooBusyError                could not be answered in time, so not accepted
    ├── NotQueuedError              the queue refused the message; retry with the same key
    ├── UnknownMerchantError        no such merchant
    ├── MerchantRequiredError       there are several merchants and none was named
    ├── CouponNotFoundError         no such coupon
    ├── CouponFixedError            a coupon's units, budget or shards can't be redefined
    ├── CommandRefusedError         a command that a coupon or stock can't obey
    ├── RefundRefusedError          a refund of what is not there to be refunded
    ├── UnknownItemError            no such item on the merchant's menu, or its stock isn't counted
    ├── BrokenCatalogueError        a catalogue with faults, each named
    ├── RunNotFoundError            no such run
    ├── RunExistsError              another run has this name
    ├── PlanRefusedError            a run can't be made so; names the field
    ├── RunRefusedError             a run can't be commanded so
    └── StoreUnavailableError       a table or queue did not answer, or is contended

Each has a stable `code`, which is what a program may rely on.
"""

from typing import ClassVar


class RushlineError(Exception):
    """Anything that Rushline itself has to say no to."""

    code: ClassVar[str]


class IntentNotFoundError(RushlineError):
    """This customer has no such intent; another's looks just the same."""

    code = "intent_not_found"


class IllegalMoveError(RushlineError):
    """An intent or a run can't go from *current* to *to*; nothing was changed."""

    code = "illegal_move"

    def __init__(self, current: str, to: str) -> None:
        super().__init__(f"what is {current} can't become {to}")
        self.current = current
        self.to = to


class KeyReusedError(RushlineError):
    """The idempotency key was used before, with another body."""

    code = "idempotency_key_reused"


class QuestionChangedError(RushlineError):
    """The answer names a question that is not the one we ask now."""

    code = "question_changed"


class UnknownChoiceError(RushlineError):
    """The answer names a choice that the question does not offer."""

    code = "unknown_choice"


class TooBusyError(RushlineError):
    """The intent could not be answered by its deadline; come back in *retry_after_seconds*."""

    code = "too_busy"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("the wait is longer than the intent's deadline")
        self.retry_after_seconds = retry_after_seconds


class NotQueuedError(RushlineError):
    """The queue refused the intent's message: nothing is promised yet."""

    code = "not_queued"


class UnknownMerchantError(RushlineError):
    """No merchant of that name has a catalogue."""

    code = "unknown_merchant"


class MerchantRequiredError(RushlineError):
    """There are several merchants, so an intent has to name one."""

    code = "merchant_required"


class CouponNotFoundError(RushlineError):
    """There is no such coupon."""

    code = "coupon_not_found"


class CouponFixedError(RushlineError):
    """A coupon's units, budget and shards are counted, so defining it anew can't change them."""

    code = "coupon_fixed"


class CommandRefusedError(RushlineError):
    """A command that a coupon or stock can't obey as it stands; nothing was changed."""

    code = "command_refused"


class RefundRefusedError(RushlineError):
    """A refund of more than there is to be refunded; nothing was changed."""

    code = "refund_refused"


class UnknownItemError(RushlineError):
    """The merchant's menu has no such item, or doesn't count its stock."""

    code = "unknown_item"


class BrokenCatalogueError(RushlineError):
    """The catalogue was refused whole; *faults* names each thing that is wrong with it."""

    code = "broken_catalogue"

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class RunNotFoundError(RushlineError):
    """There is no such run."""

    code = "run_not_found"


class RunExistsError(RushlineError):
    """Another run has this name."""

    code = "run_exists"


class PlanRefusedError(RushlineError):
    """A run can't be made as its plan says; *field* is where, and nothing was made."""

    code = "plan_refused"

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


class RunRefusedError(RushlineError):
    """A run can't obey a command as it stands; nothing was changed."""

    code = "run_refused"


class StoreUnavailableError(RushlineError):
    """A table, queue or bucket did not answer, or would not in time. Trying again is safe."""

    code = "store_unavailable"
