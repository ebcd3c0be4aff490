from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.adapters.catalogues import DRAFT
from chalicelib.adapters.clients import Clients
from chalicelib.application.ports import CatalogueDraft
from chalicelib.domain.catalogue import Catalogue, Item, LanguageTag
from chalicelib.domain.errors import StoreUnavailableError
from rushline_testing.environment import sealed
from tests.fakes import FakeClock
from tests.unit.adapters.stores import Opened, refused


@pytest.fixture(scope="module")
def aws() -> Iterator[Clients]:
    """Return clients of an AWS that these tests share; each has its own tables in it."""
    with sealed(), mock_aws():
        yield Clients()


@pytest.fixture
def opened(aws: Clients) -> Opened:
    """Return the stores of a stack of its own."""
    return Opened(aws, FakeClock())


def draft(price: int) -> CatalogueDraft:
    """Return a menu whose tea has a *price*, which its digest is named after."""
    tea = Item(sku="tea", name="Tea", unit_price=price)
    return CatalogueDraft(
        merchant="tea-house", currency="USD", items=(tea,), groups=(), digest=f"d{price}"
    )


def tea_price(found: Catalogue | None) -> int:
    """Return what a tea costs."""
    assert found is not None
    return found.items["tea"].unit_price


def overtake(opened: Opened, menu: CatalogueDraft) -> None:
    """Have somebody else publish *menu* just before the next publisher's pointer is written."""

    def step(name: str, _: dict[str, Any]) -> None:
        if name == "transact_write_items":
            opened.dynamodb.before = lambda *_: None
            opened.somebody_else().catalogues.publish(menu)

    opened.dynamodb.before = step


@pytest.mark.parametrize("before", [(), (100,), (100, 200)])
def test_of_two_who_publish_at_once_one_is_told_to_try_again(
    opened: Opened, before: tuple[int, ...]
) -> None:
    """The first keeps its version with its content, and the other gets the next one."""
    for price in before:
        opened.services.catalogues.publish(draft(price))

    overtake(opened, draft(500))
    contested = len(before) + 1
    with pytest.raises(StoreUnavailableError):
        opened.services.catalogues.publish(draft(600))
    found = opened.somebody_else().catalogues
    assert tea_price(found.get("tea-house", contested)) == 500
    assert tea_price(found.get("tea-house", None)) == 500
    assert opened.services.catalogues.publish(draft(600)).version == contested + 1
    assert tea_price(found.get("tea-house", contested)) == 500


def test_a_version_is_what_its_publisher_saw(opened: Opened) -> None:
    """Who was overtaken does not go on to serve, from memory, what never came into force."""
    opened.services.catalogues.publish(draft(100))
    ours = opened.services.catalogues
    overtake(opened, draft(500))
    with pytest.raises(StoreUnavailableError):
        ours.publish(draft(600))
    assert tea_price(ours.get("tea-house", 2)) == 500


def test_a_call_that_aws_calls_malformed_is_not_one_to_repeat(opened: Opened) -> None:
    """Only a lost race is told as such; a fault of ours passes through."""
    malformed = refused("ValidationException")

    def refuse(name: str, _: dict[str, Any]) -> None:
        if name == "transact_write_items":
            raise malformed

    opened.dynamodb.before = refuse
    with pytest.raises(ClientError) as raised:
        opened.services.catalogues.publish(draft(100))
    assert raised.value is malformed


def test_a_menu_keeps_its_language(opened: Opened) -> None:
    """Whoever reads a menu afterwards reads its texts in the language it was published in."""
    opened.services.catalogues.publish(replace(draft(100), language=LanguageTag.CHINESE))
    found = opened.somebody_else().catalogues.get("tea-house", None)

    assert found is not None
    assert found.language is LanguageTag.CHINESE


def test_a_menu_that_names_no_language_is_english() -> None:
    """What was stored before menus named one is read as it was, and written as it was."""
    stored = DRAFT.dump(draft(100))

    assert "language" not in stored
    assert DRAFT.load(stored).language is LanguageTag.ENGLISH


def test_a_number_that_is_given_twice_names_two_menus(opened: Opened) -> None:
    """After a restore, the next menu may get the number of one that was lost: nobody mixes them up."""
    opened.services.catalogues.publish(draft(100))
    before = _pointer(opened)
    lost = opened.services.catalogues.publish(draft(200))
    opened.dynamodb.put_item(TableName=opened.services.settings.control_table, Item=before)
    again = opened.somebody_else().catalogues.publish(draft(300))
    assert (again.version, again.digest, lost.digest) == (lost.version, "d300", "d200")
    assert tea_price(opened.services.catalogues.get("tea-house", None)) == 300


def _pointer(opened: Opened) -> Any:
    """Return the pointer to the newest menu, as it stands."""
    table = opened.services.settings.control_table
    key = {"name": {"S": "catalogue#tea-house"}}
    return opened.dynamodb.get_item(TableName=table, Key=key)["Item"]
