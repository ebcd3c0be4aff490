from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.adapters.dynamodb.grants import DynamoGrants
from chalicelib.adapters.dynamodb.keys import unique_key
from chalicelib.application.backoff import Backoff
from chalicelib.application.run_ports import Grants, GrantState
from chalicelib.domain.codes import CodeState
from chalicelib.domain.coupon import Unavailable
from chalicelib.domain.intent import Status
from chalicelib.domain.run_line import Grant
from tests.contract.conftest import Store
from tests.contract.steps import asking, define, issue, refused, status, take
from tests.fakes.runs import FakeGrants
from tests.unit.adapters.stores import Intercepted
from tests.unit.domain.builders import terms

GRANTED, UNKNOWN, TAKEN, USED, REVOKED = GrantState


@dataclass(frozen=True, slots=True)
class Given:
    """Grants, and a way to lay down a code in some state."""

    grants: Grants
    lay: Callable[[str, CodeState], None]


@pytest.fixture(params=["tables", "memory"])
def given(request: pytest.FixtureRequest, store: Store) -> Given:
    """Return the adapter, over moto's AWS and the simulated one, and the fake."""
    if request.param == "memory":
        fake = FakeGrants()
        return Given(fake, fake.codes.__setitem__)
    client: Any = store.services.clients.dynamodb
    table = store.services.settings.coupons_table

    def lay(code: str, state: CodeState) -> None:
        client.update_item(
            TableName=table,
            Key=unique_key(code),
            UpdateExpression="SET #state = :state, coupon = :coupon",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":state": {"S": state}, ":coupon": {"S": "SPRING25"}},
        )

    return Given(granting(store, client), lay)


def granting(store: Store, client: Any) -> DynamoGrants:
    """Return the adapter over *store*'s coupons."""
    backoff = Backoff(attempts_max=3, base_ms=1, ceiling_ms=1, jitter=lambda: 0.5)
    table = store.services.settings.coupons_table
    return DynamoGrants(client=client, table=table, clock=store.clock, backoff=backoff)


def grants(*pairs: tuple[str, str]) -> list[Grant]:
    """Return grants of codes to customers."""
    return [Grant(code=code, customer_id=customer) for code, customer in pairs]


def test_a_code_becomes_a_customers_alone(given: Given) -> None:
    """The first line of two that name it has it, whoever asks again."""
    given.lay("MINE", CodeState.ISSUED)
    wanted = grants(("MINE", "ann"), ("MINE", "ann"), ("MINE", "bob"))
    for _ in range(2):
        given.grants.grant_all(wanted, "run_1")
        assert given.grants.granted(wanted, "run_1") == [GRANTED, GRANTED, TAKEN]


def test_of_two_runs_one_has_the_code(given: Given) -> None:
    """And the other's line says so, unless it is for the same customer."""
    given.lay("MINE", CodeState.ISSUED)
    given.grants.grant_all(grants(("MINE", "ann")), "run_1")
    later = grants(("MINE", "bob"), ("MINE", "ann"))
    for one in later:
        given.grants.grant_all([one], "run_2")
    assert given.grants.granted(later, "run_2") == [TAKEN, GRANTED]
    given.lay("MINE", CodeState.USED)
    assert given.grants.granted(grants(("MINE", "ann")), "run_1") == [GRANTED]
    assert given.grants.granted(later, "run_2") == [USED, USED]


def test_what_would_become_of_a_grant_is_known_before(given: Given) -> None:
    """And looking changes nothing: a free code would be anybody's, a granted one its customer's."""
    odd = {"NONE": UNKNOWN, "OLD": USED, "GONE": REVOKED, "no code": UNKNOWN, "FREE": GRANTED}
    for code, state in (
        ("OLD", CodeState.USED),
        ("GONE", CodeState.REVOKED),
        ("FREE", CodeState.ISSUED),
        ("MINE", CodeState.ISSUED),
    ):
        given.lay(code, state)
    given.grants.grant_all(grants(("MINE", "ann")), "run_1")
    wanted = grants(*((code, "ann") for code in odd), ("MINE", "ann"), ("MINE", "bob"))
    for _ in range(2):
        assert given.grants.foreseen(wanted) == [*odd.values(), GRANTED, TAKEN]
    assert given.grants.foreseen(grants(("FREE", "bob"))) == [GRANTED]
    assert given.grants.foreseen([]) == []


