import json
import re
from typing import Any

import pytest

from chalicelib.application.run_ports import LANE_WAIT_SECONDS
from chalicelib.entrypoints.keeping import DELAY_MS_MAX
from rushline_testing.lambdas import TIMEOUT_MS
from tests.package.conftest import DEAD_LETTERS, FUNCTIONS, RESOLVERS, TABLES, Node, OfType

Watched = tuple[str, str, str]


@pytest.fixture
def watched(of_type: OfType) -> dict[Watched, Node]:
    """Each alarm by what it watches: namespace, metric and the logical id of the thing."""
    found: dict[Watched, Node] = {}
    for alarm in of_type("AWS::CloudWatch::Alarm").values():
        thing = alarm["Dimensions"][0]["Value"]
        found[alarm["Namespace"], alarm["MetricName"], _name(thing)] = alarm
    return found


def _name(thing: str | Node) -> str:
    match thing:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
            return name
        case _:
            return str(thing)


#: How each metric is read: the statistic, the seconds of a period, the periods it takes.
READ = {
    "ApproximateNumberOfMessagesVisible": ("Maximum", 60, 1),
    "ApproximateAgeOfOldestMessage": ("Maximum", 60, 2),
    "Errors": ("Sum", 60, 1),
    "Throttles": ("Sum", 60, 1),
    "Invocations": ("Sum", 300, 1),
    "model_breaker_opened": ("Sum", 60, 1),
    "run_keeper_failed": ("Sum", 60, 3),
    "run_ended": ("Sum", 60, 1),
    "run_behind": ("Sum", 300, 2),
    "run_unreadable": ("Sum", 60, 3),
    "5XXError": ("Average", 60, 2),
    "ReadThrottleEvents": ("Sum", 60, 1),
    "WriteThrottleEvents": ("Sum", 60, 1),
}


#: A lane is full by design, as long as its feeders let it get; and a call for a keeper is sent up to 15 minutes before its time, and then worked on for 5.
OLDEST_SECONDS = {"BulkIntentsQueue": 900, "BulkSettlementsQueue": 900, "RunsQueue": 1_800}


