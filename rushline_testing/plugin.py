"""The pytest fixture `rushline`. Comes with the installed package; importing it costs nothing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rushline_testing.harness import Rushline


@pytest.fixture
def rushline() -> "Iterator[Rushline]":
    """Yield an empty Rushline on moto, for one test."""
    from rushline_testing.harness import Rushline  # noqa: PLC0415 (moto and the app are heavy)

    with Rushline() as running:
        yield running
