"""What must be true of the tables at every moment, whatever was done to them and broke off."""

from collections import Counter
from collections.abc import Iterator, Sequence

from chalicelib.adapters.codec import TERMS
from chalicelib.adapters.dynamodb import keys
from chalicelib.adapters.dynamodb.items import Item, intent_of
from chalicelib.adapters.dynamodb.shards import COLUMNS, entry_of, shard_of
from chalicelib.application.counter_ports import Entry
from chalicelib.domain.counter import Shard, stock_counter
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.intent import ANSWERED, CouponFallback, Intent, Status
from chalicelib.domain.order import Order, Redemption
from chalicelib.domain.terms import Terms
from simulation.dynamodb.service import DynamoDB

TAKEN = frozenset({Status.READY, Status.CONFIRMED, Status.REFUNDED})

Sums = Counter[tuple[str, int, str]]
"""Amounts by counter, shard and column."""


class Books:
    """All that stands in the orders and coupons tables, read outside of time."""

    def __init__(self, dynamodb: DynamoDB) -> None:
        orders = dynamodb.contents("OrdersTable")
        self.intents = [intent_of(item) for item in orders if "status" in item]
        self.orders = [
            (intent, intent.order)
            for intent in self.intents
            if intent.order and intent.status in TAKEN
        ]
        self.uses = {
            (item["customer_id"]["S"], item["id"]["S"].removeprefix("uses#")): int(
                item["uses"]["N"]
            )
            for item in orders
            if item["id"]["S"].startswith("uses#")
        }
        self.firsts = {
            (item["customer_id"]["S"], item["id"]["S"].removeprefix("first#")): item["by"]["S"]
            for item in orders
            if item["id"]["S"].startswith("first#") and "by" in item
        }
        self.terms: dict[str, Terms] = {}
        self.shards: dict[tuple[str, int], Shard] = {}
        self.entries: list[tuple[str, Entry]] = []
        self.codes: dict[str, tuple[str, str | None]] = {}
        for item in dynamodb.contents("CouponsTable"):
            self._file(item)

    def _file(self, item: Item) -> None:
        code, part = item["code"]["S"], item["part"]["S"]
        if part == keys.TERMS:
            self.terms[code] = TERMS.load(item["document"]["S"])
        elif part == keys.UNITS:
            shard = shard_of(item)
            self.shards[code.rpartition("#")[0], shard.number] = shard
        elif part == keys.CODE:
            by = item["by"]["S"] if "by" in item else None
            self.codes[code] = (item["state"]["S"], by)
        elif code.endswith("#ledger"):
            counter = code.split("#")[0]
            self.entries.append((counter, entry_of(counter, item)))

    def check(self, now: int) -> None:
        """See that all of it agrees."""
        self._shards_agree_with_the_ledger()
        self._shards_agree_with_the_orders()
        self._marks_agree_with_the_orders()
        for terms in self.terms.values():
            self._within_terms(terms, now)
        for _, order in self.orders:
            _adds_up(order)
        for intent in self.intents:
            _charged_as_agreed(intent)

    def check_at_the_end(self) -> None:
        """See that everybody was answered, and that nothing is held."""
        assert [one for one in self.intents if one.status not in ANSWERED] == []
        assert sum(shard.held + shard.money_held for shard in self.shards.values()) == 0

    def _shards_agree_with_the_ledger(self) -> None:
        moved: Sums = Counter()
        named: Counter[tuple[str, int]] = Counter()
        for counter, entry in self.entries:
            for shift in entry.shifts:
                named[counter, shift.shard] += 1
                for column in COLUMNS:
                    moved[counter, shift.shard, column] += getattr(shift, column)
        for (counter, number), shard in self.shards.items():
            assert shard.balances, shard
            begun = {"left": shard.opened, "money_left": shard.funded}
            for column in COLUMNS:
                written = begun.get(column, 0) + moved[counter, number, column]
                assert getattr(shard, column) == written, (shard, column)
            assert shard.moves == named[counter, number], shard

    def _shards_agree_with_the_orders(self) -> None:
        wanted: Sums = Counter()
        for intent, order in self.orders:
            for counter, number, column, amount in _drawn(intent, order):
                wanted[counter, number, column] += amount
        for (counter, number), shard in self.shards.items():
            for column in ("held", "redeemed", "money_held", "spent"):
                assert getattr(shard, column) == wanted[counter, number, column], (shard, column)

    def _marks_agree_with_the_orders(self) -> None:
        kept = [
            (intent, redemption)
            for intent, order in self.orders
            for redemption in order.redemptions
            if intent.status is not Status.REFUNDED or not redemption.returns
        ]
        uses = Counter((i.ref.customer_id, r.code) for i, r in kept if r.counted)
        assert {key: count for key, count in self.uses.items() if count} == dict(uses)
        used = Counter(r.unique for _, r in kept if r.unique is not None)
        assert all(count == 1 for count in used.values()), used
        by = {r.unique: i.ref.id for i, r in kept}
        for code, (state, user) in self.codes.items():
            assert (state, user) == (("used", by[code]) if code in by else ("issued", None))
        firsts = Counter((i.ref.customer_id, i.merchant) for i, r in kept if r.first)
        assert all(count == 1 for count in firsts.values()), firsts
        assert set(self.firsts) == set(firsts)

    def _within_terms(self, terms: Terms, now: int) -> None:
        shards = [shard for (name, _), shard in self.shards.items() if name == terms.counter]
        issued = sum(shard.issued for shard in shards)
        assert issued <= terms.units
        if all(shard.version == terms.version for shard in shards) and len(shards) == terms.shards:
            assert issued == terms.units
            assert sum(shard.budget for shard in shards) == (terms.budget or 0)
        out = sum(shard.held + shard.redeemed for shard in shards)
        assert sum(shard.taken for shard in shards) == out
        allowed = terms.allowed(now)
        assert allowed is None or out <= sum(allowed)
        if terms.budget is not None:
            assert min(shard.money_left for shard in shards) >= 0
        if isinstance(terms, CouponTerms) and terms.uses_per_customer is not None:
            mine = [count for (_, code), count in self.uses.items() if code == terms.code]
            assert max(mine, default=0) <= terms.uses_per_customer


