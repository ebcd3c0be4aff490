"""The whole of Rushline on moto, in one process: no port, no subprocess, no network."""

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from functools import cache
from itertools import count
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.application.ports import Model
from chalicelib.bootstrap import Services, install
from chalicelib.settings import Settings
from rushline_testing import tokens
from rushline_testing.calls import one_at_a_time
from rushline_testing.client import Client
from rushline_testing.clock import TurnableClock
from rushline_testing.demo import CATALOGUE, MERCHANT
from rushline_testing.environment import sealed
from rushline_testing.faults import Faults
from rushline_testing.gateway import Reply
from rushline_testing.lambdas import Environments, Lambdas
from rushline_testing.model import ScriptedModel
from rushline_testing.queues import StageQueue
from rushline_testing.resources import Resources, create
from rushline_testing.workers import Drained, Workers

CHECKOUT = "checkout"
OPS = "ops"

REMEMBERED_MS = 3_000
"""Longer than any function goes on with what it read of catalogues and coupons."""

_stacks = count(1)
_running: list["Rushline"] = []


class Rushline:
    """A Rushline to test against, from `with` to the end of it. One at a time in a process.

    It starts empty: no merchant, no coupon, no order. Its clock stands still but for what
    calls and drains take (10 ms and a second a round), its model says what it is told to,
    and its workers run when told. Safe to use from several threads. What it changes in
    the process (environment, boto3, the app's services) it puts back on leaving.
    """

    clients: Clients
    """boto3's clients for the tables, queues and buckets, to look behind the API."""

    def __init__(self, *, asking: Model | None = None, **settings: Any) -> None:  # noqa: ANN401 (checked by Settings)
        """Take *settings* other than the defaults, by the names of `chalicelib.settings`.

        *asking* is a model to ask in the place of the scripted one. Where they name an endpoint,
        that is asked instead, as in a deployment: remembered, and for runs in batches.
        """
        self._asking = asking
        self._given = settings
        self._open = ExitStack()
        self.clock = TurnableClock()
        self.model = ScriptedModel()
        self.faults = Faults(self.clock)

    def __enter__(self) -> Self:
        """Start. Raises `RuntimeError` if one is running already."""
        if _running:
            msg = (
                "a Rushline is running in this process already, and moto has room for one: "
                "use it, or leave its `with` (or its test) first"
            )
            raise RuntimeError(msg)
        with ExitStack() as opening:
            _running.append(self)
            opening.callback(_running.clear)
            self._start(opening)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and put everything back as it was."""
        self._open.close()

    def _start(self, opening: ExitStack) -> None:
        opening.enter_context(sealed())
        opening.enter_context(mock_aws())
        opening.enter_context(one_at_a_time(self.faults))
        # Importing the app reads the environment that was just set.
        from chalicelib.entrypoints import application  # noqa: PLC0415

        self.clients = _clients()
        self.resources = create(self.clients, f"rushline-{next(_stacks)}")
        settings = Settings(**{**_settings(self.resources), **self._given})
        self._environments = Environments(lambda: self._build(settings))
        opening.callback(install, None)
        install(self._environments.as_services())
        self._lambdas = Lambdas(application, self._environments, self.clock)
        stages = {
            "keep": self.resources.runs,
            "resolve": self.resources.intents,
            "settle": self.resources.settlements,
            "bulk_resolve": self.resources.bulk_intents,
            "bulk_settle": self.resources.bulk_settlements,
        }
        self.queues = {
            stage: StageQueue(sqs=self.clients.sqs, urls=urls) for stage, urls in stages.items()
        }
        self.workers = Workers(self._lambdas, self.clock, self.queues)

    def _build(self, settings: Settings) -> Services:
        scripted = None if "openai_base_url" in self._given else self.model
        built = Services(settings, clock=self.clock, model=self._asking or scripted)
        built.clients = self.clients
        return built

    def token(self, customer: str, scopes: Collection[str] = (CHECKOUT,), **claims: object) -> str:
        """Return a bearer token. *claims* go over the usual ones; None leaves one out."""
        return tokens.token(customer, scopes, **claims)

    def client(self, customer: str, scopes: Collection[str] = (CHECKOUT,)) -> Client:
        """Return an HTTP client that calls as *customer*."""
        return Client(self._lambdas, self.clock, self.token(customer, scopes))

    def ops(self) -> Client:
        """Return an HTTP client that calls as an operator: for catalogues and coupons."""
        return self.client("ops", scopes=(OPS,))

    def anonymous(self, token: str | None = None) -> Client:
        """Return an HTTP client with no token, or with the one given, whatever it is."""
        return Client(self._lambdas, self.clock, token)

    def catalogue(self, menu: Mapping[str, Any], *, merchant: str = MERCHANT) -> Any:  # noqa: ANN401
        """Publish *menu*, in the API's words; return the API's answer once every function knows it."""
        return self._known(self.ops().put(f"/merchants/{merchant}/catalogue", dict(menu)))

    def demo(self) -> Any:  # noqa: ANN401 (the API's answer)
        """Publish the menu of a small coffee house."""
        return self.catalogue(CATALOGUE)

    def coupon(self, code: str, **terms: object) -> Any:  # noqa: ANN401 (the API's answer)
        """Define a coupon, in the API's words, as short as `percent=25, units=100`.

        Returns the API's answer once every function knows the coupon.
        """
        return self._known(self.ops().put(f"/coupons/{code}", terms))

    def stock(self, sku: str, units: int, *, merchant: str = MERCHANT) -> Any:  # noqa: ANN401
        """Put *units* of an item in stock, which the menu has to call `stocked`.

        Returns the API's answer once every function knows of it.
        """
        path = f"/merchants/{merchant}/stock/{quote(sku, safe='')}"
        return self._known(self.ops().put(path, {"units": units}))

    def _known(self, reply: Reply) -> Any:  # noqa: ANN401 (the API's answer)
        """Return *reply*'s body when what was remembered from before it has been forgotten."""
        if reply.status >= 400:  # noqa: PLR2004 (where HTTP's errors begin)
            msg = f"{reply.status}: {reply.body.decode()}"
            raise ValueError(msg)
        self.clock.sleep(REMEMBERED_MS)
        return reply.json()

    def drain(
        self,
        *,
        max_rounds: int = 10,
        batch_size: int | None = None,
        deliver_twice: bool = False,
        only: Collection[str] | None = None,
    ) -> Drained:
        """Run every worker, or *only* some, until the queues are empty. Always ends: see `Workers.drain`."""
        return self.workers.drain(
            max_rounds=max_rounds, batch_size=batch_size, deliver_twice=deliver_twice, only=only
        )

    def redeliver(self) -> Drained:
        """Deliver every message a second time, as SQS may."""
        return self.workers.redeliver()

    def sweep(self) -> Mapping[str, int]:
        """Run the sweep once; return what it did, counted by name."""
        outcomes: Mapping[str, int] = self.workers.scheduled("sweep")
        return outcomes

    def reconcile(self) -> Mapping[str, int]:
        """Hold coupons and stock against their ledgers, as each hour; raises where they don't balance."""
        counts: Mapping[str, int] = self.workers.scheduled("reconcile")
        return counts

    def restart(self) -> None:
        """End every execution environment: what was remembered is forgotten, what was stored stays."""
        self._environments.end_all()


@cache
def _clients() -> Clients:
    """Return boto3's clients, made once in a process: that takes longer than all the rest."""
    clients = Clients()
    _ = clients.dynamodb, clients.sqs, clients.s3
    return clients


def _settings(resources: Resources) -> dict[str, str]:
    return {
        "orders_table": resources.orders_table,
        "coupons_table": resources.coupons_table,
        "control_table": resources.control_table,
        "readings_table": resources.readings_table,
        "intents_queue_url": resources.intents.queue,
        "settlements_queue_url": resources.settlements.queue,
        "bulk_intents_queue_url": resources.bulk_intents.queue,
        "bulk_settlements_queue_url": resources.bulk_settlements.queue,
        "runs_queue_url": resources.runs.queue,
        "catalogues_bucket": resources.bucket,
        "runs_bucket": resources.runs_bucket,
        "jwt_issuer": tokens.ISSUER,
        "jwt_audience": tokens.AUDIENCE,
        "jwt_jwks": tokens.key_set(),
        "build": "testing",
    }
