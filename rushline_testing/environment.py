"""The environment that the app runs in under test: made-up credentials, and nothing of the machine's."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

REGION = "us-east-1"

WANTED: Mapping[str, str] = MappingProxyType(
    {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "POWERTOOLS_SERVICE_NAME": "rushline",
        "POWERTOOLS_METRICS_NAMESPACE": "Rushline",
        "POWERTOOLS_TRACE_DISABLED": "1",
    }
)

UNWANTED_PREFIXES = ("AWS_", "MOTO_", "TEST_SERVER_MODE", "TEST_PROXY_MODE")
"""A profile, a session token or another endpoint would lead out of the test."""


@contextmanager
def sealed() -> Iterator[None]:
    """Put the test's environment in force, and the machine's back on leaving."""
    before = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(UNWANTED_PREFIXES) or name in WANTED
    }
    for name in before:
        del os.environ[name]
    os.environ.update(WANTED)
    try:
        yield
    finally:
        for name in WANTED:
            os.environ.pop(name, None)
        os.environ.update(before)
