"""Which lines are for somebody whom a run may be for: those for others are faults."""

from collections.abc import Sequence

from chalicelib.application.run_ports import Customers
from chalicelib.domain.run import Plan, Whom
from chalicelib.domain.run_line import Bad, LineFault, RawLine, RunLine

STRANGER = Bad(
    fault=LineFault.UNKNOWN_CUSTOMER,
    field="customer_id",
    detail="nothing is on record of this customer",
)


def without_strangers(
    customers: Customers, plan: Plan, lines: Sequence[tuple[RawLine, RunLine]]
) -> Sequence[tuple[RawLine, RunLine]]:
    """Return *lines*, a fault in place of each for a customer whom *plan* does not take.

    Asks nobody where it takes any. Raises `StoreUnavailableError`.
    """
    if plan.customers is Whom.ANY:
        return lines
    ids = {line.customer_id for _, line in lines if not isinstance(line, Bad)}
    strangers = customers.unknown(ids)
    return [
        (raw, line if isinstance(line, Bad) or line.customer_id not in strangers else STRANGER)
        for raw, line in lines
    ]
