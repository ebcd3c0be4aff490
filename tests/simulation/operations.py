"""Random calls on small tables: few keys, so that they meet; every kind of expression."""

from typing import Any

from hypothesis import strategies as st

from tests.simulation.expressions import VALUES, Placeholders, conditions, updates

TABLE: dict[str, Any] = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": kind}
        for name, kind in (("pk", "S"), ("sk", "S"), ("n", "N"), ("g", "S"))
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by_n",
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "n", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_g",
            "KeySchema": [
                {"AttributeName": "g", "KeyType": "HASH"},
                {"AttributeName": "n", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}

Call = tuple[str, dict[str, Any]]

keys = st.builds(
    lambda pk, sk: {"pk": {"S": pk}, "sk": {"S": sk}},
    st.sampled_from(["a", "b"]),
    st.sampled_from(["1", "2"]),
)


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    """Return an item."""
    item = dict(draw(keys))
    for name, values in VALUES.items():
        if draw(st.booleans()):
            item[name] = draw(values)
    if draw(st.booleans()):
        item["g"] = draw(st.sampled_from(["p", "q"]).map(lambda text: {"S": text}))
    return item


@st.composite
def writes(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Return the parameters of a put, update, deletion or check."""
    held = Placeholders()
    call: dict[str, Any] = {"Item": draw(items())} if kind == "Put" else {"Key": draw(keys)}
    if kind == "Update":
        call["UpdateExpression"] = draw(updates(held))
    if kind == "ConditionCheck" or draw(st.booleans()):
        call["ConditionExpression"] = draw(conditions(held))
        if draw(st.booleans()):
            call["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    if held.values:
        call["ExpressionAttributeValues"] = held.values
    return call


@st.composite
def singles(draw: st.DrawFn) -> Call:
    """Return a single write."""
    kind = draw(st.sampled_from(["Put", "Update", "Update", "Delete"]))
    call = draw(writes(kind))
    returns = ["NONE", "ALL_OLD"]
    if kind == "Update":
        returns += ["ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"]
    call["ReturnValues"] = draw(st.sampled_from(returns))
    return f"{kind.lower()}_item", call


@st.composite
def transactions(draw: st.DrawFn) -> Call:
    """Return a transaction; once in a while with two actions on one item."""
    kinds = st.sampled_from(["Put", "Update", "Update", "Delete", "ConditionCheck"])
    chosen = draw(st.lists(kinds, min_size=1, max_size=4))
    actions = [{kind: draw(writes(kind))} for kind in chosen]
    return "transact_write_items", {"TransactItems": actions}


@st.composite
def queries(draw: st.DrawFn) -> Call:
    """Return a query of the table or of an index."""
    index = draw(st.sampled_from([None, None, "by_n", "by_g"]))
    partition = ":p"
    values: dict[str, Any] = {":p": {"S": draw(st.sampled_from(["a", "b", "p", "q"]))}}
    text = f"{'g' if index == 'by_g' else 'pk'} = {partition}"
    call: dict[str, Any] = {"ScanIndexForward": draw(st.booleans())}
    if index is None:
        match draw(st.integers(0, 2)):
            case 1:
                text += " AND begins_with(sk, :q)"
                values[":q"] = {"S": draw(st.sampled_from(["1", "2"]))}
            case 2:
                text += " AND sk >= :q"
                values[":q"] = {"S": draw(st.sampled_from(["1", "2", "3"]))}
    else:
        call["IndexName"] = index
        if draw(st.booleans()):
            text += " AND n BETWEEN :q AND :r"
            values |= {":q": {"N": "-5"}, ":r": {"N": str(draw(st.integers(-5, 20)))}}
    if index != "by_g":
        call["ConsistentRead"] = draw(st.booleans())
    if draw(st.booleans()):
        call["Limit"] = draw(st.integers(1, 3))
    return "query", {**call, "KeyConditionExpression": text, "ExpressionAttributeValues": values}


@st.composite
def reads(draw: st.DrawFn) -> Call:
    """Return a read of one item, or of several."""
    if draw(st.booleans()):
        call: dict[str, Any] = {"Key": draw(keys), "ConsistentRead": draw(st.booleans())}
        if draw(st.booleans()):
            call["ProjectionExpression"] = "pk, n, m.x"
        return "get_item", call
    wanted = draw(
        st.lists(keys, min_size=1, max_size=4, unique_by=lambda key: tuple(map(str, key.values())))
    )
    if draw(st.booleans()):
        return "transact_get_items", {"TransactItems": [{"Get": {"Key": key}} for key in wanted]}
    return "batch_get_item", {"RequestItems": {"": {"Keys": wanted, "ConsistentRead": True}}}


MALFORMED = (
    ("get_item", {"Key": {"pk": {"S": "a"}}}),
    ("get_item", {"Key": {"pk": {"S": "a"}, "sk": {"S": "1"}, "n": {"N": "1"}}}),
    ("get_item", {"Key": {"pk": {"N": "1"}, "sk": {"S": "1"}}}),
    ("put_item", {"Item": {"pk": {"S": "a"}}}),
    ("put_item", {"Item": {"pk": {"S": ""}, "sk": {"S": "1"}}}),
    ("put_item", {"Item": {"pk": {"S": "a"}, "sk": {"S": "1"}, "n": {"S": "no number"}}}),
    ("put_item", {"Item": {"pk": {"S": "a"}, "sk": {"S": "1"}, "s": {"S": "x" * 410_000}}}),
    *(
        (
            "update_item",
            {
                "Key": {"pk": {"S": "a"}, "sk": {"S": "1"}},
                "UpdateExpression": update,
                "ExpressionAttributeValues": {":v": {"N": "1"}},
            },
        )
        for update in (
            "SET status = :v",
            "SET n = :v SET c = :v",
            "SET n = :v, n = :v",
            "SET pk = :v",
            "SET n = :w",
            "SET n :v",
            "SET #n = :v",
            "ADD n",
            "SET c = f + :v",
            "SET c = missing",
            "SET n = :v REMOVE",
            "SET nowhere.x = :v",
            "SET n = nothing(:v)",
        )
    ),
    (
        "transact_write_items",
        {
            "TransactItems": [
                {"Delete": {"Key": {"pk": {"S": "a"}, "sk": {"S": str(n % 100)}}}}
                for n in range(101)
            ]
        },
    ),
    (
        "batch_get_item",
        {"RequestItems": {"": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "1"}}] * 2}}},
    ),
    (
        "query",
        {"KeyConditionExpression": "sk = :v", "ExpressionAttributeValues": {":v": {"S": "a"}}},
    ),
    (
        "query",
        {
            "IndexName": "by_g",
            "ConsistentRead": True,
            "KeyConditionExpression": "g = :v",
            "ExpressionAttributeValues": {":v": {"S": "p"}},
        },
    ),
)
"""Calls that DynamoDB refuses, whatever is in the table."""

puts: st.SearchStrategy[Call] = items().map(lambda item: ("put_item", {"Item": item}))

calls = st.one_of(singles(), singles(), transactions(), transactions(), queries(), reads())
