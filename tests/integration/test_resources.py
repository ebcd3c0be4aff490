import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from rushline_testing import gateway, lambdas, resources

ROOT = Path(__file__).parents[2]


class _CloudFormationLoader(yaml.SafeLoader):
    """Reads `!GetAtt X.Arn` as {"!GetAtt": "X.Arn"}, and so on."""


def _tagged(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.SequenceNode():
            return {f"!{tag}": loader.construct_sequence(node, deep=True)}
        case yaml.MappingNode():
            return {f"!{tag}": loader.construct_mapping(node, deep=True)}
        case _:
            return {f"!{tag}": node.value}


_CloudFormationLoader.add_multi_constructor("!", _tagged)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """Return the resources of infra/template.yaml by their names."""
    text = (ROOT / "infra" / "template.yaml").read_text()
    document = yaml.load(text, Loader=_CloudFormationLoader)  # noqa: S506 (a SafeLoader)
    found: dict[str, Any] = document["Resources"]
    return found


def of_type(template: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the properties of the resources of one type."""
    return {
        name: one["Properties"]
        for name, one in template.items()
        if one.get("Type") == f"AWS::{kind}"
    }


def test_the_tables_are_the_templates(template: dict[str, Any]) -> None:
    """Keys, indexes and billing under test are those that are deployed."""
    about = {
        "BillingMode",
        "AttributeDefinitions",
        "KeySchema",
        "LocalSecondaryIndexes",
        "GlobalSecondaryIndexes",
    }
    deployed = {
        name: {key: value for key, value in properties.items() if key in about}
        for name, properties in of_type(template, "DynamoDB::Table").items()
    }
    for properties in deployed.values():
        for index in properties.get("GlobalSecondaryIndexes", ()):
            index.pop("WarmThroughput", None)
    assert deployed == resources.TABLES


def test_the_queues_are_the_templates(template: dict[str, Any]) -> None:
    """Visibility, retention and redrive under test are those that are deployed."""
    deployed = of_type(template, "SQS::Queue")
    pairs = resources.QUEUES
    assert set(deployed) == {name for pair in pairs for name in (pair.queue, pair.dead_letters)}
    for pair in pairs:
        queue, dead = deployed[pair.queue], deployed[pair.dead_letters]
        assert queue["VisibilityTimeout"] == pair.visibility_seconds
        assert queue["MessageRetentionPeriod"] == pair.retention_seconds
        assert dead["MessageRetentionPeriod"] == pair.dead_letters_retention_seconds
        assert queue["RedrivePolicy"] == {
            "deadLetterTargetArn": {"!GetAtt": f"{pair.dead_letters}.Arn"},
            "maxReceiveCount": pair.receives_max,
        }


def test_the_buckets_are_the_templates(template: dict[str, Any]) -> None:
    """There is one for catalogues, and one for the files of runs."""
    assert list(of_type(template, "S3::Bucket")) == [resources.BUCKET, resources.RUNS_BUCKET]


def test_the_gateway_answers_as_the_template_says(template: dict[str, Any]) -> None:
    """A path that doesn't exist gets the answer that is deployed for it."""
    responses = template["RestAPI"]["Properties"]["GatewayResponses"]
    deployed = responses["MISSING_AUTHENTICATION_TOKEN"]
    body = deployed["ResponseTemplates"]["application/json"]
    assert gateway.NO_SUCH_PATH.body.decode() == body
    assert gateway.NO_SUCH_PATH.status == deployed["StatusCode"]


def test_the_timeouts_are_those_of_the_functions() -> None:
    """What a function thinks it has left is what Lambda gives it."""
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    functions = config["stages"]["release"]["lambda_functions"]
    deployed = {name: one["lambda_timeout"] * 1000 for name, one in functions.items()}
    assert deployed == lambdas.TIMEOUT_MS
