"""Answers to our question, by the real parser: what was understood before is never lost to a model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from chalicelib.application.ports import CatalogueDraft, ModelReading, ModelResult, Task
from chalicelib.application.resolve_intents import ResolveIntents
from chalicelib.domain.intent import IntentRef, Pending, Status
from chalicelib.domain.model_use import ModelUse
from chalicelib.domain.resolution import Line, Question, Reading, ReadingMode
from chalicelib.understanding.readers import MenuReaders
from tests.fakes.catalogues import FakeCatalogues
from tests.fakes.shop import Shop
from tests.unit.domain.builders import intent, request
from tests.unit.understanding.menus import SANDWICHES, shown

ASKED_ABOUT = "a tuna sub with bacon and kimchi and a cookie"
TUNA_ALONE = Reading(lines=(Line(sku="tuna_sub", quantity=1),), certain=True)
MODES = [ReadingMode.PARSER_FIRST, ReadingMode.MODEL_ALWAYS]


class Forgetful:
    """A model that was never shown the question, and is certain of what it makes of the rest."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult]:
        """Read a tuna sub, and no cookie."""
        self.asked.extend(task.text for task in tasks)
        return [ModelReading(TUNA_ALONE, ModelUse(calls=1)) for _ in tasks]


def menus() -> FakeCatalogues:
    """Return the sandwiches' menu, as the merchant's of the builders."""
    published = FakeCatalogues()
    published.publish(
        CatalogueDraft(
            merchant=intent().merchant,
            currency=SANDWICHES.currency,
            items=tuple(SANDWICHES.items.values()),
            groups=tuple(SANDWICHES.groups.values()),
            digest="sandwiches",
        )
    )
    return published


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """A shop that reads answers, and its model."""

    shop: Shop
    model: Forgetful
    resolve: ResolveIntents

    def answer(self, text: str, *coupons: str) -> Pending:
        """Put an intent on record that asked about the sub and the cookie, answered with *text*."""
        reader = MenuReaders()
        question = reader.ask(reader.read(ASKED_ABOUT, SANDWICHES), SANDWICHES)
        now = self.shop.clock.now()
        wish = replace(request(text=text), answered=question, coupons=coupons)
        one = replace(intent(wish, turn=1), accepted_at=now, expires_at=now + 900_000)
        self.shop.put(one)
        self.resolve([one.pending])
        return one.pending

    def question(self, ref: IntentRef) -> Question:
        """Return what the customer is asked."""
        stands = self.shop.on_record[ref]
        assert stands.status is Status.NEEDS_INPUT
        assert stands.question is not None
        return stands.question


@pytest.fixture(params=MODES)
def answering(request: pytest.FixtureRequest) -> Answering:
    """Return the shop, in each mode that asks a model."""
    shop, model = Shop(), Forgetful()
    resolve = ResolveIntents(
        intents=shop.intents,
        catalogues=menus(),
        settlements_queue=shop.settlements_queue,
        control=shop.control,
        reader=MenuReaders(),
        model=model,
        clock=shop.clock,
        mode=request.param,
    )
    return Answering(shop=shop, model=model, resolve=resolve)


def test_a_merge_that_is_certain_is_ordered(answering: Answering) -> None:
    """In every mode: who read the answer alone would have dropped the cookie."""
    answering.answer("no bacon")
    (sent,) = answering.shop.settlements_queue.sent
    assert shown(sent.request.lines) == ["1 cookie", "1 tuna_sub -bacon"]
    assert answering.model.asked == []


def test_a_merge_that_is_not_is_asked_about(answering: Answering) -> None:
    """The next question still offers all that was understood."""
    answered = answering.answer("no bacon, and perhaps some flurbs")
    assert answering.shop.settlements_queue.sent == []
    (choice,) = answering.question(answered.ref).choices
    assert shown(choice.lines) == ["1 cookie", "1 tuna_sub -bacon"]
    assert answering.model.asked == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("don't use SPRING25", ()),
        ("no coupon", ()),
        ("without FALL10", ("SPRING25",)),
        ("don't use SPRING25, use FALL10", ("FALL10",)),
        ("no bacon, and perhaps some flurbs", ("SPRING25",)),
    ],
)
def test_a_coupon_that_an_answer_refuses_is_not_used(
    answering: Answering, text: str, kept: tuple[str, ...]
) -> None:
    """What the question keeps lacks it, so that a yes to that doesn't redeem it either."""
    answered = answering.answer(text, "SPRING25")
    assert answering.question(answered.ref).choices
    assert answering.shop.on_record[answered.ref].request.coupons == kept
