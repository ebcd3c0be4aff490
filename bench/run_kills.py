"""Whether a line is ever lost or fed twice, wherever its keeper dies or hangs.

A small run of orders, grants and a bad line. First each call that an undisturbed run makes is
once the last thing that its keeper does, and once what it hangs at until another one has taken
over; before it has its effect, and after. Then keepers die and hang at two calls each, drawn
with seeds. Lines are counted where they end: orders in their table, one customer a line; codes
in theirs; and the rows of the results.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random

from bench.figures import Bound, Figure
from bench.run_keepers import order
from bench.run_world import How, World

ORDERS, GRANTS, BAD = 150, 40, 1
LINES = ORDERS + GRANTS + BAD
PER_SECOND = 12
"""A slice of 120 lines: two transactions, and a dozen batches of messages."""
ANSWERS = 40
DOUBLES = 300


def figures(doubles: int = DOUBLES, *, every: bool = True) -> list[Figure]:
    """Measure, in about half a minute; without *every* call, the drawn ones alone."""
    lost = twice = ran = 0
    for packed in (False, True):
        for befalls in _befalls(packed=packed, doubles=doubles // 2, every=every):
            one = world(packed=packed, befalls=befalls)
            one.run()
            more_lost, more_twice = counted(one)
            lost, twice, ran = lost + more_lost, twice + more_twice, ran + 1
    note = f"{ran} runs of {LINES} lines, plain and gzip, in which keepers die or hang"
    return [
        Figure(
            figure=f"run.kill_anywhere.{name}",
            value=value,
            reach=0,
            bound=Bound.EXACTLY,
            unit="lines",
            note=note,
        )
        for name, value in (("lost", lost), ("twice", twice))
    ]


def world(*, packed: bool = False, befalls: Mapping[int, How] | None = None) -> World:
    """Return the small run, and what befalls its keepers."""
    codes = [code(number) for number in range(ORDERS + 1, ORDERS + GRANTS + 1)]
    return World(
        b"".join(lines()),
        per_second=PER_SECOND,
        packed=packed,
        answers=ANSWERS,
        befalls=befalls,
        codes=codes,
    )


def counted(one: World) -> tuple[int, int]:
    """Return how many lines are lost, and how many there are twice."""
    rows = Counter((row["line"], row["outcome"]) for row in one.rows())
    orders, intents, granted = one.orders(), one.intents(), one.granted()
    lost = twice = 0
    for number in range(1, LINES + 1):
        customer = f"c{number:08}"
        if number <= ORDERS:
            outcome, done, made = "confirmed", orders[customer], intents[customer]
        elif number <= ORDERS + GRANTS:
            outcome, made = "granted", 0
            done = granted.get(code(number)) == customer
        else:
            outcome, done, made = "invalid", 1, 0
        lost += not (done and rows[number, outcome])
        told = sum(count for (line, _), count in rows.items() if line == number)
        twice += made > 1 or told > 1
    return lost, twice


def _befalls(*, packed: bool, doubles: int, every: bool) -> Iterator[Mapping[int, How]]:
    undisturbed = world(packed=packed)
    undisturbed.run()
    calls = undisturbed.made.total()
    for call in range(1, calls + 1) if every else ():
        for how in How:
            yield {call: how}
    for seed in range(doubles):
        chance = Random(f"{packed} {seed}")  # noqa: S311 (chance that can be repeated)
        first = chance.randint(1, calls)
        second = first + chance.randint(1, calls)
        yield {first: chance.choice(list(How)), second: chance.choice(list(How))}


def lines() -> Iterator[bytes]:
    """Yield the lines of the small run."""
    for number in range(1, ORDERS + 1):
        yield order(number)
    for number in range(ORDERS + 1, ORDERS + GRANTS + 1):
        yield b'{"customer_id":"c%08d","grant":"%s"}\n' % (number, code(number).encode())
    yield b"no line\n"


def code(number: int) -> str:
    """Return the code that a line grants."""
    return f"GIFT{number:04}"
