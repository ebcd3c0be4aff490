import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.errors import TooBusyError
from chalicelib.entrypoints.problems import DOMAIN, EDGE, TYPE_PREFIX, Kind
from tests.package.conftest import FUNCTIONS, Node

PSEUDO = re.compile(r"AWS::\w+")

OUTPUTS = {
    "ApiId",
    "ApiStage",
    "ApiUrl",
    "OrdersTable",
    "CouponsTable",
    "ControlTable",
    "CataloguesBucket",
    "IntentsQueueUrl",
    "IntentsDeadLettersUrl",
    "SettlementsQueueUrl",
    "SettlementsDeadLettersUrl",
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


def test_the_gateways_own_answers_are_problems(resources: dict[str, Node]) -> None:
    """What the gateway refuses by itself has a code of the app's own, and the same words."""
    answers = resources["RestAPI"]["Properties"]["GatewayResponses"]
    assert answers["THROTTLED"]["ResponseParameters"]["Headers"].keys() == {"Retry-After"}
    kinds: dict[str, Kind] = {str(code): kind for code, kind in EDGE.items()}
    kinds[TooBusyError.code] = DOMAIN[TooBusyError]
    for answer in answers.values():
        problem = json.loads(answer["ResponseTemplates"]["application/json"])
        assert problem["type"] == TYPE_PREFIX + problem["code"]
        assert problem["title"] == kinds[problem["code"]].title
        if "StatusCode" in answer:
            assert answer["StatusCode"] == problem["status"] == kinds[problem["code"]].status


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_carries_the_dependencies(functions: dict[str, Node], function: str) -> None:
    """The app and what it imports are deployed together."""
    assert functions[function]["CodeUri"] == "./deployment.zip"
    assert functions[function]["Layers"] == [{"Ref": "ManagedLayer"}]
