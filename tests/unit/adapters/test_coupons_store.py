import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.dynamodb.keys import shard_key, terms_key
from chalicelib.application.ports import Coupons, Moved, Stale
from chalicelib.domain.coupon import CouponState
from chalicelib.domain.errors import StoreUnavailableError
from rushline_testing.environment import sealed
from tests.fakes import FakeClock
from tests.unit.adapters.stores import Opened, refused
from tests.unit.domain.builders import NOW, terms

ROOT = Path(__file__).parents[3]
SHARDS = 4
PAUSED, ACTIVE = CouponState.PAUSED, CouponState.ACTIVE
ATTEMPTS_MAX = 8
"""As bootstrap has it."""


@pytest.fixture(scope="module")
def aws() -> Iterator[Clients]:
    """Return clients of an AWS that these tests share; each has its own tables in it."""
    with sealed(), mock_aws():
        yield Clients()


@pytest.fixture
def opened(aws: Clients) -> Opened:
    """Return the stores of a stack of its own, with a coupon of four shards."""
    opened = Opened(aws, FakeClock(NOW))
    opened.services.coupons.define(terms(shards=SHARDS))
    opened.dynamodb.calls.clear()
    return opened


def states(opened: Opened) -> list[str]:
    """Return the state as it stands on the terms and on each shard."""
    return [item["state"]["S"] for item in _parts(opened)]


def versions(opened: Opened) -> list[int]:
    """Return the version as it stands on the terms and on each shard."""
    return [int(item["version"]["N"]) for item in _parts(opened)]


def _parts(opened: Opened) -> list[dict[str, Any]]:
    parts = [terms_key("SPRING25"), *(shard_key("SPRING25", n) for n in range(SHARDS))]
    return [opened.item(opened.coupons_table, key) for key in parts]


def _writes_to(parameters: dict[str, Any], number: int) -> bool:
    return bool(parameters.get("Key") == shard_key("SPRING25", number))


def overtaken(opened: Opened, number: int, by: Callable[[Coupons], object]) -> None:
    """Have somebody else do *by* just before shard *number* is written."""

    def step(name: str, parameters: dict[str, Any]) -> None:
        if name == "update_item" and _writes_to(parameters, number):
            opened.dynamodb.before = lambda *_: None
            by(opened.somebody_else().coupons)

    opened.dynamodb.before = step


def contended(opened: Opened, number: int, times: int, code: str) -> None:
    """Have the next *times* writes to shard *number* refused with *code*."""
    left = [refused(code) for _ in range(times)]

    def step(name: str, parameters: dict[str, Any]) -> None:
        if name == "update_item" and _writes_to(parameters, number) and left:
            raise left.pop()

    opened.dynamodb.before = step


def test_a_pause_shows_in_the_terms_first_and_a_resume_last(opened: Opened) -> None:
    """Nobody prices with a coupon whose shards refuse, for longer than it has to be."""
    switched = {}
    for state in (PAUSED, ACTIVE):
        opened.dynamodb.calls.clear()
        opened.services.coupons.set_state("SPRING25", state)
        writes = opened.dynamodb.made("update_item")
        switched[state] = [
            w["Key"]["part"]["S"] for w in writes if ":state" in w["ExpressionAttributeValues"]
        ]
    assert switched[PAUSED] == ["terms", *["units"] * SHARDS]
    assert switched[ACTIVE] == [*["units"] * SHARDS, "terms"]


@pytest.mark.parametrize("state", [PAUSED, ACTIVE])
@pytest.mark.parametrize("number", range(SHARDS))
def test_of_two_switches_that_cross_the_later_holds_everywhere(
    opened: Opened, state: CouponState, number: int
) -> None:
    """Writes of a slow pause that arrive after a later resume do not stick, nor the other way round."""
    later = ACTIVE if state is PAUSED else PAUSED
    opened.services.coupons.set_state("SPRING25", later)
    overtaken(opened, number, lambda coupons: coupons.set_state("SPRING25", later))
    opened.services.coupons.set_state("SPRING25", state)
    assert states(opened) == [later] * (1 + SHARDS)
    opened.services.coupons.set_state("SPRING25", state)
    assert states(opened) == [state] * (1 + SHARDS)


@pytest.mark.parametrize("number", range(SHARDS))
def test_a_slow_definition_lowers_no_shard(opened: Opened, number: int) -> None:
    """Once newer terms are in force everywhere, what an older definition still writes changes nothing."""
    newest = terms(shards=SHARDS, version=3)
    overtaken(opened, number, lambda coupons: coupons.define(newest))
    opened.services.coupons.define(terms(shards=SHARDS, version=2, minimum_spend=5))
    assert versions(opened) == [3] * (1 + SHARDS)
    assert opened.services.coupons.fresh_terms("SPRING25") == newest


@pytest.mark.parametrize(
    "code",
    [
        "TransactionConflictException",
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
    ],
)
def test_a_contended_shard_is_paused_all_the_same(opened: Opened, code: str) -> None:
    """In a rush every shard is in a transaction: the pause waits its turn and then holds."""
    contended(opened, 2, 2, code)
    opened.services.coupons.set_state("SPRING25", PAUSED)
    assert states(opened) == [PAUSED] * (1 + SHARDS)


def test_a_contended_shard_gets_its_version_all_the_same(opened: Opened) -> None:
    """New terms reach every shard before they are said to be in force."""
    contended(opened, 2, 2, "TransactionConflictException")
    assert opened.services.coupons.define(terms(shards=SHARDS, version=2)) == Moved()
    assert versions(opened) == [2] * (1 + SHARDS)


def test_a_pause_that_did_not_get_through_says_so_and_can_be_repeated(opened: Opened) -> None:
    """It never returns while some shard still serves; another try finishes it."""
    contended(opened, 2, ATTEMPTS_MAX, "TransactionConflictException")
    with pytest.raises(StoreUnavailableError):
        opened.services.coupons.set_state("SPRING25", PAUSED)
    assert ACTIVE in states(opened)
    opened.services.coupons.set_state("SPRING25", PAUSED)
    assert states(opened) == [PAUSED] * (1 + SHARDS)


class _CrashError(BaseException):
    """The function was ended, here and now."""


@pytest.mark.parametrize("number", range(SHARDS))
def test_a_definition_that_crashed_half_way_is_finished_by_a_repeat(
    opened: Opened, number: int
) -> None:
    """The terms were written and some shards were not: the same definition again reaches them."""

    def crash(name: str, parameters: dict[str, Any]) -> None:
        if name == "update_item" and _writes_to(parameters, number):
            raise _CrashError

    opened.dynamodb.before = crash
    newer = terms(shards=SHARDS, version=2, skus=frozenset({"tea", "cake", "pie", "jam"}))
    with pytest.raises(_CrashError):
        opened.services.coupons.define(newer)
    assert versions(opened) == [2] * (1 + number) + [1] * (SHARDS - number)
    again = opened.somebody_else().coupons
    assert again.define(terms(shards=SHARDS, version=2)) == Stale()
    assert again.define(newer) == Moved()
    assert versions(opened) == [2] * (1 + SHARDS)


STORED = """
from chalicelib.adapters.dynamodb.coupons import _terms_item
from tests.unit.domain.builders import terms
skus = frozenset(f"sku-{n}" for n in range(12))
print(_terms_item(terms(skus=skus))["document"]["S"])
"""


def test_equal_terms_are_stored_alike_by_every_process() -> None:
    """A set has another order in each, and the document must not: it is compared by the store."""
    stored = {
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", STORED],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(stored) == 1
    assert "sku-11" in stored.pop()
