from collections.abc import Sequence
from dataclasses import replace

import pytest

from chalicelib.application.ports import (
    Lack,
    ModelReading,
    ModelResult,
    ModelUnavailable,
    ModelUnusable,
    Task,
)
from chalicelib.application.resolve_intents import (
    MODEL_TURNS_MAX,
    TIME_TO_ORDER_MS,
    ResolveIntents,
)
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.intent import Intent, Pending, Status
from chalicelib.domain.model_use import NO_USE, ModelUse
from chalicelib.domain.resolution import Choice, Line, Question, QuestionCode, Reading, ReadingMode
from tests.fakes.shop import Shop
from tests.unit.domain.builders import intent, line, request

TEA = Reading(lines=(line(),), certain=True, coupon="FROMTEXT")
UNSURE = Reading(lines=(), certain=False, candidates=("tea",), coupon="FROMTEXT")
ONE_CALL = ModelUse(calls=1, input_tokens=900, cached_tokens=800, output_tokens=30)


class Scripted:
    """A reader and a model that say what they are told to."""

    def __init__(self, reading: Reading, *results: ModelResult) -> None:
        self.reading = reading
        self.results = list(results)
        self.asked: list[Task] = []

    def read(self, text: str, catalogue: Catalogue) -> Reading:  # noqa: ARG002 (as told)
        """Return the reading."""
        return self.reading

    def reply(self, text: str, question: Question, catalogue: Catalogue) -> Reading:  # noqa: ARG002 (as told)
        """Return the reading with the lines that were offered first."""
        return replace(self.reading, lines=question.choices[0].lines, certain=True)

    def ask(self, reading: Reading, catalogue: Catalogue) -> Question:  # noqa: ARG002 (as told)
        """Return a question."""
        return Question(code=QuestionCode.NOT_UNDERSTOOD, prompt="What would you like?")

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult]:
        """Return the next results, one for each task."""
        self.asked.extend(tasks)
        return [self.results.pop(0) for _ in tasks]


@pytest.fixture
def shop() -> Shop:
    """Return a shop with one tea."""
    return Shop()


def resolver(
    shop: Shop,
    said: Scripted,
    *,
    model: bool = True,
    mode: ReadingMode = ReadingMode.PARSER_FIRST,
) -> ResolveIntents:
    """Return the use case over *said*."""
    return ResolveIntents(
        intents=shop.intents,
        catalogues=shop.catalogues,
        settlements_queue=shop.settlements_queue,
        control=shop.control,
        reader=said,
        model=said if model else None,
        clock=shop.clock,
        mode=mode,
    )


def accepted(shop: Shop, *, text: str = "something", id_: str = "in_1") -> Pending:
    """Put an intent with a text on record, and return its message."""
    now = shop.clock.now()
    one = replace(intent(request(text=text), id_=id_), accepted_at=now, expires_at=now + 900_000)
    shop.intents.accept(one)
    return one.pending


def stands(shop: Shop, delivery: Pending) -> Intent:
    """Return the intent of *delivery*."""
    return shop.on_record[delivery.ref]


def sent(shop: Shop) -> list[Pending]:
    """Return what went on to settlement."""
    return shop.settlements_queue.sent


def test_what_the_parser_is_certain_of_asks_no_model(shop: Shop) -> None:
    """The parser's lines go on to settlement, with the coupon that the text named."""
    said = Scripted(TEA)
    resolved = resolver(shop, said)([accepted(shop)])
    assert said.asked == []
    assert sent(shop)[0].request.lines == (line(),)
    assert sent(shop)[0].request.text is None
    assert sent(shop)[0].request.coupons == ("FROMTEXT",)
    assert dict(resolved.outcomes) == {"parser": 1}


