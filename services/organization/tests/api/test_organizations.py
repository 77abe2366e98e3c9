"""Organizations and members over HTTP."""

import asyncio

import httpx2

from harmonic_organization.testing import Office, User


async def _found(office: Office, user: User, name: str = "Quartet") -> str:
    answer = await office.client.post("/v1/organizations", json={"name": name}, headers=user.headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["organization_id"])


async def _give(office: Office, giver: User, organization_id: str, user_id: str, role: str) -> httpx2.Response:
    path = f"/v1/organizations/{organization_id}/members/{user_id}"
    return await office.client.put(path, json={"role": role}, headers=giver.headers)


async def _take(office: Office, taker: User, organization_id: str, user_id: str) -> httpx2.Response:
    path = f"/v1/organizations/{organization_id}/members/{user_id}"
    return await office.client.delete(path, headers=taker.headers)


async def test_the_life_of_an_organization(anywhere: Office) -> None:
    """Made with owner and project, listed, renamed by revision, deleted with all that is in it; each step an event."""
    office = anywhere
    ada = await office.sign_up()
    before = len(await office.said())
    quartet = await _found(office, ada)
    path = f"/v1/organizations/{quartet}"
    shown = await office.client.get(path, headers=ada.headers)
    assert (shown.json()["name"], shown.json()["role"], shown.json()["personal"]) == ("Quartet", "owner", False)
    listed = (await office.client.get("/v1/organizations", headers=ada.headers)).json()["items"]
    assert {each["organization_id"] for each in listed} == {quartet, ada.organization_id}
    tag = {"If-Match": shown.headers["etag"]}
    assert (await office.client.patch(path, json={"name": "Quintet"}, headers=ada.headers)).status_code == 428
    renamed = await office.client.patch(path, json={"name": "Quintet"}, headers={**ada.headers, **tag})
    assert (renamed.status_code, renamed.json()["name"], renamed.headers["etag"]) == (200, "Quintet", '"2"')
    stale = await office.client.patch(path, json={"name": "Sextet"}, headers={**ada.headers, **tag})
    assert stale.status_code == 412
    assert (await office.client.delete(path, headers=ada.headers)).status_code == 204
    assert (await office.client.get(path, headers=ada.headers)).status_code == 404
    assert (await office.said())[before:] == [
        "organization.created", "member.changed", "project.created", "organization.changed",
        "member.changed", "project.deleted", "organization.deleted",
    ]  # fmt: skip


async def test_a_personal_organization_goes_only_with_its_user(office: Office) -> None:
    """It cannot be deleted, and its owner cannot leave."""
    ada = await office.sign_up()
    path = f"/v1/organizations/{ada.organization_id}"
    assert (await office.client.delete(path, headers=ada.headers)).status_code == 409
    assert (await _take(office, ada, ada.organization_id, ada.user_id)).status_code == 409


async def test_what_each_role_may_do(office: Office) -> None:
    """Strangers see nothing (404), viewers and editors change nothing (403), admins manage all but owners."""
    owner, admin, viewer, stranger = [await office.sign_up(name) for name in ("olga", "ada", "vic", "sam")]
    quartet = await _found(office, owner)
    assert (await _give(office, owner, quartet, admin.user_id, "admin")).status_code == 201
    assert (await _give(office, admin, quartet, viewer.user_id, "viewer")).status_code == 201
    path = f"/v1/organizations/{quartet}"
    tag = {"If-Match": '"1"'}
    for user, read, write in ((owner, 200, 200), (admin, 200, 412), (viewer, 200, 403), (stranger, 404, 404)):
        assert (await office.client.get(path, headers=user.headers)).status_code == read
        assert (await office.client.get(f"{path}/members", headers=user.headers)).status_code == read
        answer = await office.client.patch(path, json={"name": "New"}, headers={**user.headers, **tag})
        assert answer.status_code == write
    assert (await _give(office, admin, quartet, viewer.user_id, "owner")).status_code == 403
    assert (await _give(office, viewer, quartet, stranger.user_id, "viewer")).status_code == 403
    assert (await _give(office, stranger, quartet, stranger.user_id, "owner")).status_code == 404
    assert (await _take(office, admin, quartet, owner.user_id)).status_code == 403
    assert (await _take(office, viewer, quartet, admin.user_id)).status_code == 403
    assert (await office.client.delete(path, headers=admin.headers)).status_code == 403
    assert (await _give(office, admin, quartet, viewer.user_id, "editor")).status_code == 200
    members = (await office.client.get(f"{path}/members", headers=viewer.headers)).json()["items"]
    roles = {each["user_id"]: each["role"] for each in members}
    assert roles == {owner.user_id: "owner", admin.user_id: "admin", viewer.user_id: "editor"}


