"""Whoever is erased leaves nothing in what the chassis keeps, and a worker at their job lets go."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from harmonic_chassis.ids import new_id
from harmonic_chassis.tables.artifacts import artifact_grant, artifact_pin
from harmonic_chassis.tables.edge import idempotency, project
from harmonic_chassis.tables.jobs import job, organization_turn
from harmonic_chassis.testing.house import House, eventually
from harmonic_contracts.messages.organization import MemberChanged, OrganizationDeleted, ProjectCreated, UserErased
from harmonic_contracts.roles import Role

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def filled(house: House) -> dict[str, str]:
    """A user with an organization that has a project, a finished job with its artifact and a stored reply."""
    who = {"user_id": new_id(), "organization_id": new_id()}
    scope = {"organization_id": who["organization_id"]}
    await house.deliver(MemberChanged(**who, role=Role.OWNER, changed_at=datetime.now(UTC)), **scope)
    await house.deliver(ProjectCreated(**scope, project_id=new_id(), name="mine"), **scope)
    headers = house.auth(**who) | {"Idempotency-Key": "once"}
    made = await house.client.post("/v1/notes", json={"text": "secret"}, headers=headers)
    assert made.status_code == 201, made.text

    async def counted() -> Any:
        return (await house.client.get(made.headers["location"], headers=headers)).json()["sha256"]

    await eventually(counted)
    await house.drain()
    return who


async def kept(house: House, who: dict[str, str]) -> dict[str, int]:
    """How many rows name the organization or the user."""
    organization, user = who["organization_id"], who["user_id"]
    conditions: list[tuple[Table, Any]] = [
        (job, job.c.organization_id == organization),
        (organization_turn, organization_turn.c.organization_id == organization),
        (project, project.c.organization_id == organization),
        (artifact_pin, artifact_pin.c.organization_id == organization),
        (artifact_grant, artifact_grant.c.reader == organization),
        (idempotency, idempotency.c.caller == user),
    ]
    async with house.chassis.db.reading() as session:
        return {
            table.name: int(await session.scalar(select(func.count()).select_from(table).where(condition)) or 0)
            for table, condition in conditions
        }


async def test_an_erased_user_leaves_no_rows(house: House) -> None:
    """Jobs, turns, projects, pins, grants and stored replies are gone; those of others stay."""
    who, other = await filled(house), await filled(house)
    assert all((await kept(house, who)).values())
    await house.deliver(UserErased(user_id=who["user_id"], organization_ids=[who["organization_id"]]))
    await house.drain()
    assert not any((await kept(house, who)).values())
    assert all((await kept(house, other)).values())


async def test_a_deleted_organization_leaves_no_rows_and_its_members_their_replies(house: House) -> None:
    """What was kept for the organization is gone; what was answered to its member is the member's."""
    who = await filled(house)
    await house.deliver(
        OrganizationDeleted(organization_id=who["organization_id"]), organization_id=who["organization_id"]
    )
    await house.drain()
    left = await kept(house, who)
    assert left.pop("idempotency") == 1
    assert not any(left.values())


async def test_a_user_is_forgotten_by_the_jobs_that_stay(house: House) -> None:
    """Of an organization that goes on the jobs stay, without the name of whoever is erased."""
    who = await filled(house)
    await house.deliver(UserErased(user_id=who["user_id"], organization_ids=[]))
    await house.drain()
    async with house.chassis.db.reading() as session:
        rows = (await session.execute(select(job).where(job.c.organization_id == who["organization_id"]))).all()
    assert rows
    assert not any(who["user_id"] in f"{row.actor_id} {row.context}" for row in rows)
