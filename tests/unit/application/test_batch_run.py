"""A run whose unsettled texts go through the Batch API."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.application import ask_run, put_off_lines
from chalicelib.application.ask_run import LIFE_MS, LOOK_MS_MAX, OPEN_MAX, ROOM_MS, AskRun
from chalicelib.application.batch_ports import BatchesUnavailableError, BatchRefusedError
from chalicelib.application.command_run import RunCommand
from chalicelib.application.ports import CatalogueDraft, ModelReading, Task
from chalicelib.application.put_off_lines import Unsettled
from chalicelib.application.remembered_model import RememberedModel
from chalicelib.application.run_ports import ReadLine, Reports
from chalicelib.domain.catalogue import Item
from chalicelib.domain.intent import Request, Status
from chalicelib.domain.model_use import ModelUse
from chalicelib.domain.pace import RatePlan
from chalicelib.domain.resolution import Line, Reading
from chalicelib.domain.run import Form, ModelWay, Plan, Run, RunState, Source
from chalicelib.domain.run_line import Bad, Buy, LineFault, RunLine
from tests.fakes import FakeCatalogues, FakeReadings
from tests.fakes.batches import FakeBatches, Handed
from tests.fakes.shop import TEA
from tests.unit.application.run_world import PRICES, Mortal, World

USE = ModelUse(calls=1, input_tokens=1_220, cached_tokens=1_000, output_tokens=40)
EACH = (55 + 25 + 80) // 2
"""What reading a text costs in a batch, at half of `PRICES`."""


HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def parse_text(content: bytes, form: Form, columns: Sequence[str]) -> RunLine:  # noqa: ARG001 (a port)
    """Return the line: a customer's text, or a fault."""
    try:
        row = json.loads(content)
    except ValueError:
        return Bad(fault=LineFault.NOT_JSON)
    request = Request(text=row["text"], expires_in_seconds=60)
    return Buy(customer_id=row["customer"], request=request)


@dataclass
class BatchWorld(World):
    """The same, with a Batch API, a memory, and a lane that goes by the parser and the memory."""

    parse: ReadLine = parse_text
    batches: FakeBatches = field(default_factory=FakeBatches)
    has_batches: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self.catalogues = FakeCatalogues()
        self.sell(TEA)
        self.memory = self.remembered()

    def sell(self, item: Item) -> None:
        """Publish a menu of one item."""
        draft = CatalogueDraft(
            merchant="tea-house", currency="USD", items=(item,), groups=(), digest=repr(item)
        )
        self.catalogues.publish(draft)

    def remembered(self) -> RememberedModel:
        """Return the memory."""
        return RememberedModel(
            model=None,  # type: ignore[arg-type]  # nobody may be asked at once
            readings=FakeReadings(self.clock),
            clock=self.clock,
            owner=lambda: "nobody",
            asked="a model",
            keep_ms=30 * DAY_MS,
            doubt_ms=HOUR_MS,
        )

    def ask(self, reports: Reports) -> AskRun | None:
        """Return what asks the Batch API, whose every call counts too."""
        if not self.has_batches:
            return None
        return AskRun(
            build=lambda: Mortal(self.batches, self),
            unsettled=Unsettled(
                catalogues=self.catalogues, reader=self.reader, memory=Mortal(self.memory, self)
            ),
            reports=reports,
            prices=PRICES.times(0.5),
        )

    def work(self) -> None:
        """Have each text confirmed that the parser or the memory settles; ask about the others."""
        queue: Any = self.lane.intents
        menu = self.catalogues.current("tea-house")
        assert menu is not None
        for pending in queue.sent:
            text = pending.request.text
            hint = self.reader.read(text, menu)
            task = Task(text=text, catalogue=menu, hint=hint, timeout_ms=0)
            (known,) = self.memory.recall_all([task])
            sure = hint.certain or (isinstance(known, ModelReading) and known.reading.certain)
            intent = self.plantings.intents[pending.ref]
            if intent.status is Status.ACCEPTED:
                status = Status.CONFIRMED if sure else Status.NEEDS_INPUT
                self.plantings.intents[pending.ref] = replace(intent, status=status)
        queue.sent.clear()


