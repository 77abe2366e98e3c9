"""Organizations and their projects: made, renamed and taken away, each with its event."""

from sqlalchemy import func, select

from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.organization import (
    MemberChanged,
    OrganizationChanged,
    OrganizationCreated,
    ProjectChanged,
    ProjectCreated,
    ProjectDeleted,
)
from harmonic_contracts.roles import Role
from harmonic_organization.application import refusals
from harmonic_organization.application.erase import empty
from harmonic_organization.store import organizations
from harmonic_organization.store.tables import Organization, Project

MAX_PROJECTS = 1000
MAX_ORGANIZATIONS = 200
"""How many organizations a user may be in."""


async def create(uow: UnitOfWork, user_id: str, name: str) -> Organization:
    """An organization owned by the user, with a first project."""
    now = uow.clock.now()
    if len(await organizations.roles_of(uow.session, user_id)) >= MAX_ORGANIZATIONS:
        raise refusals.conflict(f"You are in {MAX_ORGANIZATIONS} organizations already. Leave one first.")
    organization = organizations.add_organization(uow.session, name=name, personal=False, now=now)
    await uow.session.flush()
    await organizations.set_role(uow.session, organization.id, user_id, Role.OWNER, now)
    project = organizations.add_project(uow.session, organization_id=organization.id, name="First project", now=now)
    await uow.session.flush()
    uow.emit(OrganizationCreated(organization_id=organization.id, name=name, personal=False))
    uow.emit(MemberChanged(organization_id=organization.id, user_id=user_id, role=Role.OWNER, changed_at=now))
    uow.emit(ProjectCreated(project_id=project.id, organization_id=organization.id, name=project.name))
    return organization


async def rename(uow: UnitOfWork, organization: Organization, name: str) -> None:
    """Give an organization another name."""
    organization.name, organization.updated_at = name, uow.clock.now()
    organization.revision += 1
    await uow.session.flush()
    uow.emit(OrganizationChanged(organization_id=organization.id, name=name))


async def delete(uow: UnitOfWork, organization: Organization) -> None:
    """Take an organization away with all that is in it. A personal one goes only with its user."""
    if organization.personal:
        raise refusals.conflict("A personal organization goes only with its account (POST /v1/me/erasure).")
    await empty(uow, organization.id, uow.clock.now())
    await organizations.remove(uow.session, organization.id)


async def create_project(uow: UnitOfWork, organization_id: str, name: str) -> Project:
    """A new project."""
    if await _count_projects(uow, organization_id) >= MAX_PROJECTS:
        raise refusals.conflict(f"The organization has {MAX_PROJECTS} projects already. Delete one first.")
    project = organizations.add_project(uow.session, organization_id=organization_id, name=name, now=uow.clock.now())
    await uow.session.flush()
    uow.emit(ProjectCreated(project_id=project.id, organization_id=organization_id, name=name))
    return project


async def rename_project(uow: UnitOfWork, project: Project, name: str) -> None:
    """Give a project another name."""
    project.name, project.updated_at = name, uow.clock.now()
    project.revision += 1
    await uow.session.flush()
    uow.emit(ProjectChanged(project_id=project.id, organization_id=project.organization_id, name=name))


async def delete_project(uow: UnitOfWork, project: Project) -> None:
    """Take a project away. The last one stays: new universes need a place."""
    await organizations.lock(uow.session, project.organization_id)
    if await _count_projects(uow, project.organization_id) == 1:
        raise refusals.conflict("An organization needs a project. Make another one first.")
    await uow.session.delete(project)
    await uow.session.flush()
    uow.emit(ProjectDeleted(project_id=project.id, organization_id=project.organization_id))


async def _count_projects(uow: UnitOfWork, organization_id: str) -> int:
    query = select(func.count()).select_from(Project).where(Project.organization_id == organization_id)
    return (await uow.session.execute(query)).scalar_one()
