"""Runs in the control table: the `Runs` port."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import code_of, store_errors
from chalicelib.adapters.codec import UnreadableError
from chalicelib.adapters.dynamodb import keys
from chalicelib.adapters.dynamodb.batch import KEYS_MAX, read_all
from chalicelib.adapters.dynamodb.items import Item
from chalicelib.adapters.dynamodb.run_items import (
    of_check,
    of_operator,
    of_plan,
    progress_of,
    run_item,
    run_key,
    run_of,
)
from chalicelib.adapters.dynamodb.run_lists import RunLists
from chalicelib.application.run_ports import ignored
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.run import Progress, Run

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

EARLY_MS = 1_000
"""How much too early a keeper may come: clocks differ, and a call that was refused is not repeated."""

REFUSED = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoRuns:
    """A run is one item; every write of it is one conditional update.

    It is listed before it is open, and struck off once it no longer is: whoever changes it
    between the two writes of the other one's lists it again.
    """

    client: "DynamoDBClient"
    table: str

    @property
    def _lists(self) -> RunLists:
        return RunLists(client=self.client, table=self.table)

    def open(self, run: Run) -> Run:
        """Put *run* on record unless one of its id is; return the one that stands.

        The id is listed first: one that leads nowhere is passed over, and a repeat mends it.
        """
        self._lists.enter(run.id)
        try:
            with store_errors():
                self.client.put_item(
                    TableName=self.table,
                    Item=run_item(run),
                    ConditionExpression=keys.RUN_ABSENT,
                )
        except ClientError as error:
            if code_of(error) != REFUSED:
                raise
            return self._standing(run.id)
        return run

    def get(self, run_id: str) -> Run | None:
        """Return the run as it stands."""
        item = self._item(run_key(run_id))
        return run_of(item) if item else None

    def all(self, unreadable: Callable[[str], None] = ignored) -> Iterator[Run]:
        """Yield every run, the latest made first, a page in memory at a time.

        *unreadable* is told the ids of those that can't be read.
        """
        seen: set[str] = set()
        for page in self._lists.pages():
            runs = self._read([run_id for run_id in page if run_id not in seen], unreadable)
            seen.update(page)
            yield from sorted(runs, key=lambda run: (-run.made_at, run.id))

    def all_open(self, unreadable: Callable[[str], None] = ignored) -> Iterator[Run]:
        """Yield every run that is open; *unreadable* is told the ids of those that can't be read."""
        return (run for run in self._read(self._lists.open_ids(), unreadable) if run.open)

    def _read(self, ids: Sequence[str], unreadable: Callable[[str], None]) -> Iterator[Run]:
        for start in range(0, len(ids), KEYS_MAX):
            wanted = [run_key(run_id) for run_id in ids[start : start + KEYS_MAX]]
            for item in read_all(self.client, self.table, wanted):
                run = _readable(item, unreadable)
                if run is not None:
                    yield run

    def change(self, before: Run, after: Run) -> Run:
        """Take the run to where an operator wants it; its check only if that is changed too.

        Another plan is for another keeper: whoever keeps the run by the old one writes no more.
        """
        given, gone, add = dict(of_operator(after)), ["next_at"], ""
        if after.plan != before.plan:
            given |= of_plan(after)
            add = "fence"
        if add or after.check != before.check:
            given |= of_check(after)
            gone += ["dry_run"] if after.check is None else []
        if after.open:
            self._lists.opened(after.id)
        changed = self._update(
            before.id, given, keys.RUN_STANDS, _state(before), gone=gone, add=add
        )
        run = self._standing(before.id) if changed is None else run_of(changed)
        if run.open:
            self._lists.opened(run.id)
        return run

    def take(self, run_id: str, now: int, lease_ms: int, due: int = 0) -> Run | None:
        """Return the run under a new token, unless it is leased or wants nobody yet."""
        call = {"S": uuid4().hex}
        taken = self._update(
            run_id,
            {"lease_until": {"N": str(now + lease_ms)}, "taken_by": call},
            keys.RUN_FREE,
            {
                ":now": {"N": str(now)},
                ":soon": {"N": str(now + EARLY_MS)},
                ":due": {"N": str(due)},
                ":call": call,
            },
            add="fence",
        )
        return None if taken is None else run_of(taken)

    def record(
        self, run: Run, progress: Progress, lease_until: int, *, standing: bool = False
    ) -> Run | None:
        """Write *progress* and a new lease; with *standing* unless an operator moved the run."""
        given = {"progress": progress_of(progress), "lease_until": {"N": str(lease_until)}}
        condition = keys.RUN_KEPT_STANDS if standing else keys.RUN_KEPT
        values = {**_fence(run), **(_state(run) if standing else {})}
        written = self._update(run.id, given, condition, values)
        if written is not None:
            return run_of(written)
        stands = self._standing(run.id) if standing else None
        return stands if stands is not None and stands.token == run.token else None

    def end(self, run: Run, after: Run) -> Run | None:
        """Take the run to *after*'s state and check, unless an operator was there first."""
        given = {**dict(of_operator(after)), **dict(of_check(after))}
        values = {**_fence(run), **_state(run)}
        ended = self._update(run.id, given, keys.RUN_KEPT_STANDS, values)
        stands = self._standing(run.id) if ended is None else run_of(ended)
        if stands.token != run.token:
            return None
        if not stands.open:
            self._close(run.id)
        return stands

    def _close(self, run_id: str) -> None:
        self._lists.closed(run_id)
        if self._standing(run_id).open:
            self._lists.opened(run_id)

    def release(self, run: Run, next_at: int | None) -> None:
        """End *run*'s lease. Nobody takes it before *next_at*, unless an operator changes it."""
        free = {"lease_until": {"N": "0"}, "next_at": {"N": str(next_at or 0)}}
        self._update(run.id, free, keys.RUN_KEPT, _fence(run))

    def _update(
        self,
        run_id: str,
        given: Mapping[str, Any],
        condition: str,
        values: Mapping[str, Any],
        *,
        gone: Sequence[str] = (),
        add: str = "",
    ) -> Item | None:
        """Return the item once *given* is set, *gone* removed and one *add*ed; None if refused."""
        sets = ", ".join(f"{keys.spelt(name)} = :new_{name}" for name in given)
        removes = f" REMOVE {', '.join(gone)}" if gone else ""
        adds = f" ADD {add} :one" if add else ""
        new = {f":new_{name}": value for name, value in given.items()}
        one = {":one": {"N": "1"}} if add else {}
        update = f"SET {sets}{removes}{adds}"
        call: dict[str, Any] = {
            "TableName": self.table,
            "Key": run_key(run_id),
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": {**new, **one, **values},
            "ReturnValues": "ALL_NEW",
        }
        if names := keys.named(f"{update} {condition}"):
            call["ExpressionAttributeNames"] = names
        try:
            with store_errors():
                answer: Any = self.client.update_item(**call)
        except ClientError as error:
            if code_of(error) != REFUSED:
                raise
            return None
        item: Item = answer["Attributes"]
        return item

    def _standing(self, run_id: str) -> Run:
        run = self.get(run_id)
        if run is None:
            msg = "the run is gone from the table"
            raise StoreUnavailableError(msg)
        return run

    def _item(self, key: keys.Key) -> Item | None:
        with store_errors():
            answer: Any = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item


def _readable(item: Item, unreadable: Callable[[str], None]) -> Run | None:
    """Return the run in *item*; None, and tell *unreadable*, where there is none that we know."""
    try:
        return run_of(item)
    except (UnreadableError, KeyError, ValueError):
        unreadable(item["name"]["S"])
        return None


def _fence(run: Run) -> dict[str, Any]:
    return {":fence": {"N": str(run.token)}}


def _state(run: Run) -> dict[str, Any]:
    return {":state": {"S": run.state}}
