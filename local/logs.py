"""What the functions in the local cloud logged, copied out of it before it is gone."""

from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from local import deploy

FUNCTIONS: Final = ("api", "resolve", "settle", "sweep", "reconcile")
SIGNS_OF_ERROR: Final = ('"level":"ERROR"', "Task timed out", "Traceback", "[ERROR]")
EVENTS_MAX: Final = 100_000


def write_logs(stack: str, endpoint_url: str, since_ms: int, path: Path) -> int:
    """Write what *stack*'s functions logged since *since_ms* to *path*; return how many lines are errors.

    What can't be read is left out: whoever asks is in trouble already.
    """
    lines: list[str] = []
    logs = deploy.client("logs", endpoint_url)
    pages = logs.get_paginator("filter_log_events")
    for function in FUNCTIONS:
        try:
            found = pages.paginate(
                logGroupName=f"/rushline/{stack}/{function}",
                startTime=since_ms,
                PaginationConfig={"MaxItems": EVENTS_MAX},
            )
            events = [event["message"].rstrip() for page in found for event in page["events"]]
            lines.extend(f"{function}: {message}" for message in events)
        except (ClientError, BotoCoreError) as error:
            lines.append(f"{function}: its log can't be read: {error}")
    path.write_text("".join(f"{line}\n" for line in lines))
    return sum(any(sign in line for sign in SIGNS_OF_ERROR) for line in lines)
