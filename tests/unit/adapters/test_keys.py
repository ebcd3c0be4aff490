from chalicelib.adapters.dynamodb.keys import NAMES, named, shard_key, terms_key
from chalicelib.domain.coupon import SHARDS_MAX


def test_no_two_shards_share_a_partition() -> None:
    """Each shard, and the terms, have a partition key of their own: writes to one slow no other."""
    partitions = [shard_key("SPRING25", number)["code"]["S"] for number in range(SHARDS_MAX)]
    partitions.append(terms_key("SPRING25")["code"]["S"])
    assert len(set(partitions)) == SHARDS_MAX + 1


def test_just_the_names_that_an_expression_uses_are_given() -> None:
    """DynamoDB refuses a name too many as well as one too few."""
    assert named("SET #status = :s REMOVE question") == {"#status": "status"}
    assert named("ADD held :n") == {}
    assert named(" ".join(NAMES)) == dict(NAMES)
