"""The local stack's identity provider: one signing key, and the tokens that it signs.

The key never leaves this machine and opens nothing but this stack.
"""

import json
import os
import time
from collections.abc import Collection
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm

from local.faults import LocalError

ISSUER = "https://rushline.localhost"
AUDIENCE = "rushline"
KEY_ID = "local"
LIFETIME_SECONDS = 365 * 86_400


def signing_key(path: Path) -> EllipticCurvePrivateKey:
    """Return the key kept at *path*, made on the first call; only its owner can read it.

    Raises `LocalError` if what is kept there is no such key.
    """
    if path.exists():
        return _kept(path)
    key = generate_private_key(SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    unfinished.replace(path)
    return key


def _kept(path: Path) -> EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError:
        key = None
    if not isinstance(key, EllipticCurvePrivateKey):
        message = f"{path} is not a signing key; delete it, and a new one is made"
        raise LocalError(message)
    return key


def key_set(key: EllipticCurvePrivateKey) -> str:
    """Return the public key set as JSON, the same text for the same key."""
    public = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    entry = {**public, "kid": KEY_ID, "use": "sig", "alg": "ES256"}
    return json.dumps({"keys": [entry]}, sort_keys=True, separators=(",", ":"))


def token(key: EllipticCurvePrivateKey, subject: str, scopes: Collection[str]) -> str:
    """Return a bearer token for *subject* that is good for a year."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "scope": " ".join(sorted(scopes)),
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
    }
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": KEY_ID})