def test_an_answer_in_words_is_read_with_its_question(shop: Shop) -> None:
    """What the question offered is merged with the answer, and the question ends there."""
    offered = Choice(id="1", label="two teas", lines=(line(quantity=2),))
    question = Question(code=QuestionCode.AMBIGUOUS, prompt="Right?", choices=(offered,))
    delivery = accepted(shop, text="yes")
    answer = replace(delivery, request=replace(delivery.request, answered=question))
    resolver(shop, Scripted(UNSURE))([answer])
    assert sent(shop)[0].request.lines == offered.lines
    assert sent(shop)[0].request.answered is None


def test_a_coupon_that_was_given_outdoes_one_in_the_text(shop: Shop) -> None:
    """The field is what the client meant; the text may mention anything."""
    delivery = accepted(shop)
    given = replace(delivery, request=replace(delivery.request, coupons=("GIVEN",)))
    resolver(shop, Scripted(TEA))([given])
    assert sent(shop)[0].request.coupons == ("GIVEN",)


def test_several_coupons_that_were_given_all_stand(shop: Shop) -> None:
    """The text neither adds to them nor takes any away."""
    delivery = accepted(shop)
    given = replace(delivery, request=replace(delivery.request, coupons=("ONE", "TWO")))
    resolver(shop, Scripted(TEA))([given])
    assert sent(shop)[0].request.coupons == ("ONE", "TWO")


def test_what_the_parser_is_not_sure_of_goes_to_the_model(shop: Shop) -> None:
    """The model's lines are ordered; its coupon is not."""
    read = Reading(lines=(line(),), certain=True, coupon="INVENTED")
    said = Scripted(UNSURE, ModelReading(read, ONE_CALL))
    resolved = resolver(shop, said)([accepted(shop)])
    assert [task.text for task in said.asked] == ["something"]
    assert sent(shop)[0].request.coupons == ("FROMTEXT",)
    assert dict(resolved.outcomes) == {"model": 1}


@pytest.mark.parametrize(
    "result",
    [
        ModelUnusable("refused"),
        ModelReading(Reading(lines=(Line(sku="wine", quantity=1),), certain=True)),
        ModelReading(Reading(lines=(line("tea", 1, ("size", "huge")),), certain=True)),
        ModelReading(Reading(lines=(), certain=True)),
        ModelReading(Reading(lines=(line(),), certain=False)),
    ],
)
def test_what_the_model_makes_up_becomes_a_question(shop: Shop, result: ModelResult) -> None:
    """Garbage, an invented item or option, nothing, doubt: never an order."""
    delivery = accepted(shop)
    resolver(shop, Scripted(UNSURE, result))([delivery])
    assert sent(shop) == []
    assert stands(shop, delivery).status is Status.NEEDS_INPUT


def test_answers_without_end_cost_no_calls_without_end(shop: Shop) -> None:
    """From some turn on the parser alone reads what a customer answers."""
    delivery = accepted(shop)
    asked = {}
    for turn in (MODEL_TURNS_MAX, MODEL_TURNS_MAX + 1):
        shop.put(replace(stands(shop, delivery), status=Status.ACCEPTED, turn=turn))
        said = Scripted(UNSURE, ModelReading(TEA, ONE_CALL))
        resolver(shop, said)([stands(shop, delivery).pending])
        asked[turn] = len(said.asked)
    assert asked == {MODEL_TURNS_MAX: 1, MODEL_TURNS_MAX + 1: 0}


def test_without_a_model_doubt_is_a_question(shop: Shop) -> None:
    """No key is needed to run: the customer is asked instead."""
    delivery = accepted(shop)
    resolver(shop, Scripted(UNSURE), model=False)([delivery])
    question = stands(shop, delivery).question
    assert question is not None
    assert question.code is QuestionCode.NOT_UNDERSTOOD


