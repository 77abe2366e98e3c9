"""Who is let in, how often, and what is told at the door."""

import time
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from harmonic_chassis.testing.authority import Authority
from harmonic_chassis.testing.house import House, eventually
from harmonic_chassis.tokens import USER_AUDIENCE, Claims
from harmonic_contracts.messages.organization import ApiKeyRevoked
from harmonic_gateway.composition import front_door, gateway_of
from harmonic_gateway.testing.neighbours import Neighbours
from harmonic_gateway.testing.samples import UNIVERSE

KEY_ID = "01900000-0000-7000-8000-0000000000dd"
UNIVERSE_PATH = f"/v1/universes/{UNIVERSE}"


def assert_problem(answer: httpx2.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("path", [UNIVERSE_PATH, "/v1/operations", "/v1/me", f"/v1/artifacts/audio/{'a' * 64}"])
async def test_without_a_token_nobody_gets_further(
    path: str, outside: httpx2.AsyncClient, neighbours: Neighbours
) -> None:
    """401 with the challenge, and the service hears nothing of it."""
    answer = await outside.get(path)
    assert_problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert neighbours.seen == []


async def test_bad_tokens_are_refused(house: House, outside: httpx2.AsyncClient, neighbours: Neighbours) -> None:
    """Another's signature, an expired token, a service's token, and no token at all in the header."""
    foreign = Authority().user_token("u", "o", None, project_id="p")
    expired = house.token(issued_at=time.time() - 3600, lifetime_s=60)
    service = house.service_auth("physics")["Authorization"]
    for value in (f"Bearer {foreign}", f"Bearer {expired}", service, "Bearer", "Basic dTpw", "Bearer x.y.z"):
        assert_problem(await outside.get(UNIVERSE_PATH, headers={"Authorization": value}), 401)
    assert neighbours.seen == []


async def test_a_good_token_goes_to_the_service_with_trace_and_id(
    house: House, outside: httpx2.AsyncClient, neighbours: Neighbours
) -> None:
    """The request id is kept or made, the trace is made, and the answer comes back with the limit told."""
    answer = await outside.get(UNIVERSE_PATH, headers={**house.auth(), "X-Request-ID": "my-request-1"})
    assert answer.status_code == 200
    seen = neighbours.seen[-1]["headers"]
    assert seen["x-request-id"] == "my-request-1"
    assert seen["traceparent"].startswith("00-")
    assert answer.headers["ratelimit-policy"] == '"caller";q=1200;w=60'
    assert answer.headers["ratelimit"].startswith('"caller";r=1199;t=')


async def test_every_request_is_counted(house: House, outside: httpx2.AsyncClient) -> None:
    """The gateway's metrics have what passed and what was refused, by prefix, never by path."""
    await outside.get(UNIVERSE_PATH, headers=house.auth())
    await outside.get(UNIVERSE_PATH)
    text = (await house.client.get("/metrics")).text
    assert 'route="front /v1/universes"' in text
    assert 'route="front refused"' in text
    assert UNIVERSE not in text


async def test_catalogues_are_open(outside: httpx2.AsyncClient) -> None:
    """Systems can be read without a token."""
    assert (await outside.get("/v1/systems")).status_code == 200


@pytest.mark.parametrize("path", ["/internal/events", "/metrics", "/nothing", "/v1/me/%2e%2e/%2e%2e/internal/events"])
async def test_nothing_internal_is_served(path: str, house: House, outside: httpx2.AsyncClient) -> None:
    """With the best of tokens there is nothing there."""
    assert_problem(await outside.get(path, headers=house.auth()), 404)


async def test_a_service_that_is_not_there_is_a_problem(house: House, outside: httpx2.AsyncClient) -> None:
    """A service that this installation lacks is 502, not a crash."""
    assert_problem(await outside.get("/v1/suggestions", headers=house.auth()), 502)


async def test_guessing_secrets_is_slowed_down(outside: httpx2.AsyncClient) -> None:
    """The sixth attempt in a minute from one address is 429 and says when to come again."""
    answers = [await outside.post("/v1/auth/login", json={}) for _ in range(6)]
    assert [answer.status_code for answer in answers[:5]] == [404] * 5  # the authority of the tests has no accounts
    assert_problem(answers[5], 429)
    assert int(answers[5].headers["retry-after"]) >= 1
    assert answers[5].headers["ratelimit"].startswith('"secrets";r=0')


class KeyDesk:
    """Organization's exchange of API keys, before the authority that has the rest."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != "/internal/api-keys/exchange":
            await self.house.authority(scope, receive, send)
            return
        self.asked += 1
        now = time.time()
        claims = Claims(sub="someone", kind="user", aud=USER_AUDIENCE, iat=now, exp=now + 300, key=KEY_ID)
        body = b'{"access_token": "%s"}' % self.house.authority.sign(claims).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


async def test_an_api_key_becomes_a_token_and_is_remembered(
    house: House, door: ASGIApp, outside: httpx2.AsyncClient, neighbours: Neighbours
) -> None:
    """The service sees a token, never the key; a second request asks nobody."""
    desk: Any = KeyDesk(house)
    house.chassis.peers._wire.apps["organization"] = desk  # type: ignore[attr-defined]  # the wire of tests is local
    for _ in range(2):
        answer = await outside.get(UNIVERSE_PATH, headers={"Authorization": "Bearer hu_abcdefgh"})
        assert answer.status_code == 200
    assert desk.asked == 1
    assert "hu_" not in neighbours.seen[-1]["headers"]["authorization"]


async def test_a_revoked_api_key_is_forgotten_at_once(house: House, door: ASGIApp, outside: httpx2.AsyncClient) -> None:
    """The event of the revocation makes the next request ask organization again."""
    desk: Any = KeyDesk(house)
    house.chassis.peers._wire.apps["organization"] = desk  # type: ignore[attr-defined]  # the wire of tests is local
    key = {"Authorization": "Bearer hu_abcdefgh"}
    await outside.get(UNIVERSE_PATH, headers=key)
    await house.deliver(ApiKeyRevoked(key_id=KEY_ID, user_id=house.user_id))
    await house.drain()

    async def asked_again() -> bool:
        await outside.get(UNIVERSE_PATH, headers=key)
        return bool(desk.asked == 2)

    assert await eventually(asked_again, timeout_s=5)  # far less than the 30 s for which a key is remembered


async def test_a_void_api_key_is_refused(outside: httpx2.AsyncClient) -> None:
    """Where organization knows no such key, the answer is 401."""
    answer = await outside.get(UNIVERSE_PATH, headers={"Authorization": "Bearer hu_unknown"})
    assert_problem(answer, 401)


async def test_the_page_and_its_parts_come_from_here(outside: httpx2.AsyncClient) -> None:
    """Every file that the pages name is served, and none is asked of another host."""
    for path in ("/", "/docs"):
        page = await outside.get(path)
        assert page.status_code == 200
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert "//" not in page.text.replace("http://www.w3.org", "").replace("<!--//", "")
        for name in [part.split('"')[0] for part in page.text.split("/static/")[1:]]:
            assert (await outside.get(f"/static/{name}")).status_code == 200, name
    assert (await outside.get("/static/..%2fsettings.py")).status_code == 404


async def test_the_gateway_makes_its_door_once(house: House, neighbours: Neighbours) -> None:
    """The live objects are one set for each chassis, whoever asks first."""
    assert gateway_of(house.chassis) is gateway_of(house.chassis)
    assert front_door(house.chassis, house.chassis.app, {}) is not None
