"""Bring the packaged app up in the local cloud, and say how to reach it."""

import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from chalicelib.adapters.codec import MODEL_USE
from chalicelib.application.reconcile import Reconciled
from chalicelib.domain.model_use import NO_USE, ModelUse
from local import deploy, keys
from local.api import Api
from local.faults import LocalError
from local.places import Places
from ops.aws import reconciliation

STACK = "rushline"
MODEL_SECRET = "rushline/model-key"  # noqa: S105 (its name)
NO_KEY = "none"
"""For a model that asks for no key; the secret can't be empty."""

WORKERS_EACH = 2
"""How many of each worker run at once: each is a program on this machine."""

WORKERS = ("Resolve", "Settle", "BulkResolve", "BulkSettle", "Keep")

DEAD_LETTERS = ("Intents", "Settlements", "BulkIntents", "BulkSettlements", "Runs")

CUSTOMER, OTHER_CUSTOMER, OPERATOR = "ada", "ben", "olga"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A deployed app that answers. *fresh* if this run deployed it."""

    api_url: str
    endpoint_url: str
    outputs: Mapping[str, str]
    key: EllipticCurvePrivateKey
    fresh: bool
    batches: Mapping[str, str]
    """The variables by which an operator's command knows whether runs may ask a Batch API."""

    def token(self, customer: str) -> str:
        """Return a token for *customer*."""
        return keys.token(self.key, customer, {"checkout"})

    @property
    def ops_token(self) -> str:
        """Return a token for whoever runs the shop."""
        return keys.token(self.key, OPERATOR, {"ops"})

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables by which operators' commands find this stack."""
        return {
            **deploy.environment(self.endpoint_url),
            "COUPONS_TABLE": self.outputs["CouponsTable"],
            "ORDERS_TABLE": self.outputs["OrdersTable"],
            "CONTROL_TABLE": self.outputs["ControlTable"],
            "CATALOGUES_BUCKET": self.outputs["CataloguesBucket"],
            "RUNS_BUCKET": self.outputs["RunsBucket"],
            "RUNS_QUEUE_URL": self.outputs["RunsQueueUrl"],
            "READINGS_TABLE": self.outputs["ReadingsTable"],
            **self.batches,
        }

    def books(self, coupon: str) -> Reconciled:
        """Return the coupon held against its ledger and all orders."""
        dynamodb = deploy.client("dynamodb", self.endpoint_url)
        tables = self.outputs["CouponsTable"], self.outputs["OrdersTable"]
        (found,) = reconciliation(dynamodb, *tables)(only=coupon, with_orders=True)
        return found

    def model_use(self, intent_ids: Collection[str]) -> ModelUse:
        """Return what reading these intents took, as the orders table has it on each of them."""
        dynamodb = deploy.client("dynamodb", self.endpoint_url)
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=self.outputs["OrdersTable"],
            FilterExpression="attribute_exists(model_use)",
            ProjectionExpression="id, model_use",
        )
        items = (item for page in pages for item in page["Items"])
        uses = (
            MODEL_USE.load(item["model_use"]["S"])
            for item in items
            if item["id"]["S"] in intent_ids
        )
        return sum(uses, NO_USE)

    def forget_readings(self) -> None:
        """Forget what the model said in earlier rushes, so that each rush asks as the first did."""
        dynamodb, table = (
            deploy.client("dynamodb", self.endpoint_url),
            self.outputs["ReadingsTable"],
        )
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=table,
            ProjectionExpression="#key",
            ExpressionAttributeNames={"#key": "key"},
        )
        for key in [item for page in pages for item in page["Items"]]:
            dynamodb.delete_item(TableName=table, Key=key)

    def dead_letters(self) -> int:
        """Return how many messages lie in the dead-letter queues."""
        sqs = deploy.client("sqs", self.endpoint_url)
        urls = [self.outputs[f"{name}DeadLettersUrl"] for name in DEAD_LETTERS]
        attribute = "ApproximateNumberOfMessages"
        return sum(
            int(
                sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[attribute])["Attributes"][
                    attribute
                ]
            )
            for url in urls
        )


