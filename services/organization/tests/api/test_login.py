"""Sign-in over HTTP."""

import asyncio
import base64
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from harmonic_organization.testing import PASSWORD, Office, Opener


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def test_anybody_can_check_a_token_by_the_published_keys(office: Office) -> None:
    """Witness: a plain Ed25519 verification by another library over the bytes of RFC 7515, with the key of the JWKS."""
    ada = await office.sign_up()
    header, payload, signature = ada.access_token.split(".")
    kid = json.loads(_decoded(header))["kid"]
    keys = (await office.client.get("/.well-known/jwks.json")).json()["keys"]
    (key,) = [key for key in keys if key["kid"] == kid]
    assert "d" not in key
    public = Ed25519PublicKey.from_public_bytes(_decoded(key["x"]))
    public.verify(_decoded(signature), f"{header}.{payload}".encode())
    claims = json.loads(_decoded(payload))
    assert claims["exp"] - claims["iat"] == 600
    assert claims["roles"] == {ada.organization_id: "owner"}


async def test_unknown_address_and_wrong_password_are_one_answer(office: Office) -> None:
    """The two problems differ in nothing but the id of the request."""
    ada = await office.sign_up()
    wrong, unknown = await office.login(ada.email, "wrong password"), await office.login("nobody@example.org")
    assert wrong.status_code == unknown.status_code == 401
    ids = ("request_id",)
    assert {k: v for k, v in wrong.json().items() if k not in ids} == {
        k: v for k, v in unknown.json().items() if k not in ids
    }
    assert "WWW-Authenticate" in wrong.headers


async def test_guessing_stops_and_the_owner_elsewhere_still_gets_in(open_office: Opener) -> None:
    """After the allowed wrong passwords even the right one waits, from there, until the window is over."""
    async with open_office(login_attempts=3) as office:
        ada = await office.sign_up()
        for _ in range(3):
            assert (await office.login(ada.email, "wrong password")).status_code == 401
        refused = await office.login(ada.email)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 900
        home = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
        assert (await office.login(ada.email, **home)).status_code == 200
        office.clock.move(minutes=15)
        assert (await office.login(ada.email)).status_code == 200


async def test_a_burst_gets_no_more_guesses_than_a_row(open_anywhere: Opener) -> None:
    """Twenty guesses at once are counted before they are checked: three are checked."""
    async with open_anywhere(login_attempts=3) as office:
        ada = await office.sign_up()
        answers = await asyncio.gather(*(office.login(ada.email, f"wrong password {i}") for i in range(20)))
        assert sorted(answer.status_code for answer in answers) == [401] * 3 + [429] * 17


async def test_signing_in_often_is_no_offence(open_office: Opener) -> None:
    """Right passwords do not use up the attempts."""
    async with open_office(login_attempts=2, login_attempts_address=2, login_attempts_account=2) as office:
        ada = await office.sign_up()
        for _ in range(5):
            assert (await office.login(ada.email)).status_code == 200


async def test_hashes_follow_the_settings(open_office: Opener) -> None:
    """A sign-in renews a hash that was made with other parameters."""
    async with open_office(argon2_time_cost=1) as office:
        ada = await office.sign_up()
        assert "t=1," in await office.dump()
    async with open_office(argon2_time_cost=2) as office:
        assert (await office.login(ada.email)).status_code == 200
        dump = await office.dump()
        assert "t=2," in dump
        assert "t=1," not in dump
        assert (await office.login(ada.email)).status_code == 200


async def test_the_database_holds_nothing_that_opens_a_door(office: Office) -> None:
    """Neither password nor token nor API key can be read from the tables."""
    ada = await office.sign_up()
    key = (await office.client.post("/v1/api-keys", json={"name": "ci"}, headers=ada.headers)).json()["api_key"]
    dump = await office.dump()
    for secret in (PASSWORD, ada.refresh_token, ada.access_token, key, '"d"'):
        assert secret not in dump
