"""The use cases of runs, wired by the environment that the app itself has."""

import os
from collections.abc import Mapping

from pydantic import ValidationError

from chalicelib.bootstrap import Services
from chalicelib.settings import Settings
from ops.command import UnusableInputError

UNUSED = (
    "ORDERS_TABLE",
    "INTENTS_QUEUE_URL",
    "SETTLEMENTS_QUEUE_URL",
    "JWT_ISSUER",
    "JWT_AUDIENCE",
)
"""What the app needs and no command on runs: an operator need not name it."""

NEEDED = ("RUNS_BUCKET", "RUNS_QUEUE_URL")


def run_services(table: str | None, environment: Mapping[str, str] = os.environ) -> Services:
    """Return the app's services; *table* names the coupons table, if it is given.

    Raises `UnusableInputError` naming the variables that are missing or wrong.
    """
    named = dict.fromkeys(UNUSED, "unused") | dict(environment)
    if table:
        named["COUPONS_TABLE"] = table
    missing = [name for name in NEEDED if not named.get(name)]
    try:
        settings = Settings.from_environment(named)
    except ValidationError as fault:
        missing += [str(one["loc"][0]).upper() for one in fault.errors()]
    if missing:
        message = f"which stack? set, as the app has them: {', '.join(sorted(missing))}"
        raise UnusableInputError(message)
    return Services(settings)
