"""What the tests of commands do again and again."""

from contextlib import suppress
from typing import Any

from chalicelib.application.command_counter import Instruction
from chalicelib.application.counter_ports import Counter
from chalicelib.domain.command import Amend, Amendment, CommandKind, resharded, topped_up
from chalicelib.domain.terms import Terms
from rushline_testing.faults import CrashError
from simulation.faults import Effect, Fault
from tests.fakes.shop import Shop

CODE = "SPRING25"


def order(id_: str, kind: CommandKind = CommandKind.TOP_UP) -> Instruction:
    """Return a command as it is given."""
    return Instruction(id=id_, kind=kind, by="staff", why="because")


def more(units: int = 10, money: int = 0) -> Amend:
    """Return what a top-up makes of terms."""
    return lambda terms: topped_up(terms, units, money)


def wider(shards: int) -> Amend:
    """Return what added shards make of terms."""
    return lambda terms: resharded(terms, shards)


def obey(shop: Shop, id_: str, amend: Amend, kind: CommandKind = CommandKind.TOP_UP) -> Counter:
    """Have the shop's own use case obey."""
    return shop.command(CODE, order(id_, kind), amend)


def snapshot(shop: Shop) -> list[dict[str, Any]]:
    """Return all that is in the coupons table."""
    return shop.tables.dynamodb.contents("CouponsTable")


def strike(shop: Shop, effect: Effect, at: int) -> Fault:
    """Have *effect* strike the *at*th write from now on, counted from 1."""
    calls = 0

    def is_it(call: Any) -> bool:
        nonlocal calls
        calls += "UpdateExpression" in call or "TransactItems" in call
        return calls == at

    fault = Fault(effect=effect, times=1, when=is_it)
    shop.tables.dynamodb.faults.add(fault)
    return fault


def crashes(shop: Shop, effect: Effect, at: int, id_: str, amend: Amend) -> bool:
    """Have a command be obeyed by somebody who dies at the *at*th write; return False if it has fewer."""
    fault = strike(shop, effect, at)
    with suppress(CrashError):
        shop.services().command(CODE, order(id_), amend)
    fault.times = fault.struck
    return fault.struck > 0


def unchanged(terms: Terms) -> Amendment:
    """Return what a command that changes nothing makes of terms."""
    return Amendment(terms=terms)
