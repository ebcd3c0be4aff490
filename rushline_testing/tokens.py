"""Tokens as an identity provider would sign them, and the key set that verifies them."""

from collections.abc import Collection
from functools import cache
from json import dumps, loads
from time import time

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from jwt.algorithms import ECAlgorithm

ISSUER = "https://identity.rushline.test"
AUDIENCE = "rushline"
KEY_ID = "rushline-testing"
LIFETIME_SECONDS = 10 * 365 * 86_400
"""Tokens are verified by real time, so that turning the test's clock never ends one."""


@cache
def _key() -> EllipticCurvePrivateKey:
    """Return this process's key; made once, never stored."""
    return generate_private_key(SECP256R1())


def key_set() -> str:
    """Return the public key set, as the setting `jwt_jwks` takes it."""
    public = loads(ECAlgorithm.to_jwk(_key().public_key()))
    return dumps({"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": "ES256"}]})


def token(customer: str, scopes: Collection[str], **claims: object) -> str:
    """Return a bearer token for *customer*. *claims* are put over the usual ones; None leaves one out.

    So `exp=0` is an expired token, and `aud="else"` another audience's.
    """
    now = int(time())
    usual = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": customer,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
        "scope": " ".join(scopes),
    }
    wanted = {name: claim for name, claim in {**usual, **claims}.items() if claim is not None}
    return jwt.encode(wanted, _key(), algorithm="ES256", headers={"kid": KEY_ID})
