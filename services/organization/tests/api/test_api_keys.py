"""API keys over HTTP."""

import httpx2

from harmonic_organization.testing import SECRETS, Office, Opener, User

GATEWAY = {"service": "gateway", "secret": SECRETS["gateway"]}


async def _key(office: Office, user: User, **body: object) -> dict[str, str]:
    answer = await office.client.post("/v1/api-keys", json={"name": "ci", **body}, headers=user.headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def _exchange(office: Office, key: str, **credentials: str) -> httpx2.Response:
    body = {"api_key": key, **(credentials or GATEWAY)}
    return await office.client.post("/internal/api-keys/exchange", json=body)


async def test_a_key_is_shown_once(office: Office) -> None:
    """The reply that makes it shows it; the list shows only how it begins."""
    ada = await office.sign_up()
    made = await _key(office, ada)
    assert made["api_key"].startswith("hu_")
    listed = await office.client.get("/v1/api-keys", headers=ada.headers)
    assert [each["key_id"] for each in listed.json()] == [made["key_id"]]
    assert made["api_key"] not in listed.text
    assert listed.json()[0]["start"] == made["api_key"][:11]


async def test_a_key_becomes_a_short_token(office: Office) -> None:
    """The gateway gets a token of minutes that works as its user, and the key remembers that it was used."""
    ada = await office.sign_up()
    made = await _key(office, ada)
    got = (await _exchange(office, made["api_key"])).json()
    assert got["expires_in"] == 300
    bearer = {"Authorization": f"Bearer {got['access_token']}"}
    assert (await office.client.get("/v1/me", headers=bearer)).json()["user_id"] == ada.user_id
    listed = await office.client.get("/v1/api-keys", headers=ada.headers)
    assert listed.json()[0]["used_at"] is not None


async def test_a_service_token_of_the_gateway_will_do(office: Office) -> None:
    """In place of the credentials in the body."""
    ada = await office.sign_up()
    made = await _key(office, ada)
    asked = {**GATEWAY, "audience": "organization"}
    token = (await office.client.post("/internal/service-tokens", json=asked)).json()["token"]
    body = {"api_key": made["api_key"]}
    answer = await office.client.post(
        "/internal/api-keys/exchange", json=body, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200
    as_user = await office.client.post("/internal/api-keys/exchange", json=body, headers=ada.headers)
    assert as_user.status_code == 403
    assert (await office.client.post("/internal/api-keys/exchange", json=body)).status_code == 401


async def test_only_the_gateway_exchanges(office: Office) -> None:
    """Another service, or a wrong secret, gets nothing."""
    made = await _key(office, await office.sign_up())
    assert (await _exchange(office, made["api_key"], service="physics", secret=SECRETS["physics"])).status_code == 403
    assert (await _exchange(office, made["api_key"], service="gateway", secret="wrong")).status_code == 401


async def test_a_key_does_no_more_than_programs_need(office: Office) -> None:
    """It cannot make keys, change the password or erase the account."""
    ada = await office.sign_up()
    got = (await _exchange(office, (await _key(office, ada))["api_key"])).json()
    bearer = {"Authorization": f"Bearer {got['access_token']}"}
    assert (await office.client.post("/v1/api-keys", json={"name": "more"}, headers=bearer)).status_code == 403
    assert (await office.client.get("/v1/api-keys", headers=bearer)).status_code == 403
    assert (await office.client.post("/v1/me/erasure", json={"password": "x"}, headers=bearer)).status_code == 403


async def test_void_keys_are_all_one_answer(office: Office) -> None:
    """Deleted, run out, unknown or malformed: 401 with the same words; its token ends with it here."""
    ada = await office.sign_up()
    deleted, old = await _key(office, ada), await _key(office, ada, expires_in_days=1)
    token = (await _exchange(office, deleted["api_key"])).json()["access_token"]
    gone = await office.client.delete(f"/v1/api-keys/{deleted['key_id']}", headers=ada.headers)
    assert gone.status_code == 204
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await office.client.get("/v1/me", headers=bearer)).status_code == 401
    office.clock.move(days=1)
    answers = [await _exchange(office, key) for key in (deleted["api_key"], old["api_key"], "hu_x", "nonsense")]
    assert {(answer.status_code, answer.json()["detail"]) for answer in answers} == {(401, "The API key is void.")}
    assert [each for each in await office.said() if "api_key" in each] == [
        "api_key.created", "api_key.created", "api_key.revoked"
    ]  # fmt: skip


async def test_keys_of_others_are_not_there(office: Office) -> None:
    """Nobody deletes or sees another's key."""
    made = await _key(office, await office.sign_up("ada"))
    eve = await office.sign_up("eve")
    assert (await office.client.get("/v1/api-keys", headers=eve.headers)).json() == []
    gone = await office.client.delete(f"/v1/api-keys/{made['key_id']}", headers=eve.headers)
    assert gone.status_code == 404
    assert (await _exchange(office, made["api_key"])).status_code == 200


async def test_keys_are_bounded(open_office: Opener) -> None:
    """One more than allowed is refused."""
    async with open_office(api_keys_each=1) as office:
        ada = await office.sign_up()
        await _key(office, ada)
        assert (await office.client.post("/v1/api-keys", json={"name": "b"}, headers=ada.headers)).status_code == 409
