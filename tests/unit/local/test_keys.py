"""The local identity provider."""

import json
from pathlib import Path

import jwt
import pytest

from local import keys
from local.faults import LocalError


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    """A second call finds the first one's key, so tokens outlast a restart."""
    path = tmp_path / "key.pem"
    first = keys.key_set(keys.signing_key(path))
    assert path.stat().st_mode & 0o777 == 0o600
    assert keys.key_set(keys.signing_key(path)) == first


def test_a_token_is_verified_by_the_key_set_alone(tmp_path: Path) -> None:
    """Subject, scopes, issuer and audience stand in it, and the set holds no private part."""
    key = keys.signing_key(tmp_path / "key.pem")
    document = json.loads(keys.key_set(key))
    claims = jwt.decode(
        keys.token(key, "ada", {"checkout", "ops"}),
        jwt.PyJWKSet.from_dict(document).keys[0],
        algorithms=["ES256"],
        audience=keys.AUDIENCE,
        issuer=keys.ISSUER,
    )
    assert (claims["sub"], claims["scope"]) == ("ada", "checkout ops")
    assert "d" not in document["keys"][0]


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\n"])
def test_what_is_no_key_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    """A spoilt key is named with what to do, and not replaced: tokens were signed with it."""
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(LocalError, match="not a signing key"):
        keys.signing_key(path)
