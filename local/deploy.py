"""Deploy the packaged app to a cloud on this machine, as one would to AWS.

``upload`` is ``aws cloudformation package``: it puts the archives into S3 and points the template
at them. ``deploy`` is ``aws cloudformation deploy``: it makes the stack, or changes it into what
the template says. Both may be repeated; a repeat with nothing new changes nothing.

The template is the packaged one but for what one machine can't use, see ``_for_this_machine``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

ARTEFACTS_BUCKET = "rushline-artefacts"
REGION = "us-east-1"

#: Left out here: the dependencies' layer and the policies that refuse plain HTTP.
NOT_HERE = frozenset(
    {"AWS::Serverless::LayerVersion", "AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"}
)

#: What SQS also does in batches.
BATCHED = frozenset({"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:SendMessage"})

#: A stack in these states can't be changed, only deleted and made again.
DEAD_STATES = frozenset({"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"})


class DeployError(Exception):
    """The stack could not be deployed; the message holds CloudFormation's reasons."""


ROOT = "test"
"""Key and secret of the one whom ministack lets do everything."""


def client(service: str, endpoint_url: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """Return a boto3 client for the cloud at ``endpoint_url``, which asks for no real keys."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=endpoint_url,
        region_name=REGION,
        aws_access_key_id=ROOT,
        aws_secret_access_key=ROOT,
        config=Config(retries={"total_max_attempts": 3, "mode": "standard"}),
    )


def environment(endpoint_url: str) -> dict[str, str]:
    """Return the variables by which boto3, wherever it runs, finds the cloud at ``endpoint_url``."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ROOT,
        "AWS_SECRET_ACCESS_KEY": ROOT,
    }


def upload(package_dir: Path, endpoint_url: str) -> str:
    """Put the package into S3 and return the URL of a template that points at it there.

    Archives are kept under their digest, so an unchanged one is the same object and an update
    leaves its functions alone.
    """
    s3 = client("s3", endpoint_url)
    s3.create_bucket(Bucket=ARTEFACTS_BUCKET)
    template = _for_this_machine(json.loads((package_dir / "template.json").read_text()))
    locations: dict[str, str] = {}
    for resource in template["Resources"].values():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        archive = resource["Properties"]["CodeUri"]
        if archive not in locations:
            locations[archive] = _put(s3, (package_dir / archive).read_bytes(), "zip")
        resource["Properties"]["CodeUri"] = f"s3://{ARTEFACTS_BUCKET}/{locations[archive]}"
    key = _put(s3, json.dumps(template).encode(), "json")
    return f"{endpoint_url}/{ARTEFACTS_BUCKET}/{key}"


def deploy(
    stack: str, template_url: str, parameters: Mapping[str, str], endpoint_url: str
) -> dict[str, str]:
    """Bring ``stack`` to what the template says and return its outputs."""
    cloudformation = client("cloudformation", endpoint_url)
    request = {
        "StackName": stack,
        "TemplateURL": template_url,
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    state = _state(cloudformation, stack)
    if state in DEAD_STATES:
        cloudformation.delete_stack(StackName=stack)
        _wait(cloudformation, "stack_delete_complete", stack)
        state = None
    try:
        if state is None:
            cloudformation.create_stack(**request)
            _wait(cloudformation, "stack_create_complete", stack)
        else:
            cloudformation.update_stack(**request)
            _wait(cloudformation, "stack_update_complete", stack)
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise DeployError(str(error)) from error
    _mend_concurrency(cloudformation, stack, endpoint_url)
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def api_url(outputs: Mapping[str, str], endpoint_url: str) -> str:
    """Return where the deployed API answers on this machine; there is no DNS name for it."""
    api, stage = outputs["ApiId"], outputs["ApiStage"]
    return f"{endpoint_url}/restapis/{api}/{stage}/_user_request_"


def _for_this_machine(template: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the local cloud can't use, and say what it wants said.

    It runs functions with this interpreter, whose environment holds the same pins and comes before
    a layer on its path; unpacking the layer for each of them would only cost 8 s at the first rush
    and 100 MB apiece. It speaks HTTP, which the TLS-only policies refuse once it enforces them
    (``AUTH=true``); and then it wants a right of its own for each batch action of SQS, where AWS
    takes the right to the single one for both.
    """
    kept = {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] not in NOT_HERE
    }
    for resource in kept.values():
        resource.get("Properties", {}).pop("Layers", None)
        if resource["Type"] == "AWS::IAM::Role":
            for policy in resource["Properties"]["Policies"]:
                for statement in policy["PolicyDocument"]["Statement"]:
                    actions = statement.get("Action", [])
                    actions.extend([f"{action}Batch" for action in actions if action in BATCHED])
    return {**template, "Resources": kept}


def _put(s3: Any, body: bytes, extension: str) -> str:  # noqa: ANN401 - see client
    key = f"{hashlib.sha256(body).hexdigest()}.{extension}"
    s3.put_object(Bucket=ARTEFACTS_BUCKET, Key=key, Body=body)
    return key


def _state(cloudformation: Any, stack: str) -> str | None:  # noqa: ANN401 - see client
    try:
        return str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def _wait(cloudformation: Any, goal: str, stack: str) -> None:  # noqa: ANN401 - see client
    try:
        cloudformation.get_waiter(goal).wait(
            StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
        )
    except WaiterError as error:
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        message = f"stack {stack}: {'; '.join(_reasons(events)) or error}"
        raise DeployError(message) from error


def _mend_concurrency(cloudformation: Any, stack: str, endpoint_url: str) -> None:  # noqa: ANN401 - see client
    """Set each event source's concurrency again, as a number.

    ministack 1.5.33 keeps a Number parameter as text, and its poller then fails on every queue:
    "'>=' not supported between instances of 'int' and 'str'".
    """
    functions = client("lambda", endpoint_url)
    resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    for resource in resources:
        if resource["ResourceType"] != "AWS::Lambda::EventSourceMapping":
            continue
        mapping = functions.get_event_source_mapping(UUID=resource["PhysicalResourceId"])
        concurrency = mapping.get("ScalingConfig", {}).get("MaximumConcurrency")
        if concurrency is not None:
            functions.update_event_source_mapping(
                UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": int(concurrency)}
            )


def _reasons(events: Iterable[Mapping[str, str]]) -> list[str]:
    """Name each resource that failed, with the reason, the first to fail first."""
    return [
        f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
        for event in reversed(list(events))
        if event["ResourceStatus"].endswith("FAILED") and event.get("ResourceStatusReason")
    ]
