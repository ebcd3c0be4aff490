"""Tokens of an identity provider that exists only here."""

import json
from collections.abc import Mapping
from functools import cache
from time import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

ISSUER = "https://id.example"
AUDIENCE = "rushline"


@cache
def private_keys() -> dict[str, Any]:
    """Return one key for each algorithm that is allowed, by the algorithm's name."""
    return {
        "ES256": ec.generate_private_key(ec.SECP256R1()),
        "RS256": rsa.generate_private_key(public_exponent=65_537, key_size=2_048),
        "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    }


def key_set(*only: str) -> str:
    """Return the public halves as a JWK set; each key is named after its algorithm."""
    kinds: dict[str, Any] = {"ES256": ECAlgorithm, "RS256": RSAAlgorithm, "EdDSA": OKPAlgorithm}
    keys = [
        {**json.loads(kinds[name].to_jwk(key.public_key())), "kid": name, "use": "sig", "alg": name}
        for name, key in private_keys().items()
        if not only or name in only
    ]
    return json.dumps({"keys": keys})


def token(
    customer: object = "alice",
    scope: object = "checkout",
    *,
    algorithm: str = "ES256",
    kid: str | None = "same",
    key: Any = None,
    signed_with: str | None = None,
    without: str = "",
    **claims: object,
) -> str:
    """Return a token; *claims* replace the usual ones, and *without* leaves one out."""
    now = int(time())
    usual: Mapping[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": customer,
        "iat": now,
        "exp": now + 600,
        "scope": scope,
    }
    payload = {name: claim for name, claim in {**usual, **claims}.items() if name != without}
    named = algorithm if kid == "same" else kid
    return jwt.PyJWS().encode(
        json.dumps(payload).encode(),
        private_keys()[algorithm] if key is None else key,
        algorithm=signed_with or algorithm,
        headers={"kid": named} if named else {},
    )