def test_a_model_that_fails_is_asked_again_and_at_last_the_customer(shop: Shop) -> None:
    """An outage costs no intent: the message comes again for half its time, then it is a question."""
    delivery = accepted(shop)
    down = ModelUnavailable("down")
    resolve = resolver(shop, Scripted(UNSURE, down, down, down))
    assert resolve([delivery]).again.keys() == {delivery.ref}
    shop.clock.turn(449_000)
    assert resolve([delivery]).again.keys() == {delivery.ref}
    assert stands(shop, delivery).status is Status.ACCEPTED
    shop.clock.turn(1_000)
    assert resolve([delivery]).again == {}
    assert stands(shop, delivery).status is Status.NEEDS_INPUT


def test_an_answer_that_is_near_is_waited_for(shop: Shop) -> None:
    """Past half of the time, too: the model is well, and somebody is asking it just this."""
    busy = ModelUnavailable("being asked", retry_after_ms=1_000, lack=Lack.BUSY)
    delivery = accepted(shop)
    resolve = resolver(shop, Scripted(UNSURE, busy, busy, busy))
    shop.clock.turn(450_000)
    assert resolve([delivery]).again.keys() == {delivery.ref}
    shop.clock.turn(450_000 - TIME_TO_ORDER_MS - 1_001)
    assert resolve([delivery]).again.keys() == {delivery.ref}
    shop.clock.turn(1)
    assert resolve([delivery]).again == {}
    assert stands(shop, delivery).status is Status.NEEDS_INPUT


@pytest.mark.parametrize("lack", [Lack.FAILED, Lack.HELD, Lack.UNASKED])
def test_no_other_lack_is_waited_for_past_half_of_the_time(shop: Shop, lack: Lack) -> None:
    """What is left is the customer's to answer a question in."""
    delivery = accepted(shop)
    shop.clock.turn(450_000)
    said = Scripted(UNSURE, ModelUnavailable("no", retry_after_ms=1, lack=lack))
    resolver(shop, said)([delivery])
    assert stands(shop, delivery).status is Status.NEEDS_INPUT


def test_past_the_deadline_nobody_is_asked(shop: Shop) -> None:
    """An intent that is too late expires, and costs no call to the model."""
    delivery = accepted(shop)
    shop.clock.turn(900_000)
    said = Scripted(UNSURE)
    resolver(shop, said)([delivery])
    assert said.asked == []
    assert stands(shop, delivery).status is Status.EXPIRED


def test_the_model_gets_no_more_time_than_is_left(shop: Shop) -> None:
    """A call ends with the deadline; with next to no time left it is not made."""
    delivery = accepted(shop)
    shop.clock.turn(900_000 - 2_000)
    said = Scripted(UNSURE, ModelUnusable("slow"))
    resolver(shop, said)([delivery])
    assert [task.timeout_ms for task in said.asked] == [2_000]
    late = accepted(shop, id_="in_2")
    shop.clock.turn(900_000 - 400)
    resolver(shop, said)([late])
    assert len(said.asked) == 1
    assert stands(shop, late).status is Status.NEEDS_INPUT


def test_a_message_that_came_again_is_not_paid_for_again(shop: Shop) -> None:
    """Who has moved on since, or was cancelled, is not read by the model."""
    delivery = accepted(shop)
    shop.cancel(delivery.ref)
    said = Scripted(UNSURE)
    resolved = resolver(shop, said)([delivery])
    assert said.asked == []
    assert dict(resolved.outcomes) == {"moved_on": 1}


def test_an_answer_that_cost_no_call_is_counted(shop: Shop) -> None:
    """What was remembered, and what was shared: how often the model was spared."""
    deliveries = [accepted(shop, id_=f"in_{n}") for n in range(6)]
    known = ModelReading(Reading(lines=(line(),), certain=True), use=NO_USE)
    waits = ModelUnavailable("being asked", retry_after_ms=1_000)
    refused, unsent = ModelUnusable("refused"), ModelUnusable("no candidate", judged=False)
    answers = known, known, ModelReading(TEA, use=ONE_CALL), refused
    resolved = resolver(shop, Scripted(UNSURE, *answers, unsent, waits))(deliveries)
    assert dict(resolved.outcomes) == {
        "model": 3,
        "model_spared": 3,
        "model_unavailable": 1,
        "needs_input": 2,
    }


