"""What you may not see is 404, what you may not do is 403, and a revocation wins over the token."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import delete

from harmonic_chassis.ids import new_id
from harmonic_chassis.projections import DIRECTORY, projection_hash
from harmonic_chassis.testing.house import House
from harmonic_contracts.base import MessageData
from harmonic_contracts.messages.organization import (
    MemberChanged,
    OrganizationDeleted,
    ProjectCreated,
    ProjectDeleted,
    UserErased,
)
from harmonic_contracts.roles import Role

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def note(house: House, **who: str) -> str:
    answer = await house.client.post("/v1/notes", json={"text": "secret"}, headers=house.auth(**who))
    return str(answer.headers["location"])


async def changed(house: House, user_id: str, role: Role | None, at: datetime | None = None) -> None:
    when = at or datetime.now(UTC)
    event = MemberChanged(organization_id=house.organization_id, user_id=user_id, role=role, changed_at=when)
    await house.deliver(event)
    await house.drain()


async def test_a_foreign_organizations_things_do_not_exist(house: House) -> None:
    """Reading, changing and listing from outside is as if nothing were there."""
    path = await note(house)
    stranger = house.auth(user_id=new_id(), organization_id=new_id())
    assert (await house.client.get(path, headers=stranger)).status_code == 404
    put = await house.client.put(path, json={"text": "x"}, headers=stranger | {"If-Match": "*"})
    assert put.status_code == 404
    assert (await house.client.get("/v1/notes", headers=stranger)).json()["items"] == []


async def test_a_viewer_reads_and_does_not_write(house: House) -> None:
    """A viewer's write is 403 and changes nothing; the reason names both roles."""
    path = await note(house)
    viewer = house.auth(user_id=new_id(), role=Role.VIEWER)
    assert (await house.client.get(path, headers=viewer)).status_code == 200
    put = await house.client.put(path, json={"text": "x"}, headers=viewer | {"If-Match": "*"})
    assert put.status_code == 403
    assert "editor" in put.json()["detail"] and "viewer" in put.json()["detail"]
    assert (await house.client.get(path, headers=viewer)).json()["text"] == "secret"


async def test_a_revocation_wins_over_an_older_token(house: House) -> None:
    """Once the event has arrived, a token that still claims the role opens nothing."""
    user_id = new_id()
    path = await note(house)
    before = house.auth(user_id=user_id, role=Role.EDITOR)
    assert (await house.client.get(path, headers=before)).status_code == 200
    await changed(house, user_id, None)
    assert (await house.client.get(path, headers=before)).status_code == 404
    later = datetime.now(UTC).timestamp() + 5
    again = house.auth(user_id=user_id, role=Role.EDITOR, issued_at=later)
    assert (await house.client.get(path, headers=again)).status_code == 200


async def test_the_projection_wins_over_the_claim(house: House) -> None:
    """A demoted editor is a viewer at once; an older event that arrives late changes nothing."""
    user_id = new_id()
    path = await note(house)
    await changed(house, user_id, Role.VIEWER)
    await changed(house, user_id, Role.OWNER, at=datetime.now(UTC) - timedelta(hours=1))
    editor = house.auth(user_id=user_id, role=Role.EDITOR) | {"If-Match": "*"}
    assert (await house.client.put(path, json={"text": "x"}, headers=editor)).status_code == 403


async def test_projects_lead_to_their_organization(house: House) -> None:
    """A known project takes notes of its organization's editors; a foreign, unknown or deleted one does not exist."""
    mine, foreign = new_id(), new_id()
    await house.deliver(ProjectCreated(project_id=mine, organization_id=house.organization_id, name="mine"))
    await house.deliver(ProjectCreated(project_id=foreign, organization_id=new_id(), name="foreign"))
    await house.drain()

    async def post(project_id: str) -> int:
        body = {"text": "in a project", "project_id": project_id}
        return (await house.client.post("/v1/notes", json=body, headers=house.auth())).status_code

    assert [await post(mine), await post(foreign), await post(new_id())] == [201, 404, 404]
    await house.deliver(ProjectDeleted(project_id=mine, organization_id=house.organization_id))
    await house.drain()
    assert await post(mine) == 404


