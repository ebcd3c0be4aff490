"""The lane's time in the control table: the `LaneTime` port."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import REFUSED, code_of, store_errors
from chalicelib.adapters.dynamodb.keys import LANE_FREE, Key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LANE: Key = {"name": {"S": "lane"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoLaneTime:
    """One item with the moment until which the lane's time is taken."""

    client: "DynamoDBClient"
    table: str

    def take(self, now: int, ms: int) -> int:
        """Take *ms* from *now* on, and return *now*; or return when it is free."""
        try:
            with store_errors():
                self.client.update_item(
                    TableName=self.table,
                    Key=LANE,
                    UpdateExpression="SET taken_until = :until",
                    ConditionExpression=LANE_FREE,
                    ExpressionAttributeValues={
                        ":now": {"N": str(now)},
                        ":until": {"N": str(now + ms)},
                    },
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if code_of(error) != REFUSED:
                raise
            response: Any = error.response
            return int(response["Item"]["taken_until"]["N"])
        return now
