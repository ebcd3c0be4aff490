"""The AWS clients, each made when it is first wanted, with limits that fit a Lambda."""

from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 2
ATTEMPTS_MAX = 2
"""A call that hangs takes six seconds at most, so even the shortest function, the API with its
29, lives to answer. What still fails is the caller's to give up on: a store that hangs once
will hang for the next call too."""


class Clients:
    """Low-level clients. They can be shared by threads; none is made at import."""

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """DynamoDB, in its own attribute values: the hot paths build their parameters ready-made."""
        return boto3.client("dynamodb", config=_config())

    @cached_property
    def sqs(self) -> "SQSClient":
        """SQS."""
        return boto3.client("sqs", config=_config())

    @cached_property
    def s3(self) -> "S3Client":
        """S3. Its presigned addresses are signed in a way that covers headers, in all regions."""
        return boto3.client("s3", config=_config().merge(Config(signature_version="s3v4")))


def _config() -> Config:
    return Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS_MAX},
    )
