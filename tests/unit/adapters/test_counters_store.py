import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.dynamodb.keys import LISTED, shard_key, terms_key
from chalicelib.adapters.dynamodb.transaction import CANCELED
from chalicelib.application.counter_ports import Counter
from chalicelib.application.ports import Moved
from chalicelib.bootstrap import Services
from chalicelib.domain.command import Amendment, paused, resumed, topped_up
from chalicelib.domain.counter import CounterState
from chalicelib.domain.coupon import CouponTerms, Offer
from chalicelib.domain.errors import StoreUnavailableError
from tests.contract.steps import commanded
from tests.unit.adapters.stores import Simulated, refused
from tests.unit.domain.builders import NOW, terms

ROOT = Path(__file__).parents[3]
SHARDS = 4
SPRING = "SPRING25"
ATTEMPTS_MAX = 150
"""As bootstrap has it for who commands a counter."""


@pytest.fixture
def opened() -> Simulated:
    """Return the stores of a stack of its own, with a coupon of four shards."""
    opened = Simulated(NOW)
    rule = terms(shards=SHARDS, budget=1_000)
    assert opened.services.counters.create(rule, commanded()) == Moved()
    opened.dynamodb.calls.clear()
    return opened


def current(services: Services) -> Counter:
    """Return the counter as it stands."""
    found = services.counters.get(SPRING)
    assert found is not None
    return found


def begin(services: Services, amend: Callable[[CouponTerms], Amendment]) -> None:
    """Begin the next command, and do not finish it."""
    before = current(services).terms
    assert isinstance(before, CouponTerms)
    made = amend(before)
    after = Amendment(terms=terms_at(made, before.version + 1), units=made.units, money=made.money)
    command = commanded(f"v{after.terms.version}", version=after.terms.version, units=made.units)
    assert services.counters.begin(after, command) == Moved()


def terms_at(amendment: Amendment, version: int) -> CouponTerms:
    """Return the amended terms at *version*."""
    wanted = amendment.terms
    assert isinstance(wanted, CouponTerms)
    return terms(
        shards=wanted.shards,
        units=wanted.units,
        budget=wanted.budget,
        state=wanted.state,
        version=version,
    )


def versions(opened: Simulated) -> list[int]:
    """Return the version of each shard."""
    return [shard.version for shard in current(opened.somebody_else()).shards]


def writes_to(parameters: dict[str, Any], number: int) -> bool:
    """Tell whether a call writes shard *number*."""
    updates = [action.get("Update", {}) for action in parameters.get("TransactItems", ())]
    return any(each.get("Key") == shard_key(SPRING, number) for each in (parameters, *updates))


def contended(opened: Simulated, number: int, times: int, code: str) -> None:
    """Have the next *times* writes to shard *number* refused with *code*."""
    left = [code] * times

    def step(name: str, parameters: dict[str, Any]) -> None:
        if name not in ("update_item", "transact_write_items") or not left:
            return
        if not writes_to(parameters, number):
            return
        found = left.pop()
        if name == "update_item":
            raise refused(found)
        raise refused(CANCELED, reasons=(found.removesuffix("Exception"),))

    opened.dynamodb.before = step


def pause(terms_: CouponTerms) -> Amendment:
    """Pause."""
    return paused(terms_)


def more(terms_: CouponTerms) -> Amendment:
    """Issue ten units and seven of money, so that some shards get more than others."""
    return topped_up(terms_, 10, 7)


@pytest.mark.parametrize("amend", [pause, more])
@pytest.mark.parametrize(
    "code",
    [
        "TransactionConflictException",
        "ThrottlingErrorException",
        "ProvisionedThroughputExceededException",
    ],
)
def test_a_contended_shard_is_brought_all_the_same(
    opened: Simulated, amend: Callable[[CouponTerms], Amendment], code: str
) -> None:
    """In a rush every shard is in a transaction: the command waits its turn and then holds."""
    begin(opened.services, amend)
    contended(opened, 2, ATTEMPTS_MAX - 1, code.replace("ThrottlingErrorE", "ThrottlingE"))
    opened.services.counters.finish(SPRING)
    assert versions(opened) == [2] * SHARDS


@pytest.mark.parametrize("amend", [pause, more])
def test_a_command_that_did_not_get_through_says_so_and_can_be_repeated(
    opened: Simulated, amend: Callable[[CouponTerms], Amendment]
) -> None:
    """It never returns while some shard still serves at the old terms; another try finishes it."""
    begin(opened.services, amend)
    contended(opened, 2, ATTEMPTS_MAX, "TransactionConflictException")
    with pytest.raises(StoreUnavailableError):
        opened.services.counters.finish(SPRING)
    assert versions(opened) == [2, 2, 1, 1]
    opened.services.counters.finish(SPRING)
    assert versions(opened) == [2] * SHARDS
    found = current(opened.services)
    assert sum(shard.issued for shard in found.shards) == found.terms.units


