"""A boto3 client that answers from memory, and what it is asked: the bare cost of calling.

Everything that botocore does to a call is done, but for the network: parameters are
checked, written as JSON, signed, and the answer is parsed.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

Asked = tuple[str, dict[str, Any]]
"""An operation and its parameters."""

_ASKED = "provide-client-params.dynamodb"

_METHODS = {"TransactWriteItems": "transact_write_items", "UpdateItem": "update_item"}


def canned(client: Any) -> list[Asked]:  # noqa: ANN401 (any boto3 client)
    """Have *client* answer `{}` to everything without a network; return what it is asked."""
    asked: list[Asked] = []

    def answer(request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 (botocore's request)
        class Raw:
            def stream(self, **_: object) -> list[bytes]:
                return [b"{}"]

        return AWSResponse(request.url, 200, HTTPHeaders(), Raw())

    def note(params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401
        asked.append((model.name, params))

    client.meta.events.register("before-send.dynamodb", answer)
    client.meta.events.register(_ASKED, note, unique_id=_ASKED)
    return asked


def stop_noting(client: Any) -> None:  # noqa: ANN401 (any boto3 client)
    """Have *client* no longer note what it is asked."""
    client.meta.events.unregister(_ASKED, unique_id=_ASKED)


def ask(client: Any, asked: Sequence[Asked]) -> None:  # noqa: ANN401 (any boto3 client)
    """Make the bare calls *asked*."""
    for operation, params in asked:
        getattr(client, _METHODS[operation])(**params)


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time that *work* takes."""
    start = time.process_time()
    work()
    return time.process_time() - start
