"""A shop that is open, and what its functions write."""

from collections.abc import Callable, Iterator
from io import StringIO

import pytest

from chalicelib.bootstrap import install
from chalicelib.entrypoints.observability import logger
from tests.unit.entrypoints.http.commanding import PATH, TERMS
from tests.unit.entrypoints.shop import Shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Return the app over fakes, with one merchant."""
    opened = Shop()
    install(opened.services)
    yield opened
    install(None)


@pytest.fixture
def written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[], str]:
    """Return what gives everything that was logged, counted or printed since it was last asked."""
    lines = StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", lines)

    def take() -> str:
        logged = lines.getvalue()
        lines.seek(0)
        lines.truncate()
        out, err = capsys.readouterr()
        return logged + out + err

    return take


@pytest.fixture
def spring(shop: Shop) -> Shop:
    """Return a shop with a coupon."""
    assert shop.ops("PUT", PATH, TERMS).status == 201
    return shop
