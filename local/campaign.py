"""What a rush needs: a menu, a coupon of its own, and customers with tokens."""

import itertools
from typing import Any

from local.api import Api, Reply
from local.demo import CATALOGUE, COUPON_UNITS, MERCHANT
from local.faults import LocalError
from local.reconcile import Units
from local.seen import Seen, seen

CUSTOMERS = tuple(f"customer-{number:02}" for number in range(1, 25))
USES_PER_CUSTOMER = 5
"""Times 24 customers: more than there are units, so they run out; but not for one customer alone."""

PERCENT_OFF = 25
BUDGET = 250_000
"""In minor units: more than so many orders of this menu can have off, so that it is units that run out."""

SHARDS = 4
PAGE = 100
NOT_FOUND = 404


class Shop:
    """The API as the shop's operator and, for their lists of orders, its customers call it."""

    def __init__(self, api: Api, ops_token: str) -> None:
        self._api = api
        self._ops_token = ops_token

    def publish_menu(self) -> None:
        """Publish the demo's menu; once it stands, a repeat makes no new version."""
        path = f"/merchants/{MERCHANT}/catalogue"
        _expect(self._api.call("PUT", path, self._ops_token, dict(CATALOGUE)))

    def new_coupon(self) -> str:
        """Define a coupon that nobody has used, and return its code: RUSH-1, RUSH-2 and so on.

        Each rush has its own, so its units balance on their own; earlier ones stay.
        """
        for number in itertools.count(1):
            code = f"RUSH-{number}"
            reply = self._api.call("GET", f"/coupons/{code}", self._ops_token)
            if reply.status == NOT_FOUND:
                break
            _expect(reply)
        terms = {
            "percent": PERCENT_OFF,
            "units": COUPON_UNITS,
            "currency": CATALOGUE["currency"],
            "budget": BUDGET,
            "shards": SHARDS,
            "uses_per_customer": USES_PER_CUSTOMER,
        }
        _expect(self._api.call("PUT", f"/coupons/{code}", self._ops_token, terms))
        return code

    def units(self, code: str) -> Units:
        """Return where the coupon's units are, as it says itself."""
        body = _expect(self._api.call("GET", f"/coupons/{code}", self._ops_token))
        money = {f"money_{name}": amount for name, amount in body["money"].items()}
        return Units(**body["units"], **money)

    def orders(self, customer: str, token: str, since: str) -> list[Seen]:
        """Return what *customer*'s own list of orders holds that was accepted from *since* on."""
        found: list[Seen] = []
        cursor = ""
        while True:
            path = f"/orders?limit={PAGE}{cursor}"
            page = _expect(self._api.call("GET", path, token))
            orders = [seen(customer, order) for order in page["orders"]]
            found.extend(order for order in orders if order.accepted_at >= since)
            older = any(order.accepted_at < since for order in orders)
            if older or not page.get("next_cursor"):
                return found
            cursor = f"&cursor={page['next_cursor']}"


def _expect(reply: Reply) -> Any:  # noqa: ANN401 (as every JSON is)
    if reply.status not in {200, 201}:
        message = f"the app answered {reply.status}: {reply.text}"
        raise LocalError(message)
    return reply.json()