def test_every_alarm_reads_its_metric_as_it_has_to_be_read(of_type: OfType) -> None:
    """A count is summed, an age is not, a share is a mean; and no data is no news but for the sweep."""
    alarms = of_type("AWS::CloudWatch::Alarm")
    assert {alarm["MetricName"] for alarm in alarms.values()} == READ.keys()
    for name, alarm in alarms.items():
        read = (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"])
        assert read == READ[alarm["MetricName"]], name
        missing = "breaching" if alarm["MetricName"] == "Invocations" else "notBreaching"
        assert alarm["TreatMissingData"] == missing, name
        assert "DatapointsToAlarm" not in alarm, name
        assert "ExtendedStatistic" not in alarm, name


def test_no_two_alarms_watch_the_same(watched: dict[Watched, Node], of_type: OfType) -> None:
    """An alarm that was copied was also changed."""
    alarms = of_type("AWS::CloudWatch::Alarm")
    assert len(watched) == len(alarms)
    assert len({alarm["AlarmDescription"] for alarm in alarms.values()}) == len(alarms)


@pytest.mark.parametrize(("queue", "dead_letters"), DEAD_LETTERS.items())
def test_queues_are_watched(watched: dict[Watched, Node], queue: str, dead_letters: str) -> None:
    """One dead letter raises the alarm, and so does a message that waits too long."""
    dead = watched["AWS/SQS", "ApproximateNumberOfMessagesVisible", dead_letters]
    assert (dead["Threshold"], dead["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert dead["Statistic"] == "Maximum"
    age = watched["AWS/SQS", "ApproximateAgeOfOldestMessage", queue]
    assert age["Threshold"] == OLDEST_SECONDS.get(queue, {"Ref": "OldestMessageSeconds"})
    assert age["ComparisonOperator"] == "GreaterThanThreshold"


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_functions_are_watched(watched: dict[Watched, Node], function: str, metric: str) -> None:
    """One error or one throttled call of any function raises the alarm."""
    alarm = watched["AWS/Lambda", metric, function]
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 0)
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"


def test_a_sweep_that_stopped_is_noticed(watched: dict[Watched, Node]) -> None:
    """Silence raises this alarm, where it quiets all the others."""
    alarm = watched["AWS/Lambda", "Invocations", "Sweep"]
    assert alarm["ComparisonOperator"] == "LessThanThreshold"
    assert alarm["TreatMissingData"] == "breaching"


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("metric", ["ReadThrottleEvents", "WriteThrottleEvents"])
def test_tables_are_watched(watched: dict[Watched, Node], table: str, metric: str) -> None:
    """A throttled read or write of any table raises the alarm."""
    assert watched["AWS/DynamoDB", metric, table]["Threshold"] == 0


def test_the_api_is_watched_under_its_own_name(
    watched: dict[Watched, Node], resources: dict[str, Node]
) -> None:
    """The API's metrics go by its name, so the alarm and the API agree on it."""
    alarm = watched["AWS/ApiGateway", "5XXError", "AWS::StackName"]
    api = resources["RestAPI"]["Properties"]
    assert api["Name"] == {"Ref": "AWS::StackName"}
    assert alarm["Dimensions"] == [
        {"Name": "ApiName", "Value": {"Ref": "AWS::StackName"}},
        {"Name": "Stage", "Value": {"Ref": "RestAPI.Stage"}},
    ]


def test_a_lane_is_given_its_time(watched: dict[Watched, Node]) -> None:
    """Nobody is woken while a line may still be on its way, or a call before its time."""
    assert OLDEST_SECONDS["BulkIntentsQueue"] > LANE_WAIT_SECONDS
    calls = OLDEST_SECONDS["RunsQueue"]
    assert calls > (DELAY_MS_MAX + TIMEOUT_MS["keep"]) / 1000
    assert watched["AWS/SQS", "ApproximateAgeOfOldestMessage", "RunsQueue"]["Threshold"] == calls


@pytest.mark.parametrize("function", RESOLVERS)
def test_a_model_that_is_down_is_noticed(watched: dict[Watched, Node], function: str) -> None:
    """One opening of the breaker raises the alarm of the stack whose function opened it."""
    alarm = watched["Rushline", "model_breaker_opened", function]
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert {d["Name"] for d in alarm["Dimensions"]} == {"function", "service"}


@pytest.mark.parametrize(
    ("metric", "thing", "names"),
    [
        ("run_keeper_failed", "rushline", {"service"}),
        ("run_behind", "rushline", {"service"}),
        ("run_unreadable", "rushline", {"service"}),
        ("run_ended", "failed", {"state", "service"}),
    ],
)
def test_a_run_in_trouble_is_noticed(
    watched: dict[Watched, Node], metric: str, thing: str, names: set[str]
) -> None:
    """One that fails, that its keepers fail at, that is fed too slowly, and that can't be read."""
    alarm = watched["Rushline", metric, thing]
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert {d["Name"] for d in alarm["Dimensions"]} == names


def test_every_alarm_tells_someone(of_type: OfType) -> None:
    """An alarm writes to the topic when it starts and when it ends."""
    for alarm in of_type("AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
        assert alarm["OKActions"] == [{"Ref": "AlarmTopic"}]
    (subscription,) = of_type("AWS::SNS::Subscription").values()
    assert subscription["TopicArn"] == {"Ref": "AlarmTopic"}
    assert subscription["Endpoint"] == {"Ref": "AlarmEmail"}


def test_the_dashboard_shows_the_rush(of_type: OfType) -> None:
    """The dashboard is sound JSON and shows calls, outcomes, queues, age, latency and errors."""
    (dashboard,) = of_type("AWS::CloudWatch::Dashboard").values()
    text, _names = dashboard["DashboardBody"]["Fn::Sub"]
    body: dict[str, Any] = json.loads(re.sub(r"\$\{[^}]+\}", "x", text))
    shown = json.dumps(body)
    for metric in (
        "Count",
        "Rushline",
        "ApproximateNumberOfMessagesVisible",
        "ApproximateAgeOfOldestMessage",
        "Latency",
        "ConcurrentExecutions",
        "Errors",
        "Throttles",
        "WriteThrottleEvents",
        "model_calls",
        "model_held",
        "model_breaker_opened",
        "model_cost_microdollars",
        "run_lines_fed",
        "run_lines_collected",
        "runs_open",
        "run_keeper_failed",
        "run_behind",
        "run_ended",
    ):
        assert metric in shown
