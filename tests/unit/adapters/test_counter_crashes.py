"""Whoever commands a counter may die at any call: somebody finishes it, and nothing is done twice."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from chalicelib.application.command_counter import Instruction
from chalicelib.application.counter_ports import Counter
from chalicelib.bootstrap import Services
from chalicelib.domain.command import Amend, CommandKind, paused, resharded, topped_up
from chalicelib.domain.errors import CouponNotFoundError, StoreUnavailableError
from chalicelib.domain.movement import EntryKind
from rushline_testing.faults import CrashError
from simulation.faults import Effect
from tests.books import audited
from tests.unit.adapters.stores import Simulated
from tests.unit.domain.builders import NOW, terms

SPRING = "SPRING25"
RULE = terms(units=11, shards=2, budget=1_000)

Act = Callable[[Services], object]


def order(id_: str, kind: CommandKind) -> Instruction:
    """Return a command as it is given."""
    return Instruction(id=id_, kind=kind, by="ops", why="test")


def define(services: Services) -> object:
    """Define the coupon."""
    return services.command.define(RULE, order("define", CommandKind.DEFINE))


def commanding(id_: str, kind: CommandKind, amend: Amend) -> Act:
    """Return what has a command obeyed."""
    return lambda services: services.command(SPRING, order(id_, kind), amend)


PAUSE = commanding("pause", CommandKind.PAUSE, paused)
TOP_UP = commanding("more", CommandKind.TOP_UP, lambda t: topped_up(t, 7, 55))
WIDEN = commanding("wider", CommandKind.ADD_SHARDS, lambda t: resharded(t, 5))
EXPECTED = {"define": (11, 1_000, 2), "pause": (11, 1_000, 2), "more": (18, 1_055, 2)}
ACTS = [("pause", PAUSE), ("more", TOP_UP), ("wider", WIDEN)]
EFFECTS = [Effect.CRASH_BEFORE, Effect.CRASH_AFTER, Effect.LOSE_ANSWER, Effect.FAIL]


def stacked(act: Act) -> tuple[Simulated, int]:
    """Return a stack with the coupon, and how many calls *act* takes on one like it."""
    trial = Simulated(NOW)
    define(trial.services)
    trial.dynamodb.calls.clear()
    act(trial.services)
    opened = Simulated(NOW)
    define(opened.services)
    return opened, len(trial.dynamodb.calls)


def struck(opened: Simulated, act: Act, effect: Effect, at: int) -> None:
    """Have *act* done while *effect* strikes its call number *at*."""
    opened.strike(effect, at)
    with suppress(CrashError, StoreUnavailableError):
        act(opened.somebody_else())
    opened.calm()


def checked(opened: Simulated, issued: tuple[int, int, int]) -> Counter:
    """See that all shards are at one version, with what was issued on them, and in the books once."""
    counters = opened.somebody_else().counters
    found = audited(counters, SPRING)
    assert (found.terms.units, found.terms.budget, len(found.shards)) == issued
    assert {shard.version for shard in found.shards} == {found.terms.version}
    told = [entry for entry in counters.entries(found.terms) if entry.kind is EntryKind.TOP_UP]
    assert sum(entry.issued for entry in told) == found.terms.units - RULE.units
    return found


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize(("name", "act"), ACTS)
def test_a_repeat_finishes_what_a_crash_left(name: str, act: Act, effect: Effect) -> None:
    """Whatever call it was: the command holds once, on every shard, and is on record once."""
    issued = {**EXPECTED, "wider": (11, 1_000, 5)}[name]
    _, calls = stacked(act)
    assert calls > 5
    for at in range(calls):
        opened = Simulated(NOW)
        define(opened.services)
        struck(opened, act, effect, at)
        act(opened.somebody_else())
        found = checked(opened, issued)
        assert found.terms.version == 2
        left = [shard.left for shard in found.shards]
        assert max(left) - min(left) <= 2
        commands = opened.somebody_else().counters.commands(SPRING)
        assert [command.id for command in commands] == ["define", name]


@pytest.mark.parametrize("effect", EFFECTS[:2])
@pytest.mark.parametrize(("name", "act"), ACTS)
def test_the_next_command_finishes_what_a_crash_left(name: str, act: Act, effect: Effect) -> None:
    """Nobody has to come back for it: who commands next finds it half done, and does both."""
    after = {**EXPECTED, "wider": (11, 1_000, 5)}[name]
    before = EXPECTED["define"]
    _, calls = stacked(act)
    for at in range(calls):
        opened = Simulated(NOW)
        define(opened.services)
        struck(opened, act, effect, at)
        commanding("next", CommandKind.TOP_UP, lambda t: topped_up(t, 2, 1))(opened.somebody_else())
        commands = opened.somebody_else().counters.commands(SPRING)
        units, money, shards = after if name in {command.id for command in commands} else before
        checked(opened, (units + 2, money + 1, shards))
        assert [command.version for command in commands] == list(range(1, len(commands) + 1))


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_definition_is_there_whole_or_not_at_all(effect: Effect) -> None:
    """A crash leaves no coupon with some of its shards, and a repeat defines it once."""
    trial = Simulated(NOW)
    define(trial.services)
    for at in range(len(trial.dynamodb.calls)):
        opened = Simulated(NOW)
        struck(opened, define, effect, at)
        try:
            opened.somebody_else().see_counter(SPRING)
        except CouponNotFoundError:
            assert opened.stack.dynamodb.contents("CouponsTable") == []
        define(opened.somebody_else())
        found = checked(opened, EXPECTED["define"])
        assert found.terms.version == 1


def test_two_who_top_up_at_once_issue_both() -> None:
    """Each its own units, once, whoever is first at any call of the other."""
    other = commanding("other", CommandKind.TOP_UP, lambda t: topped_up(t, 5, 0))
    _, calls = stacked(TOP_UP)
    for at in range(calls):
        opened = Simulated(NOW)
        define(opened.services)
        opened.dynamodb.calls.clear()

        def step(*_: object, at: int = at, opened: Simulated = opened) -> None:
            if len(opened.dynamodb.calls) == at + 1:
                other(opened.somebody_else())

        opened.dynamodb.before = step
        TOP_UP(opened.services)
        found = checked(opened, (23, 1_055, 2))
        assert found.terms.version == 3
