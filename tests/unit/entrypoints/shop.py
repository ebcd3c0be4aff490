"""The whole app over simulated tables and fakes, called as API Gateway calls it."""

import json
import re
from base64 import b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from app import app
from chalicelib.application.ports import CatalogueDraft
from chalicelib.application.run_ports import Lane
from chalicelib.bootstrap import Services
from chalicelib.domain.catalogue import Item
from chalicelib.domain.intent import Intent
from chalicelib.settings import Settings
from tests.fakes import FakeCatalogues, FakeClock, FakeControl, FakeQueue, Tables
from tests.fakes.runs import (
    FakeCustomers,
    FakeGrants,
    FakeKeepers,
    FakePlantings,
    FakeReports,
    FakeRuns,
    FakeSources,
    FakeUploads,
)
from tests.unit.domain.builders import menu
from tests.unit.entrypoints.described import assert_described
from tests.unit.entrypoints.tokens import AUDIENCE, ISSUER, key_set, token

MERCHANT = "tea-house"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the app answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body, which has to be JSON."""
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The code of the problem that this is."""
        assert self.headers["Content-Type"] == "application/problem+json"
        return str(self.json["code"])


@dataclass
class Context:
    """What Lambda passes along."""

    function_name: str = "rushline-api"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:rushline-api"
    aws_request_id: str = field(default_factory=lambda: str(uuid4()))


class Shop:
    """Stores behind the real app, each of which can be taken down; opens with one merchant's menu."""

    def __init__(self, **settings: str) -> None:
        self.clock = FakeClock()
        self.tables = Tables(self.clock)
        self.intents = self.tables.intents
        self.ledger = self.tables.ledger
        self.counters = self.tables.counters
        self.catalogues = FakeCatalogues()
        self.control = FakeControl()
        self.intents_queue = FakeQueue()
        self.settlements_queue = FakeQueue()
        self.lane = Lane(intents=FakeQueue(), settlements=FakeQueue())
        self.runs, self.reports, self.keepers = FakeRuns(), FakeReports(), FakeKeepers()
        self.sources = FakeSources()
        self.uploads = FakeUploads(self.sources.files)
        self.open_merchant(MERCHANT)
        self.services = self._services(settings)

    def _services(self, settings: Mapping[str, str]) -> Services:
        built = self.tables.services()
        ours = {"jwt_issuer": ISSUER, "jwt_audience": AUDIENCE, "jwt_jwks": key_set()}
        built.settings = Settings.model_validate({**dict(built.settings), **ours, **settings})
        built.intents = self.intents
        built.ledger = self.ledger
        built.counters = self.counters
        built.control = self.control
        built.catalogues = self.catalogues
        built.intents_queue = self.intents_queue
        built.settlements_queue = self.settlements_queue
        built.lane = self.lane
        built.runs, built.reports, built.keepers = self.runs, self.reports, self.keepers
        built.sources, built.uploads = self.sources, self.uploads
        built.plantings, built.grants = FakePlantings(), FakeGrants()
        built.customers = FakeCustomers()
        return built

    def open_merchant(self, merchant: str, stocked: Collection[str] = ()) -> None:
        """Publish a menu for *merchant*, on which the stock of the items *stocked* is counted."""
        tea_house = menu()
        extras = (_extra(sku) for sku in stocked if sku not in tea_house.items)
        items = (*tea_house.items.values(), *extras)
        self.catalogues.publish(
            CatalogueDraft(
                merchant=merchant,
                currency=tea_house.currency,
                items=tuple(replace(item, stocked=item.sku in stocked) for item in items),
                groups=tuple(tea_house.groups.values()),
                digest="first" + "".join(stocked),
            )
        )

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        bearer: str | None = "",
        headers: Mapping[str, str | None] | None = None,
        query: Mapping[str, list[str]] | None = None,
        base64: bool = False,
    ) -> Reply:
        """Call the app. *body* is sent as JSON, or as it is where it is bytes.

        *bearer* is a token, "" for alice's with the scope checkout, None for none.
        """
        given: dict[str, str | None] = {}
        if bearer is not None:
            given["Authorization"] = f"Bearer {bearer or token()}"
        if body is not None:
            given["Content-Type"] = "application/json"
        given |= headers or {}
        sent = {name: value for name, value in given.items() if value is not None}
        return self.send(event_of(method, path, _raw(body), sent, query, base64=base64))

    def send(self, event: dict[str, Any]) -> Reply:
        """Have the app answer *event*, and hold the answer against the description."""
        answered: dict[str, Any] = app(event, Context())
        reply = Reply(
            status=answered["statusCode"], headers=answered["headers"], text=answered["body"]
        )
        assert_described(
            event["httpMethod"], event["resource"], reply.status, reply.headers, reply.json
        )
        return reply

    def ops(self, method: str, path: str, body: object = None, **more: Any) -> Reply:
        """Call the app with a token of the scope ops."""
        return self.call(method, path, body, bearer=token("olga", "ops"), **more)

    def post(self, body: object, *, key: str | None = None, **more: Any) -> Reply:
        """Post an intent under *key*, or under a key of its own."""
        headers = {"Idempotency-Key": key or str(uuid4()), **more.pop("headers", {})}
        return self.call("POST", "/intents", body, headers=headers, **more)

    def accept(self, body: object, *, key: str | None = None) -> Intent:
        """Post an intent and return it as it is on record."""
        reply = self.post(body, key=key)
        assert reply.status == 202, reply.text
        return self.on_record(reply.json["id"])

    def on_record(self, intent_id: str) -> Intent:
        """Return the intent of that id, whoever's."""
        return next(i for ref, i in self.tables.on_record.items() if ref.id == intent_id)

    @property
    def untouched(self) -> bool:
        """Whether no intent is on record and nothing was queued."""
        queued = self.intents_queue.sent or self.settlements_queue.sent
        return not self.tables.on_record and not queued


def event_of(
    method: str,
    path: str,
    body: bytes | None,
    headers: Mapping[str, str],
    query: Mapping[str, list[str]] | None = None,
    *,
    base64: bool = False,
) -> dict[str, Any]:
    """Return the event that API Gateway's REST proxy integration makes of a call."""
    resource, parameters = _resource(path)
    text: str | None = None
    if body is not None:
        # The gateway decodes what it takes for text, and what it can't becomes U+FFFD.
        text = b64encode(body).decode() if base64 else body.decode(errors="replace")
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {n: v[-1] for n, v in query.items()} if query else None,
        "multiValueQueryStringParameters": query,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/v1{path}",
            "stage": "v1",
            "requestId": str(uuid4()),
        },
        "body": text,
        "isBase64Encoded": base64,
    }


def _resource(path: str) -> tuple[str, dict[str, str]]:
    for pattern in app.routes:
        matched = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern), path)
        if matched:
            return pattern, matched.groupdict()
    return path, {}


def _raw(body: object) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    return json.dumps(body).encode()


def _extra(sku: str) -> Item:
    return Item(sku=sku, name=sku.title(), unit_price=250)
