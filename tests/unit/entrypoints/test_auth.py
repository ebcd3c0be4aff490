"""Who gets in, and who doesn't."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.bootstrap import install
from chalicelib.entrypoints.auth import authenticate
from chalicelib.entrypoints.problems import RefusedError
from tests.unit.entrypoints.shop import Shop
from tests.unit.entrypoints.tokens import key_set, private_keys, token

WANTED = {"text": "two teas"}


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "EdDSA"])
def test_signature(shop: Shop, algorithm: str) -> None:
    """A token signed by a key of the set is taken, with each algorithm that is allowed."""
    assert shop.post(WANTED, bearer=token(algorithm=algorithm)).status == 202


def test_customer_is_the_subject(shop: Shop) -> None:
    """The customer is the token's subject, and nothing in the request changes that."""
    shop.post(WANTED, bearer=token("auth0|bob"), headers={"X-Customer": "alice"})

    (ref,) = shop.tables.on_record
    assert ref.customer_id == "auth0|bob"


def _hs256() -> str:
    """Sign with the public key as if it were a shared secret, the classic confusion of keys."""
    public = json.loads(key_set("ES256"))["keys"][0]
    signed = jwt.PyJWS().encode(b"{}", json.dumps(public) * 2, "HS256", {"kid": "ES256"})
    return str(signed)


