import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.entrypoints.openapi.document import statuses
from chalicelib.entrypoints.openapi.operations.parts import THROTTLED
from chalicelib.entrypoints.problems import CONTENT_TYPE, EDGE, TYPE_PREFIX
from rushline_testing import gateway
from tests.package.conftest import FUNCTIONS, Node

PSEUDO = re.compile(r"AWS::\w+")

OUTPUTS = {
    "ApiId",
    "ApiStage",
    "ApiUrl",
    "OrdersTable",
    "CouponsTable",
    "ControlTable",
    "ReadingsTable",
    "CataloguesBucket",
    "IntentsQueueUrl",
    "IntentsDeadLettersUrl",
    "SettlementsQueueUrl",
    "SettlementsDeadLettersUrl",
    "BulkIntentsQueueUrl",
    "BulkIntentsDeadLettersUrl",
    "BulkSettlementsQueueUrl",
    "BulkSettlementsDeadLettersUrl",
    "RunsQueueUrl",
    "RunsDeadLettersUrl",
    "RunsBucket",
    "AlarmTopicArn",
}


def references(node: Any) -> Iterator[str]:
    """Yield every name that an intrinsic function in ``node`` refers to."""
    match node:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name.split(".")[0]
        case {"Fn::Sub": [str(text), dict(names)]}:
            yield from set(references({"Fn::Sub": text})) - names.keys()
            yield from references(list(names.values()))
        case {"Fn::Sub": str(text)}:
            yield from (name.split(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", text))
        case {"Fn::If": [str(condition), *branches]}:
            yield f"condition {condition}"
            yield from references(branches)
        case {"Type": str(), "Condition": str(condition)}:
            yield f"condition {condition}"
            yield from references(list(node.values()))
        case dict():
            yield from references(list(node.values()))
        case list():
            for value in node:
                yield from references(value)


def test_every_reference_resolves(template: Node) -> None:
    """Every Ref, GetAtt, Sub and condition names something that exists."""
    known = template["Resources"].keys() | template["Parameters"].keys()
    known |= {f"condition {name}" for name in template["Conditions"]}
    used = {name for name in references(template) if not PSEUDO.fullmatch(name)}
    assert used - known == set()


def test_every_parameter_is_used_and_described(template: Node) -> None:
    """A deployment can read what it decides, and nothing that it decides is idle."""
    used = set(references(template))
    assert set(template["Parameters"]) - used == set()
    for parameter in template["Parameters"].values():
        assert re.search(r"[.]$", parameter["Description"])


def test_every_condition_is_used(template: Node) -> None:
    """No condition is left over."""
    used = set(references(template))
    assert {f"condition {name}" for name in template["Conditions"]} <= used


def test_only_the_issuer_must_be_said(template: Node) -> None:
    """Everything has a sensible default but who signs the tokens."""
    demanded = {name for name, p in template["Parameters"].items() if "Default" not in p}
    assert demanded == {"JwtIssuer"}


def test_a_deployment_without_keys_is_refused(template: Node) -> None:
    """Without a key set, or its address, no call could be let in."""
    (assertion,) = template["Rules"]["TokensCanBeVerified"]["Assertions"]
    assert assertion["Assert"] == {
        "Fn::Not": [
            {
                "Fn::And": [
                    {"Fn::Equals": [{"Ref": "JwtJwks"}, ""]},
                    {"Fn::Equals": [{"Ref": "JwtJwksUrl"}, ""]},
                ]
            }
        ]
    }


def test_batches_without_a_model_are_refused(template: Node) -> None:
    """Who switches them on has a model's key, and a mode in which it is asked."""
    rule = template["Rules"]["BatchesHaveAModel"]
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "ModelBatches"}, "on"]}
    assert [assertion["Assert"] for assertion in rule["Assertions"]] == [
        {"Fn::Not": [{"Fn::Equals": [{"Ref": "OpenAiSecretArn"}, ""]}]},
        {"Fn::Not": [{"Fn::Equals": [{"Ref": "ReadingMode"}, "parser_only"]}]},
    ]


@pytest.mark.parametrize("parameter", ["JwtJwksUrl", "OpenAiBaseUrl"])
def test_addresses_are_https(template: Node, parameter: str) -> None:
    """Keys and customers' words travel in no clear; empty leaves the setting to its default."""
    allowed = re.compile(template["Parameters"][parameter]["AllowedPattern"])
    for good in ("", "https://id.example.com/jwks.json"):
        assert allowed.fullmatch(good)
    for bad in (
        "http://id.example.com",
        "https://",
        "file:///keys",
        "http://localhost.example.com",
    ):
        assert not allowed.fullmatch(bad)


