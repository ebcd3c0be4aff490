import re
from typing import Any

import pytest

from tests.package.conftest import FUNCTIONS, RESOLVERS, WORKERS, Node

BUCKETS = ("CataloguesBucket/", "RunsBucket/")

#: AWS takes no resource for these.
DEMAND_A_STAR = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}

#: The whole of what each function may do, by resource: a new right is a change here.
RIGHTS = {
    "APIHandler": {
        "OrdersTable": "BatchGetItem GetItem PutItem UpdateItem",
        "OrdersTable/index/by_acceptance": "Query",
        "CouponsTable": "BatchGetItem ConditionCheckItem GetItem PutItem Query UpdateItem",
        "CouponsTable/index/listed": "Query",
        "ControlTable": "BatchGetItem GetItem PutItem UpdateItem",
        "CataloguesBucket/*": "GetObject PutObject",
        "RunsBucket": "ListBucket",
        "RunsBucket/*": "GetObject PutObject",
        "IntentsQueue": "GetQueueAttributes SendMessage",
        "SettlementsQueue": "GetQueueAttributes SendMessage",
        "RunsQueue": "SendMessage",
    },
    "Resolve": {
        "OrdersTable": "GetItem UpdateItem",
        "ControlTable": "GetItem UpdateItem",
        "ReadingsTable": "BatchGetItem PutItem UpdateItem",
        "CataloguesBucket/*": "GetObject",
        "IntentsQueue": (
            "ChangeMessageVisibility DeleteMessage GetQueueAttributes ReceiveMessage SendMessage"
        ),
        "SettlementsQueue": "SendMessage",
        "OpenAiSecretArn": "GetSecretValue",
    },
    "Settle": {
        "OrdersTable": "BatchGetItem UpdateItem",
        "OrdersTable/index/by_acceptance": "Query",
        "CouponsTable": "BatchGetItem GetItem PutItem UpdateItem",
        "ControlTable": "GetItem UpdateItem",
        "CataloguesBucket/*": "GetObject",
        "SettlementsQueue": (
            "ChangeMessageVisibility DeleteMessage GetQueueAttributes ReceiveMessage SendMessage"
        ),
    },
    "BulkResolve": {
        "OrdersTable": "GetItem UpdateItem",
        "ControlTable": "GetItem UpdateItem",
        "ReadingsTable": "BatchGetItem PutItem UpdateItem",
        "CataloguesBucket/*": "GetObject",
        "BulkIntentsQueue": (
            "ChangeMessageVisibility DeleteMessage GetQueueAttributes ReceiveMessage SendMessage"
        ),
        "BulkSettlementsQueue": "SendMessage",
        "OpenAiSecretArn": "GetSecretValue",
    },
    "BulkSettle": {
        "OrdersTable": "BatchGetItem UpdateItem",
        "OrdersTable/index/by_acceptance": "Query",
        "CouponsTable": "BatchGetItem GetItem PutItem UpdateItem",
        "ControlTable": "GetItem",
        "CataloguesBucket/*": "GetObject",
        "BulkSettlementsQueue": (
            "ChangeMessageVisibility DeleteMessage GetQueueAttributes ReceiveMessage SendMessage"
        ),
    },
    "Keep": {
        "OrdersTable": "BatchGetItem PutItem Query",
        "CouponsTable": "BatchGetItem UpdateItem",
        "ControlTable": "GetItem UpdateItem",
        "CataloguesBucket/*": "GetObject",
        "ReadingsTable": "BatchGetItem PutItem",
        "RunsBucket": "ListBucket",
        "RunsBucket/runs/*/source-*": "GetObject",
        "RunsBucket/runs/*/lines-*": "GetObject",
        "RunsBucket/runs/*/results/*": "GetObject PutObject",
        "RunsBucket/runs/*/check/*": "GetObject PutObject",
        "RunsBucket/runs/*/fed/*": "GetObject PutObject",
        "RunsBucket/runs/*/put-off/*": "GetObject PutObject",
        "RunsBucket/runs/*/texts/*": "GetObject PutObject",
        "OpenAiSecretArn": "GetSecretValue",
        "BulkIntentsQueue": "GetQueueAttributes SendMessage",
        "BulkSettlementsQueue": "GetQueueAttributes SendMessage",
        "RunsQueue": (
            "ChangeMessageVisibility DeleteMessage GetQueueAttributes ReceiveMessage SendMessage"
        ),
    },
    "Sweep": {
        "OrdersTable": "BatchGetItem UpdateItem",
        "OrdersTable/index/watch": "Query",
        "CouponsTable": "PutItem UpdateItem",
        "ControlTable": "BatchGetItem GetItem PutItem",
        "IntentsQueue": "GetQueueAttributes SendMessage",
        "SettlementsQueue": "GetQueueAttributes SendMessage",
        "BulkIntentsQueue": "SendMessage",
        "BulkSettlementsQueue": "SendMessage",
        "RunsQueue": "SendMessage",
    },
    "Reconcile": {
        "CouponsTable": "BatchGetItem GetItem Query",
        "CouponsTable/index/listed": "Query",
    },
}