def _drawn(intent: Intent, order: Order) -> Iterator[tuple[str, int, str, int]]:
    """Yield what an order has of each shard, by column: all that it drew less what went back."""
    units, money = (
        ("held", "money_held") if intent.status is Status.READY else ("redeemed", "spent")
    )
    whole = intent.status is Status.REFUNDED
    for redemption in order.redemptions:
        back = _money_back(order, redemption) if redemption.returns else 0
        kept = _less([draw.money for draw in redemption.draws], back)
        for draw, left in zip(redemption.draws, kept, strict=True):
            yield redemption.code, draw.shard, money, left
            if not (whole and redemption.returns):
                yield redemption.code, draw.shard, units, draw.units
    for stocked in order.stock:
        counter = stock_counter(intent.merchant, stocked.sku)
        kept = _less([draw.units for draw in stocked.draws], stocked.returned)
        for draw, left in zip(stocked.draws, kept, strict=True):
            yield counter, draw.shard, units, left


def _money_back(order: Order, redemption: Redemption) -> int:
    return sum(
        discount.amount * line.refunded // line.quantity
        for line in order.lines
        for discount in line.discounts
        if discount.code == redemption.code
    )


def _less(amounts: Sequence[int], back: int) -> list[int]:
    """Return *amounts* less *back*, taken from the first ones first."""
    kept = []
    for amount in amounts:
        gone = min(amount, back)
        back -= gone
        kept.append(amount - gone)
    assert back == 0
    return kept


def _adds_up(order: Order) -> None:
    """See that an order's discounts, draws and refunds are one sum seen from all sides."""
    for redemption in order.redemptions:
        assert sum(draw.units for draw in redemption.draws) == 1
        assert sum(draw.money for draw in redemption.draws) == redemption.discount
    assert sum(redemption.discount for redemption in order.redemptions) == order.discount
    assert order.total >= 0
    for stocked in order.stock:
        bought = sum(line.quantity for line in order.lines if line.sku == stocked.sku)
        assert sum(draw.units for draw in stocked.draws) == bought
    back = sum(line.total * line.refunded // line.quantity for line in order.lines)
    assert order.refunded == back <= order.total
    assert len({refund.id for refund in order.refunds}) == len(order.refunds)


def _charged_as_agreed(intent: Intent) -> None:
    """See that nobody pays more than they asked for: a coupon is missing only where that was agreed to."""
    if intent.order is None or intent.status not in TAKEN:
        return
    asked = intent.request
    if asked.if_coupon_unavailable is not CouponFallback.FULL_PRICE:
        had = {redemption.unique or redemption.code for redemption in intent.order.redemptions}
        assert had == set(asked.coupons)
    if asked.max_total is not None:
        assert intent.order.total <= asked.max_total
