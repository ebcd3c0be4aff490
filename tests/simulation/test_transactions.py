from typing import Any

from simulation.dynamodb.service import DynamoDB
from simulation.scheduler import Scheduler
from tests.simulation.steps import (
    add,
    at,
    client,
    hits,
    key,
    refusal,
    refused,
    service,
    together,
)


def add_if(name: str, least: int) -> dict[str, Any]:
    """Return an update that adds one to a count of at least *least*, and tells what it met."""
    return add(
        name,
        ConditionExpression="hits >= :least",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
        ExpressionAttributeValues={":n": {"N": "1"}, ":least": {"N": str(least)}},
    )


def codes(response: Any) -> list[str]:
    """Return the cancellation reasons of an error's response."""
    return [reason["Code"] for reason in response["CancellationReasons"]]


def test_two_transactions_on_one_item_conflict_and_the_reasons_say_where() -> None:
    """The second is cancelled with the reason at the index of the item that the first holds."""
    scheduler = Scheduler()
    made = service(scheduler)
    first = at(
        scheduler, 0, lambda: client(made).transact_write_items(**together(add("a"), add("b")))
    )
    second = at(
        scheduler, 4, lambda: client(made).transact_write_items(**together(add("c"), add("b")))
    )
    scheduler.run()
    assert "CancellationReasons" not in first[0]
    assert codes(second[0]) == ["None", "TransactionConflict"]
    assert (hits(made, "a"), hits(made, "b"), hits(made, "c")) == (1, 1, 0)
    assert made.counters.conflicts == {"t": 1}


def test_an_item_is_free_again_once_the_transaction_is_over() -> None:
    """A transaction that begins after the other has committed meets no conflict."""
    scheduler = Scheduler()
    made = service(scheduler)
    for ms in (0, 10, 20):
        at(scheduler, ms, lambda: client(made).transact_write_items(**together(add("a"))))
    scheduler.run()
    assert hits(made, "a") == 3


def test_a_refused_transaction_holds_what_it_prepared_until_it_is_decided() -> None:
    """Half its time: then the others' items are free."""
    scheduler = Scheduler()
    made = service(scheduler)
    at(
        scheduler,
        0,
        lambda: client(made).transact_write_items(**together(add("a"), add_if("b", 9))),
    )
    early = at(scheduler, 3, lambda: client(made).transact_write_items(**together(add("a"))))
    late = at(scheduler, 5, lambda: client(made).transact_write_items(**together(add("a"))))
    scheduler.run()
    assert codes(early[0]) == ["TransactionConflict"]
    assert "CancellationReasons" not in late[0]


def test_a_single_write_of_a_held_item_is_refused_and_a_read_sees_it_as_it_was() -> None:
    """Writes conflict; GetItem and Query return what was committed last."""
    scheduler = Scheduler()
    made = service(scheduler)
    made.seed("t", [{**key("a"), "hits": {"N": "5"}}])
    at(scheduler, 0, lambda: client(made).transact_write_items(**together(add("a"))))
    write = at(scheduler, 2, lambda: client(made).update_item(**add("a")))
    read = at(scheduler, 2, lambda: client(made).get_item(TableName="t", Key=key("a")))
    scheduler.run()
    assert write[0]["Error"]["Code"] == "TransactionConflictException"
    assert read[0]["Item"]["hits"] == {"N": "5"}
    assert hits(made, "a") == 6


def test_a_read_transaction_is_refused_while_an_item_is_being_written() -> None:
    """It never returns two items of which one was written and the other not yet."""
    scheduler = Scheduler()
    made = service(scheduler)
    made.seed("t", [key("a"), key("b")])
    gets = [{"Get": {"TableName": "t", "Key": key(name)}} for name in "ab"]
    at(scheduler, 0, lambda: client(made).transact_write_items(**together(add("b"))))
    during = at(scheduler, 4, lambda: client(made).transact_get_items(TransactItems=gets))
    single = at(scheduler, 13, lambda: client(made).update_item(**add("a")))
    across = at(scheduler, 13, lambda: client(made).transact_get_items(TransactItems=gets))
    after = at(scheduler, 40, lambda: client(made).transact_get_items(TransactItems=gets))
    scheduler.run()
    assert codes(during[0]) == ["None", "TransactionConflict"]
    assert "Error" not in single[0]
    assert codes(across[0]) == ["TransactionConflict", "None"]
    assert [r["Item"]["hits"] for r in after[0]["Responses"]] == [{"N": "1"}, {"N": "1"}]