def said(quantity: int, *, certain: bool = True) -> ModelReading:
    """Return what the model makes of a text."""
    lines = (Line(sku="tea", quantity=quantity),)
    return ModelReading(Reading(lines=lines, certain=certain), USE)


def world(texts: Sequence[str | None], *, per_second: float = 4, **plan: Any) -> BatchWorld:
    """Return a world with a run of *texts*, none of them for a bad line, and batches of three."""
    rows = [
        b"nonsense"
        if text is None
        else json.dumps({"customer": f"c{n}", "text": text}, ensure_ascii=False).encode()
        for n, text in enumerate(texts, start=1)
    ]
    source = Source(key="file", form=Form.JSON_LINES)
    rate = RatePlan(per_second=per_second)
    plan = {"name": "gift", "merchant": "tea-house", "source": source, "rate": rate, **plan}
    one = BatchWorld(Plan(model=ModelWay.BATCH, **plan), b"".join(row + b"\n" for row in rows))
    one.batches.fits = 3
    one.batches.says = {f"{n} flurbles": said(n) for n in range(1, 10_000)}
    return one


def mixed() -> list[str | None]:
    """Return texts of all kinds, some of them several times."""
    texts: list[str | None] = ["a tea" if n % 3 else f"{n % 7 + 1} flurbles" for n in range(1, 49)]
    return [*texts, None, "2 FLURBLES", "flürbles, please", "flürbles, please", "a tea"]


MIXED = {"confirmed": 50, "needs_input": 2, "invalid": 1}
ASKED = sorted([*(f"{n} flurbles" for n in range(1, 8)), "flürbles, please"])


def finished(one: BatchWorld) -> Run:
    """Start the run and keep it until nothing is left to do."""
    one.say(RunCommand.START)
    return one.finish()


def test_the_parser_s_lines_go_first_and_the_others_join_when_they_were_read() -> None:
    """Each line is one intent and one row; each distinct text is asked once, at half the price."""
    one = world(mixed())
    run = finished(one)
    assert run.state is RunState.COMPLETED
    assert sorted(one.batches.texts) == ASKED
    assert len(one.plantings.intents) == 52
    rows = one.rows()
    assert sorted(row["line"] for row in rows) == list(range(1, 54))
    assert run.progress.outcomes == MIXED
    late = [n for n, text in enumerate(mixed(), start=1) if text and text != "a tea"]
    assert [row["line"] for row in rows[-len(late) :]] == late
    assert run.progress.model_microdollars == 7 * EACH
    assert run.progress.put_off.ends == {"completed": len(one.batches.handed)}
    assert len(one.batches.handed) == 3
    assert all(made.forgotten for made in one.batches.handed.values())


def calls_of_a_run() -> int:
    """Return how many calls a whole run makes that nothing disturbs."""
    one = world(mixed())
    finished(one)
    return one.calls


@pytest.mark.parametrize("moment", ["dies_before", "dies_after"])
def test_a_keeper_may_die_at_any_call(moment: str) -> None:
    """Whatever it dies at: no line is lost or twice, no text is asked or paid for twice."""
    calls = calls_of_a_run()
    assert calls > 100
    for call in range(1, calls + 1):
        one = world(mixed())
        setattr(one, moment, call)
        run = finished(one)
        where = (moment, call)
        assert run.state is RunState.COMPLETED, where
        assert len(one.plantings.intents) == 52, where
        assert sorted(row["line"] for row in one.rows()) == list(range(1, 54)), where
        assert run.progress.outcomes == MIXED, where
        assert sorted(one.batches.texts) == ASKED, where
        assert run.progress.model_microdollars == 7 * EACH, where
        assert run.progress.queued == 52, where


