from chalicelib.adapters.dynamodb.keys import (
    NAMES,
    ledger_of,
    named,
    shard_key,
    terms_key,
    unique_key,
)
from chalicelib.domain.counter import SHARDS_MAX


def test_no_two_shards_share_a_partition() -> None:
    """Shards, their ledgers and the terms have partition keys of their own: writes to one slow no other."""
    partitions = [shard_key("SPRING25", number)["code"]["S"] for number in range(SHARDS_MAX)]
    partitions += [ledger_of("SPRING25", number) for number in range(SHARDS_MAX)]
    partitions.append(terms_key("SPRING25")["code"]["S"])
    assert len(set(partitions)) == 2 * SHARDS_MAX + 1


def test_a_unique_code_that_is_spelt_like_a_coupon_is_another_item() -> None:
    """What a customer types is looked up as both, and the two never lie in one place."""
    assert unique_key("SPRING25") != terms_key("SPRING25")


def test_just_the_names_that_an_expression_uses_are_given() -> None:
    """DynamoDB refuses a name too many as well as one too few."""
    assert named("SET #status = :s REMOVE question") == {"#status": "status"}
    assert named("ADD held :n") == {}
    assert named(" ".join(NAMES)) == dict(NAMES)
