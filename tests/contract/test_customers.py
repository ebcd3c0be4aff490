from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.adapters.dynamodb.customers import DynamoCustomers
from chalicelib.adapters.dynamodb.keys import first_key, uses_key
from chalicelib.adapters.side_by_side import Pool
from chalicelib.application.backoff import Backoff
from chalicelib.application.run_ports import Customers
from chalicelib.domain.errors import StoreUnavailableError
from tests.contract.conftest import Store
from tests.fakes.runs import FakeCustomers
from tests.unit.adapters.stores import Intercepted, refused
from tests.unit.domain.builders import intent


@dataclass(frozen=True, slots=True)
class Given:
    """Customers, and ways to have something on record of one."""

    customers: Customers
    lay: tuple[Callable[[str], object], ...]


@pytest.fixture(params=["tables", "memory"])
def given(request: pytest.FixtureRequest, store: Store) -> Given:
    """Return the adapter, over moto's AWS and the simulated one, and the fake."""
    if request.param == "memory":
        fake = FakeCustomers()
        return Given(fake, (fake.known.add,) * 3)
    client: Any = store.services.clients.dynamodb
    table = store.services.settings.orders_table

    def put(item: Any) -> None:
        client.put_item(TableName=table, Item=item)

    return Given(
        asked(store, client),
        (
            lambda customer: store.intents.accept(intent(customer=customer)),
            lambda customer: put(uses_key(customer, "SPRING25")),
            lambda customer: put(first_key(customer, "tea-house")),
        ),
    )


def asked(store: Store, client: Any, pool: Pool | None = None) -> DynamoCustomers:
    """Return the adapter over *store*'s orders."""
    backoff = Backoff(attempts_max=3, base_ms=1, ceiling_ms=1, jitter=lambda: 0.5)
    table = store.services.settings.orders_table
    return DynamoCustomers(
        client=client, table=table, clock=store.clock, backoff=backoff, pool=pool
    )


def test_whoever_has_anything_on_record_is_known(given: Given) -> None:
    """An intent, a use of a coupon or a first order; nobody else is, however alike their names."""
    people = ["ann", "bob", "cid"]
    assert set(given.customers.unknown(people)) == set(people)
    for customer, lay in zip(people, given.lay, strict=True):
        lay(customer)
    others = ["an", "ann2", "Ann", "ann\u0301"]
    assert set(given.customers.unknown([*others, *people, "an"])) == set(others)
    assert set(given.customers.unknown(people)) == set()
    assert set(given.customers.unknown([])) == set()


def test_a_customer_is_asked_about_once(store: Store) -> None:
    """One item of theirs at most is read, and nothing of it but its key."""
    client = Intercepted(store.services.clients.dynamodb)
    store.intents.accept(intent(customer="ann"))
    assert asked(store, client).unknown(["ann", "bob", "ann"]) == {"bob"}
    calls = client.made("query")
    assert len(calls) == 2
    assert {(call["Limit"], call["ProjectionExpression"]) for call in calls} == {(1, "customer_id")}
    assert all(call["ConsistentRead"] for call in calls)


def test_nobody_is_unknown_because_the_table_does_not_answer(store: Store) -> None:
    """What passes is waited out, and what lasts is told."""
    client = Intercepted(store.services.clients.dynamodb)
    throttled = refused("ProvisionedThroughputExceededException")
    left = [2]

    def busy(_: str, __: dict[str, Any]) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise throttled

    client.before = busy
    store.intents.accept(intent(customer="ann"))
    assert asked(store, client).unknown(["ann"]) == set()
    left[0] = 3
    with pytest.raises(StoreUnavailableError):
        asked(store, client).unknown(["ann"])


def test_a_pool_asks_about_several_at_a_time(store: Store) -> None:
    """They come out the same."""

    def pools() -> Iterator[Pool | None]:
        yield None
        with ThreadPoolExecutor(4) as pool:
            yield pool

    people = [f"c{number}" for number in range(20)]
    client = Plain(people[::3])
    for pool in pools():
        assert asked(store, client, pool).unknown(people) == set(people) - set(people[::3])


class Plain:
    """A table that may be asked by several threads: it knows *people*."""

    def __init__(self, people: list[str]) -> None:
        self._people = people

    def query(self, **call: Any) -> Any:
        """Return a customer's item."""
        customer = call["ExpressionAttributeValues"][":customer"]
        return {"Items": [{"customer_id": customer}] if customer["S"] in self._people else []}