async def test_the_last_owner_cannot_leave(anywhere: Office) -> None:
    """409 until there is another owner; then leaving works, and is felt at once."""
    office = anywhere
    ada, eve = await office.sign_up("ada"), await office.sign_up("eve")
    quartet = await _found(office, ada)
    assert (await _take(office, ada, quartet, ada.user_id)).status_code == 409
    assert (await _give(office, ada, quartet, ada.user_id, "editor")).status_code == 409
    assert (await _give(office, ada, quartet, eve.user_id, "owner")).status_code == 201
    assert (await _take(office, ada, quartet, ada.user_id)).status_code == 204
    assert (await office.client.get(f"/v1/organizations/{quartet}", headers=ada.headers)).status_code == 404


async def test_whoever_is_taken_out_is_out_whatever_the_token_says(office: Office) -> None:
    """A token that still claims the role opens nothing, and neither does one that never had it."""
    ada, eve = await office.sign_up("ada"), await office.sign_up("eve")
    quartet = await _found(office, ada)
    await _give(office, ada, quartet, eve.user_id, "editor")
    claiming = office.user(await office.login(eve.email))
    assert (await office.client.get(f"/v1/organizations/{quartet}", headers=claiming.headers)).status_code == 200
    assert (await _take(office, ada, quartet, eve.user_id)).status_code == 204
    assert (await office.client.get(f"/v1/organizations/{quartet}", headers=claiming.headers)).status_code == 404
    assert (await _take(office, ada, quartet, eve.user_id)).status_code == 404


async def test_only_users_become_members(office: Office) -> None:
    """An id of nobody is 404, a role that does not exist 422 with the roles there are."""
    ada = await office.sign_up()
    quartet = await _found(office, ada)
    assert (await _give(office, ada, quartet, quartet, "viewer")).status_code == 404
    answer = await _give(office, ada, quartet, ada.user_id, "king")
    assert answer.status_code == 422
    assert "viewer" in answer.json()["errors"][0]["allowed"]


async def test_a_repeated_request_is_done_once(office: Office) -> None:
    """The same Idempotency-Key gives the same organization; with another body it is refused."""
    ada = await office.sign_up()
    headers = {**ada.headers, "Idempotency-Key": "once"}
    first = await office.client.post("/v1/organizations", json={"name": "A"}, headers=headers)
    again = await office.client.post("/v1/organizations", json={"name": "A"}, headers=headers)
    assert first.json() == again.json()
    other = await office.client.post("/v1/organizations", json={"name": "B"}, headers=headers)
    assert other.status_code == 422
    assert len((await office.client.get("/v1/organizations", headers=ada.headers)).json()["items"]) == 2


async def test_pages_of_organizations_join_without_gap(office: Office) -> None:
    """Five organizations in pages of two are all there, once."""
    ada = await office.sign_up()
    made = [await _found(office, ada, f"Band {i}") for i in range(4)] + [ada.organization_id]
    found, cursor = [], None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await office.client.get("/v1/organizations", params=query, headers=ada.headers)).json()
        found += [each["organization_id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(found) == sorted(made)


async def test_two_owners_cannot_both_leave_at_once(anywhere: Office) -> None:
    """Of two owners who leave in the same moment one stays: changes of members come one after another."""
    office = anywhere
    ada, eve = await office.sign_up("ada"), await office.sign_up("eve")
    quartet = await _found(office, ada)
    await _give(office, ada, quartet, eve.user_id, "owner")
    answers = await asyncio.gather(*(_take(office, user, quartet, user.user_id) for user in (ada, eve)))
    assert sorted(answer.status_code for answer in answers) == [204, 409]