REFUSED: dict[str, Callable[[], str]] = {
    "expired": lambda: token(exp=1),
    "no expiry": lambda: token(without="exp"),
    "expiry beyond any date": lambda: token(exp=float("inf")),
    "expiry that is no number": lambda: token(exp="soon"),
    "not valid yet": lambda: token(nbf=4_000_000_000),
    "another issuer": lambda: token(iss="https://evil.example"),
    "no issuer": lambda: token(without="iss"),
    "another audience": lambda: token(aud="else"),
    "no audience": lambda: token(without="aud"),
    "no subject": lambda: token(without="sub"),
    "empty subject": lambda: token(""),
    "subject that is a number": lambda: token(7),
    "subject too long": lambda: token("a" * 129),
    "subject with a line break": lambda: token("alice\n"),
    "subject that is another item's key": lambda: token("uses#SPRING25"),
    "subject with half a character": lambda: token("alice\ud800"),
    "another's key": lambda: token(key=ec.generate_private_key(ec.SECP256R1())),
    "unknown key": lambda: token(kid="else"),
    "no key named": lambda: token(kid=None),
    "algorithm of another key": lambda: token(algorithm="ES256", kid="RS256"),
    "no signature": lambda: jwt.encode({"sub": "alice"}, "", "none"),
    "symmetric": _hs256,
    "cut short": lambda: token()[:-10],
    "changed": lambda: token()[:-4] + "AAAA",
    "no JWT": lambda: "abc",
    "dots": lambda: "..",
    "too long": lambda: "a" * 9_000,
    "claims that are no object": lambda: jwt.PyJWS().encode(
        b"[]", private_keys()["ES256"], "ES256", {"kid": "ES256"}
    ),
    "claims nested deep": lambda: jwt.PyJWS().encode(
        b"[" * 5_000, private_keys()["ES256"], "ES256", {"kid": "ES256"}
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_refused(shop: Shop, why: str) -> None:
    """A token that can't be trusted is refused, with a challenge, and nothing is written."""
    reply = shop.post(WANTED, bearer=REFUSED[why]())

    assert (reply.status, reply.code) == (401, "token_invalid")
    assert reply.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')
    assert shop.untouched


@pytest.mark.parametrize("header", [None, "Basic YTpi", "Bearer", "Bearer a b", "bearer  "])
def test_no_bearer(shop: Shop, header: str | None) -> None:
    """A call without a bearer token is refused, with a challenge."""
    reply = shop.post(WANTED, bearer=None, headers={"Authorization": header})

    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert shop.untouched


def test_two_tokens(shop: Shop) -> None:
    """Of two tokens none is taken, since two readers could take different ones."""
    with pytest.raises(RefusedError) as refused:
        authenticate([f"Bearer {token()}"] * 2, shop.services.settings)
    assert refused.value.code == "token_invalid"


@pytest.mark.parametrize(
    "claims",
    [
        {"scope": "checkout"},
        {"scope": "openid checkout"},
        {"scope": ["checkout", 7]},
        {"scope": "", "scp": "checkout"},
        {"scope": None, "scp": ["openid", "checkout"]},
    ],
)
def test_scope(shop: Shop, claims: dict[str, Any]) -> None:
    """A scope counts as a word or in a list, under either of its usual names."""
    assert shop.post(WANTED, bearer=token(**claims)).status == 202


@pytest.mark.parametrize(
    "claims",
    [
        {"scope": "ops"},
        {"scope": ""},
        {"scope": "checkout2 no-checkout"},
        {"scope": {"checkout": True}},
        {"without": "scope"},
    ],
)
def test_insufficient_scope(shop: Shop, claims: dict[str, Any]) -> None:
    """Without the scope a good token is forbidden, and told which scope it takes."""
    reply = shop.post(WANTED, bearer=token(**claims))

    assert (reply.status, reply.code) == (403, "insufficient_scope")
    assert 'scope="checkout"' in reply.headers["WWW-Authenticate"]
    assert shop.untouched


def test_a_key_server_that_is_down() -> None:
    """When the keys can't be had, nobody is told that their token is bad."""
    shop = Shop(jwt_jwks="", jwt_jwks_url="http://127.0.0.1:9/jwks.json")
    install(shop.services)
    reply = shop.post(WANTED)
    install(None)

    assert (reply.status, reply.code) == (503, "keys_unavailable")
    assert int(reply.headers["Retry-After"]) > 0
    assert shop.untouched


@pytest.fixture
def published() -> Iterator[list[str]]:
    """Serve the documents in this list, one a request and the last one for ever; by its URL, first."""
    documents: list[str] = []
    served: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = documents[min(len(served) + 1, len(documents) - 1)].encode()
            served.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Server)
    documents.append(f"http://127.0.0.1:{server.server_address[1]}/jwks.json")
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield documents
    server.shutdown()
    thread.join()
    server.server_close()


def test_published_keys(published: list[str]) -> None:
    """A published key set is read once for many tokens, and an unknown key is refused."""
    published.append(key_set())
    shop = Shop(jwt_jwks="", jwt_jwks_url=published[0])
    install(shop.services)
    statuses = [shop.post(WANTED, bearer=token(kid=kid)).status for kid in ("ES256", "x", None)]
    install(None)

    assert statuses == [202, 401, 401]


@pytest.mark.parametrize("nonsense", ["", "[]", "{}", '{"keys": []}', '{"keys": 7}', "<html>"])
def test_published_nonsense(published: list[str], nonsense: str) -> None:
    """A key server that answers nonsense is as good as down."""
    published.append(nonsense)
    shop = Shop(jwt_jwks="", jwt_jwks_url=published[0])
    install(shop.services)
    reply = shop.post(WANTED)
    install(None)

    assert (reply.status, reply.code) == (503, "keys_unavailable")


@pytest.mark.parametrize(
    ("keys", "logged"),
    [
        ("", "NoKeysConfiguredError"),
        ('{"keys": [{"kty": "unheard of"}]}', "PyJWKSetError"),
    ],
)
def test_no_keys_configured(keys: str, logged: str, written: Callable[[], str]) -> None:
    """A deployment without keys is our fault: the log says so, and no caller's token is called bad."""
    shop = Shop(jwt_jwks=keys)
    install(shop.services)
    reply = shop.post(WANTED)
    install(None)

    assert (reply.status, reply.code) == (500, "internal_error")
    errors = [json.loads(line).get("error") for line in written().splitlines()]
    assert logged in errors
    assert shop.untouched


def test_a_shared_secret_in_the_key_set() -> None:
    """Even where the key set has one, a shared secret verifies nothing."""
    secret = b"s" * 32
    shared = {"kty": "oct", "kid": "shared", "alg": "HS256", "k": "c3Nz" * 10 + "c3M"}
    keys = [*json.loads(key_set())["keys"], shared]
    shop = Shop(jwt_jwks=json.dumps({"keys": keys}))
    install(shop.services)
    forged = token(kid="shared", key=secret, signed_with="HS256")
    replies = [shop.post(WANTED, bearer=bearer) for bearer in (forged, token())]
    install(None)

    assert [reply.status for reply in replies] == [401, 202]
