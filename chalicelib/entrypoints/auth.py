"""Who calls, and what they may do: bearer tokens (RFC 6750) that are signed JWTs.

A customer is who the token's `sub` says and nobody else. Only asymmetric signatures
count, so that no key of ours could make a token, and only keys of the configured set. A
token is verified by the machine's clock. Nothing here logs a token or a part of one.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol

import jwt
from jwt import PyJWK, PyJWKClient, PyJWKSet
from jwt.exceptions import (
    PyJWKClientConnectionError,
    PyJWKClientError,
    PyJWKSetError,
    PyJWTError,
)

from chalicelib.entrypoints.problems import Code, RefusedError
from chalicelib.settings import Settings

ALGORITHMS = ("ES256", "RS256", "EdDSA")
"""Asymmetric all of them: with a symmetric one, whoever can verify a token can make one."""

LEEWAY_SECONDS = 10
"""How far the issuer's clock may be from ours."""

KEYS_LIFESPAN_SECONDS = 3_600
"""How long a key set is trusted unread: what an outage of the key server may last unnoticed."""

KEYS_TIMEOUT_SECONDS = 2

TOKEN_CHARS_MAX = 8_192

SUBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@|+=/-]{0,127}", re.ASCII)
"""What a customer's name looks like."""

_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/=-]+)", re.ASCII | re.IGNORECASE)


class Scope(StrEnum):
    """What a token may allow."""

    CHECKOUT = "checkout"
    OPS = "ops"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, by a token that was verified."""

    customer_id: str
    scopes: frozenset[str]


class NoKeysConfiguredError(Exception):
    """A deployment with neither JWT_JWKS nor JWT_JWKS_URL: our fault, whoever calls."""


class Keys(Protocol):
    """A set of public keys."""

    def named(self, kid: str | None) -> PyJWK:
        """Return the key called *kid*, or refuse the token. 503 if the keys can't be had."""
        ...


class InlineKeys:
    """The key set that stands in the settings. A set of one key needs no name."""

    def __init__(self, document: str) -> None:
        self._keys = PyJWKSet.from_dict(json.loads(document)).keys

    def named(self, kid: str | None) -> PyJWK:
        """Return the key called *kid*, or refuse the token."""
        found = [key for key in self._keys if kid in (None, key.key_id)]
        if len(found) != 1:
            raise _invalid(why="no key verifies it")
        return found[0]


class PublishedKeys:
    """The key set that an identity provider publishes, kept and asked for again when need be."""

    def __init__(self, url: str) -> None:
        self._client = PyJWKClient(
            url, lifespan=KEYS_LIFESPAN_SECONDS, timeout=KEYS_TIMEOUT_SECONDS
        )

    def named(self, kid: str | None) -> PyJWK:
        """Return the key called *kid*, or refuse the token; 503 if the provider does not answer.

        An unknown name has the set read again, at most once in half a minute.
        """
        if kid is None:
            raise _invalid(why="no key verifies it")
        try:
            known = self._client.match_kid(self._client.get_signing_keys(), kid)
            return known or self._asked_again(kid)
        except (PyJWKClientError, PyJWKSetError, OSError, ValueError) as error:
            raise RefusedError(Code.KEYS_UNAVAILABLE) from error

    def _asked_again(self, kid: str) -> PyJWK:
        try:
            return self._client.get_signing_key(kid)
        except PyJWKClientConnectionError:
            raise
        except PyJWKClientError as error:
            raise _invalid(why="no key verifies it") from error


def authenticate(authorization: Sequence[str], settings: Settings) -> Caller:
    """Return who the one `Authorization` header in *authorization* says is calling.

    Raises `RefusedError`: 401 for no token or one that can't be trusted, 503 when it
    can't be told because the keys can't be had.
    """
    if not authorization:
        raise RefusedError(Code.TOKEN_MISSING, headers={"WWW-Authenticate": "Bearer"})
    bearer = _BEARER.fullmatch(authorization[0].strip()) if len(authorization) == 1 else None
    if bearer is None or len(bearer[1]) > TOKEN_CHARS_MAX:
        raise _invalid(why="it is not one bearer token")
    return _caller(_claims(bearer[1], settings))


def authorize(caller: Caller, any_of: frozenset[Scope]) -> None:
    """Raise `RefusedError` (403) unless *caller*'s token has one of the scopes *any_of*."""
    if not caller.scopes & any_of:
        wanted = " ".join(sorted(any_of))
        challenge = f'Bearer error="insufficient_scope", scope="{wanted}"'
        raise RefusedError(
            Code.INSUFFICIENT_SCOPE,
            f"it takes one of these scopes: {wanted}",
            headers={"WWW-Authenticate": challenge},
        )


def _claims(token: str, settings: Settings) -> Mapping[str, Any]:
    keys = _keys(settings.jwt_jwks, settings.jwt_jwks_url)
    try:
        header = jwt.get_unverified_header(token)
        key = keys.named(header.get("kid"))
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=settings.jwt_audience,
            issuer=settings.jwt_issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise _invalid(why="it has expired") from error
    # PyJWT has errors of its own; what else its parsers raise on a stranger's bytes means no more.
    except (PyJWTError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise _invalid(why="it can't be verified") from error
    return claims


def _caller(claims: Mapping[str, Any]) -> Caller:
    subject = claims["sub"]
    if not isinstance(subject, str) or not SUBJECT.fullmatch(subject):
        raise _invalid(why="its subject is not usable")
    scopes: set[str] = set()
    for claim in ("scope", "scp"):
        match claims.get(claim):
            case str() as words:
                scopes.update(words.split())
            case list() as names:
                scopes.update(name for name in names if isinstance(name, str))
            case _:
                pass
    return Caller(customer_id=subject, scopes=frozenset(scopes))


@lru_cache(maxsize=1)
def _keys(document: str, url: str) -> Keys:
    if not document and not url:
        raise NoKeysConfiguredError
    return InlineKeys(document) if document else PublishedKeys(url)


def _invalid(why: str) -> RefusedError:
    challenge = f'Bearer error="invalid_token", error_description="{why}"'
    return RefusedError(Code.TOKEN_INVALID, why, headers={"WWW-Authenticate": challenge})
