"""Commands on coupons and stock: what they say, and the record of them."""

from collections.abc import Sequence
from typing import Self

from pydantic import ConfigDict, Field, model_validator

from chalicelib.domain.command import Command, CommandKind
from chalicelib.entrypoints.wire.base import Reason, Wire
from chalicelib.entrypoints.wire.coupons import Money, Shards, Units
from chalicelib.entrypoints.wire.times import Moment, Time, rfc3339


class CommandIn(Wire):
    """A command, and why it is given: the record keeps it."""

    reason: Reason


class ExtendIn(CommandIn):
    """A new end."""

    ends_at: Moment


class StockTopUpIn(CommandIn):
    """More units."""

    units: Units


class TopUpIn(CommandIn):
    """More units, more money for the budget, or both."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["units"]}, {"required": ["money"]}]}
    )

    units: Units | None = None
    money: Money | None = Field(default=None, description="In minor units of its currency.")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.units is None and self.money is None:
            msg = "give units, money or both"
            raise ValueError(msg)
        return self


class ShardsIn(CommandIn):
    """How many shards there are to be: never fewer than there are."""

    shards: Shards


class CommandOut(Wire):
    """A command on record. It made *version* of the terms, and issued *units* and *money*."""

    kind: CommandKind
    by: str
    at: Time
    reason: str | None = None
    version: int
    units: int
    money: int
    changes: tuple[str, ...] = Field(
        description='What it changed of the terms, for people: "units: 100 -> 105".'
    )


class CommandsOut(Wire):
    """Every command that changed something, in the order in which they did."""

    commands: tuple[CommandOut, ...]


def commands_out(commands: Sequence[Command]) -> CommandsOut:
    """Return the record."""
    return CommandsOut(commands=tuple(_command_out(command) for command in commands))


def _command_out(command: Command) -> CommandOut:
    return CommandOut(
        kind=command.kind,
        by=command.by,
        at=rfc3339(command.at),
        reason=command.why or None,
        version=command.version,
        units=command.units,
        money=command.money,
        changes=command.changes,
    )
