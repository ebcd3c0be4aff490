"""``python -m ops ledger``: what moved on a coupon or a stock, when, why and for which intents."""

from argparse import Namespace, RawDescriptionHelpFormatter
from datetime import UTC, datetime
from typing import Any

from chalicelib.adapters.dynamodb.shards import intent_mark
from chalicelib.application.counter_ports import Entry
from chalicelib.domain.coupon import fold
from chalicelib.domain.errors import CouponNotFoundError
from chalicelib.domain.reconciliation import COLUMNS
from ops.aws import counters, dynamodb
from ops.command import EXITS, Exit, say, shared, table_of


def register(subcommands: Any) -> None:  # noqa: ANN401 (argparse keeps the type to itself)
    """Add the subcommand."""
    what = "print the ledger of a coupon or a stock, one entry a line, shard after shard"
    parser = subcommands.add_parser(
        "ledger",
        help=what,
        description=what,
        epilog=EXITS,
        parents=[shared()],
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--counter", required=True, help="a coupon's code, or stock/MERCHANT/SKU")
    parser.add_argument("--intent", help="only entries that were for this intent, by its id")
    parser.set_defaults(run=_ledger)


def _ledger(options: Namespace) -> Exit:
    name = options.counter if "/" in options.counter else fold(options.counter)
    of = counters(dynamodb(), table_of(options.table))
    terms = of.fresh_terms(name)
    if terms is None:
        message = "there is no such coupon, and no such stock"
        raise CouponNotFoundError(message)
    mark = intent_mark(options.intent).hex() if options.intent else None
    for entry in of.entries(terms):
        if mark is None or mark in entry.intents:
            _tell(entry, as_json=options.json)
    return Exit.OK


def _tell(entry: Entry, *, as_json: bool) -> None:
    at = datetime.fromtimestamp(entry.at / 1000, UTC).isoformat(timespec="milliseconds")
    shards = {
        shift.shard: {name: amount for name in COLUMNS if (amount := getattr(shift, name))}
        for shift in entry.shifts
    }
    fact = {
        "at": at,
        "kind": entry.kind,
        "shards": shards,
        "intents": len(entry.intents),
        "command": entry.command,
    }
    moved = "; ".join(
        f"shard {shard} " + ", ".join(f"{name} {amount:+}" for name, amount in columns.items())
        for shard, columns in shards.items()
    )
    whom = entry.command or f"{len(entry.intents)} intents"
    say(fact, f"{at}  {entry.kind:8} {whom:12} {moved}", as_json=as_json)
