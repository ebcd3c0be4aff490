"""Everything that Rushline stands on, simulated, and its services upon it, one set a worker."""

from random import Random

from chalicelib.adapters.clients import ATTEMPTS_MAX, READ_TIMEOUT_SECONDS
from chalicelib.bootstrap import Services
from chalicelib.settings import Settings
from rushline_testing.resources import INTENTS, SETTLEMENTS, TABLES, QueuePair
from simulation.clients import SimulatedClients
from simulation.clock import VirtualClock
from simulation.dynamodb.capacity import Limits
from simulation.dynamodb.client import DynamoDBClient
from simulation.dynamodb.counters import Counters
from simulation.dynamodb.retries import Retries
from simulation.dynamodb.service import DynamoDB
from simulation.dynamodb.times import INSTANT, Times
from simulation.faults import Faults
from simulation.objects import S3Client
from simulation.queue import Queue, SqsClient
from simulation.scheduler import Scheduler


class Stack:
    """Tables, queues and objects in one virtual time.

    With *times* `INSTANT` no call takes any, of any service.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        *,
        times: Times | None = None,
        limits: Limits | None = None,
        faults: Faults | None = None,
        counters: Counters | None = None,
        traced: bool = False,
        duplicates: float = 0.0,
    ) -> None:
        self.scheduler = scheduler
        self.clock = VirtualClock(scheduler)
        self.dynamodb = DynamoDB(
            scheduler,
            times=times or Times(time_out_ms=READ_TIMEOUT_SECONDS * 1_000),
            limits=limits,
            faults=faults,
            counters=counters,
            traced=traced,
        )
        for name, definition in TABLES.items():
            self.dynamodb.create(name, definition)
        self.intents = self._queue(INTENTS, duplicates)
        self.settlements = self._queue(SETTLEMENTS, duplicates)
        instant = {"call_ms": 0.0} if times is INSTANT else {}
        self.sqs = SqsClient(scheduler, [self.intents, self.settlements], **instant)
        self.s3 = S3Client(scheduler, **instant)

    def services(self, *, retries: bool = True, random: Random | None = None) -> Services:
        """Return one worker's services, with clients, beliefs and caches of their own.

        *retries* are those that botocore makes, as the AWS clients are configured. *random* is where the worker's chance comes
        from: its home shard and its backoff; the scheduler's if not given.
        """
        chance = random or self.scheduler.random
        services = Services(self._settings(), clock=self.clock, random_number=chance.random)
        client = DynamoDBClient(
            self.dynamodb,
            Retries(scheduler=self.scheduler, attempts_max=ATTEMPTS_MAX) if retries else None,
        )
        services.clients = SimulatedClients(client, self.sqs, self.s3)
        return services

    def _settings(self) -> Settings:
        return Settings(
            orders_table="OrdersTable",
            coupons_table="CouponsTable",
            control_table="ControlTable",
            readings_table="ReadingsTable",
            intents_queue_url=self.intents.url,
            settlements_queue_url=self.settlements.url,
            catalogues_bucket="catalogues",
            jwt_issuer="simulation",
            jwt_audience="simulation",
        )

    def _queue(self, pair: QueuePair, duplicates: float) -> Queue:
        dead = Queue(url=pair.dead_letters, scheduler=self.scheduler)
        return Queue(
            url=pair.queue,
            scheduler=self.scheduler,
            visibility_ms=pair.visibility_seconds * 1_000,
            duplicates=duplicates,
            receives_max=pair.receives_max,
            dead_letters=dead,
        )
