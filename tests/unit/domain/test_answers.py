from dataclasses import replace

import pytest

from chalicelib.domain.answers import Answer, answered
from chalicelib.domain.errors import QuestionChangedError, UnknownChoiceError
from chalicelib.domain.intent import CouponFallback, Intent, Status
from chalicelib.domain.resolution import Choice, Question, QuestionCode
from tests.unit.domain.builders import intent, line, request

SOLD_OUT = Question(
    code=QuestionCode.COUPON_UNAVAILABLE,
    prompt="Full price?",
    choices=(Choice(id="full_price", label="Yes", lines=(line("cake"),), max_total=333),),
)
WHICH = Question(
    code=QuestionCode.AMBIGUOUS,
    prompt="Which?",
    choices=(Choice(id="1", label="Tea", lines=(line("tea", 2),)),),
)


def asked(question: Question, turn: int = 0) -> Intent:
    """Return an intent that waits for an answer."""
    return intent(
        request(text="something nice", coupon="SPRING25"),
        status=Status.NEEDS_INPUT,
        turn=turn,
        question=question,
    )


def test_choosing_means_the_lines_that_the_choice_said() -> None:
    """A choice is ordered as it was shown; the text is not read again."""
    request_ = answered(asked(WHICH), Answer(fingerprint="x", choice="1"))
    assert (request_.text, request_.lines) == (None, (line("tea", 2),))
    assert request_.if_coupon_unavailable is CouponFallback.ASK


def test_agreeing_to_the_full_price_agrees_to_no_more_than_was_said() -> None:
    """The full price that was shown is the limit from then on."""
    request_ = answered(asked(SOLD_OUT), Answer(fingerprint="x", choice="full_price"))
    assert request_.if_coupon_unavailable is CouponFallback.FULL_PRICE
    assert request_.max_total == 333


def test_a_new_text_takes_the_place_of_what_was_said() -> None:
    """What else was asked for, the coupon above all, stays."""
    request_ = answered(asked(WHICH), Answer(fingerprint="x", text="two teas"))
    assert (request_.text, request_.lines, request_.coupons) == ("two teas", (), ("SPRING25",))


def test_a_text_is_read_with_the_question_that_it_answers() -> None:
    """It says how to read the answer, and a choice ends it."""
    told = answered(asked(WHICH), Answer(fingerprint="x", text="the green one"))
    assert told.answered == WHICH
    again = replace(asked(WHICH, turn=1), request=told)
    assert answered(again, Answer(fingerprint="x", turn=1, choice="1")).answered is None


def test_an_answer_to_another_question_is_refused() -> None:
    """A late answer can't decide what it was not asked."""
    with pytest.raises(QuestionChangedError):
        answered(asked(WHICH, turn=2), Answer(fingerprint="x", turn=1, choice="1"))


def test_after_the_first_question_an_answer_names_its_own() -> None:
    """A nameless answer may be an old one that comes late, and agrees to nothing it did not see."""
    nameless = Answer(fingerprint="x", choice="1")
    assert answered(asked(WHICH, turn=0), nameless).lines == (line("tea", 2),)
    with pytest.raises(QuestionChangedError):
        answered(asked(WHICH, turn=1), nameless)
    named = Answer(fingerprint="x", turn=1, choice="1")
    assert answered(asked(WHICH, turn=1), named).lines == (line("tea", 2),)


def test_only_what_was_offered_can_be_chosen() -> None:
    """A choice that the question does not have is refused."""
    with pytest.raises(UnknownChoiceError):
        answered(asked(WHICH), Answer(fingerprint="x", choice="2"))


def test_what_was_offered_outlasts_an_answer_that_was_not_understood() -> None:
    """A question that offers nothing leaves the one before it to be answered."""
    told = answered(asked(WHICH), Answer(fingerprint="x", text="qwerty"))
    for code in (QuestionCode.NOT_UNDERSTOOD, QuestionCode.AMBIGUOUS):
        again = replace(asked(Question(code=code, prompt="?"), turn=1), request=told)
        assert answered(again, Answer(fingerprint="y", turn=1, text="yes")).answered == WHICH
        chosen = Answer(fingerprint="y", turn=1, lines=(line("tea"),))
        assert answered(again, chosen).answered is None


def test_words_in_answer_to_a_price_are_read_with_what_it_is_for() -> None:
    """Nothing that was understood is forgotten, whether the request has its lines or its text."""
    for given in (asked(SOLD_OUT), replace(asked(SOLD_OUT), request=request(line("cake")))):
        after = answered(given, Answer(fingerprint="x", text="yes please"))
        assert after.text == "yes please"
        assert after.answered is not None
        assert [choice.lines for choice in after.answered.choices] == [(line("cake"),)]


def test_who_refuses_all_that_was_offered_starts_anew() -> None:
    """A later answer is not read as one to the choices that were refused."""
    told = answered(asked(WHICH), Answer(fingerprint="x", text="neither"))
    withdrawn = Question(code=QuestionCode.AMBIGUOUS, prompt="What else?", refused=True)
    again = replace(asked(withdrawn, turn=1), request=told)
    assert answered(again, Answer(fingerprint="x", turn=1, text="the first")).answered is None
