import re
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.application.lane_budget import LaneBudget
from chalicelib.bootstrap import Services
from chalicelib.entrypoints.workers import SETTLE_BATCH_MAX, STOP_BEFORE_END_MS
from chalicelib.settings import Settings
from rushline_testing.environment import sealed
from rushline_testing.lambdas import HANDLERS
from tests.package.conftest import DEAD_LETTERS, FUNCTIONS, RESOLVERS, WORKERS, Node, OfType

ROOT = Path(__file__).parents[2]

#: The key itself is for local use; in AWS only the secret's name is given.
NEVER_GIVEN = {"OPENAI_API_KEY"}


def variables(template: Node, function: Node) -> Node:
    """Return the variables that a function gets: everyone's and its own."""
    everyones: Node = template["Globals"]["Function"]["Environment"]["Variables"]
    return {**everyones, **function.get("Environment", {}).get("Variables", {})}


def source(functions: dict[str, Node], worker: str) -> Node:
    """Return the properties of a worker's one event source."""
    (event,) = functions[worker]["Events"].values()
    found: Node = event["Properties"]
    return found


def test_the_package_holds_exactly_the_functions_that_are_known(functions: dict[str, Node]) -> None:
    """A function that the template and the policies don't know never ships."""
    assert set(functions) == set(FUNCTIONS)


