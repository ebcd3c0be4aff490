"""Menus as the `Catalogues` port: the body in S3, the version in the control table.

A body is written under the hash of its content and never changed, so whoever reads a
pointer can read the body it names. Pointer, version and merchant are written together.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import code_of, store_errors
from chalicelib.adapters.codec import Document
from chalicelib.adapters.dynamodb.items import Item
from chalicelib.adapters.recent import Recent
from chalicelib.application.ports import CatalogueDraft, Clock
from chalicelib.domain.catalogue import Catalogue, catalogue_of
from chalicelib.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

DRAFT = Document(CatalogueDraft)
POINTER_TTL_MS = 2_000
BODY_TTL_MS = 3_600_000
BODIES_MAX = 16
"""Menus kept ready in a container; the largest take tens of megabytes each."""

MERCHANTS = "merchants"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pointer:
    version: int
    digest: str


class StoredCatalogues:
    """Menus by merchant and version. What was read is remembered; a version never changes."""

    def __init__(
        self, *, dynamodb: "DynamoDBClient", s3: "S3Client", table: str, bucket: str, clock: Clock
    ) -> None:
        self._dynamodb = dynamodb
        self._s3 = s3
        self._table = table
        self._bucket = bucket
        self._merchants: Recent[str, Collection[str]] = Recent(clock=clock, ttl_ms=POINTER_TTL_MS)
        self._pointers: Recent[str, _Pointer | None] = Recent(clock=clock, ttl_ms=POINTER_TTL_MS)
        self._bodies: Recent[tuple[str, _Pointer], Catalogue] = Recent(
            clock=clock, ttl_ms=BODY_TTL_MS, size_max=BODIES_MAX
        )

    def merchants(self, *, fresh: bool = False) -> Collection[str]:
        """Return the merchants that have a catalogue."""
        if fresh:
            return self._merchants.put(MERCHANTS, self._read_merchants())
        return self._merchants.get(MERCHANTS, self._read_merchants)

    def _read_merchants(self) -> Collection[str]:
        item = self._item(MERCHANTS)
        return frozenset(item["merchants"]["SS"]) if item else frozenset()

    def current(self, merchant: str) -> Catalogue | None:
        """Return the merchant's menu as of two seconds ago."""
        pointer = self._pointers.get(merchant, lambda: self._pointer(merchant, None))
        return self._body(merchant, pointer) if pointer else None

    def get(self, merchant: str, version: int | None) -> Catalogue | None:
        """Return the menu in *version*, or the newest."""
        pointer = self._pointer(merchant, version)
        return self._body(merchant, pointer) if pointer else None

    def publish(self, draft: CatalogueDraft) -> Catalogue:
        """Make *draft* the merchant's newest version."""
        last = self._pointer(draft.merchant, None)
        if last is not None and last.digest == draft.digest:
            return self._body(draft.merchant, last)
        version = last.version + 1 if last else 1
        catalogue = _catalogue(draft, version)
        with store_errors():
            self._s3.put_object(
                Bucket=self._bucket,
                Key=_object(draft.merchant, draft.digest),
                Body=DRAFT.dump(draft).encode(),
                ContentType="application/json",
            )
        pointer = _Pointer(version=version, digest=draft.digest)
        self._point(draft.merchant, pointer, last)
        self._pointers.put(draft.merchant, pointer)
        self._bodies.put((draft.merchant, pointer), catalogue)
        self.merchants(fresh=True)
        return catalogue

    def _point(self, merchant: str, pointer: _Pointer, last: _Pointer | None) -> None:
        """Write the pointer, the version and the merchant's name, if *last* is still the newest."""
        item = {"version": {"N": str(pointer.version)}, "digest": {"S": pointer.digest}}
        newest: dict[str, Any] = {
            "TableName": self._table,
            "Item": {"name": {"S": _name(merchant, None)}, **item},
            "ConditionExpression": "attribute_not_exists(version)",
        }
        if last is not None:
            newest["ConditionExpression"] = "version = :last"
            newest["ExpressionAttributeValues"] = {":last": {"N": str(last.version)}}
        kept = {
            "TableName": self._table,
            "Item": {"name": {"S": _name(merchant, pointer.version)}, **item},
        }
        known = {
            "TableName": self._table,
            "Key": {"name": {"S": MERCHANTS}},
            "UpdateExpression": "ADD merchants :merchant",
            "ExpressionAttributeValues": {":merchant": {"SS": [merchant]}},
        }
        items: Any = [{"Put": newest}, {"Put": kept}, {"Update": known}]
        try:
            with store_errors():
                self._dynamodb.transact_write_items(TransactItems=items)
        except ClientError as error:
            if code_of(error) != "TransactionCanceledException":
                raise
            msg = "the catalogue is being published by another call"
            raise StoreUnavailableError(msg) from error

    def _pointer(self, merchant: str, version: int | None) -> _Pointer | None:
        item = self._item(_name(merchant, version))
        if item is None:
            return None
        return _Pointer(version=int(item["version"]["N"]), digest=item["digest"]["S"])

    def _body(self, merchant: str, pointer: _Pointer) -> Catalogue:
        return self._bodies.get((merchant, pointer), lambda: self._read_body(merchant, pointer))

    def _read_body(self, merchant: str, pointer: _Pointer) -> Catalogue:
        with store_errors():
            answer = self._s3.get_object(Bucket=self._bucket, Key=_object(merchant, pointer.digest))
            body = answer["Body"].read()
        return _catalogue(DRAFT.load(body), pointer.version)

    def _item(self, name: str) -> Item | None:
        with store_errors():
            answer: Any = self._dynamodb.get_item(
                TableName=self._table, Key={"name": {"S": name}}, ConsistentRead=True
            )
        item: Item | None = answer.get("Item")
        return item


def _catalogue(draft: CatalogueDraft, version: int) -> Catalogue:
    checked = catalogue_of(
        draft.merchant, version, draft.currency, draft.items, draft.groups, draft.language
    )
    return replace(checked, digest=draft.digest)


def _object(merchant: str, digest: str) -> str:
    return f"catalogues/{merchant}/{digest}.json"


def _name(merchant: str, version: int | None) -> str:
    return f"catalogue#{merchant}" if version is None else f"catalogue#{merchant}#{version}"
