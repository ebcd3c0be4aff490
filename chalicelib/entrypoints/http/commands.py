"""Obeying a command on a coupon or on stock, once for each idempotency key."""

from chalicelib.application.command_counter import Instruction
from chalicelib.application.counter_ports import Counter
from chalicelib.bootstrap import services
from chalicelib.domain.command import Amend, CommandKind
from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.http.keys import id_of, optional_key, required_key
from chalicelib.entrypoints.observability import count, logger
from chalicelib.entrypoints.wire.base import digest
from chalicelib.entrypoints.wire.commands import CommandIn


def obey(call: Call, counter: str, kind: CommandKind, wanted: CommandIn, amend: Amend) -> Counter:
    """Return the counter once the command *wanted* holds on every shard of it.

    What issues anything has to say under which key. Raises `KeyReusedError` where the key
    was used for another command on this counter.
    """
    key = required_key(call) if kind is CommandKind.TOP_UP else optional_key(call)
    instruction = Instruction(
        id=id_of(key),
        kind=kind,
        by=call.customer_id,
        why=wanted.reason,
        fingerprint=f"{kind} {digest(wanted)}",
    )
    shown = services().command(counter, instruction, amend)
    logger.info("counter commanded", counter=counter, kind=kind, version=shown.terms.version)
    count("counter_commanded")
    return shown