@settings(max_examples=60, deadline=None)
@given(
    numbers=st.lists(st.none() | st.integers(1, 12), min_size=1, max_size=60),
    ends=st.lists(
        st.builds(
            Handed,
            name=st.just(""),
            at=st.just(0),
            asks=st.just([]),
            looks=st.just(0),
            end=st.sampled_from(["completed", "expired", "cancelled", "failed", "gone"]),
            for_room=st.booleans(),
            answered=st.none() | st.integers(0, 3),
        ),
        max_size=5,
    ),
    fits=st.integers(1, 5),
    dies=st.lists(st.tuples(st.booleans(), st.integers(1, 90)), max_size=4),
)
def test_a_line_is_confirmed_just_if_its_text_was_answered(
    numbers: list[int | None],
    ends: list[Handed],
    fits: int,
    dies: list[tuple[bool, int]],
) -> None:
    """However batches end and keepers die; every line has one row, and the bill is what was answered."""
    texts = ["a tea" if number is None else f"{number} flurbles" for number in numbers]
    one = world(texts)
    one.batches.fits, one.batches.ends = fits, list(ends)
    one.say(RunCommand.START)
    for after, call in dies:
        # Each death is counted from the one before.
        fatal = one.calls + call
        one.dies_before, one.dies_after = (-1, fatal) if after else (fatal, -1)
        one.keep()
    run = one.finish()
    assert run.state is RunState.COMPLETED
    handed = [made for made in one.batches.handed.values() if not made.for_room]
    asked = [ask.text for made in handed for ask in made.asks]
    assert len(asked) == len(set(asked))
    answered = {
        ask.text
        for made in handed
        for ask in made.asks[: len(made.asks) if made.answered is None else made.answered]
    }
    rows = {row["line"]: row["outcome"] for row in one.rows()}
    assert len(rows) == len(one.rows()) == len(texts)
    for number, text in enumerate(texts, start=1):
        sure = text == "a tea" or text in answered
        assert rows[number] == ("confirmed" if sure else "needs_input"), (number, text)
    assert run.progress.model_microdollars == len(answered) * EACH


@pytest.mark.parametrize("end", ["failed", "gone", "expired"])
def test_lines_whose_batch_came_to_nothing_are_questions(end: str) -> None:
    """They are fed all the same, nothing is asked twice, and the run ends."""
    one = world(["1 flurbles", "a tea", "2 flurbles", "1 flurbles"])
    one.batches.ends = [Handed("", 0, [], 0, end=end, answered=0)]
    run = finished(one)
    assert run.progress.outcomes == {"confirmed": 1, "needs_input": 3}
    assert run.progress.put_off.ends == {end: 1}
    assert len(one.batches.texts) == 2


def test_a_batch_for_which_there_is_no_room_is_handed_in_again() -> None:
    """A quarter of an hour later; nothing was done and nothing paid for the first."""
    one = world(["1 flurbles"])
    one.batches.ends = [Handed("", 0, [], 0, end="failed", for_room=True)]
    began = one.clock.now()
    run = finished(one)
    assert run.progress.outcomes == {"confirmed": 1}
    assert len(one.batches.handed) == 2
    assert len({made.name for made in one.batches.handed.values()}) == 2
    assert all(made.forgotten for made in one.batches.handed.values())
    assert one.clock.now() - began > ROOM_MS


def test_a_batch_that_never_ends_is_given_up() -> None:
    """Past the provider's day it is told to stop, and its lines are questions."""
    one = world(["1 flurbles", "a tea"])
    one.batches.looks = 10_000
    one.say(RunCommand.START)
    began = one.clock.now()
    while one.stands().open and one.clock.now() < began + LIFE_MS + HOUR_MS:
        one.keep()
    run = one.stands()
    assert run.progress.outcomes == {"confirmed": 1, "needs_input": 1}
    assert run.progress.put_off.ends == {"given_up": 1}
    assert one.batches.cancelled == ["batch_0"]
    assert LIFE_MS <= one.clock.now() - began <= LIFE_MS + 2 * LOOK_MS_MAX


