from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.codec import ORDER
from chalicelib.adapters.dynamodb.batch import KEYS_MAX
from chalicelib.adapters.dynamodb.intents import PAGE_QUERIES_MAX, DynamoIntents
from chalicelib.adapters.dynamodb.items import item_of
from chalicelib.adapters.dynamodb.keys import intent_key
from chalicelib.application.ports import Accepted, Moved, Repeated
from chalicelib.domain.intent import Intent, Status, move
from chalicelib.domain.resolution import Question, QuestionCode
from chalicelib.domain.watch import slot_of
from rushline_testing.environment import sealed
from tests.fakes import FakeClock
from tests.unit.adapters.stores import Opened
from tests.unit.domain.builders import NOW, intent, line, request
from tests.unit.domain.settled import order_of

DAYS_30 = 30 * 86_400
"""The retention that bootstrap sets unless told otherwise, in DynamoDB's seconds."""

QUESTION = Question(code=QuestionCode.AMBIGUOUS, prompt="Which?")


@pytest.fixture(scope="module")
def aws() -> Iterator[Clients]:
    """Return clients of an AWS that these tests share; each has its own tables in it."""
    with sealed(), mock_aws():
        yield Clients()


@pytest.fixture
def opened(aws: Clients) -> Opened:
    """Return the stores of a stack of its own."""
    return Opened(aws, FakeClock(NOW))


def put(opened: Opened, *intents: Intent) -> None:
    """Lay *intents* into the table as they would stand there."""
    for one in intents:
        opened.raw.put_item(TableName=opened.orders_table, Item=item_of(one, 30))


def item(opened: Opened, one: Intent) -> dict[str, Any]:
    """Return the intent's item."""
    return opened.item(opened.orders_table, intent_key(one.ref))


def seconds(name: str, found: dict[str, Any]) -> int:
    """Return a number of the item."""
    return int(found[name]["N"])


@pytest.mark.parametrize("extra", [-1, 0, 1, KEYS_MAX + 5])
def test_however_many_are_due_in_a_slot_none_is_left_out(opened: Opened, extra: int) -> None:
    """Past what one query gives the next goes on, in order of time and nobody twice."""
    ids = islice((id_ for n in count() if slot_of(id_ := f"in_{n}") == 3), KEYS_MAX + extra)
    due = [replace(intent(id_=id_), watch_at=NOW + n) for n, id_ in enumerate(ids)]
    put(opened, *due)
    found = list(opened.services.intents.due(3, NOW, NOW + 1_000))
    assert found == [(one.watch_at, one) for one in due]


def test_an_order_behind_many_that_are_none_is_found(opened: Opened) -> None:
    """A page looks further than its first query, and the next goes on where it ended."""
    ended = [
        replace(intent(id_=f"in_{n}"), accepted_at=NOW + n, status=Status.CANCELLED)
        for n in range(20)
    ]
    orders = [
        replace(intent(id_=f"in_x{n}"), accepted_at=NOW - n, status=Status.CONFIRMED)
        for n in range(1, 4)
    ]
    put(opened, *ended, *orders)
    first = opened.services.intents.confirmed("alice", None, 2)
    assert first.intents == tuple(orders[:2])
    second = opened.services.intents.confirmed("alice", first.next_cursor, 2)
    assert second.intents == tuple(orders[2:])
    assert second.next_cursor is None


def test_a_page_is_short_rather_than_slow(opened: Opened) -> None:
    """After so many queries it ends with a cursor, and what lies further is on the next."""
    ended = [
        replace(intent(id_=f"in_{n}"), accepted_at=NOW + n, status=Status.CANCELLED)
        for n in range(2 * PAGE_QUERIES_MAX)
    ]
    order = replace(intent(id_="in_x"), accepted_at=NOW - 1, status=Status.CONFIRMED)
    put(opened, *ended, order)
    first = opened.services.intents.confirmed("alice", None, 1)
    assert first.intents == ()
    assert first.next_cursor is not None
    assert len(opened.dynamodb.made("query")) == PAGE_QUERIES_MAX
    assert opened.services.intents.confirmed("alice", first.next_cursor, 1).intents == (order,)


def test_who_asks_sees_what_was_written(opened: Opened) -> None:
    """An intent and a customer's orders are read consistently, in every call that it takes."""
    put(opened, replace(intent(), status=Status.CONFIRMED))
    intents = opened.services.intents
    assert intents.get(intent().ref) is not None
    assert intents.confirmed("alice", None, 5).intents
    (got,), (listed,), (batch,) = (
        opened.dynamodb.made(name) for name in ("get_item", "query", "batch_get_item")
    )
    assert got["ConsistentRead"] is True
    assert listed["ConsistentRead"] is True
    assert batch["RequestItems"][opened.orders_table]["ConsistentRead"] is True


