"""Messages in: projections of universes and simulations, and a description of each finished rendering."""

from datetime import timedelta
from typing import TYPE_CHECKING

from harmonic_ai.describing import DescribePayload
from harmonic_ai.store import universes
from harmonic_ai.store.tables import SimulationRow
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.messages.organization import OrganizationDeleted, ProjectDeleted, UserErased
from harmonic_contracts.messages.physics import (
    SimulationCompleted,
    UniverseCreated,
    UniverseDeleted,
    UniverseRevised,
)

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis

handlers = Handlers()
PATIENCE = timedelta(seconds=30)
"""How long a rendering waits for the news of its universe, which comes another way."""


@handlers.on(UniverseCreated)
async def learn_universe(message: Message[UniverseCreated], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Know a new universe."""
    await universes.remember(uow.session, message.data)


@handlers.on(UniverseRevised)
async def follow_universe(message: Message[UniverseRevised], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Know who may see a universe now."""
    await universes.remember(uow.session, message.data)


@handlers.on(UniverseDeleted)
async def forget_universe(message: Message[UniverseDeleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Erase what was measured and suggested of a universe that is gone."""
    await universes.forget(uow.session, message.data.universe_id)


@handlers.on(SimulationCompleted)
async def learn_simulation(message: Message[SimulationCompleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Keep what the engine said of a run, to stand beside the descriptors of its renderings."""
    data = message.data
    await uow.session.merge(
        SimulationRow(
            simulation_id=data.simulation_id,
            universe_id=data.universe_id,
            organization_id=data.organization_id,
            facts=data.model_dump(mode="json"),
        )
    )


@handlers.on(RenderingCompleted)
async def describe_rendering(message: Message[RenderingCompleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Measure each finished rendering of a universe that is known: one that was erased stays erased."""
    if await universes.find(uow.session, message.data.universe_id) is None:
        if uow.clock.now() - message.envelope.time < PATIENCE:
            raise DependencyDown("physics", "the universe of this rendering is not known here yet")
        return
    owned = await universes.owned(uow, message.data.universe_id)
    await owned.submit(
        "ai.describe",
        DescribePayload(rendering=message.data),
        organization_id=message.data.organization_id,
        job_id=message.id,
    )


@handlers.on(UserErased)
async def erase_user(message: Message[UserErased], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Erase a user's organizations, and the user's name from what stays."""
    await universes.forget_organizations(uow.session, message.data.organization_ids)
    await universes.forget_actor(uow.session, message.data.user_id)


@handlers.on(OrganizationDeleted)
async def erase_organization(message: Message[OrganizationDeleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Erase what belonged to an organization that is gone."""
    await universes.forget_organizations(uow.session, [message.data.organization_id])


@handlers.on(ProjectDeleted)
async def erase_project(message: Message[ProjectDeleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Erase what belonged to a project that is gone."""
    await universes.forget_project(uow.session, message.data.project_id)
