"""A deployed stack, and how it is told."""

import json
from pathlib import Path

from local import keys
from local.places import Places
from local.stack import Stack, write_down

OUTPUTS = (
    "CouponsTable",
    "OrdersTable",
    "ControlTable",
    "CataloguesBucket",
    "RunsBucket",
    "RunsQueueUrl",
    "ReadingsTable",
)


def test_the_stack_is_written_down_for_its_owner_only(tmp_path: Path) -> None:
    """The file has what a client needs, and nobody else can read the tokens in it."""
    places = Places(base=tmp_path)
    key = keys.signing_key(places.signing_key)
    outputs = dict.fromkeys(OUTPUTS, "a name")
    stack = Stack(
        api_url="http://a",
        endpoint_url="http://e",
        outputs=outputs,
        key=key,
        fresh=True,
        batches={"MODEL_BATCHES": "on"},
    )
    write_down(places, stack, "RUSH-1")
    content = json.loads(places.stack.read_text())
    assert set(content) == {
        "api_url",
        "customer_token",
        "other_customer_token",
        "ops_token",
        "endpoint_url",
        "coupon",
        "environment",
    }
    assert content["environment"].items() >= {"MODEL_BATCHES": "on"}.items()
    assert content["customer_token"] != content["other_customer_token"]
    assert places.stack.stat().st_mode & 0o777 == 0o600