def test_a_queue_that_refuses_has_the_message_come_again(shop: Shop) -> None:
    """What was understood and could not be sent on is resolved anew."""
    shop.settlements_queue.down = True
    delivery = accepted(shop)
    assert resolver(shop, Scripted(TEA))([delivery]).again.keys() == {delivery.ref}


def test_a_table_that_is_down_has_the_message_come_again(shop: Shop) -> None:
    """A question that could not be recorded is asked later, and keeps nobody else waiting."""
    first, second = accepted(shop), accepted(shop, id_="in_2")
    said = Scripted(UNSURE)
    resolve = resolver(shop, said, model=False)
    shop.intents.down = True
    assert resolve([first, second]).again.keys() == {first.ref, second.ref}


def test_a_batch_is_read_each_by_itself(shop: Shop) -> None:
    """One unsure text does not change what its neighbours meant."""
    deliveries = [accepted(shop, id_=f"in_{n}") for n in range(3)]
    said = Scripted(
        UNSURE,
        ModelReading(Reading(lines=(line("tea", 1),), certain=True)),
        ModelUnusable("no"),
        ModelReading(Reading(lines=(line("tea", 3),), certain=True)),
    )
    resolver(shop, said)(deliveries)
    assert [p.request.lines[0].quantity for p in sent(shop)] == [1, 3]
    assert stands(shop, deliveries[1]).status is Status.NEEDS_INPUT


def test_a_question_keeps_the_coupon_that_the_text_named(shop: Shop) -> None:
    """Whatever is answered, the coupon is still wanted; a coupon in a later answer takes its place."""
    delivery = accepted(shop)
    resolver(shop, Scripted(UNSURE), model=False)([delivery])
    assert stands(shop, delivery).request.coupons == ("FROMTEXT",)
    turned = replace(stands(shop, delivery), status=Status.ACCEPTED, turn=1)
    shop.put(turned)
    later = replace(TEA, coupon="LATER")
    resolver(shop, Scripted(later))([turned.pending])
    assert sent(shop)[0].request.coupons == ("LATER",)


ALWAYS, ONLY = ReadingMode.MODEL_ALWAYS, ReadingMode.PARSER_ONLY
TWO_TEAS = Reading(lines=(line("tea", 2),), certain=True)


def test_a_model_that_reads_always_outdoes_a_certain_parser(shop: Shop) -> None:
    """Its lines are ordered, with the coupon that the parser found; its doubt is a question."""
    first, second = accepted(shop), accepted(shop, id_="in_2")
    doubt = ModelReading(replace(TWO_TEAS, certain=False), ONE_CALL)
    said = Scripted(TEA, ModelReading(TWO_TEAS, ONE_CALL), doubt)
    resolved = resolver(shop, said, mode=ALWAYS)([first, second])
    assert [(p.request.lines, p.request.coupons) for p in sent(shop)] == [
        (TWO_TEAS.lines, ("FROMTEXT",))
    ]
    assert stands(shop, second).status is Status.NEEDS_INPUT
    assert dict(resolved.outcomes) == {"model": 1, "needs_input": 1}


def test_where_the_model_has_nothing_to_say_the_parser_stands_in(shop: Shop) -> None:
    """Unusable, or unavailable past half of the time: then what is certain is ordered."""
    down = ModelUnavailable("down")
    said = Scripted(TEA, down, down, ModelUnusable("refused", ONE_CALL))
    resolve = resolver(shop, said, mode=ALWAYS)
    delivery = accepted(shop)
    assert resolve([delivery]).again.keys() == {delivery.ref}
    shop.clock.turn(450_000)
    assert dict(resolve([delivery]).outcomes) == {"parser": 1}
    assert dict(resolve([accepted(shop, id_="in_2")]).outcomes) == {"parser": 1}
    assert [p.request.lines for p in sent(shop)] == [TEA.lines] * 2