def spaced(function: str) -> str:
    """Return how the code calls a function."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", function).lower()


HANDLER = """
import importlib, sys
module, name = sys.argv[1].rsplit(".", 1)
handler = getattr(importlib.import_module(module), name)
assert callable(handler)
assert name == "app" or list(handler.middleware_handlers)
"""


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_is_called_where_the_middleware_is(
    functions: dict[str, Node], function: str
) -> None:
    """Importing nothing but a function's handler is enough to have the middleware round it."""
    handler = functions[function]["Handler"]
    name = "api_handler" if function == "APIHandler" else spaced(function)
    assert handler == f"app.{HANDLERS[name]}"
    run = subprocess.run(  # noqa: S603 (our own interpreter, our own code)
        [sys.executable, "-c", HANDLER, handler],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_nothing_is_merged_onto_a_name_that_chalice_no_longer_writes(
    resources: dict[str, Node], functions: dict[str, Node]
) -> None:
    """A renamed function or event source leaves no half resource behind."""
    assert [name for name, resource in resources.items() if "Type" not in resource] == []
    events = [event for f in functions.values() for event in f.get("Events", {}).values()]
    assert [event for event in events if "Type" not in event] == []


@pytest.mark.parametrize("worker", WORKERS)
def test_every_sqs_event_source_reports_partial_failures(
    functions: dict[str, Node], worker: str
) -> None:
    """A message that failed goes back to its queue while the rest of its batch is done."""
    assert source(functions, worker)["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize(("worker", "queue"), WORKERS.items())
def test_every_worker_reads_its_own_queue(
    functions: dict[str, Node], worker: str, queue: str
) -> None:
    """The placeholder in the code is replaced by the stack's own queue."""
    assert source(functions, worker)["Queue"] == {"Fn::GetAtt": [queue, "Arn"]}


def test_no_placeholder_is_left(template: Node) -> None:
    """What the code leaves to the template is filled in everywhere."""
    assert "placeholder" not in str(template)
    assert "unpackaged" not in str(template)


@pytest.mark.parametrize("worker", WORKERS)
def test_workers_are_limited_at_the_event_source(functions: dict[str, Node], worker: str) -> None:
    """Concurrency is held down by the poller, not by throttling messages into the dead letters."""
    assert source(functions, worker)["ScalingConfig"] == {
        "MaximumConcurrency": {"Ref": f"{worker}Concurrency"}
    }
    assert "ReservedConcurrentExecutions" not in functions[worker]


@pytest.mark.parametrize("worker", WORKERS)
def test_no_concurrency_is_asked_for_that_lambda_refuses(template: Node, worker: str) -> None:
    """An event source takes from 2 to 1,000 at once, and the parameter no other number."""
    parameter = template["Parameters"][f"{worker}Concurrency"]
    assert parameter["MinValue"] == 2
    assert parameter["MaxValue"] == (20 if worker == "BulkSettle" else 1000)
    assert parameter["MinValue"] <= parameter["Default"] <= parameter["MaxValue"]


def test_the_lane_keeps_to_its_units_whatever_is_chosen(
    template: Node, functions: dict[str, Node]
) -> None:
    """The most workers with the fewest units still wait out a full batch's time within a call."""
    parameters = template["Parameters"]
    budget = LaneBudget(
        write_units=parameters["LaneWriteUnits"]["MinValue"],
        workers=parameters["BulkSettleConcurrency"]["MaxValue"],
    )
    call_ms = functions["BulkSettle"]["Timeout"] * 1_000 - STOP_BEFORE_END_MS
    assert budget.settling_ms(SETTLE_BATCH_MAX) <= call_ms


def test_lane_and_keepers_are_told_of_the_units(template: Node, functions: dict[str, Node]) -> None:
    """Who feeds and who settles; and who settles how many they are."""
    units, workers = {"Ref": "LaneWriteUnits"}, {"Ref": "BulkSettleConcurrency"}
    keep, settle = (variables(template, functions[name]) for name in ("Keep", "BulkSettle"))
    assert keep["LANE_WRITE_UNITS"] == settle["LANE_WRITE_UNITS"] == units
    assert settle["BULK_SETTLE_CONCURRENCY"] == workers
    assert (
        template["Parameters"]["LaneWriteUnits"]["Default"]
        == Settings.model_fields["lane_write_units"].default
    )


def test_settling_and_keeping_have_a_whole_core(functions: dict[str, Node]) -> None:
    """A batch is priced and written, and a run fed and collected, on what Lambda gives for 1,769 MB."""
    memory = {name: function["MemorySize"] for name, function in functions.items()}
    whole = [memory.pop(name) for name in ("Settle", "BulkSettle", "Keep")]
    assert whole == [1769] * 3
    assert set(memory.values()) == {512}


def test_a_command_has_all_the_time_that_the_gateway_gives(functions: dict[str, Node]) -> None:
    """A pause in a rush goes from shard to shard, up to 64 of them, and has to win on each."""
    assert functions["APIHandler"]["Timeout"] == 29


@pytest.mark.parametrize("lane", ["", "Bulk"])
def test_settlement_sees_large_batches(functions: dict[str, Node], lane: str) -> None:
    """A batch fills two transactions, or one where no use is counted, within a second or less."""
    settle, resolve = source(functions, f"{lane}Settle"), source(functions, f"{lane}Resolve")
    assert settle["BatchSize"] == 98
    assert settle["MaximumBatchingWindowInSeconds"] == 1
    assert resolve["BatchSize"] == 10
    assert resolve["MaximumBatchingWindowInSeconds"] <= 1


def test_a_keeper_has_one_run_and_five_minutes(functions: dict[str, Node]) -> None:
    """A call is for one run, and what a slow one takes is not taken from another's time."""
    keep = source(functions, "Keep")
    assert (keep["BatchSize"], keep["MaximumBatchingWindowInSeconds"]) == (1, 0)
    assert functions["Keep"]["Timeout"] == 300


@pytest.mark.parametrize("live", ["Resolve", "Settle"])
def test_the_lane_works_as_the_shoppers_functions_do(functions: dict[str, Node], live: str) -> None:
    """What is fast enough for a shopper is so for a run: the same time and memory."""
    for given in ("Timeout", "MemorySize"):
        assert functions[f"Bulk{live}"][given] == functions[live][given]


def test_coupons_are_reconciled_each_hour(functions: dict[str, Node]) -> None:
    """By the clock; what does not balance is not tried again, but told."""
    (event,) = functions["Reconcile"]["Events"].values()
    assert event == {"Type": "Schedule", "Properties": {"Schedule": "rate(1 hour)"}}
    assert functions["Reconcile"]["EventInvokeConfig"]["MaximumRetryAttempts"] == 0


def test_the_sweep_runs_each_minute(functions: dict[str, Node]) -> None:
    """The sweep comes by the clock, and the next one is the retry of one that failed."""
    (event,) = functions["Sweep"]["Events"].values()
    assert event == {"Type": "Schedule", "Properties": {"Schedule": "rate(1 minute)"}}
    assert functions["Sweep"]["EventInvokeConfig"]["MaximumRetryAttempts"] == 0
    assert functions["Sweep"]["Timeout"] < 60


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_knows_what_settings_demand(
    template: Node, functions: dict[str, Node], function: str
) -> None:
    """Every function imports the same settings, so each gets all that have no default."""
    given = variables(template, functions[function])
    demanded = {name.upper() for name, f in Settings.model_fields.items() if f.is_required()}
    assert demanded <= given.keys()


def test_every_setting_is_given_and_nothing_else(
    template: Node, functions: dict[str, Node]
) -> None:
    """No setting is beyond the reach of a deployment, and no variable goes unread."""
    given = {name for f in functions.values() for name in variables(template, f)}
    ours = {name for name in given if not name.startswith("POWERTOOLS_")}
    assert ours == {name.upper() for name in Settings.model_fields} - NEVER_GIVEN


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_resolving_knows_of_the_model(
    template: Node, functions: dict[str, Node], function: str
) -> None:
    """Who reads, at what price and where it is remembered reach who asks the model alone."""
    given = variables(template, functions[function])
    # A keeper asks in batches, and adds up what its run's lines took.
    asks = {*RESOLVERS, "Keep"}
    for name in ("OPENAI_BASE_URL", "OPENAI_MODEL", "REMEMBER_DAYS", "MODEL_INPUT_PRICE"):
        assert (name in given) == (function in asks)
    # Who makes runs has to know whether there are batches, and may reach nothing of it.
    for name in ("OPENAI_API_KEY_SECRET", "READING_MODE", "READINGS_TABLE"):
        assert (name in given) == (function in {*asks, "APIHandler"})
    assert ("MODEL_BATCHES" in given) == (function in {"Keep", "APIHandler"})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_the_api_has_the_keys_of_tokens(
    template: Node, functions: dict[str, Node], function: str
) -> None:
    """They take most of the room that Lambda gives for variables, and nobody else sees a token."""
    given = variables(template, functions[function])
    assert ("JWT_JWKS" in given) == ("JWT_JWKS_URL" in given) == (function == "APIHandler")


#: What the code is to decide by, from what a deployment gives it.
DEPLOYED = {
    "ModelBatches": "on",
    "ReadingMode": "parser_first",
    "OpenAiSecretArn": "arn:aws:secretsmanager:eu-west-1:1:secret:key",
}


@pytest.mark.parametrize("function", ["Keep", "APIHandler"])
@pytest.mark.parametrize(
    ("other", "asks"),
    [
        ({}, True),
        ({"ModelBatches": "off"}, False),
        ({"OpenAiSecretArn": ""}, False),
        ({"ReadingMode": "parser_only"}, False),
    ],
)
def test_batches_are_switched_by_one_parameter(
    template: Node, functions: dict[str, Node], function: str, other: dict[str, str], *, asks: bool
) -> None:
    """Who makes runs and who keeps them agree on it, with the settings that each is given."""
    defaults = {name: str(one.get("Default", "x")) for name, one in template["Parameters"].items()}
    chosen = {**defaults, **DEPLOYED, **other}
    given = {
        name: chosen.get(value["Ref"], "a resource") if isinstance(value, dict) else str(value)
        for name, value in variables(template, functions[function]).items()
        if not isinstance(value, dict) or "Ref" in value
    }
    with sealed():
        services = Services(Settings.from_environment(given))
        assert services.make_run.batches is asks
        assert (services.ask_run is not None) is asks
    assert template["Parameters"]["ModelBatches"]["Default"] == "off"


def test_batches_are_read_as_a_line_of_the_lane_is(functions: dict[str, Node]) -> None:
    """What a batch answered is found: keeper and resolver agree on model, prompt and memory."""
    keep, bulk = (functions[name]["Environment"]["Variables"] for name in ("Keep", "BulkResolve"))
    assert bulk.items() <= keep.items()


def test_a_run_is_read_as_a_shopper_is(functions: dict[str, Node]) -> None:
    """The same model, remembered in the same place, at the same price."""
    live, bulk = (functions[name]["Environment"]["Variables"] for name in RESOLVERS)
    assert live.items() <= bulk.items()


#: Lambda's limit on names and values together.
ENVIRONMENT_BYTES_MAX = 4_096

#: What a value's name ends with, and how long such values are, in a stack of a usual name. A key set
#: is given itself, or by its address.
LENGTHS = {
    "Queue": 90,
    "Table": 40,
    "Bucket": 60,
    "Arn": 110,
    "JwksUrl": 0,
    "Url": 60,
    "Jwks": 2_500,
}
LENGTH_ELSE = 25


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_variables_fit(template: Node, functions: dict[str, Node], function: str) -> None:
    """A deployment with the longest key set that the template takes is one that Lambda takes."""
    assert template["Parameters"]["JwtJwks"]["MaxLength"] == LENGTHS["Jwks"]
    given = variables(template, functions[function])
    size = sum(len(name) + _length(value) for name, value in given.items())
    assert size <= ENVIRONMENT_BYTES_MAX


def _length(value: object) -> int:
    match value:
        case {"Ref": str(name)}:
            return next((n for end, n in LENGTHS.items() if name.endswith(end)), LENGTH_ELSE)
        case _:
            return len(str(value))


def test_the_code_counts_deliveries_as_the_queues_do(template: Node, of_type: OfType) -> None:
    """What the code takes for the last delivery is the last delivery."""
    counted = template["Globals"]["Function"]["Environment"]["Variables"]["RECEIVES_MAX"]
    queues = of_type("AWS::SQS::Queue")
    for queue in DEAD_LETTERS:
        assert queues[queue]["RedrivePolicy"]["maxReceiveCount"] == int(counted)


def test_the_build_is_in_the_template(template: Node) -> None:
    """``/health`` can say which package it came from."""
    build = template["Globals"]["Function"]["Environment"]["Variables"]["BUILD"]
    assert re.fullmatch(r"[0-9a-f]{12}", build)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_is_traced_and_logs_to_its_own_group(
    functions: dict[str, Node], of_type: OfType, function: str
) -> None:
    """Logs have a place and an end, and traces are on."""
    assert functions[function]["Tracing"] == "Active"
    group = f"{function}LogGroup"
    assert functions[function]["LoggingConfig"] == {"LogGroup": {"Ref": group}}
    retention = of_type("AWS::Logs::LogGroup")[group]["RetentionInDays"]
    assert retention == {"Ref": "LogRetentionDays"}


def test_the_functions_are_of_one_runtime_and_architecture(functions: dict[str, Node]) -> None:
    """The wheels in the package fit the machine that Lambda runs it on."""
    assert {tuple(f["Architectures"]) for f in functions.values()} == {("x86_64",)}
    assert len({f["Runtime"] for f in functions.values()}) == 1
