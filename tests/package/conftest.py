"""The packaged template, made once a session, and ways to look into it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.package import package

Node = dict[str, Any]
OfType = Callable[[str], dict[str, Node]]

#: Chalice calls the API's role by another case than the API's function.
FUNCTIONS = {
    "APIHandler": "ApiHandler",
    "Resolve": "Resolve",
    "Settle": "Settle",
    "BulkResolve": "BulkResolve",
    "BulkSettle": "BulkSettle",
    "Keep": "Keep",
    "Sweep": "Sweep",
    "Reconcile": "Reconcile",
}
WORKERS = {
    "Resolve": "IntentsQueue",
    "Settle": "SettlementsQueue",
    "BulkResolve": "BulkIntentsQueue",
    "BulkSettle": "BulkSettlementsQueue",
    "Keep": "RunsQueue",
}
DEAD_LETTERS = {queue: f"{queue.removesuffix('Queue')}DeadLetters" for queue in WORKERS.values()}
RESOLVERS = ("Resolve", "BulkResolve")
LASTING = ("OrdersTable", "CouponsTable", "ControlTable")
TABLES = (*LASTING, "ReadingsTable")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """Return what ships, but for the dependencies, which are not downloaded."""
    out = tmp_path_factory.mktemp("cloud") / "package"
    read: Node = json.loads(package(out, dependencies=False).read_text())
    return read


@pytest.fixture(scope="session")
def resources(template: Node) -> dict[str, Node]:
    """Return the template's resources by logical id."""
    found: dict[str, Node] = template["Resources"]
    return found


@pytest.fixture(scope="session")
def of_type(resources: dict[str, Node]) -> OfType:
    """Give the properties of each resource of a type, by logical id."""

    def select(kind: str) -> dict[str, Node]:
        return {n: r["Properties"] for n, r in resources.items() if r["Type"] == kind}

    return select


@pytest.fixture(scope="session")
def functions(of_type: OfType) -> dict[str, Node]:
    """Return the functions' properties by logical id."""
    return of_type("AWS::Serverless::Function")


@pytest.fixture(scope="session")
def statements(resources: dict[str, Node]) -> dict[str, list[Node]]:
    """Return what each function may do: its role's statements, those under a condition included."""

    def allowed(function: str) -> Iterator[Node]:
        for policy in resources[f"{FUNCTIONS[function]}Role"]["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield statement["Fn::If"][1] if "Fn::If" in statement else statement

    return {function: list(allowed(function)) for function in FUNCTIONS}