async def test_erased_users_and_deleted_organizations_open_nothing(house: House) -> None:
    """Erasure and deletion end every membership that was known."""
    user_id, organization_id = new_id(), new_id()
    who = {"user_id": user_id, "organization_id": organization_id}
    for event in (
        UserErased(user_id=user_id, organization_ids=[]),
        OrganizationDeleted(organization_id=organization_id),
    ):
        await house.deliver(
            MemberChanged(**who, role=Role.OWNER, changed_at=datetime.now(UTC)), organization_id=organization_id
        )
        await house.drain()
        path, before = await note(house, **who), house.auth(**who)
        await house.deliver(event, organization_id=organization_id)
        await house.drain()
        assert (await house.client.get(path, headers=before)).status_code == 404


async def test_late_news_of_what_has_ended_gives_nobody_a_role(house: House) -> None:
    """A membership or a project that is told of only after its organization was deleted, or its user erased, is none,
    even where it is dated later by another clock."""
    soon = datetime.now(UTC) + timedelta(minutes=1)
    for gone in ("organization", "user"):
        user_id, organization_id, project_id = new_id(), new_id(), new_id()
        who = {"user_id": user_id, "organization_id": organization_id}
        events = {
            "organization": OrganizationDeleted(organization_id=organization_id),
            "user": UserErased(user_id=user_id, organization_ids=[organization_id]),
        }
        await house.deliver(events[gone], organization_id=organization_id)
        await house.drain()
        await house.deliver(MemberChanged(**who, role=Role.OWNER, changed_at=soon), organization_id=organization_id)
        made = ProjectCreated(project_id=project_id, organization_id=organization_id, name="late")
        await house.deliver(made, organization_id=organization_id)
        await house.drain()
        directory = house.chassis.directory
        async with house.chassis.db.reading() as session:
            known = await directory.membership(session, organization_id, user_id)
            home = await directory.project(session, project_id)
        assert known is not None and known.role is None
        assert home is not None and home.deleted


async def test_the_order_in_which_ends_are_told_does_not_matter(house: House) -> None:
    """An erasure, the deletion of its organization and the membership leave the same rows in every order."""
    user_id, organization_id = new_id(), new_id()
    now = datetime.now(UTC)
    events: list[tuple[MessageData, datetime]] = [
        (OrganizationDeleted(organization_id=organization_id), now + timedelta(seconds=1)),
        (UserErased(user_id=user_id, organization_ids=[organization_id]), now + timedelta(seconds=2)),
        (MemberChanged(user_id=user_id, organization_id=organization_id, role=Role.OWNER, changed_at=now), now),
    ]
    seen = set()
    for order in permutations(events):
        async with house.chassis.db.transaction() as uow:
            for projection in DIRECTORY:
                await uow.session.execute(delete(projection.table))
        for data, time in order:
            await house.deliver(data, organization_id=organization_id, time=time)
            await house.drain()
        async with house.chassis.db.reading() as session:
            seen.add(await projection_hash(session, DIRECTORY))
    assert len(seen) == 1


async def test_internal_routes_are_for_services(house: House) -> None:
    """For users the internal routes are not there, and without a token they are 401."""
    for path in ("/internal/events", "/internal/dead-letters"):
        assert (await house.client.get(path)).status_code == 401
        assert (await house.client.get(path, headers=house.auth())).status_code == 404
        assert (await house.client.get(path, headers=house.service_auth())).status_code == 200
    replay = await house.client.post(f"/internal/dead-letters/{new_id()}/replay", headers=house.service_auth())
    assert replay.status_code == 404


async def test_a_service_acting_for_a_user_has_that_users_role(house: House) -> None:
    """On behalf of a viewer a service only reads; on behalf of nobody too; for a stranger or another organization
    nothing is there."""
    path = await note(house)
    viewer, editor, stranger = new_id(), new_id(), new_id()
    house.authority.roles[(house.organization_id, stranger)] = None
    house.authority.roles[(house.organization_id, viewer)] = Role.VIEWER
    house.authority.roles[(house.organization_id, editor)] = Role.EDITOR

    async def put(on_behalf_of: str | None, organization_id: str) -> int:
        headers = house.service_auth("ai", organization_id, on_behalf_of) | {"If-Match": "*"}
        return (await house.client.put(path, json={"text": "x"}, headers=headers)).status_code

    own = house.organization_id
    assert [await put(editor, own), await put(viewer, own), await put(None, own)] == [200, 403, 403]
    assert [await put(stranger, own), await put(editor, new_id())] == [404, 404]
