import pytest

from rushline_testing.harness import Rushline


@pytest.fixture
def shop(rushline: Rushline) -> Rushline:
    """Return a Rushline with one merchant, a small coffee house."""
    rushline.demo()
    return rushline