@pytest.mark.parametrize("number", range(SHARDS))
@pytest.mark.parametrize("amend", [pause, more])
def test_who_finishes_late_changes_nothing_that_came_after(
    opened: Simulated, number: int, amend: Callable[[CouponTerms], Amendment]
) -> None:
    """Its writes arrive when others have finished it, and the command after it: none of them sticks."""
    begin(opened.services, amend)

    def step(name: str, parameters: dict[str, Any]) -> None:
        if writes_to(parameters, number) and name != "batch_get_item":
            opened.dynamodb.before = lambda *_: None
            other = opened.somebody_else()
            other.counters.finish(SPRING)
            begin(other, lambda terms_: topped_up(resumed(terms_).terms, 3, 0))
            other.counters.finish(SPRING)

    opened.dynamodb.before = step
    opened.services.counters.finish(SPRING)
    found = current(opened.somebody_else())
    assert versions(opened) == [3] * SHARDS
    assert (found.terms.version, found.terms.state) == (3, CounterState.ACTIVE)
    assert sum(shard.issued for shard in found.shards) == found.terms.units
    assert sum(shard.budget for shard in found.shards) == found.terms.budget
    begin(opened.services, paused)


def test_what_is_everywhere_already_is_not_written_again(opened: Simulated) -> None:
    """To finish what is finished costs one read, and no write."""
    begin(opened.services, pause)
    opened.services.counters.finish(SPRING)
    opened.dynamodb.calls.clear()
    opened.services.counters.finish(SPRING)
    assert {name for name, _ in opened.dynamodb.calls} == {"get_item"}


def test_what_the_store_can_never_write_is_a_fault_and_no_contention(opened: Simulated) -> None:
    """It is raised at once instead of tried again for ever."""
    begin(opened.services, more)
    contended(opened, 0, 5, "ValidationError")
    with pytest.raises(Exception, match="ValidationError"):
        opened.services.counters.finish(SPRING)
    assert len(opened.dynamodb.made("transact_write_items")) == 2


def test_120_codes_are_looked_up_in_few_calls(opened: Simulated) -> None:
    """Coupons and unique codes in one go, a hundred keys to a call; the coupon behind them once."""
    other = opened.somebody_else()
    for n in range(30):
        other.counters.create(terms(f"C{n}"), commanded())
    item = {"part": {"S": "code"}, "coupon": {"S": SPRING}, "state": {"S": "issued"}}
    unique = [{**item, "code": {"S": f"U{n}"}} for n in range(60)]
    opened.stack.dynamodb.seed("CouponsTable", unique)
    codes = [f"{kind}{n}" for kind, most in (("C", 30), ("U", 60), ("X", 30)) for n in range(most)]
    opened.stack.clock.turn(seconds=2)
    offers = opened.services.counters.offers(codes)
    assert len(offers) == 90
    assert [name for name, _ in opened.dynamodb.calls] == ["batch_get_item"] * 4
    opened.dynamodb.calls.clear()
    assert opened.services.counters.offers([f"C{n}" for n in range(30)]).keys() <= offers.keys()
    assert opened.dynamodb.calls == []


def test_a_coupon_is_known_however_long_it_takes_to_look_it_up(opened: Simulated) -> None:
    """A slow table, or more codes than are remembered, makes no coupon an unknown one."""

    def slow(*_: object) -> None:
        opened.stack.clock.turn(seconds=2)

    other = opened.somebody_else()
    for n in range(60):
        other.counters.create(terms(f"C{n}", shards=1), commanded())
    opened.dynamodb.before = slow
    codes = [f"C{n}" for n in range(60)]
    offers = opened.services.counters.offers(codes)
    assert offers == {code: Offer(terms=terms(code, shards=1)) for code in codes}


def test_only_terms_are_listed(opened: Simulated) -> None:
    """Neither shards nor commands nor ledger entries stand in the index that counters are found by."""
    begin(opened.services, more)
    opened.services.counters.finish(SPRING)
    items = opened.stack.dynamodb.contents("CouponsTable")
    assert len(items) == 1 + 2 + SHARDS + SHARDS
    assert [item["part"] for item in items if LISTED in item] == [terms_key(SPRING)["part"]]


STORED = """
from chalicelib.adapters.dynamodb.amending import _terms_item
from tests.unit.domain.builders import terms
skus = frozenset(f"sku-{n}" for n in range(12))
print(_terms_item(terms(skus=skus), 1)["document"]["S"])
"""


def test_equal_terms_are_stored_alike_by_every_process() -> None:
    """A set has another order in each, and the document must not."""
    stored = {
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", STORED],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(stored) == 1
    assert "sku-11" in stored.pop()
