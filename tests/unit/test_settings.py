"""What a deployment decides is checked before anything is done with it."""

import json

import pytest
from pydantic import ValidationError

from chalicelib.settings import Settings

REQUIRED = {
    name.upper(): name for name, field in Settings.model_fields.items() if field.is_required()
}

KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}

ADDRESSES = ["JWT_JWKS_URL", "OPENAI_BASE_URL"]


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "url", ["https://id.example.com/jwks.json", "http://127.0.0.1:80/v1", "http://[::1]/"]
)
def test_an_address_is_private(name: str, url: str) -> None:
    """An address is https, or on this machine."""
    settings = Settings.from_environment({**REQUIRED, name: url})
    assert getattr(settings, name.lower()) == url


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "url",
    [
        "http://id.example.com/jwks.json",
        "http://localhost.example.com",
        "http://127.0.0.1@id.example.com",
        "https://",
        "id.example.com",
        "file:///keys",
        "http://[",
    ],
)
def test_no_address_is_in_the_clear(name: str, url: str) -> None:
    """What anybody on the way could read or change is refused, by name."""
    with pytest.raises(ValidationError, match=name.lower()):
        Settings.from_environment({**REQUIRED, name: url})


def test_a_key_set() -> None:
    """A key set is taken as it was given."""
    document = json.dumps({"keys": [KEY]})
    assert Settings.from_environment({**REQUIRED, "JWT_JWKS": document}).jwt_jwks == document


@pytest.mark.parametrize(
    "document",
    [
        "nonsense",
        "[]",
        "{}",
        '{"keys": []}',
        '{"keys": {}}',
        '{"keys": [7]}',
        '{"keys": [{}]}',
        json.dumps(KEY),
        "[" * 100_000,
    ],
)
def test_no_key_set(document: str) -> None:
    """What can verify no token is refused, by name, before there is one."""
    with pytest.raises(ValidationError, match="jwt_jwks"):
        Settings.from_environment({**REQUIRED, "JWT_JWKS": document})


@pytest.mark.parametrize("name", [*ADDRESSES, "JWT_JWKS"])
def test_empty_is_left_out(name: str) -> None:
    """An empty variable leaves the default."""
    assert Settings.from_environment({**REQUIRED, name: ""}) == Settings.from_environment(REQUIRED)