def name(resource: Any) -> str:
    """Say which of the stack's things a policy's resource is."""
    match resource:
        case {"Fn::GetAtt": [str(logical_id), "Arn"]}:
            return logical_id
        case {"Ref": str(parameter)}:
            return parameter
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", text)
        case _:
            return str(resource)


def rights(statements: list[Node]) -> dict[str, str]:
    """Turn statements into the actions allowed on each resource, without the service's name."""
    found: dict[str, set[str]] = {}
    for statement in statements:
        for resource in statement["Resource"]:
            actions = {action.split(":")[1] for action in statement["Action"]}
            found.setdefault(name(resource), set()).update(actions)
    return {resource: " ".join(sorted(actions)) for resource, actions in found.items()}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_a_role_of_its_own(functions: dict[str, Node], function: str) -> None:
    """What one function may do, no other may."""
    role = f"{FUNCTIONS[function]}Role"
    assert functions[function]["Role"] == {"Fn::GetAtt": [role, "Arn"]}
    sharing = [
        name for name, one in functions.items() if one["Role"] == functions[function]["Role"]
    ]
    assert sharing == [function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_is_what_its_policy_file_says(resources: dict[str, Node], function: str) -> None:
    """No managed policy widens a role, and only Lambda may take it."""
    role = resources[f"{FUNCTIONS[function]}Role"]["Properties"]
    assert "ManagedPolicyArns" not in role
    assert len(role["Policies"]) == 1
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_may_do_exactly_what_it_needs(
    statements: dict[str, list[Node]], function: str
) -> None:
    """The rights of a function are those listed here, each on a named resource."""
    own_log = {f"{function}LogGroup": "CreateLogStream PutLogEvents"}
    traces = {"*": "PutTelemetryRecords PutTraceSegments"}
    assert rights(statements[function]) == RIGHTS[function] | own_log | traces


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_traces_go_to_a_star(statements: dict[str, list[Node]], function: str) -> None:
    """No statement reaches beyond the stack but the two that AWS takes no resource for."""
    for statement in statements[function]:
        assert statement["Effect"] == "Allow"
        assert "NotAction" not in statement
        assert "NotResource" not in statement
        assert not [action for action in statement["Action"] if "*" in action]
        if "*" in statement["Resource"]:
            assert set(statement["Action"]) <= DEMAND_A_STAR
        for resource in statement["Resource"]:
            named = name(resource)
            assert "*" not in named or named == "*" or named.startswith(BUCKETS)


def conditional(resources: dict[str, Node], function: str) -> dict[str, tuple[str, object]]:
    """Return on which condition a role has which statement, and what stands there without it."""
    (policy,) = resources[f"{FUNCTIONS[function]}Role"]["Properties"]["Policies"]
    found = [s["Fn::If"] for s in policy["PolicyDocument"]["Statement"] if "Fn::If" in s]
    return {then["Sid"]: (condition, otherwise) for condition, then, otherwise in found}


@pytest.mark.parametrize("function", RESOLVERS)
def test_the_models_key_is_readable_only_when_there_is_one(
    resources: dict[str, Node], function: str
) -> None:
    """Without a secret nobody may read any."""
    none = {"Ref": "AWS::NoValue"}
    assert conditional(resources, function) == {"ReadModelKey": ("HasOpenAiSecret", none)}


def test_a_keeper_has_what_batches_need_only_where_they_are_asked(
    template: Node, resources: dict[str, Node]
) -> None:
    """With batches off it can neither read the key nor what the model said."""
    when = ("AsksBatches", {"Ref": "AWS::NoValue"})
    only = ("ListsOfWhatIsPutOff", "Readings", "ReadModelKey")
    assert conditional(resources, "Keep") == dict.fromkeys(only, when)
    switched_on = {"Fn::Equals": [{"Ref": "ModelBatches"}, "on"]}
    assert template["Conditions"]["AsksBatches"] == {
        "Fn::And": [{"Condition": "HasOpenAiSecret"}, switched_on]
    }
    others = set(FUNCTIONS) - {*RESOLVERS, "Keep"}
    assert [name for name in others if conditional(resources, name)] == []


@pytest.mark.parametrize(("worker", "queue"), WORKERS.items())
def test_a_worker_may_take_messages_from_its_own_queue_alone(
    statements: dict[str, list[Node]], worker: str, queue: str
) -> None:
    """A worker can't take another's work."""
    readable = {
        resource
        for resource, actions in rights(statements[worker]).items()
        if "ReceiveMessage" in actions
    }
    assert readable == {queue}
