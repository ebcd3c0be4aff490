"""Whether results and orders agree, however a run ends.

The small run of the kills, with some texts in it, under an operator: drawn with seeds, at some call
of its keepers the run is cancelled, its lane dropped, it is paused, its window closes, its file is
replaced or deleted, or a queue refuses a batch; and keepers die and hang beside. However it
ends, each intent on record has one row, which says how it stands, and the counts are the rows.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from enum import StrEnum
from random import Random
from typing import Any

from bench.figures import Bound, Figure
from bench.run_keepers import BUCKET, RUN, SOURCE, say, services, stands
from bench.run_kills import ANSWERS, BAD, GRANTS, ORDERS, PER_SECOND, code, lines
from bench.run_menu import READER, OneMenu
from bench.run_world import How, World
from chalicelib.adapters.codec import PENDING
from chalicelib.application.command_run import RunCommand
from chalicelib.domain.errors import IllegalMoveError, RunRefusedError
from chalicelib.domain.intent import Pending, Status, move
from chalicelib.domain.run import RunState
from simulation.dynamodb.errors import RefusedError, client_error
from simulation.queue import RECEIVE_MAX

TEXTS = 30
LINES = ORDERS + GRANTS + BAD + TEXTS
SEEDS = 300
CALLS = 65
"""As many as an undisturbed run makes, so that what happens mostly does so under way."""

OPEN_MS = 3_600_000
ROUNDS_MAX = 3

INVOCATION_MS = 3_000
"""Short, so that several keepers read the file: each has all of so small a one at once."""


class Act(StrEnum):
    """What happens to a run, of which only the first four are an operator's word."""

    CANCEL = "cancel"
    DROP = "cancel and drop"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "its window closes"
    REPLACE = "its file is replaced"
    DELETE = "its file is deleted"
    REFUSE = "a queue refuses a batch"


class Operated(World):
    """A run to which each of *acts* happens before the call of its number."""

    def __init__(
        self, acts: Mapping[int, Act], befalls: Mapping[int, How], *, packed: bool
    ) -> None:
        texts = b"".join(
            b'{"customer_id":"t%08d","text":"a latte"}\n' % number for number in range(TEXTS)
        )
        super().__init__(
            texts + b"".join(lines()),
            per_second=PER_SECOND,
            packed=packed,
            answers=ANSWERS,
            befalls=befalls,
            codes=[code(number) for number in range(ORDERS + 1, ORDERS + GRANTS + 1)],
            open_ms=OPEN_MS,
        )
        self._acts = dict(acts)
        self._refuses = False
        worker = services(self.called, self.clock)
        menu: Any = OneMenu()
        worker.catalogues, worker.reader = menu, READER
        self._resolve = worker.bulk_resolve

    def finish(self) -> bool:
        """Keep the run to its end, resumed if it was paused; return whether there is one."""
        for _ in range(ROUNDS_MAX):
            run = self.run(INVOCATION_MS)
            if run.finished_at is not None:
                break
            if run.state is RunState.PAUSED:
                say(self.called, self.clock, RunCommand.RESUME)
        # Whatever is still under way anywhere comes to its end.
        self.clock.sleep(OPEN_MS)
        return stands(self.called).finished_at is not None

    def statuses(self) -> Mapping[str, str]:
        """Return how each intent on record stands."""
        items = self.stack.dynamodb.contents("OrdersTable")
        return {item["id"]["S"]: item["status"]["S"] for item in items if "status" in item}

    def _around(self, name: str, call: Callable[[], Any]) -> Any:  # noqa: ANN401 (boto3's answers)
        act = self._acts.pop(self.made.total() + 1, None)
        if act is not None:
            self._act(act)
        if self._refuses and name == "send_message_batch":
            self._refuses = False
            refused = RefusedError("ServiceUnavailable", "As SQS may say.")
            return super()._around(name, lambda: _raise(client_error(refused, "SendMessageBatch")))
        return super()._around(name, call)

    def _act(self, act: Act) -> None:
        match act:
            case Act.CLOSE:
                self.clock.sleep(OPEN_MS)
            case Act.REPLACE:
                self.called.s3.put_object(Bucket=BUCKET, Key=SOURCE, Body=b"another\n")
            case Act.DELETE:
                self.called.s3.delete_object(Bucket=BUCKET, Key=SOURCE)
            case Act.REFUSE:
                self._refuses = True
            case _:
                self._say(act)

    def _say(self, act: Act) -> None:
        command = RunCommand.CANCEL if act is Act.DROP else RunCommand(act)
        try:
            say(self.called, self.clock, command, drop=act is Act.DROP)
        except (IllegalMoveError, RunRefusedError):
            # The run has ended before.
            return

    def _answer(self, ms: int) -> None:
        while messages := self._texts.receive(RECEIVE_MAX):
            self._resolve([PENDING.load(message.body) for message in messages])
            for message in messages:
                self._texts.delete(message.receipt_handle)
        super()._answer(ms)

    def _settle(self, pending: Pending) -> None:
        dropped = stands(self.called, RUN).drop
        status = Status.CANCELLED if dropped else Status.CONFIRMED
        self._intents.apply(move(pending, status, self.clock.now()))


def figures(seeds: int = SEEDS) -> list[Figure]:
    """Measure, in about half a minute."""
    sums: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for seed in range(seeds):
        one = drawn(seed)
        finished = one.finish()
        lost, twice = counted(one)
        sums.update(lost=lost + (not finished) * LINES, twice=twice)
        run = stands(one.called)
        ends[run.reason.code if run.reason is not None else run.state.value] += 1
    each = ", ".join(f"{count} {end}" for end, count in ends.most_common())
    return [
        Figure(
            figure=f"run.ends.{name}",
            value=sums[name],
            reach=0,
            bound=Bound.EXACTLY,
            unit="lines",
            note=f"{seeds} runs of {LINES} lines under an operator; they ended as {each}",
        )
        for name in ("lost", "twice")
    ]


def drawn(seed: int) -> Operated:
    """Return the run of that seed, to which one to three things happen, and up to two to its keepers."""
    chance = Random(f"ends {seed}")  # noqa: S311 (chance that can be repeated)
    acts = {chance.randint(1, CALLS): chance.choice(list(Act)) for _ in range(chance.randint(1, 3))}
    befalls = {
        chance.randint(1, CALLS): chance.choice(list(How)) for _ in range(chance.randint(0, 2))
    }
    return Operated(acts, befalls, packed=seed % 2 == 1)


def counted(one: Operated) -> tuple[int, int]:
    """Return how many lines are lost between orders, rows and counts, and how many there are twice."""
    rows, statuses = one.rows(), one.statuses()
    told = {row["intent"]: row["outcome"] for row in rows if "intent" in row}
    wrong = sum(told.get(intent) != status for intent, status in statuses.items())
    wrong += sum(intent not in statuses for intent in told)
    wrong += sum(
        row["outcome"] == "granted" and one.granted().get(row["code"]) != row["customer_id"]
        for row in rows
    )
    wrong += len(one.granted()) - sum(row["outcome"] == "granted" for row in rows)
    outcomes = Counter(":".join(filter(None, (row["outcome"], row.get("reason")))) for row in rows)
    wrong += outcomes != stands(one.called).progress.outcomes
    twice = len(rows) - len({row["line"] for row in rows})
    twice += sum(count - 1 for count in one.intents().values())
    return wrong, twice


def _raise(error: Exception) -> None:
    raise error


if __name__ == "__main__":
    for figure in figures():
        print(figure)
