"""Projects over HTTP."""

from harmonic_organization.testing import Office


async def test_the_life_of_a_project(anywhere: Office) -> None:
    """Made, read, renamed by revision, deleted; each step an event."""
    office = anywhere
    ada = await office.sign_up()
    before = len(await office.said())
    made = await office.client.post("/v1/projects", json={"name": "Planets"}, headers=ada.headers)
    assert made.status_code == 201
    path = made.headers["location"]
    assert made.json()["organization_id"] == ada.organization_id
    assert (await office.client.get(path, headers=ada.headers)).json() == made.json()
    assert (await office.client.patch(path, json={"name": "Moons"}, headers=ada.headers)).status_code == 428
    tagged = {**ada.headers, "If-Match": made.headers["etag"]}
    assert (await office.client.patch(path, json={"name": "Moons"}, headers=tagged)).json()["name"] == "Moons"
    assert (await office.client.patch(path, json={"name": "Rings"}, headers=tagged)).status_code == 412
    assert (await office.client.delete(path, headers=ada.headers)).status_code == 204
    assert (await office.client.get(path, headers=ada.headers)).status_code == 404
    assert (await office.said())[before:] == ["project.created", "project.changed", "project.deleted"]


async def test_the_last_project_stays(office: Office) -> None:
    """New universes always have a place."""
    ada = await office.sign_up()
    answer = await office.client.delete(f"/v1/projects/{ada.project_id}", headers=ada.headers)
    assert answer.status_code == 409


async def test_roles_hold_for_projects(office: Office) -> None:
    """Strangers see none (404), viewers read (403 on change), editors change, admins delete."""
    ada, eve, sam = [await office.sign_up(name) for name in ("ada", "eve", "sam")]
    path = f"/v1/projects/{ada.project_id}"
    members = f"/v1/organizations/{ada.organization_id}/members"
    body = {"name": "New", "organization_id": ada.organization_id}
    for role, read, create, delete in (("viewer", 200, 403, 403), ("editor", 200, 201, 403), ("admin", 200, 201, 204)):
        await office.client.put(f"{members}/{eve.user_id}", json={"role": role}, headers=ada.headers)
        assert (await office.client.get(path, headers=eve.headers)).status_code == read
        made = await office.client.post("/v1/projects", json=body, headers=eve.headers)
        assert made.status_code == create
        assert (await office.client.delete(path, headers=eve.headers)).status_code == delete
    assert (await office.client.get(path, headers=sam.headers)).status_code == 404
    assert (await office.client.post("/v1/projects", json=body, headers=sam.headers)).status_code == 404
    listed = await office.client.get(
        "/v1/projects", params={"organization_id": ada.organization_id}, headers=sam.headers
    )
    assert listed.status_code == 404
