"""Two calls to paste, and what they really answer."""

import json
import secrets
import time

from rich.console import Console

from local import show
from local.api import Api, Reply
from local.demo import MERCHANT
from local.stack import CUSTOMER, Stack

TEXT = "two large lattes with oat milk and a blueberry muffin"
ANSWER_SECONDS_MAX = 30
LOOK_AGAIN_SECONDS = 0.2
"""Between two looks at what tells nobody when it is ready."""


def try_it(stack: Stack, api: Api, console: Console) -> None:
    """Order something, see what became of it, and print both calls with their answers.

    Pasted, the first is a repeat of ours and so answers the same.
    """
    token, key, body = (
        stack.token(CUSTOMER),
        f"try-{secrets.token_hex(4)}",
        {"merchant": MERCHANT, "text": TEXT},
    )
    bearer = f"Authorization: Bearer {token}"
    posted = api.call("POST", "/intents", token, body, key=key)
    headers = [bearer, f"Idempotency-Key: {key}", "Content-Type: application/json"]
    command = show.curl("POST", f"{stack.api_url}/intents", headers, json.dumps(body))
    _print(console, "Order something:", command, posted)
    path = posted.headers.get("location", "/health")
    seen = _answered(api, path, token)
    command = show.curl("GET", f"{stack.api_url}{path}", [bearer])
    _print(console, "And see what became of it:", command, seen)


def _answered(api: Api, path: str, token: str) -> Reply:
    end = time.monotonic() + ANSWER_SECONDS_MAX
    while True:
        reply = api.call("GET", path, token)
        if reply.json().get("status") != "accepted" or time.monotonic() > end:
            return reply
        time.sleep(LOOK_AGAIN_SECONDS)


def _print(console: Console, title: str, command: str, reply: Reply) -> None:
    console.print(f"\n[bold]{title}[/]\n")
    # As it is: to be pasted, it must not be wrapped, coloured or read as markup.
    console.print(command, soft_wrap=True, markup=False)
    console.print(f"\n{show.answer(reply)}", soft_wrap=True, markup=False, style="dim")
