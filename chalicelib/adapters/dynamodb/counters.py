"""The coupons table as the `Counters` port: reading terms, shards, commands and ledgers."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws_errors import store_errors
from chalicelib.adapters.codec import COMMAND, TERMS
from chalicelib.adapters.dynamodb import keys
from chalicelib.adapters.dynamodb.amending import Amending
from chalicelib.adapters.dynamodb.batch import KEYS_MAX, read_all
from chalicelib.adapters.dynamodb.items import Item
from chalicelib.adapters.dynamodb.shards import entry_of, shard_of
from chalicelib.adapters.recent import Recent
from chalicelib.application.counter_ports import Counter, Entry
from chalicelib.application.ports import Clock, Moved, Stale
from chalicelib.domain.command import Amendment, Command
from chalicelib.domain.counter import Shard, StockTerms, Transfer
from chalicelib.domain.coupon import CouponTerms, Offer, Unavailable
from chalicelib.domain.terms import Terms

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TERMS_TTL_MS = 1_000
"""Terms may be this old when an order is priced. A shard refuses terms that were replaced, so
this decides only how soon something that was refused before is granted."""

SPENT = {"used": Unavailable.CODE_USED, "revoked": Unavailable.CODE_REVOKED}


class DynamoCounters:
    """A counter is one item of terms, one for each shard, and what was written down of them."""

    def __init__(
        self, *, client: "DynamoDBClient", table: str, clock: Clock, amending: Amending
    ) -> None:
        self._client = client
        self._table = table
        self._amending = amending
        self._recent: Recent[str, Terms | None] = Recent(clock=clock, ttl_ms=TERMS_TTL_MS)

    def terms(self, counter: str) -> Terms | None:
        """Return the counter's terms as they are, or were up to a second ago."""
        return self._recent.get(counter, lambda: self._read_terms(counter))

    def fresh_terms(self, counter: str) -> Terms | None:
        """Return the counter's terms as they are now."""
        return self._recent.put(counter, self._read_terms(counter))

    def _read_terms(self, counter: str) -> Terms | None:
        item = self._item(keys.terms_key(counter))
        return TERMS.load(item["document"]["S"]) if item else None

    def offers(self, codes: Collection[str], *, fresh: bool = False) -> Mapping[str, Offer]:
        """Return what each of *codes* stands for: a coupon, or a unique code of one."""
        offers: dict[str, Offer] = {}
        asked: list[str] = []
        for code in codes:
            terms = None if fresh else self._recent.known(code)
            if isinstance(terms, CouponTerms):
                offers[code] = Offer(terms=terms)
            else:
                asked.append(code)
        coupons, unique = self._asked(asked)
        behind = self._several({item["coupon"]["S"] for item in unique.values()}, fresh=fresh)
        for code, item in unique.items():
            terms = behind.get(item["coupon"]["S"])
            if isinstance(terms, CouponTerms):
                spent = SPENT.get(item["state"]["S"])
                owner = item["granted_to"]["S"] if "granted_to" in item else None
                offers[code] = Offer(terms=terms, unique=code, spent=spent, owner=owner)
        return offers | coupons

    def _asked(self, codes: Sequence[str]) -> tuple[dict[str, Offer], dict[str, Item]]:
        """Return those of *codes* that are coupons', and the items of those that are unique ones."""
        wanted = [key(code) for code in codes for key in (keys.terms_key, keys.unique_key)]
        coupons: dict[str, Offer] = {}
        unique: dict[str, Item] = {}
        for start in range(0, len(wanted), KEYS_MAX):
            for item in read_all(self._client, self._table, wanted[start : start + KEYS_MAX]):
                code = item["code"]["S"]
                if item["part"]["S"] == keys.CODE:
                    unique[code] = item
                    continue
                terms = self._recent.put(code, TERMS.load(item["document"]["S"]))
                if isinstance(terms, CouponTerms):
                    coupons[code] = Offer(terms=terms)
        return coupons, unique

    def stock(self, counters: Collection[str], *, fresh: bool = False) -> Mapping[str, StockTerms]:
        """Return the terms of each of *counters* of stock."""
        found = self._several(counters, fresh=fresh)
        return {name: terms for name, terms in found.items() if isinstance(terms, StockTerms)}

    def _several(self, counters: Collection[str], *, fresh: bool) -> Mapping[str, Terms | None]:
        """Return the terms of each of *counters*, as of up to a second ago unless *fresh*."""
        found = {name: None if fresh else self._recent.known(name) for name in counters}
        asked = [keys.terms_key(counter) for counter, terms in found.items() if terms is None]
        for start in range(0, len(asked), KEYS_MAX):
            for item in read_all(self._client, self._table, asked[start : start + KEYS_MAX]):
                counter = item["code"]["S"]
                found[counter] = self._recent.put(counter, TERMS.load(item["document"]["S"]))
        return found

    def get(self, counter: str) -> Counter | None:
        """Return terms and shards, each read consistently."""
        terms = self.fresh_terms(counter)
        return Counter(terms=terms, shards=self.shards(terms)) if terms else None

    def shards(self, terms: Terms) -> tuple[Shard, ...]:
        """Return the counter's shards, each read consistently."""
        wanted = [keys.shard_key(terms.counter, number) for number in range(terms.shards)]
        shards = map(shard_of, read_all(self._client, self._table, wanted))
        return tuple(sorted(shards, key=lambda shard: shard.number))

    def create(self, terms: Terms, command: Command) -> Moved | Stale:
        """Create the counter with its shards."""
        made = self._amending.create(terms, command)
        self.fresh_terms(terms.counter)
        return made

    def begin(self, amendment: Amendment, command: Command) -> Moved | Stale:
        """Write the amended terms, one version on, and the command."""
        return self._amending.begin(amendment, command)

    def finish(self, counter: str, stop_at: int | None = None) -> None:
        """Bring every shard to the newest terms."""
        item = self._item(keys.terms_key(counter))
        if item:
            self._amending.finish(item, stop_at)
            self.fresh_terms(counter)

    def transfer(
        self, counter: str, transfer: Transfer, why: str, at: int, stop_at: int | None = None
    ) -> bool:
        """Move units between shards; False where they no longer stand as the transfer wants it."""
        return self._amending.transfer(counter, transfer, why, at, stop_at)

    def command(self, counter: str, command: str) -> Command | None:
        """Return the command of that id, if it is on record."""
        item = self._item(keys.command_key(counter, command))
        return COMMAND.load(item["document"]["S"]) if item else None

    def commands(self, counter: str) -> Sequence[Command]:
        """Return the counter's commands, in the order of the versions that they made."""
        items = self._query(counter, "AND begins_with(part, :part)", {":part": keys.COMMANDS})
        commands = (COMMAND.load(item["document"]["S"]) for item in items)
        return sorted(commands, key=lambda command: command.version)

    def entries(self, terms: Terms) -> Iterator[Entry]:
        """Yield the counter's ledger, shard after shard."""
        for number in range(terms.shards):
            for item in self._query(keys.ledger_of(terms.counter, number)):
                yield entry_of(terms.counter, item)

    def all(self, kind: str, after: str = "") -> Iterator[str]:
        """Yield the names of the counters of *kind* that come *after* one, in order."""
        more = " AND code > :after" if after else ""
        texts = {":kind": kind, **({":after": after} if after else {})}
        query = {
            "IndexName": keys.LISTED,
            "KeyConditionExpression": f"listed = :kind{more}",
            "ExpressionAttributeValues": {name: {"S": text} for name, text in texts.items()},
        }
        for item in self._pages(query):
            yield item["code"]["S"]

    def _query(
        self, code: str, more: str = "", values: Mapping[str, str] | None = None
    ) -> Iterator[Item]:
        texts = {":code": code, **(values or {})}
        return self._pages(
            {
                "KeyConditionExpression": f"code = :code {more}".strip(),
                "ExpressionAttributeValues": {name: {"S": text} for name, text in texts.items()},
                "ConsistentRead": True,
            }
        )

    def _pages(self, query: dict[str, Any]) -> Iterator[Item]:
        start: dict[str, Any] = {}
        while True:
            with store_errors():
                answer: Any = self._client.query(TableName=self._table, **query, **start)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _item(self, key: keys.Key) -> Item | None:
        with store_errors():
            answer: Any = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item
