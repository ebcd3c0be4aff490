from concurrent.futures import ThreadPoolExecutor

from rushline_testing.harness import Rushline
from tests.integration.steps import Units, order, orders, see, units

THREADS = 16
ORDERS = 60
UNITS = 20


def test_sixteen_threads_redeem_every_unit_and_no_more(shop: Rushline) -> None:
    """Threads that post and settle at once on three shards redeem exactly what there is."""
    shop.coupon("RUSH", percent=10, units=UNITS, shards=3)
    made: dict[str, str] = {}

    def rush(number: int) -> None:
        name = f"customer-{number}"
        made[name] = order(shop, name, coupon="RUSH", if_coupon_unavailable="reject")
        shop.drain(batch_size=4)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(rush, range(ORDERS)))
    assert shop.drain().left == 0
    found = [see(shop, name, intent_id) for name, intent_id in made.items()]
    confirmed = [one for one in found if one["status"] == "confirmed"]
    refused = [one for one in found if one["status"] == "rejected"]
    assert (len(confirmed), len(refused)) == (UNITS, ORDERS - UNITS)
    assert {one["reason"]["code"] for one in refused} == {"coupon_sold_out"}
    assert units(shop, "RUSH") == Units(left=0, held=0, redeemed=UNITS)


def test_one_key_from_many_threads_is_one_order(shop: Rushline) -> None:
    """Posts with one key at once are one intent, sent once or more, ordered once."""

    def post(_: int) -> str:
        return order(shop, "alice", key="k1")

    with ThreadPoolExecutor(THREADS) as pool:
        ids = set(pool.map(post, range(THREADS)))
    shop.drain()
    assert [one["id"] for one in orders(shop, "alice")] == list(ids)