def bring_up(places: Places, package: Path, endpoint_url: str, stand_in: str = "") -> Stack:
    """Return the stack at the cloud's *endpoint_url*, deployed from *package*.

    It asks the model that the environment names, or else the one at *stand_in*, if any.
    A stack of the same build and parameters is left as it is; another is updated. Raises
    `DeployError` with CloudFormation's reasons.
    """
    key = keys.signing_key(places.signing_key)
    parameters = {
        "JwtIssuer": keys.ISSUER,
        "JwtAudience": keys.AUDIENCE,
        "JwtJwks": keys.key_set(key),
        "DeletionProtection": "off",
        **{f"{worker}Concurrency": str(WORKERS_EACH) for worker in WORKERS},
        **_model(endpoint_url, stand_in),
    }
    outputs = _deployed(package, parameters, endpoint_url)
    fresh = outputs is None
    if outputs is None:
        template_url = deploy.upload(package.parent, endpoint_url)
        outputs = deploy.deploy(STACK, template_url, parameters, endpoint_url)
    url = deploy.api_url(outputs, endpoint_url)
    return Stack(
        api_url=url,
        endpoint_url=endpoint_url,
        outputs=outputs,
        key=key,
        fresh=fresh,
        batches={
            "MODEL_BATCHES": parameters["ModelBatches"],
            "OPENAI_API_KEY_SECRET": parameters["OpenAiSecretArn"],
        },
    )


def check_health(stack: Stack) -> str:
    """Return the build that answers. Raises `LocalError` if the app or a store doesn't."""
    api = Api(stack.api_url)
    try:
        reply = api.call("GET", "/health", stack.ops_token, calls_max=4)
    finally:
        api.close()
    body = reply.json()
    if body.get("status") != "ok":
        message = f"the app is not healthy: {reply.status} {reply.text}"
        raise LocalError(message)
    return str(body["build"])


def write_down(places: Places, stack: Stack, coupon: str) -> None:
    """Write how to reach the stack to its file, for its owner's eyes only."""
    content = {
        "api_url": stack.api_url,
        "customer_token": stack.token(CUSTOMER),
        "other_customer_token": stack.token(OTHER_CUSTOMER),
        "ops_token": stack.ops_token,
        "endpoint_url": stack.endpoint_url,
        "coupon": coupon,
        "environment": stack.environment,
    }
    unfinished = places.stack.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(content, indent=1) + "\n")
    unfinished.replace(places.stack)


def _deployed(
    template: Path, parameters: Mapping[str, str], endpoint_url: str
) -> dict[str, str] | None:
    """Return the outputs of the stack in the cloud, if it is what *template* would make of it."""
    cloudformation = deploy.client("cloudformation", endpoint_url)
    try:
        stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
        functions = deploy.client("lambda", endpoint_url)
        running = functions.get_function_configuration(FunctionName=outputs["SweepFunction"])
    except (ClientError, KeyError):
        return None
    stands = {p["ParameterKey"]: p["ParameterValue"] for p in stack.get("Parameters", [])}
    build = json.loads(template.read_text())["Globals"]["Function"]["Environment"]["Variables"]
    if stack["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        return None
    if any(stands.get(name) != value for name, value in parameters.items()):
        return None
    return outputs if running["Environment"]["Variables"]["BUILD"] == build["BUILD"] else None


def _model(endpoint_url: str, stand_in: str) -> dict[str, str]:
    """Return the parameters for the model that the environment names, for a stand-in, or for none.

    Its key goes into the local cloud's Secrets Manager, as it would in AWS. A stand-in has a Batch
    API; of another endpoint the environment says so.
    """
    batches = "on" if os.environ.get("MODEL_BATCHES", "").lower() in {"on", "true", "1"} else "off"
    key, base_url = os.environ.get("OPENAI_API_KEY", ""), os.environ.get("OPENAI_BASE_URL", "")
    if not key and not base_url:
        if not stand_in:
            return {"OpenAiSecretArn": "", "ModelBatches": "off"}
        base_url, batches = stand_in, "on"
    secret = _secret(key or NO_KEY, endpoint_url)
    parameters = {"OpenAiSecretArn": secret, "ModelBatches": batches}
    if base_url:
        parameters["OpenAiBaseUrl"] = base_url
    if model := os.environ.get("OPENAI_MODEL", ""):
        parameters["OpenAiModel"] = model
    return parameters


def _secret(key: str, endpoint_url: str) -> str:
    secrets = deploy.client("secretsmanager", endpoint_url)
    try:
        made = secrets.create_secret(Name=MODEL_SECRET, SecretString=key)
    except secrets.exceptions.ResourceExistsException:
        made = secrets.put_secret_value(SecretId=MODEL_SECRET, SecretString=key)
    return str(made["ARN"])
