import pytest

from tests.fakes.shop import Shop


@pytest.fixture
def shop() -> Shop:
    """Return a shop that is well."""
    return Shop()


def test_all_that_answers_is_well(shop: Shop) -> None:
    """Each table and each queue by its name."""
    assert shop.health() == dict.fromkeys(
        ("orders", "coupons", "control", "intents_queue", "settlements_queue"), True
    )


@pytest.mark.parametrize(
    ("name", "store"),
    [
        ("orders", "intents"),
        ("coupons", "counters"),
        ("control", "control"),
        ("intents_queue", "intents_queue"),
        ("settlements_queue", "settlements_queue"),
    ],
)
def test_what_is_down_is_named_alone(shop: Shop, name: str, store: str) -> None:
    """One that does not answer makes none of the others look ill."""
    getattr(shop, store).down = True
    assert [found for found, well in shop.health().items() if not well] == [name]
