"""The user's own account over HTTP."""

from harmonic_organization.testing import PASSWORD, Office


async def test_a_name_is_a_document_with_a_revision(office: Office) -> None:
    """Without If-Match 428, with a stale one 412; a blank name 422; else the new name and the next ETag."""
    ada = await office.sign_up()
    tag = (await office.client.get("/v1/me", headers=ada.headers)).headers["etag"]

    async def rename(name: str, **headers: str) -> tuple[int, str]:
        answer = await office.client.patch("/v1/me", json={"name": name}, headers={**ada.headers, **headers})
        return answer.status_code, answer.headers.get("etag", "")

    assert (await rename("Ada"))[0] == 428
    assert (await rename("  ", **{"If-Match": tag}))[0] == 422
    status, following = await rename("Ada Lovelace", **{"If-Match": tag})
    assert (status, following) == (200, '"2"')
    assert (await rename("Eve", **{"If-Match": tag}))[0] == 412
    assert (await office.client.get("/v1/me", headers=ada.headers)).json()["name"] == "Ada Lovelace"


async def test_erasure_leaves_nothing_of_the_user(anywhere: Office) -> None:
    """After it: no row with the address or a name, no sign-in, no token; and the events by which the others follow."""
    office = anywhere
    ada, eve = await office.sign_up("ada"), await office.sign_up("eve")
    made = await office.client.post("/v1/organizations", json={"name": "Quartet"}, headers=eve.headers)
    quartet = made.json()["organization_id"]
    path = f"/v1/organizations/{quartet}/members/{ada.user_id}"
    assert (await office.client.put(path, json={"role": "editor"}, headers=eve.headers)).status_code == 201
    await office.client.post("/v1/api-keys", json={"name": "ci"}, headers={**ada.headers, "Idempotency-Key": "k"})

    wrong = await office.client.post("/v1/me/erasure", json={"password": "wrong"}, headers=ada.headers)
    assert wrong.status_code == 422
    before = len(await office.said())
    erased = await office.client.post("/v1/me/erasure", json={"password": PASSWORD}, headers=ada.headers)
    assert erased.status_code == 202
    assert erased.json()["organization_ids"] == [ada.organization_id]

    assert (await office.client.get("/v1/me", headers=ada.headers)).status_code == 401
    assert (await office.login(ada.email)).status_code == 401
    assert (await office.refresh(ada.refresh_token)).status_code == 401
    assert "ada@" not in (dump := await office.dump())
    assert "ci'" not in dump
    events = (await office.events())[before:]
    said = [each["type"].removeprefix("organization.") for each in events]
    assert said == [
        "member.changed.v1", "member.changed.v1", "project.deleted.v1", "organization.deleted.v1", "user.erased.v1"
    ]  # fmt: skip
    assert {each["data"]["organization_id"] for each in events[:2]} == {quartet, ada.organization_id}
    assert all(each["data"]["role"] is None for each in events[:2])
    assert events[-1]["data"] == {"user_id": ada.user_id, "organization_ids": [ada.organization_id]}
    assert {each["actorid"] for each in events} == {ada.user_id}
    assert (await office.client.get("/v1/me", headers=eve.headers)).status_code == 200


async def test_nobody_is_left_without_an_owner(office: Office) -> None:
    """Who is the last owner of an organization with others in it cannot go before there is another."""
    ada, eve = await office.sign_up("ada"), await office.sign_up("eve")
    made = await office.client.post("/v1/organizations", json={"name": "Duo"}, headers=ada.headers)
    path = f"/v1/organizations/{made.json()['organization_id']}/members/{eve.user_id}"
    await office.client.put(path, json={"role": "viewer"}, headers=ada.headers)
    body = {"password": PASSWORD}
    refused = await office.client.post("/v1/me/erasure", json=body, headers=ada.headers)
    assert refused.status_code == 409
    assert made.json()["organization_id"] in refused.json()["detail"]
    assert (await office.client.put(path, json={"role": "owner"}, headers=ada.headers)).status_code == 200
    assert (await office.client.post("/v1/me/erasure", json=body, headers=ada.headers)).status_code == 202