def test_each_that_can_not_be_granted_says_why(given: Given) -> None:
    """And keeps back none of the others, however many there are."""
    odd = {"NONE": UNKNOWN, "OLD": USED, "GONE": REVOKED, "no code": UNKNOWN, "": UNKNOWN}
    given.lay("OLD", CodeState.USED)
    given.lay("GONE", CodeState.REVOKED)
    codes = [f"C{n:03}" for n in range(230)]
    for code in codes:
        given.lay(code, CodeState.ISSUED)
    wanted = grants(*((code, "ann") for code in [*codes[:150], *odd, *codes[150:]]))
    given.grants.grant_all(wanted, "run_1")
    expected = [GRANTED] * 150 + list(odd.values()) + [GRANTED] * 80
    assert given.grants.granted(wanted, "run_1") == expected


def test_what_was_granted_stays_granted(given: Given) -> None:
    """Though its customer has used it since; another run's grant of it comes too late."""
    given.lay("MINE", CodeState.ISSUED)
    mine = grants(("MINE", "ann"))
    given.grants.grant_all(mine, "run_1")
    given.lay("MINE", CodeState.USED)
    given.grants.grant_all(mine, "run_1")
    assert given.grants.granted(mine, "run_1") == [GRANTED]
    assert given.grants.granted(mine, "run_2") == [USED]


def test_nothing_is_granted_of_nothing(given: Given) -> None:
    """An empty list costs no call."""
    given.grants.grant_all([], "run_1")
    assert given.grants.granted([], "run_1") == []


def test_a_hundred_codes_are_one_call_and_one_to_look(store: Store) -> None:
    """So that a run of grants costs two calls in a hundred lines."""
    client = Intercepted(store.services.clients.dynamodb)
    for n in range(200):
        issue(store, f"C{n:03}", "SPRING25")
    wanted = grants(*((f"C{n:03}", f"c{n}") for n in range(200)))
    adapter = granting(store, client)
    adapter.grant_all(wanted, "run_1")
    assert set(adapter.granted(wanted, "run_1")) == {GRANTED}
    assert len(client.calls) == 4


def test_a_granted_code_is_redeemed_by_its_customer_alone(store: Store) -> None:
    """Settlement's own transaction refuses a stranger, who is not told that there is such a code."""
    define(store, terms("SPRING25", unique=True))
    issue(store, "MINE", "SPRING25")
    before = store.counters.offers(["MINE"])["MINE"]
    granting(store, store.services.clients.dynamodb).grant_all(grants(("MINE", "ann")), "run_1")
    (stranger,) = asking(store, 1, before, customer="bob")
    assert refused(take(store, [stranger])).barred[stranger.pending.ref].why is Unavailable.UNKNOWN
    assert status(store, stranger) is Status.ACCEPTED
    (owner,) = asking(store, 1, before, customer="ann", named="mine")
    take(store, [owner])
    assert status(store, owner) is Status.CONFIRMED
    again = refused(take(store, [stranger])).barred[stranger.pending.ref]
    assert again.why is Unavailable.UNKNOWN
    (twice,) = asking(store, 1, before, customer="ann", named="twice")
    assert refused(take(store, [twice])).barred[twice.pending.ref].why is Unavailable.CODE_USED


def test_a_price_knows_whose_a_code_is(store: Store) -> None:
    """So that most strangers are refused before any transaction."""
    define(store, terms("SPRING25", unique=True))
    issue(store, "MINE", "SPRING25")
    granting(store, store.services.clients.dynamodb).grant_all(grants(("MINE", "ann")), "run_1")
    assert store.counters.offers(["MINE"])["MINE"].owner == "ann"