def test_only_a_model_may_be_on_the_machine_itself(template: Node) -> None:
    """The local cloud is deployed from the same template, with a model on loopback or none."""
    allowed = re.compile(template["Parameters"]["OpenAiBaseUrl"]["AllowedPattern"])
    for loopback in ("http://127.0.0.1:8080/v1", "http://localhost/v1", "http://[::1]:1"):
        assert allowed.fullmatch(loopback)
    assert not re.fullmatch(
        template["Parameters"]["JwtJwksUrl"]["AllowedPattern"], "http://127.0.0.1/jwks.json"
    )


def test_outputs_name_what_an_operator_needs(template: Node) -> None:
    """Whoever deployed it can find the API, the tables, the queues and the alarms."""
    assert template["Outputs"].keys() >= OUTPUTS


def test_the_api_is_regional_and_throttled(resources: dict[str, Node]) -> None:
    """The API takes no more than it is told to, caches no answer and logs no body."""
    api = resources["RestAPI"]["Properties"]
    assert api["EndpointConfiguration"] == {"Type": "REGIONAL"}
    (settings,) = api["MethodSettings"]
    assert (settings["HttpMethod"], settings["ResourcePath"]) == ("*", "/*")
    assert settings["ThrottlingRateLimit"] == {"Ref": "ApiRateLimit"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "ApiBurstLimit"}
    assert settings["CachingEnabled"] is False
    assert settings["DataTraceEnabled"] is False
    assert api["TracingEnabled"] is True
    # Without it SAM adds a second stage, which nothing throttles.
    assert api["OpenApiVersion"] == "2.0"


def test_access_logs_hold_no_token_and_no_path_with_an_id(resources: dict[str, Node]) -> None:
    """An access log says what was called and how it went, and nothing of who or what."""
    condition, setting, otherwise = resources["RestAPI"]["Properties"]["AccessLogSetting"]["Fn::If"]
    assert (condition, otherwise) == ("HasAccessLogs", {"Ref": "AWS::NoValue"})
    logged = set(re.findall(r"\$context\.([\w.]+)", setting["Format"]))
    assert logged == {
        "requestId",
        "xrayTraceId",
        "httpMethod",
        "resourcePath",
        "status",
        "responseLatency",
        "error.responseType",
    }


GATEWAYS_OWN = {
    "THROTTLED": THROTTLED,
    "REQUEST_TOO_LARGE": "body_too_large",
    "MISSING_AUTHENTICATION_TOKEN": "not_found",
    "DEFAULT_4XX": "not_found",
    "DEFAULT_5XX": "internal_error",
}


@pytest.fixture
def gateways_own(resources: dict[str, Node]) -> dict[str, Node]:
    """Return what the gateway answers by itself, by when."""
    found: dict[str, Node] = resources["RestAPI"]["Properties"]["GatewayResponses"]
    return found


def test_the_gateway_answers_nothing_in_its_own_words(gateways_own: dict[str, Node]) -> None:
    """Whatever it refuses, or fails at, has words of ours."""
    assert gateways_own.keys() == GATEWAYS_OWN.keys()
    assert gateways_own["THROTTLED"]["ResponseParameters"]["Headers"]["Retry-After"] == "'1'"


@pytest.mark.parametrize(("when", "code"), GATEWAYS_OWN.items())
def test_the_gateways_own_answers_are_problems(
    gateways_own: dict[str, Node], when: str, code: str
) -> None:
    """Each is a problem with a code that the OpenAPI document promises, and the code's status."""
    answer = gateways_own[when]
    problem = json.loads(answer["ResponseTemplates"]["application/json"])
    assert problem.keys() == {"type", "title", "status", "code"}
    assert (problem["code"], problem["type"]) == (code, TYPE_PREFIX + code)
    assert answer["StatusCode"] == problem["status"] == statuses()[code]
    titles = {str(known): kind.title for known, kind in EDGE.items()}
    assert problem["title"] == titles.get(code, problem["title"])
    assert answer["ResponseParameters"]["Headers"]["Content-Type"] == f"'{CONTENT_TYPE}'"


@pytest.mark.parametrize(
    ("when", "reply"),
    [
        ("MISSING_AUTHENTICATION_TOKEN", gateway.NO_SUCH_PATH),
        ("DEFAULT_5XX", gateway.CRASHED),
    ],
)
def test_the_harness_answers_as_the_gateway_does(
    gateways_own: dict[str, Node], when: str, reply: gateway.Reply
) -> None:
    """A test against the harness sees the answers that a client of the real API sees."""
    answer = gateways_own[when]
    assert reply.status == answer["StatusCode"]
    assert reply.body.decode() == answer["ResponseTemplates"]["application/json"]
    assert (
        f"'{reply.headers['content-type']}'"
        == (answer["ResponseParameters"]["Headers"]["Content-Type"])
    )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_carries_the_dependencies(functions: dict[str, Node], function: str) -> None:
    """The app and what it imports are deployed together."""
    assert functions[function]["CodeUri"] == "./deployment.zip"
    assert functions[function]["Layers"] == [{"Ref": "ManagedLayer"}]
