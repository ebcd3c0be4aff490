from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import pytest

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.dynamodb.readings import DynamoReadings
from chalicelib.application.reading_ports import BeingAsked, Claimed, Readings, Remembered, Resting
from chalicelib.domain.resolution import Amount, ChosenOption, Line, OptionRef, Reading
from rushline_testing.clock import TurnableClock
from rushline_testing.resources import create
from simulation.clock import VirtualClock
from simulation.dynamodb.times import INSTANT
from simulation.scheduler import Scheduler
from simulation.stack import Stack
from tests.fakes import FakeReadings
from tests.unit.domain.builders import NOW, line

_stacks = count(1)

TEA = Reading(lines=(line(),), certain=True)
DETAILED = Reading(
    lines=(
        Line(
            sku="tea",
            quantity=12,
            options=(ChosenOption(group="size", value="large", amount=Amount.EXTRA),),
            without=(OptionRef(group="extras", value="ice"),),
        ),
        line("cake"),
    ),
    certain=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What one worker remembers by, a way to get another's, and the clock of both."""

    readings: Readings
    another: Callable[[], Readings]
    clock: TurnableClock | VirtualClock


@pytest.fixture(params=["dynamodb", "simulation", "memory"])
def store(request: pytest.FixtureRequest, aws: Clients) -> Store:
    """Return the adapter over moto's AWS and the simulated one, and the fake that unit tests trust."""
    clock: TurnableClock | VirtualClock = TurnableClock(NOW)
    another: Callable[[], Readings]
    match request.param:
        case "dynamodb":
            table, client = create(aws, f"readings-{next(_stacks)}").readings_table, aws.dynamodb
            another = lambda: DynamoReadings(client=client, table=table, clock=clock)  # noqa: E731 (one of three)
        case "simulation":
            stack = Stack(Scheduler(epoch_ms=NOW), times=INSTANT)
            clock, simulated = stack.clock, stack.services().clients.dynamodb
            another = lambda: DynamoReadings(client=simulated, table="ReadingsTable", clock=clock)  # noqa: E731
        case _:
            fake = FakeReadings(clock)
            another = lambda: fake  # noqa: E731
    return Store(readings=another(), another=another, clock=clock)


def test_an_answer_is_recalled_as_it_was_kept(store: Store) -> None:
    """By whoever asks, with all its options, and no other key's."""
    store.readings.keep("a", DETAILED, NOW + 60_000)
    store.readings.keep("b", TEA, NOW + 60_000)
    kept = Remembered(reading=DETAILED, until=NOW + 60_000)
    assert store.readings.recall(["a", "none"]) == {"a": kept}
    assert store.another().recall(["a"]) == {"a": kept}
    assert store.readings.recall([]) == {}


def test_more_keys_than_a_call_takes_are_all_recalled(store: Store) -> None:
    """However many are asked for."""
    keys = [f"k{number}" for number in range(130)]
    for key in keys:
        store.readings.keep(key, TEA, NOW + 60_000)
    assert store.another().recall(keys).keys() == set(keys)


def test_an_answer_that_has_run_out_is_not_known(store: Store) -> None:
    """Whether or not the table has deleted it: to the millisecond, and for who just kept it too."""
    store.readings.keep("a", TEA, NOW + 1_000)
    store.clock.turn(seconds=0.999)
    assert store.readings.recall(["a"]).keys() == store.another().recall(["a"]).keys() == {"a"}
    store.clock.turn(seconds=0.001)
    assert store.readings.recall(["a"]) == store.another().recall(["a"]) == {}
    assert store.another().claim("a", "ann", NOW + 9_000) == Claimed()


def test_one_asks_at_a_time(store: Store) -> None:
    """The second to claim learns until when the first has; the first may repeat its claim."""
    assert store.readings.claim("a", "ann", NOW + 5_000) == Claimed()
    asked = BeingAsked(until=NOW + 5_000)
    assert store.another().claim("a", "bob", NOW + 6_000) == asked
    assert store.another().recall(["a"]) == {"a": asked}
    assert store.another().claim("a", "ann", NOW + 5_000) == Claimed()
    assert store.another().claim("b", "bob", NOW + 6_000) == Claimed()


def test_a_claim_runs_out(store: Store) -> None:
    """Who died while asking keeps others waiting for its lease and no longer."""
    store.readings.claim("a", "ann", NOW + 5_000)
    store.clock.turn(seconds=4.999)
    assert store.another().claim("a", "bob", NOW + 9_000) == BeingAsked(until=NOW + 5_000)
    store.clock.turn(seconds=0.001)
    assert store.another().recall(["a"]) == {}
    assert store.another().claim("a", "bob", NOW + 9_000) == Claimed()
    assert store.readings.claim("a", "ann", NOW + 9_000) == BeingAsked(until=NOW + 9_000)


def test_nobody_claims_what_is_answered(store: Store) -> None:
    """Who was too late to see the answer gets it in the place of the claim."""
    store.readings.claim("a", "ann", NOW + 5_000)
    store.readings.keep("a", TEA, NOW + 60_000)
    kept = Remembered(reading=TEA, until=NOW + 60_000)
    assert store.another().claim("a", "bob", NOW + 5_000) == kept
    assert store.readings.claim("a", "ann", NOW + 5_000) == kept


def test_a_claim_is_given_up_by_its_owner_alone(store: Store) -> None:
    """The key then rests for as long as was said, or is free at once."""
    store.readings.claim("a", "ann", NOW + 5_000)
    store.readings.give_up("a", "bob", NOW + 100)
    store.readings.give_up("none", "bob", NOW + 100)
    assert store.another().claim("a", "bob", NOW + 9_000) == BeingAsked(until=NOW + 5_000)
    store.readings.give_up("a", "ann", NOW + 100)
    rests = Resting(until=NOW + 100)
    assert store.another().claim("a", "bob", NOW + 9_000) == rests
    assert store.another().recall(["a"]) == {"a": rests}
    store.clock.turn(seconds=0.1)
    assert store.another().claim("a", "bob", NOW + 9_000) == Claimed()
    store.readings.give_up("a", "ann", NOW + 200)
    assert store.another().recall(["a"]) == {"a": BeingAsked(until=NOW + 9_000)}
    store.readings.give_up("a", "bob", NOW + 100)
    assert store.another().recall(["a"]) == {}
    assert store.another().claim("a", "ann", NOW + 9_000) == Claimed()


def test_what_has_rested_is_claimed_and_answered_as_ever(store: Store) -> None:
    """Nothing of a rest is left on the key."""
    store.readings.claim("a", "ann", NOW + 5_000)
    store.readings.give_up("a", "ann", NOW)
    store.another().claim("a", "bob", NOW + 5_000)
    assert store.another().recall(["a"]) == {"a": BeingAsked(until=NOW + 5_000)}
    store.another().keep("a", TEA, NOW + 60_000)
    assert store.another().recall(["a"]) == {"a": Remembered(reading=TEA, until=NOW + 60_000)}


def test_giving_up_takes_no_answer_away(store: Store) -> None:
    """One who was overtaken has nothing to give up."""
    store.readings.claim("a", "ann", NOW + 5_000)
    store.another().keep("a", TEA, NOW + 60_000)
    store.readings.give_up("a", "ann", NOW + 100)
    assert store.another().recall(["a"]) == {"a": Remembered(reading=TEA, until=NOW + 60_000)}


def test_a_later_answer_takes_the_earlier_ones_place(store: Store) -> None:
    """The last word counts, for the time that it was given."""
    store.readings.keep("a", DETAILED, NOW + 1_000)
    store.readings.keep("a", TEA, NOW + 60_000)
    store.clock.turn(seconds=2)
    known = Remembered(reading=TEA, until=NOW + 60_000)
    assert store.readings.recall(["a"]) == store.another().recall(["a"]) == {"a": known}