def test_a_model_that_is_not_there_leaves_all_to_the_parser(shop: Shop) -> None:
    """Without a key, who wants the model always still gets orders."""
    resolver(shop, Scripted(TEA), model=False, mode=ALWAYS)([accepted(shop)])
    assert len(sent(shop)) == 1


def test_a_parser_on_its_own_asks_the_customer(shop: Shop) -> None:
    """The model is never asked, though there is one."""
    delivery = accepted(shop)
    said = Scripted(UNSURE, ModelReading(TWO_TEAS))
    resolver(shop, said, mode=ONLY)([delivery])
    assert said.asked == []
    assert stands(shop, delivery).status is Status.NEEDS_INPUT


def test_who_must_wait_says_for_how_long(shop: Shop) -> None:
    """As long as the model asked for, each for itself; no time is made up."""
    deliveries = [accepted(shop, id_=f"in_{n}") for n in range(2)]
    limited = ModelUnavailable("HTTP 429", retry_after_ms=7_000)
    again = resolver(shop, Scripted(UNSURE, limited, ModelUnavailable("down")))(deliveries).again
    assert [again[one.ref].wait_ms for one in deliveries] == [7_000, None]


def test_what_the_model_took_goes_on_with_the_intent(shop: Shop) -> None:
    """Attempt by attempt: with who comes again, with who is settled, and with a question."""
    delivery = accepted(shop)
    failed = ModelUnavailable("HTTP 500", use=ModelUse(calls=1))
    read = ModelReading(TWO_TEAS, ONE_CALL)
    resolve = resolver(shop, Scripted(UNSURE, failed, read, ModelUnusable("no", use=ONE_CALL)))
    again = resolve([delivery]).again[delivery.ref].pending
    assert again == replace(delivery, model_use=ModelUse(calls=1))
    resolved = resolve([again])
    assert [p.model_use for p in sent(shop)] == [ONE_CALL + ModelUse(calls=1)]
    assert [one.use for one in resolved.consulted] == [ONE_CALL + ModelUse(calls=1)]
    asked = accepted(shop, id_="in_2")
    resolve([asked])
    assert stands(shop, asked).model_use == ONE_CALL


def test_what_was_read_and_could_not_be_sent_is_not_read_again(shop: Shop) -> None:
    """A settlements queue that is down costs no second call: the lines come back with the copy."""
    shop.settlements_queue.down = True
    delivery = accepted(shop)
    again = resolver(shop, Scripted(UNSURE, ModelReading(TWO_TEAS, ONE_CALL)))([delivery]).again
    assert again[delivery.ref].pending.request.lines == TWO_TEAS.lines


def test_a_question_that_could_not_be_recorded_keeps_what_it_took(shop: Shop) -> None:
    """The table fails after the call was paid for: the copy carries the call on."""
    delivery = accepted(shop)
    said = Scripted(UNSURE, ModelUnusable("refused", ONE_CALL))
    read_all = said.read_all

    def read_and_fail(tasks: Sequence[Task]) -> Sequence[ModelResult]:
        shop.intents.down = True
        return read_all(tasks)

    said.read_all = read_and_fail  # type: ignore[method-assign]
    again = resolver(shop, said)([delivery]).again
    assert again[delivery.ref].pending.model_use == ONE_CALL


def test_of_one_intent_twice_in_a_batch_one_is_read(shop: Shop) -> None:
    """A duplicate beside its original costs no second call."""
    delivery = accepted(shop)
    said = Scripted(UNSURE, ModelReading(TWO_TEAS, ONE_CALL))
    resolver(shop, said)([delivery, delivery])
    assert len(said.asked) == len(sent(shop)) == 1


def test_who_asks_no_model_has_no_use(shop: Shop) -> None:
    """What the parser settles carries nothing more than before."""
    delivery = accepted(shop)
    resolved = resolver(shop, Scripted(TEA))([delivery])
    assert sent(shop)[0].model_use is NO_USE
    assert resolved.consulted == ()