def test_a_read_transaction_is_refused_if_a_write_begins_while_it_reads() -> None:
    """It looks twice, and an item that is prepared at the second look may be changing."""
    scheduler = Scheduler()
    made = service(scheduler)
    made.seed("t", [key("a")])
    gets = [{"Get": {"TableName": "t", "Key": key("a")}}]
    read = at(scheduler, 0, lambda: client(made).transact_get_items(TransactItems=gets))
    at(scheduler, 2, lambda: client(made).transact_write_items(**together(add("a"))))
    scheduler.run()
    assert codes(read[0]) == ["TransactionConflict"]


def test_a_transaction_older_than_an_item_s_last_write_is_refused() -> None:
    """A single write that overtakes it on the way has the later place in the order of all writes."""
    scheduler = Scheduler()
    made = service(scheduler)
    slow = at(scheduler, 2, lambda: client(made).transact_write_items(**together(add("a"))))
    at(scheduler, 0.3, lambda: client(made).update_item(**add("a")))
    scheduler.run()
    assert codes(slow[0]) == ["TransactionConflict"]
    assert hits(made, "a") == 1


def test_failed_conditions_come_by_index_with_the_items_that_they_met() -> None:
    """Every item says why, not only the first; `Item` is there where it was asked for."""
    made = service()
    made.seed("t", [{**key("b"), "hits": {"N": "5"}}])
    found = refused(
        lambda: client(made).transact_write_items(
            **together(add("a"), add_if("b", 9), add_if("c", 9))
        )
    )
    assert found["Error"]["Code"] == "TransactionCanceledException"
    assert codes(found) == ["None", "ConditionalCheckFailed", "ConditionalCheckFailed"]
    items = [reason.get("Item") for reason in found["CancellationReasons"]]
    assert items == [None, {"id": {"S": "b"}, "hits": {"N": "5"}}, None]


def _with_token(made: DynamoDB, token: str, more: int = 1) -> None:
    client(made).transact_write_items(**together(add("a", more)), ClientRequestToken=token)


def test_a_token_makes_a_repeat_harmless_for_ten_minutes_and_no_longer() -> None:
    """Within the time it changes nothing; after it the same call is a new one."""
    made = service()
    _with_token(made, "one")
    _with_token(made, "one")
    assert hits(made, "a") == 1
    assert refusal(lambda: _with_token(made, "one", 2)) == "IdempotentParameterMismatchException"
    made.scheduler.wait_ns(601 * 10**9)
    _with_token(made, "one")
    assert hits(made, "a") == 2


def test_a_token_whose_transaction_is_under_way_is_refused() -> None:
    """A client that gave up too early is told to wait."""
    scheduler = Scheduler()
    made = service(scheduler)
    at(scheduler, 0, lambda: _with_token(made, "one"))
    again = at(scheduler, 4, lambda: _with_token(made, "one"))
    scheduler.run()
    assert again[0]["Error"]["Code"] == "TransactionInProgressException"


def test_a_cancelled_transaction_s_token_can_be_used_again() -> None:
    """Only what succeeded is remembered."""
    made = service()
    call = {**together(add_if("a", 1)), "ClientRequestToken": "one"}
    refused(lambda: client(made).transact_write_items(**call))
    client(made).update_item(**add("a"))
    client(made).transact_write_items(**call)
    assert hits(made, "a") == 2


def test_a_transaction_of_more_than_four_megabytes_is_refused_as_a_whole() -> None:
    """And holds nothing afterwards."""
    made = service()
    puts = [
        {"Put": {"TableName": "t", "Item": {**key(f"i{n}"), "blob": {"S": "x" * 300_000}}}}
        for n in range(14)
    ]
    whole = refusal(lambda: client(made).transact_write_items(TransactItems=puts))
    assert whole == "ValidationException"
    client(made).transact_write_items(TransactItems=puts[:13])
    assert len(made.contents("t")) == 13
