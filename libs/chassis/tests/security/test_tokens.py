"""A token proves what it states only when organization signed it, for this audience, and it has not ended."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from harmonic_chassis.clock import SystemClock
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.authority import Authority
from harmonic_chassis.testing.house import House
from harmonic_chassis.tokens import (
    Claims,
    KeysUnavailable,
    TokenRefused,
    TokenSigner,
    TokenVerifier,
    generate_key,
    public_jwks,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


def encoded(part: object) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unsigned(house: House) -> str:
    _, body, _ = house.token().split(".")
    return f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{body}."


def signed_with_the_public_key(house: House) -> str:
    """HS256 with the published key as secret: the confusion of algorithms (RFC 8725, 2.1)."""
    public = public_jwks(house.authority.keys)["keys"][0]
    head = encoded({"alg": "HS256", "kid": public["kid"], "typ": "JWT"})
    body = house.token().split(".")[1]
    secret = base64.urlsafe_b64decode(public["x"] + "==")
    return f"{head}.{body}.{encoded(hmac.digest(secret, f'{head}.{body}'.encode(), hashlib.sha256))}"


def of_another_key(house: House) -> str:
    """The right kid, another key."""
    forger = Authority()
    forger.keys[0]["kid"] = house.authority.keys[0]["kid"]
    return forger.user_token(house.user_id, house.organization_id, None, project_id=house.project_id)


def with_its_own_key(house: House) -> str:
    """A header that brings the key to verify with (RFC 8725, 3.10)."""
    key = generate_key("mine")
    header = {"alg": "EdDSA", "kid": "mine", "jwk": {k: v for k, v in key.items() if k != "d"}}
    body = house.token().split(".")[1]
    return f"{encoded(header)}.{body}.{encoded(b'x' * 64)}"


def changed(house: House) -> str:
    head, body, signature = house.token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{encoded(claims | {'sub': new_id()})}.{signature}"


def claims(**values: Any) -> Claims:
    now = time.time()
    return Claims(**{"sub": new_id(), "kind": "user", "aud": "harmonic", "iat": now, "exp": now + 60, **values})


FORGED: dict[str, Callable[[House], str]] = {
    "alg none": unsigned,
    "alg confusion": signed_with_the_public_key,
    "another key": of_another_key,
    "own key in the header": with_its_own_key,
    "changed claims": changed,
    "expired": lambda house: house.token(lifetime_s=-10),
    "from the future": lambda house: house.token(issued_at=time.time() + 600),
    "another issuer": lambda house: house.authority.sign(claims(iss="evil")),
    "another audience": lambda house: house.authority.sign(claims(aud="elsewhere")),
    "a service token for another service": lambda house: house.authority.service_token("ai", "audio"),
    "a user token that names this service": lambda house: house.authority.sign(claims(aud="physics")),
    "no claims": lambda house: f"{house.token().split('.')[0]}.{encoded({})}.AAAA",
    "no token": lambda house: "nonsense",
    "not ascii": lambda house: "ä.ö.ü",
    "empty": lambda house: "",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
async def test_forged_and_ended_tokens_are_401(house: House, forge: Callable[[House], str]) -> None:
    """Whatever is wrong with a token: 401, a challenge, and nothing of the token in the answer."""
    token = forge(house)
    headers = {b"Authorization": b"Bearer " + token.encode()}
    answer = await house.client.get("/v1/notes", headers=headers)
    assert answer.status_code == 401, answer.text
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["type"].endswith("/unauthenticated")
    assert len(token) < 10 or token not in answer.text


@pytest.mark.parametrize("header", [None, "Basic dTpw", "Bearer", "Token x"])
async def test_no_bearer_is_401(house: House, header: str | None) -> None:
    """No header, or another scheme, is 401 with a challenge."""
    answer = await house.client.get("/v1/notes", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_in_the_url_counts_for_nothing(house: House) -> None:
    """Tokens are read from the header alone."""
    for name in ("access_token", "token", "authorization"):
        assert (await house.client.get(f"/v1/notes?{name}={house.token()}")).status_code == 401


async def test_a_new_key_is_fetched_when_a_token_names_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a rotation the next token is verified without a restart."""
    monkeypatch.setattr("harmonic_chassis.tokens.KEYS_REFETCH_S", 0.0)
    assert (await house.client.get("/v1/notes", headers=house.auth())).status_code == 200
    house.authority.keys.append(generate_key(new_id()))
    assert (await house.client.get("/v1/notes", headers=house.auth())).status_code == 200


class Keys:
    """A source of keys that counts how often it is asked."""

    def __init__(self) -> None:
        self.keys = [generate_key("a")]
        self.asked = 0
        self.down = False

    async def __call__(self) -> dict[str, Any]:
        self.asked += 1
        if self.down:
            raise ConnectionError
        return public_jwks(self.keys)


async def test_strangers_kids_cannot_flood_organization() -> None:
    """Unknown key ids lead to one fetch in a while, not to one each."""
    keys = Keys()
    verifier = TokenVerifier("physics", keys, SystemClock())
    for index in range(20):
        with pytest.raises(TokenRefused):
            await verifier.verify(TokenSigner(generate_key(f"stranger-{index}")).sign(claims()))
    assert keys.asked == 1


class Time:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = time.time()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds


async def test_a_withdrawn_key_stops_verifying_and_an_outage_does_not() -> None:
    """Keys are fetched anew every few minutes; while organization is away the last ones serve."""
    keys, clock = Keys(), Time()
    verifier = TokenVerifier("physics", keys, clock)
    token = TokenSigner(keys.keys[0]).sign(claims(exp=clock.seconds + 3600))
    await verifier.verify(token)
    keys.down = True
    clock.seconds += 400
    await verifier.verify(token)
    keys.down, keys.keys = False, [generate_key("b")]
    clock.seconds += 400
    with pytest.raises(TokenRefused):
        await verifier.verify(token)


async def test_without_keys_it_is_not_the_callers_fault() -> None:
    """Before keys were ever had, the answer is `unavailable`, not `unauthenticated`."""
    keys = Keys()
    keys.down = True
    with pytest.raises(KeysUnavailable):
        await TokenVerifier("physics", keys, SystemClock()).verify("a.b.c")
