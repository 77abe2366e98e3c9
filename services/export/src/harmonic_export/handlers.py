"""Messages in: the command to package, projections of performances, and what must be erased."""

from datetime import timedelta
from typing import TYPE_CHECKING

from harmonic_chassis.access import role_of
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.messages.export import Package
from harmonic_contracts.messages.organization import OrganizationDeleted, ProjectDeleted, UserErased
from harmonic_contracts.messages.physics import SimulationCompleted, UniverseCreated, UniverseDeleted, UniverseRevised
from harmonic_contracts.roles import Role
from harmonic_export.store import exports, performances, universes
from harmonic_export.store.tables import UniverseRow, VisualizationRow

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis

handlers = Handlers()
PATIENCE = timedelta(seconds=30)
"""How long a command waits for news of its actor's membership, which may come after it."""


@handlers.on(Package)
async def package(message: Message[Package], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Package a performance, if the actor may edit in the organization; otherwise say why not."""
    from harmonic_export.packaging import PackagePayload, refuse

    command, organization_id = message.data, message.organization_id
    if organization_id is None:
        raise ValueError("the command names no organization")
    reason = await _refusal(message, uow, organization_id)
    if reason is not None:
        refuse(uow, command.export_id, organization_id, reason)
        return
    payload = PackagePayload(command=command)
    if command.visualization_id is not None:
        stored = await uow.session.get(VisualizationRow, command.visualization_id)
        if stored is None or stored.organization_id != organization_id:
            refuse(uow, command.export_id, organization_id, "There is no such visualization in this organization")
            return
        payload = PackagePayload.model_validate({"command": command, "picture": stored.spec})
    await exports.begin(uow, payload, organization_id=organization_id, actor_id=message.actor_id)


async def _refusal(message: Message[Package], uow: UnitOfWork, organization_id: str) -> str | None:
    """Why the command is not obeyed; None: it is. Raises DependencyDown while the actor's role may still arrive."""
    command = message.data
    owners = {command.simulation.organization_id, command.rendering.organization_id}
    if owners != {organization_id} or command.rendering.simulation_id != command.simulation.simulation_id:
        return "The performance is not of this organization"
    if not command.formats:
        return "Name at least one format"
    role = await role_of(uow.session, organization_id, message.actor_id or "")
    if role is not None:
        return None if role.covers(Role.EDITOR) else f"This needs the role editor; the actor's is {role.value}"
    if message.actor_id and uow.clock.now() - message.envelope.time < PATIENCE:
        raise DependencyDown("organization", "the actor's membership is not known here yet")
    return "The actor is no member of the organization"


@handlers.on(UniverseCreated)
async def learn_universe(message: Message[UniverseCreated], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Know who may read a new universe."""
    await universes.remember(uow.session, message.data)


@handlers.on(UniverseRevised)
async def follow_universe(message: Message[UniverseRevised], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Know who may read a universe, and so its exports, now."""
    before = await uow.session.get(UniverseRow, message.data.universe_id)
    seen = before.visibility if before else None
    await universes.remember(uow.session, message.data)
    if message.data.visibility.value != seen:
        await universes.share(uow, message.data.universe_id)


@handlers.on(SimulationCompleted)
async def learn_simulation(message: Message[SimulationCompleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Know a finished simulation, so that an export needs to name a rendering alone."""
    await performances.remember_simulation(uow.session, message.data)


@handlers.on(RenderingCompleted)
async def learn_rendering(message: Message[RenderingCompleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Know a finished rendering."""
    await performances.remember_rendering(uow.session, message.data)


@handlers.on(UniverseDeleted)
async def forget_universe(message: Message[UniverseDeleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Erase the exports of a universe that is gone."""
    await performances.forget_universe(uow, message.data.universe_id)


@handlers.on(ProjectDeleted)
async def forget_project(message: Message[ProjectDeleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Erase what was stored in a project that is gone."""
    await performances.forget_project(uow.session, message.data.project_id)


@handlers.on(OrganizationDeleted)
async def forget_organization(message: Message[OrganizationDeleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Erase what belonged to an organization that is gone."""
    await performances.forget_organization(uow, message.data.organization_id)


@handlers.on(UserErased)
async def forget_user(message: Message[UserErased], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Erase a user's organizations, and the user's id from what stays."""
    for organization_id in message.data.organization_ids:
        await performances.forget_organization(uow, organization_id)
    await performances.forget_actor(uow.session, message.data.user_id)
