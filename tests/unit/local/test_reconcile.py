"""Every line of the reconciliation balances on sound facts, and goes red on its own fault."""

from dataclasses import replace

import pytest

from chalicelib.domain.model_use import ModelUse
from local.reconcile import Facts, Units, reconcile
from local.rush import Told
from local.seen import Seen
from local.wishes import Wish

COUPON = "RUSH-1"


def wish(number: int, *, repeats: int = 0) -> Wish:
    """Return one wish."""
    return Wish(
        number=number,
        customer="ada",
        key=f"key-{number}",
        body={"text": "a latte"},
        repeats=repeats,
        conflicting=False,
    )


def told(number: int, *, replayed: bool = False, repeats: int = 0) -> Told:
    """Return what a POST of it was told."""
    return Told(
        wish=wish(number, repeats=repeats),
        intent_id=f"in_{number}",
        replayed=replayed,
        code="202",
    )


def intent(number: int, status: str, *, coupon: str | None = None, discount: int = 0) -> Seen:
    """Return an intent as its customer sees it."""
    return Seen(
        id=f"in_{number}",
        customer="ada",
        status=status,
        coupon=coupon,
        discount=discount,
        reason="coupon_sold_out" if status == "rejected" else None,
    )


ORDERED = intent(1, "confirmed", coupon=COUPON, discount=105)
PLAIN = intent(2, "confirmed")
CANCELLED = intent(3, "cancelled", coupon=COUPON, discount=50)
UNDECIDED = intent(3, "ready", coupon=COUPON, discount=50)
REFUSED = intent(4, "rejected")
ASKED = intent(5, "needs_input")

SOUND = Facts(
    wished=5,
    told=(
        told(1, repeats=1),
        told(1, repeats=1, replayed=True),
        *(told(number) for number in range(2, 6)),
    ),
    conflicts=(Told(wish=wish(2), intent_id=None, replayed=False, code="idempotency_key_reused"),),
    intents=(ORDERED, PLAIN, CANCELLED, REFUSED, ASKED),
    orders=(ORDERED, PLAIN),
    coupon=COUPON,
    uses_max=1,
    units=Units(
        issued=2,
        left=1,
        held=0,
        redeemed=1,
        money_budget=500,
        money_left=395,
        money_held=0,
        money_spent=105,
    ),
    left_at_rush=0,
    sold_out=1,
    dead_letters=0,
)


def test_a_model_s_bill_is_shown() -> None:
    """Calls by the thousand intents, tokens and cost; a model that is not ours is not asked."""
    use = ModelUse(calls=2, input_tokens=2_400, cached_tokens=2_048, output_tokens=80)
    lines = {line.name: line for line in reconcile(replace(SOUND, model_use=use, model_asked=2))}
    assert lines["Model calls"].figures == (
        "2 on intents, of 2 that the model counted: 400 per 1,000 intents"
    )
    assert lines["Model tokens"].figures == (
        "2400 in (2048 cached), 80 out: $0.0003 at the default prices"
    )
    lines = {line.name: line for line in reconcile(replace(SOUND, model_use=use))}
    assert lines["Model calls"].balanced is None


def red(facts: Facts) -> set[str]:
    """Return the names of the lines that do not balance."""
    return {line.name for line in reconcile(facts) if line.balanced is False}


def test_sound_facts_balance_on_every_line() -> None:
    """Nothing is red when the figures agree, and at least a dozen lines were compared."""
    lines = reconcile(SOUND)
    assert red(SOUND) == set()
    assert sum(line.balanced is True for line in lines) >= 12


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("Model calls", replace(SOUND, model_use=ModelUse(calls=3), model_asked=2)),
        ("Model calls", replace(SOUND, model_use=ModelUse(calls=0), model_asked=118)),
        ("Accepted", replace(SOUND, wished=6)),
        ("Every promise kept", replace(SOUND, intents=SOUND.intents[:-1])),
        (
            "Nothing unanswered",
            replace(SOUND, intents=(*SOUND.intents[:-1], intent(5, "accepted"))),
        ),
        ("Never oversold", replace(SOUND, units=replace(SOUND.units, left=2))),
        ("Never oversold", replace(SOUND, units=replace(SOUND.units, left=3, redeemed=-1))),
        ("Never oversold", replace(SOUND, units=replace(SOUND.units, left=0, held=1))),
        ("Never oversold", replace(SOUND, units=replace(SOUND.units, held=1))),
        ("Units on orders", replace(SOUND, orders=(PLAIN,))),
        (
            "Money given away",
            replace(SOUND, units=replace(SOUND.units, money_spent=104, money_left=396)),
        ),
        ("Budget kept", replace(SOUND, units=replace(SOUND.units, money_left=394))),
        ("Budget kept", replace(SOUND, units=replace(SOUND.units, money_left=394, money_held=1))),
        (
            "Budget kept",
            replace(SOUND, units=replace(SOUND.units, money_left=-1, money_spent=501)),
        ),
        ("Quotes decided", replace(SOUND, intents=(ORDERED, PLAIN, UNDECIDED, REFUSED, ASKED))),
        ("Quotes decided", replace(SOUND, units=replace(SOUND.units, held=1))),
        ("Never stranded", replace(SOUND, left_at_rush=1)),
        ("Limit per customer", replace(SOUND, uses_max=0)),
        ("One order per intent", replace(SOUND, orders=(ORDERED, PLAIN, PLAIN))),
        ("One order per intent", replace(SOUND, orders=(ORDERED,))),
        ("Repeats are replays", replace(SOUND, told=(SOUND.told[0], *SOUND.told[:1]))),
        (
            "Repeats are replays",
            replace(
                SOUND,
                told=(*SOUND.told, Told(wish=wish(2), intent_id="in_9", replayed=True, code="202")),
            ),
        ),
        ("Another body, same key", replace(SOUND, conflicts=(told(2),))),
        ("Dead letters", replace(SOUND, dead_letters=1)),
        ("Ledger and orders agree", replace(SOUND, faults=("shard 1 does not balance",))),
    ],
)
def test_each_line_goes_red_on_its_fault(name: str, facts: Facts) -> None:
    """The line that compares the figures that disagree does not balance."""
    assert name in red(facts)


def test_a_call_made_again_after_an_error_is_no_fault() -> None:
    """A replay more than there were repeats is what a retried 503 looks like."""
    assert red(replace(SOUND, told=(*SOUND.told, told(2, replayed=True)))) == set()


def test_reasons_are_counted_below_their_status() -> None:
    """Whoever was refused or asked is counted by why; an order's old reason is not."""
    names = [line.name.strip() for line in reconcile(SOUND)]
    assert names[names.index("rejected") + 1] == "coupon_sold_out"
    assert names[names.index("confirmed") + 1] == "ready"


def test_what_was_never_accepted_is_named() -> None:
    """A POST that was refused shows with its code."""
    refused = Told(wish=wish(6), intent_id=None, replayed=False, code="too_busy")
    first = reconcile(replace(SOUND, wished=6, told=(*SOUND.told, refused)))[0]
    assert first.balanced is False
    assert "1 too_busy" in first.figures


def test_the_coupons_line_is_a_sum_of_what_is_left_and_redeemed() -> None:
    """Every unit is left or redeemed, none is held, and the line says so."""
    line = next(line for line in reconcile(SOUND) if line.name == "Never oversold")
    assert line.figures == "1 left + 1 redeemed = 2 of 2 (held 0)"
    money = next(line for line in reconcile(SOUND) if line.name == "Budget kept")
    assert money.figures == "395 left + 105 spent = 500 of 500 (held 0)"
