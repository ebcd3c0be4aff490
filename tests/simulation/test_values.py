from typing import Any

import pytest

from simulation.dynamodb.capacity import UNLIMITED
from simulation.dynamodb.sizes import item_size
from simulation.dynamodb.values import native_item
from tests.simulation.steps import client, key, refusal, service


@pytest.mark.parametrize(
    ("value", "stored"),
    [("1E3", "1000"), ("007", "7"), ("-0", "0"), ("1.50", "1.5"), ("0.000001", "0.000001")],
)
def test_numbers_come_back_in_their_shortest_form(value: str, stored: str) -> None:
    """However they were written, and what is added to them is exact."""
    made = service()
    client(made).put_item(TableName="t", Item={**key("a"), "n": {"N": value}})
    assert made.contents("t")[0]["n"] == {"N": stored}
    update = {"UpdateExpression": "ADD n :n", "ExpressionAttributeValues": {":n": {"N": "0"}}}
    client(made).update_item(TableName="t", Key=key("a"), **update)
    assert made.contents("t")[0]["n"] == {"N": stored}


@pytest.mark.parametrize("value", ["", "x", "1" * 39, "1E126", "1E-131", "NaN", "Infinity"])
def test_what_is_no_number_of_dynamodb_s_is_refused(value: str) -> None:
    """Past 38 digits, out of range, or no number at all."""
    made = service()
    item = {**key("a"), "n": {"N": value}}
    code = refusal(lambda: client(made).put_item(TableName="t", Item=item))
    assert code == "ValidationException"


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ({"s": {"S": "ab"}}, 3),
        ({"s": {"S": "\u00e9"}}, 3),
        ({"n": {"N": "5"}}, 3),
        ({"n": {"N": "12345"}}, 5),
        ({"n": {"N": "-1000"}}, 3),
        ({"b": {"BOOL": True}}, 2),
        ({"z": {"NULL": True}}, 2),
        ({"y": {"B": b"abc"}}, 4),
        ({"t": {"SS": ["a", "bc"]}}, 4),
        ({"l": {"L": [{"S": "ab"}]}}, 7),
        ({"m": {"M": {"k": {"S": "ab"}}}}, 8),
    ],
)
def test_sizes_are_the_developer_guide_s(attributes: dict[str, Any], size: int) -> None:
    """Names and values in UTF-8; three bytes for a collection and one for each element."""
    assert item_size(native_item(attributes)) == size


def test_callers_own_what_they_gave_and_what_they_got() -> None:
    """Changing it afterwards changes nothing in the table."""
    made = service(limits=UNLIMITED)
    item: dict[str, Any] = {**key("a"), "m": {"M": {"l": {"L": [{"S": "x"}]}}}}
    client(made).put_item(TableName="t", Item=item)
    item["m"]["M"]["l"]["L"].append({"S": "y"})
    got = client(made).get_item(TableName="t", Key=key("a"))["Item"]
    got["m"]["M"]["l"]["L"].clear()
    assert made.contents("t")[0]["m"] == {"M": {"l": {"L": [{"S": "x"}]}}}


def test_what_is_not_modelled_is_refused_rather_than_overlooked() -> None:
    """A legacy parameter would otherwise be an unconditional write."""
    made = service()
    call: dict[str, Any] = {"Item": key("a"), "Expected": {"id": {"Exists": False}}}
    assert refusal(lambda: client(made).put_item(TableName="t", **call)) == "ValidationException"
