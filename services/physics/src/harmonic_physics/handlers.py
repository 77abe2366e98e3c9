"""Messages in: the command to simulate, and what is erased elsewhere and so must be erased here."""

from datetime import timedelta
from typing import TYPE_CHECKING

from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.organization import OrganizationDeleted, ProjectDeleted, UserErased
from harmonic_contracts.messages.physics import Simulate, SimulationFailed
from harmonic_contracts.roles import Role
from harmonic_physics.engine.system import Refused
from harmonic_physics.settings import allowance
from harmonic_physics.simulations.digest import digest_of
from harmonic_physics.store import simulations, universes
from harmonic_physics.store.budget import OverBudget
from harmonic_physics.store.tables import Simulation, Universe

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis

handlers = Handlers()
NEWCOMER = timedelta(seconds=30)
"""How long a command waits for the news that its actor is a member."""


class NotAllowed(Exception):
    """The command is answered by a failure with this reason."""


@handlers.on(Simulate)
async def simulate(message: Message[Simulate], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Begin the simulation, or say why not. The same command twice begins one."""
    data = message.data
    if await uow.session.get(Simulation, data.simulation_id) is not None:
        return
    try:
        universe = await _permitted(message, uow, chassis)
        document = await universes.document(uow.session, data.universe_id, data.revision)
        if document is None:
            raise NotAllowed(f"the universe has no revision {data.revision}")
        start = document.start()
        await simulations.begin(
            uow,
            universe,
            simulation_id=data.simulation_id,
            revision=data.revision,
            seed=data.seed,
            digest=digest_of(start, data.seed),
            cpu_seconds=start.estimate.cpu_seconds,
            allowed=allowance(chassis),
        )
    except (NotAllowed, Refused, OverBudget) as refusal:
        failed = SimulationFailed(
            simulation_id=data.simulation_id,
            universe_id=data.universe_id,
            organization_id=message.organization_id or "",
            reason=str(refusal),
        )
        uow.emit(failed, organization_id=message.organization_id)


async def _permitted(message: Message[Simulate], uow: UnitOfWork, chassis: "Chassis") -> Universe:
    """The universe, if it is the command's organization's and the actor is an editor there."""
    universe = await universes.find(uow.session, message.data.universe_id)
    if universe is None or universe.organization_id != message.organization_id or message.actor_id is None:
        raise NotAllowed("there is no such universe, or you may not see it")
    known = await chassis.directory.membership(uow.session, universe.organization_id, message.actor_id)
    if known is None and uow.clock.now() - message.envelope.time < NEWCOMER:
        raise DependencyDown("organization", "nothing is known of the actor's role yet")
    if known is None or known.role is None or not known.role.covers(Role.EDITOR):
        raise NotAllowed("this needs the role editor in the universe's organization")
    return universe


@handlers.on(UserErased)
async def erase_user(message: Message[UserErased], uow: UnitOfWork, chassis: "Chassis") -> None:
    """The user's organizations go with all that is in them; elsewhere the name goes."""
    await universes.erase(uow, organization_ids=message.data.organization_ids)
    await universes.forget_user(uow, message.data.user_id)


@handlers.on(OrganizationDeleted)
async def erase_organization(message: Message[OrganizationDeleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """All universes of the organization go."""
    await universes.erase(uow, organization_ids=[message.data.organization_id])


@handlers.on(ProjectDeleted)
async def erase_project(message: Message[ProjectDeleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """All universes of the project go."""
    await universes.erase(uow, project_id=message.data.project_id)
