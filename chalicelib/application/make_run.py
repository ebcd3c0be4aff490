"""Make a run."""

from base64 import b32encode
from dataclasses import dataclass, replace
from hashlib import sha256

from chalicelib.application.counter_ports import Counters
from chalicelib.application.ports import Catalogues, Clock
from chalicelib.application.run_ports import Runs
from chalicelib.domain.codes import CODE
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.errors import (
    CouponNotFoundError,
    PlanRefusedError,
    RunExistsError,
    UnknownMerchantError,
)
from chalicelib.domain.run import Plan, Run, RunState
from chalicelib.domain.run_limits import plan_faults

ID_BYTES = 15


def run_id_for(name: str) -> str:
    """Return the id of the run of that *name*. Derived, so that a repeated POST makes no second.

    What is no text has an id as well, which no run has.
    """
    digest = sha256(name.encode(errors="surrogatepass")).digest()[:ID_BYTES]
    return "run_" + b32encode(digest).decode().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRun:
    """Put a run on record, as a draft."""

    runs: Runs
    catalogues: Catalogues
    counters: Counters
    clock: Clock
    batches: bool = False
    """Whether a run may have its texts read by the provider's Batch API."""

    def __call__(self, plan: Plan, by: str) -> tuple[Run, bool]:
        """Return the run of the plan's name, and whether it is new. The same plan again makes none.

        A draft takes another source, if nothing else is new; its check is then to be done again.
        Raises `RunExistsError` if another plan has the name, `UnknownMerchantError`,
        `CouponNotFoundError`, and `PlanRefusedError` for what no plan may say, such as a window
        that has closed already.
        """
        now = self.clock.now()
        run_id = run_id_for(plan.name)
        standing = self.runs.get(run_id)
        new = standing is None
        if standing is None:
            self._look(plan, now)
            draft = Run(id=run_id, plan=plan, state=RunState.DRAFT, made_at=now, made_by=by)
            standing = self.runs.open(draft)
        if standing.plan != plan:
            standing = self._resupplied(standing, plan)
        return standing, new

    def _resupplied(self, run: Run, plan: Plan) -> Run:
        same = replace(run.plan, source=plan.source) == plan
        if same and run.state is RunState.DRAFT:
            run = self.runs.change(run, replace(run, plan=plan, check=None))
        if run.plan != plan:
            msg = "another run has this name"
            raise RunExistsError(msg)
        return run

    def _look(self, plan: Plan, now: int) -> None:
        for field, detail in plan_faults(plan, now, batches=self.batches):
            raise PlanRefusedError(field, detail)
        if plan.merchant not in self.catalogues.merchants(fresh=True):
            msg = "there is no such merchant"
            raise UnknownMerchantError(msg)
        if plan.coupon is not None:
            known = CODE.fullmatch(plan.coupon) is not None
            terms = self.counters.fresh_terms(plan.coupon) if known else None
            if not isinstance(terms, CouponTerms):
                msg = "there is no such coupon"
                raise CouponNotFoundError(msg)