def test_a_promise_is_kept_thirty_days_and_not_a_thousand_times_as_long(opened: Opened) -> None:
    """The time to live counts in seconds, as DynamoDB does, from the acceptance on."""
    opened.services.intents.accept(intent())
    assert seconds("ttl", item(opened, intent())) == NOW // 1000 + DAYS_30


@pytest.mark.parametrize("status", [Status.READY, Status.CONFIRMED])
def test_what_holds_a_unit_or_is_an_order_is_never_forgotten(
    opened: Opened, status: Status
) -> None:
    """The time to live that an acceptance sets goes with the move."""
    opened.services.intents.accept(intent())
    assert opened.services.intents.apply(move(intent(), status, NOW)) == Moved()
    assert "ttl" not in item(opened, intent())


@pytest.mark.parametrize("status", [Status.REJECTED, Status.EXPIRED, Status.CANCELLED])
def test_what_ended_without_an_order_is_forgotten_thirty_days_later(
    opened: Opened, status: Status
) -> None:
    """Counted from its end, and in seconds."""
    opened.services.intents.accept(intent())
    opened.services.intents.apply(move(intent(), status, NOW + 7_000))
    assert seconds("ttl", item(opened, intent())) == NOW // 1000 + 7 + DAYS_30


def test_a_quote_that_was_cancelled_is_forgotten_after_all(opened: Opened) -> None:
    """What was to be kept while it held a unit is not kept for ever once it ended."""
    intents = opened.services.intents
    intents.accept(intent())
    intents.apply(move(intent(), Status.READY, NOW))
    intents.apply(move(intent(status=Status.READY), Status.LAPSED, NOW + 9_000))
    assert seconds("ttl", item(opened, intent())) == NOW // 1000 + 9 + DAYS_30


def test_an_answer_starts_the_time_to_live_anew_and_is_not_yet_unsent(opened: Opened) -> None:
    """Kept thirty days past the new deadline; an old mark that a queue refused is gone."""
    intents = opened.services.intents
    intents.accept(intent())
    intents.mark_sent(intent().pending, sent=False)
    assert "unsent" in item(opened, intent())
    intents.apply(move(intent(), Status.NEEDS_INPUT, NOW, question=QUESTION))
    waiting = intents.get(intent().ref)
    assert waiting is not None
    assert waiting.unsent
    deadline = NOW + 3 * 86_400_000
    answer = intents.answer(waiting, request(line("cake")), "print", deadline, NOW + 60_000)
    assert answer == Moved()
    found = item(opened, intent())
    assert seconds("ttl", found) == deadline // 1000 + DAYS_30
    assert "unsent" not in found
    assert "question" not in found


class Retrying:
    """A client whose first answer to a put is lost, so that it puts again as botocore does."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        """Return the client's own method."""
        return getattr(self._client, name)

    def put_item(self, **parameters: Any) -> Any:
        """Put twice, and answer with what the second came to."""
        self._client.put_item(**parameters)
        return self._client.put_item(**parameters)


def test_a_put_that_was_retried_unseen_is_no_repeat(opened: Opened) -> None:
    """The item is there because this very call put it: nobody else will queue its message."""
    retrying: Any = Retrying(opened.raw)
    store = DynamoIntents(client=retrying, table=opened.orders_table, retention_days=30)
    assert store.accept(intent()) == Accepted()


def test_the_same_intent_of_another_call_is_a_repeat(opened: Opened) -> None:
    """Two calls in one millisecond are two calls, and the second is told so."""
    store = DynamoIntents(client=opened.raw, table=opened.orders_table, retention_days=30)
    assert store.accept(intent()) == Accepted()
    assert store.accept(intent()) == Repeated(intent())


def test_an_order_that_can_not_be_read_is_passed_over(opened: Opened) -> None:
    """Those around it are yielded, so that a reconciliation names what is missing."""
    good = ORDER.dump(order_of(line()))
    for number, order in enumerate((good, "{", good)):
        one = intent(id_=f"in_{number}", status=Status.CONFIRMED)
        opened.raw.put_item(
            TableName=opened.orders_table, Item={**item_of(one, 30), "order": {"S": order}}
        )
    found = list(opened.services.intents.with_orders())
    assert {one.ref.id for one in found} == {"in_0", "in_2"}
