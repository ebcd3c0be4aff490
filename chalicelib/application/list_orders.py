"""List a customer's orders."""

from dataclasses import dataclass

from chalicelib.application.ports import Intents, Page

PAGE_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOrders:
    """Page through the confirmed intents of one customer."""

    intents: Intents

    def __call__(self, customer_id: str, cursor: str | None, limit: int) -> Page:
        """Return up to *limit* (at most 100) orders, the latest accepted first.

        Raises `ValueError` for a *cursor* that no page of this customer gave.
        """
        return self.intents.confirmed(customer_id, cursor, min(limit, PAGE_MAX))
