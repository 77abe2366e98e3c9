"""Queries and changes of simulations, each in the caller's unit of work."""

from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.messages.physics import SimulationCompleted, SimulationFailed
from harmonic_contracts.operations import OperationState
from harmonic_contracts.problems import Problem
from harmonic_contracts.roles import Visibility
from harmonic_physics.engine import ENGINE_VERSION
from harmonic_physics.store import budget
from harmonic_physics.store.tables import Simulation, Universe, holder_of

KIND = "physics.simulate"


class SimulateInput(BaseModel):
    """The payload of a simulation's job."""

    simulation_id: str


class Facts(BaseModel):
    """What is known of a finished trajectory without opening it."""

    trajectory: ArtifactRef
    frames: int
    events: int
    duration: float
    time_unit: str
    energy_error: float | None


async def begin(
    uow: UnitOfWork,
    universe: Universe,
    *,
    simulation_id: str,
    revision: int,
    seed: int,
    digest: str,
    cpu_seconds: float,
    allowed: float,
) -> Simulation:
    """A simulation and its job. Raises OverBudget, unless an equal one has its result already."""
    if await known_result(uow.session, universe.organization_id, digest) is None:
        await budget.insist(uow.session, universe.organization_id, cpu_seconds, allowed)
    simulation = Simulation(
        simulation_id=simulation_id,
        organization_id=universe.organization_id,
        universe_id=universe.universe_id,
        revision=revision,
        seed=seed,
        digest=digest,
        engine_version=ENGINE_VERSION,
        state=OperationState.QUEUED.value,
        created_by=uow.context.actor_id,
        cpu_seconds=cpu_seconds,
        created_at=uow.clock.now(),
    )
    uow.session.add(simulation)
    await uow.session.flush()
    payload = SimulateInput(simulation_id=simulation_id)
    owned = uow.owned_by(universe.owner_id)
    await owned.submit(KIND, payload, organization_id=universe.organization_id, job_id=simulation_id)
    return simulation


async def known_result(session: AsyncSession, organization_id: str, digest: str) -> Facts | None:
    """The result of an equal simulation of the organization, where there is one."""
    asked = (
        select(Simulation)
        .where(Simulation.organization_id == organization_id, Simulation.digest == digest)
        .where(Simulation.state == OperationState.SUCCEEDED.value)
        .limit(1)
    )
    found = await session.scalar(asked)
    return Facts.model_validate(found, from_attributes=True) if found else None


async def complete(uow: UnitOfWork, simulation_id: str, facts: Facts) -> dict[str, Any] | None:
    """The simulation has its trajectory; None where its universe was deleted meanwhile."""
    simulation = await uow.session.get(Simulation, simulation_id)
    if simulation is None:
        return None
    for name in ("frames", "events", "duration", "time_unit", "energy_error"):
        setattr(simulation, name, getattr(facts, name))
    simulation.trajectory = facts.trajectory.model_dump(mode="json")
    simulation.state, simulation.ended_at = OperationState.SUCCEEDED.value, uow.clock.now()
    universe = await uow.session.get_one(Universe, simulation.universe_id)
    await keep_trajectory(uow, universe, simulation)
    event = SimulationCompleted(
        simulation_id=simulation_id,
        universe_id=simulation.universe_id,
        organization_id=simulation.organization_id,
        revision=simulation.revision,
        seed=simulation.seed,
        engine_version=simulation.engine_version,
        digest=simulation.digest,
        **facts.model_dump(),
    )
    uow.owned_by(universe.owner_id).emit(event, organization_id=simulation.organization_id)
    return {"simulation_id": simulation_id, "digest": simulation.digest, **facts.model_dump(mode="json")}


async def keep_trajectory(uow: UnitOfWork, universe: Universe, simulation: Simulation) -> None:
    """Pin the trajectory for those who may read the universe."""
    await uow.owned_by(universe.owner_id).keep(
        ArtifactRef.model_validate(simulation.trajectory),
        holder=holder_of(simulation.simulation_id),
        organization_id=simulation.organization_id,
        public=universe.visibility == Visibility.PUBLIC,
    )


async def fail(uow: UnitOfWork, simulation_id: str, problem: Problem, *, cancelled: bool) -> None:
    """The simulation ended without result."""
    simulation = await uow.session.get(Simulation, simulation_id)
    if simulation is None:
        return
    state = OperationState.CANCELLED if cancelled else OperationState.FAILED
    simulation.state, simulation.ended_at = state.value, uow.clock.now()
    simulation.problem = problem.model_dump(mode="json")
    event = SimulationFailed(
        simulation_id=simulation_id,
        universe_id=simulation.universe_id,
        organization_id=simulation.organization_id,
        reason=problem.detail or problem.title,
        cancelled=cancelled,
    )
    uow.emit(event, organization_id=simulation.organization_id)
