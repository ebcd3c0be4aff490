"""Idempotency keys, and the names that are made of them."""

import re
from base64 import b32encode
from hashlib import sha256
from uuid import uuid4

from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.problems import Code, RefusedError

KEY = re.compile(r"[\x21-\x7e]{1,255}")
"""An idempotency key: visible ASCII, which says nothing to us."""

ID_BYTES = 20


def required_key(call: Call) -> str:
    """Return the call's idempotency key, or refuse a call without one."""
    key = optional_key(call)
    if key is None:
        raise RefusedError(Code.KEY_MISSING, "this call needs an Idempotency-Key header")
    return key


def optional_key(call: Call) -> str | None:
    """Return the call's idempotency key, if it has one; refuse what can't be one."""
    keys = call.header("Idempotency-Key")
    if not keys or keys == ("",):
        return None
    if len(keys) > 1 or not KEY.fullmatch(keys[0]):
        raise RefusedError(Code.KEY_INVALID, "it is one key of 1 to 255 visible ASCII characters")
    return keys[0]


def id_of(key: str | None) -> str:
    """Return the name of what is done under *key*; one of its own where there is no key.

    The same whoever does it: a colleague who repeats a call that had no answer does nothing
    twice. It names a command within one counter, a refund within one order. A hash, so that
    no key says anything to a store.
    """
    if key is None:
        return f"once_{uuid4().hex}"
    digest = sha256(key.encode()).digest()[:ID_BYTES]
    return "key_" + b32encode(digest).decode().lower()
