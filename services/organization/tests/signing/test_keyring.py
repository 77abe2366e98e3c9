"""The keyring on a database."""

import asyncio

import pytest

from harmonic_chassis.tokens import Claims, TokenVerifier
from harmonic_organization.signing import keys
from harmonic_organization.testing import Office, Opener


async def _kids(office: Office) -> list[str]:
    office.clock.move(seconds=2)
    return [key["kid"] for key in (await office.desk.keyring.public())["keys"]]


async def test_a_key_is_published_before_it_signs_and_stays_after(office: Office) -> None:
    """Over a turn: the next key is in the set first, then signs, and the old one goes when its tokens have run out.
    At every moment every living token is verified by whoever fetched the keys as seldom as they do."""
    verifier = TokenVerifier("audio", office.desk.keyring.public, office.clock)
    ada = await office.sign_up()
    (first,) = await _kids(office)
    assert await office.desk.keyring.turn() == []
    office.clock.move(days=30, minutes=-9)
    assert len(await office.desk.keyring.turn()) == 1
    assert len(await _kids(office)) == 2
    before = office.user(await office.login(ada.email)).access_token
    assert _kid(before) == first
    await verifier.verify(before)
    office.clock.move(minutes=11)
    after = office.user(await office.login(ada.email)).access_token
    assert _kid(after) != first
    await verifier.verify(after)
    office.clock.move(minutes=50)
    await office.desk.keyring.turn()
    assert first in await _kids(office)
    office.clock.move(minutes=30)
    assert await office.desk.keyring.turn() == ["dropped keys [1]"]
    assert first not in await _kids(office)


async def test_many_processes_make_one_key(open_anywhere: Opener) -> None:
    """Replicas that turn at the same time end with one new key between them."""
    async with open_anywhere() as one, open_anywhere() as two:
        one.clock.move(days=30)
        await asyncio.gather(*(each.desk.keyring.turn() for each in (one, two, one, two)))
        assert await _kids(one) == await _kids(two)
        assert len(await _kids(one)) == 2


async def test_tokens_outlive_a_restart(open_office: Opener) -> None:
    """The keys are in the database: a token of before is good after."""
    async with open_office() as office:
        ada = await office.sign_up()
    async with open_office() as office:
        assert (await office.client.get("/v1/me", headers=ada.headers)).status_code == 200


async def test_another_key_secret_refuses_the_start(open_office: Opener) -> None:
    """It says which setting is wrong, before anything is served."""
    async with open_office():
        pass
    with pytest.raises(keys.LockedOut, match="key_secret"):
        async with open_office(key_secret="another secret altogether"):
            pass


async def test_a_key_of_the_settings_signs_alone(open_office: Opener) -> None:
    """With signing_key set, its public half is the whole key set and its tokens are good."""
    import json

    fixed = keys.generate()
    async with open_office(signing_key=json.dumps(fixed.as_dict(private=True))) as office:
        ada = await office.sign_up()
        assert _kid(ada.access_token) == fixed.thumbprint()
        assert await _kids(office) == [fixed.thumbprint()]
        assert (await office.client.get("/v1/me", headers=ada.headers)).status_code == 200


async def test_a_foreign_signature_opens_nothing(office: Office) -> None:
    """A token of the right form, signed by another key under a known key id, is refused."""
    from harmonic_chassis.tokens import TokenSigner

    ada = await office.sign_up()
    (kid,) = await _kids(office)
    now = office.clock.now().timestamp()
    forged = keys.generate().as_dict(private=True) | {"kid": kid}
    claims = Claims(sub=ada.user_id, kind="user", aud="harmonic", iat=now, exp=now + 600, org=ada.organization_id)
    headers = {"Authorization": f"Bearer {TokenSigner(dict(forged)).sign(claims)}"}
    assert (await office.client.get("/v1/me", headers=headers)).status_code == 401


def _kid(token: str) -> str:
    import base64
    import json

    header = token.split(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])
