"""``python -m ops reconcile``: whether coupons and stock balance, and what doesn't."""

from argparse import Namespace, RawDescriptionHelpFormatter
from typing import Any

from chalicelib.application.reconcile import Reconciled
from chalicelib.domain.coupon import fold
from chalicelib.domain.errors import CouponNotFoundError
from ops.aws import dynamodb, reconciliation
from ops.command import EXITS, Exit, Progress, named, say, shared, table_of

COLUMNS = ("issued", "left", "held", "redeemed", "budget", "money_left", "money_held", "spent")


def register(subcommands: Any) -> None:  # noqa: ANN401 (argparse keeps the type to itself)
    """Add the subcommand."""
    what = "hold coupons and stock against their ledgers and, with --orders, the orders"
    parser = subcommands.add_parser(
        "reconcile",
        help=what,
        description=what + "; exits with 1 where something does not balance",
        epilog=EXITS,
        parents=[shared()],
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--counter", help="one coupon's code, or stock/MERCHANT/SKU; or all")
    parser.add_argument("--orders", action="store_true", help="read the whole orders table too")
    parser.add_argument("--orders-table", help="its name; or $ORDERS_TABLE, as the app has it")
    parser.set_defaults(run=_reconcile)


def _reconcile(options: Namespace) -> Exit:
    orders = named(options.orders_table, "ORDERS_TABLE", "--orders-table") if options.orders else ""
    reconcile = reconciliation(dynamodb(), table_of(options.table), orders)
    only = options.counter
    if only is not None and "/" not in only:
        only = fold(only)
    progress = Progress()
    found = unbalanced = skipped = 0
    progress("reading")
    for reconciled in reconcile(only=only, with_orders=options.orders):
        progress.end()
        found += 1
        unbalanced += not reconciled.balanced
        skipped += reconciled.skipped
        _tell(reconciled, as_json=options.json)
    progress.end()
    if only is not None and not found:
        message = "there is no such coupon, and no such stock"
        raise CouponNotFoundError(message)
    fact = {"counters": found, "unbalanced": unbalanced, "skipped": skipped}
    text = f"{found} looked at, {unbalanced} out of balance"
    if skipped:
        text += f", {skipped} of them not wholly looked at"
    say(fact, text, as_json=options.json)
    return Exit.SOME_REFUSED if unbalanced else Exit.OK


def _tell(reconciled: Reconciled, *, as_json: bool) -> None:
    sums = {name: sum(getattr(shard, name) for shard in reconciled.shards) for name in COLUMNS}
    fact = {
        "counter": reconciled.counter,
        "balanced": reconciled.balanced,
        "moving": reconciled.moving,
        "with_orders": reconciled.with_orders,
        "skipped": reconciled.skipped,
        **sums,
        "faults": list(reconciled.faults),
    }
    units = f"{sums['left']} left + {sums['held']} held + {sums['redeemed']} redeemed"
    text = f"{'ok' if reconciled.balanced else 'OUT OF BALANCE':15} {reconciled.counter}:"
    text += f" {sums['issued']} issued = {units}"
    if sums["budget"]:
        money = f"{sums['money_left']} left + {sums['money_held']} held + {sums['spent']} spent"
        text += f"; budget {sums['budget']} = {money}"
    elif sums["spent"]:
        text += f"; {sums['spent']} given away"
    if reconciled.moving:
        text += " (drawn on or commanded all the while: only its shards' own books were looked at)"
    if reconciled.skipped:
        text += " (the time was over before all of it was looked at)"
    if not reconciled.shards:
        text = text.partition(":")[0]
    say(fact, "\n".join([text, *(f"  {fault}" for fault in reconciled.faults)]), as_json=as_json)