def test_a_provider_that_is_down_holds_nobody_else_up() -> None:
    """What the parser settles is fed, answered and collected; the rest follows when it is back."""
    one = world(mixed())
    begin = one.batches.begin

    def down(*_: Any) -> str:
        msg = "HTTP 500"
        raise BatchesUnavailableError(msg, 5_000)

    one.batches.begin = down  # type: ignore[assignment,method-assign]
    one.say(RunCommand.START)
    for _ in range(20):
        one.keep()
    run = one.stands()
    assert run.progress.outcomes == {"confirmed": 33, "invalid": 1}
    one.batches.begin = begin  # type: ignore[method-assign]
    assert one.finish().progress.outcomes == MIXED


def test_an_answer_that_was_lost_makes_no_second_batch() -> None:
    """The provider took it and its word did not arrive: it is found by its name."""
    one = world(["1 flurbles"])
    begin = one.batches.begin

    def lost(*args: Any) -> str:
        begin(*args)
        msg = "ReadTimeout"
        raise BatchesUnavailableError(msg)

    one.batches.begin = lost  # type: ignore[assignment,method-assign]
    run = finished(one)
    assert run.progress.outcomes == {"confirmed": 1}
    assert len(one.batches.handed) == 1


def test_a_provider_that_refuses_is_not_asked_again() -> None:
    """The lines are questions."""
    one = world(["1 flurbles"])

    def refuse(*_: Any) -> str:
        msg = "HTTP 400"
        raise BatchRefusedError(msg)

    one.batches.begin = refuse  # type: ignore[assignment,method-assign]
    run = finished(one)
    assert run.progress.outcomes == {"needs_input": 1}
    assert run.progress.put_off.ends == {"refused": 1}


def test_a_memory_that_fails_loses_no_answer() -> None:
    """What could not be remembered is fetched again."""
    one = world(["1 flurbles", "2 flurbles"])
    store: Any = one.memory.readings
    one.say(RunCommand.START)
    while not any(batch.over for batch in one.stands().progress.put_off.batches):
        one.keep(1)
        assert one.clock.now() < one.stands().made_at + DAY_MS
        store.down = bool(one.batches.handed)
    one.keep()
    store.down = False
    assert one.finish().progress.outcomes == {"confirmed": 2}


