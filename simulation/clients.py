"""All simulated clients in the place of the AWS clients, for `Services`."""

from typing import TYPE_CHECKING, cast

from chalicelib.adapters.clients import Clients
from simulation.dynamodb.client import DynamoDBClient
from simulation.objects import S3Client
from simulation.queue import SqsClient

if TYPE_CHECKING:
    import mypy_boto3_dynamodb
    import mypy_boto3_s3
    import mypy_boto3_sqs


class SimulatedClients(Clients):
    """One worker's clients. Assign it to `Services.clients` before anything is built."""

    def __init__(self, dynamodb: DynamoDBClient, sqs: SqsClient, s3: S3Client) -> None:
        self.dynamodb = cast("mypy_boto3_dynamodb.DynamoDBClient", dynamodb)
        self.sqs = cast("mypy_boto3_sqs.SQSClient", sqs)
        self.s3 = cast("mypy_boto3_s3.S3Client", s3)