@pytest.mark.parametrize("drop", [False, True])
def test_a_cancelled_run_s_batches_are_cancelled(
    drop: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Lines that waited for them have a row that says so, and what was answered by then is paid."""
    one = world(["1 flurbles", "a tea", "2 flurbles"])
    one.batches.looks = 10_000
    one.say(RunCommand.START)
    while not one.batches.handed:
        one.keep()
    one.batches.handed["batch_0"].answered = 1
    one.say(RunCommand.CANCEL, drop=drop)
    run = one.finish()
    assert one.batches.cancelled == ["batch_0"]
    assert run.state is RunState.CANCELLED
    assert run.progress.outcomes == {"confirmed": 1, "not_fed": 2}
    assert sorted(row["line"] for row in one.rows()) == [1, 2, 3]
    assert len(one.plantings.intents) == 1
    assert run.progress.put_off.ends == {"cancelled": 1}
    assert run.progress.model_microdollars == EACH


def test_a_run_that_can_not_go_on_calls_its_batches_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody will look at them any more."""
    one = world(["1 flurbles", *["a tea"] * 200], per_second=1)
    one.batches.looks = 10_000
    monkeypatch.setattr(put_off_lines, "CUT_MS", 1_000)
    one.say(RunCommand.START)
    while not one.batches.handed:
        one.keep()
    del one.sources.files["file"]
    run = one.finish()
    assert run.reason is not None
    assert run.reason.code == "source_missing"
    assert one.batches.cancelled == ["batch_0"]


def test_a_pause_holds_lines_back_and_their_batch_is_read_later() -> None:
    """Nothing is fed while the run is paused, and what was answered meanwhile is there afterwards."""
    one = world(["1 flurbles", "a tea"])
    one.say(RunCommand.START)
    while not one.batches.handed:
        one.keep()
    one.say(RunCommand.PAUSE)
    for _ in range(100):
        one.keep()
    assert len(one.plantings.intents) == 1
    one.clock.turn(3 * DAY_MS)
    one.batches.handed["batch_0"].looks = 0
    one.say(RunCommand.RESUME)
    assert one.finish().progress.outcomes == {"confirmed": 2}


def test_whoever_writes_a_list_says_whose_keeper_it_is() -> None:
    """The lists bear a token as the results do: who was taken over can't write over the next one's."""
    one = world(mixed())
    run = finished(one)
    assert {key.split("/")[2] for key in one.reports.tokens} == {
        "fed",
        "put-off",
        "texts",
        "results",
    }
    assert all(1 <= token <= run.token for token in one.reports.tokens.values())


@pytest.mark.parametrize("ends", ["switched on", "cancelled"])
def test_a_run_is_held_while_there_is_no_batch_api(ends: str) -> None:
    """Switched off under way: nothing more is fed, nothing is lost, and it can still be cancelled."""
    one = world(["1 flurbles", *["a tea"] * 200], per_second=1)
    one.say(RunCommand.START)
    one.keep()
    one.has_batches = False
    fed = one.stands().progress.fed.lines
    for _ in range(50):
        one.keep()
    assert 0 < one.stands().progress.fed.lines == fed
    if ends == "switched on":
        one.has_batches = True
        assert one.finish().progress.outcomes == {"confirmed": 201}
        assert one.batches.texts == ["1 flurbles"]
    else:
        one.say(RunCommand.CANCEL)
        assert one.finish().progress.outcomes == {"confirmed": fed - 1, "not_fed": 1}


def test_what_is_known_is_not_asked_and_not_put_off() -> None:
    """A text that was read before, for a shopper or another run, is fed with the others."""
    one = world(["1 flurbles", "a tea"])
    finished(one)
    again = world(["1 flurbles", "a tea", "1  Flurbles!"])
    again.memory = one.memory
    again.clock = one.clock
    run = finished(again)
    assert run.progress.outcomes == {"confirmed": 3}
    assert again.batches.texts == []
    assert [row["line"] for row in again.rows()] == [1, 2, 3]


def test_a_text_waits_an_hour_at_most_for_others() -> None:
    """In a long run the first batch is handed in, and its lines are fed, before the source ends."""
    one = world(["1 flurbles", *["a tea"] * 400, "2 flurbles"], per_second=0.05)
    one.say(RunCommand.START)
    while one.stands().open:
        one.keep(600)
    lines = [row["line"] for row in one.rows()]
    assert lines.index(1) < lines.index(400)
    assert one.stands().progress.outcomes == {"confirmed": 402}
    assert len(one.batches.handed) == 2


def test_another_menu_makes_questions_of_what_was_read_for_the_last() -> None:
    """An answer counts for the menu that it was made from; texts not handed in yet are asked on the new."""
    one = world(["1 flurbles", "a tea"])
    one.say(RunCommand.START)
    while not one.batches.handed:
        one.keep()
    one.sell(Item(sku="tea", name="Tea", unit_price=500))
    assert one.finish().progress.outcomes == {"confirmed": 1, "needs_input": 1}


def test_few_batches_are_under_way_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others wait in the list, and all are answered in the end."""
    monkeypatch.setattr(ask_run, "TEXTS_MAX", 2)
    one = world([f"{n} flurbles" for n in range(1, 51)], per_second=100)
    most = 0
    one.say(RunCommand.START)
    while one.stands().open:
        most = max(most, len(one.keep(5).progress.put_off.batches))
    assert most == OPEN_MAX
    assert one.stands().progress.outcomes == {"confirmed": 50}
    assert len(one.batches.handed) == 25
    assert len(one.batches.texts) == 50


def test_the_rate_holds_for_lines_that_were_put_off() -> None:
    """They are fed no faster than the others when they have been read."""
    one = world([f"{n} flurbles" for n in range(1, 401)], per_second=10)
    one.batches.fits = 1_000
    one.say(RunCommand.START)
    while not one.stands().progress.queued:
        one.keep(1)
    before, at = one.stands().progress.queued, one.clock.now()
    while one.clock.now() < at + 20_000:
        one.keep(2)
    seconds = (one.clock.now() - at) / 1000
    assert one.stands().progress.queued - before <= 10 * seconds + 2 * 10 + 50
