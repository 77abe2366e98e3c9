"""Who may see and change what: one place for the rules of visibility. What one may not see is 404."""

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.http import Caller, ProblemError, problems
from harmonic_contracts.roles import Role, Visibility
from harmonic_physics.engine.system import Refused, TooLarge
from harmonic_physics.store import universes
from harmonic_physics.store.budget import OverBudget
from harmonic_physics.store.tables import Simulation, Universe


async def may_read(session: AsyncSession, caller: Caller, universe: Universe) -> bool:
    """By visibility, role and who made it; a service at its own work reads like the maker."""
    role = await caller.role_in(session, universe.organization_id)
    own = universe.created_by == caller.user_id or caller.acts_alone
    return Visibility(universe.visibility).lets_read(role, own=own)


async def readable_universe(session: AsyncSession, caller: Caller, universe_id: str) -> Universe:
    """The universe, or 404."""
    universe = await universes.find(session, universe_id)
    if universe is None or not await may_read(session, caller, universe):
        raise ProblemError(problems.NOT_FOUND)
    return universe


async def changeable_universe(session: AsyncSession, caller: Caller, universe_id: str) -> Universe:
    """The universe, locked for a change; 404 for who may not see it, 403 for who may only read it."""
    universe = await universes.find(session, universe_id, for_change=True)
    if universe is None or not await may_read(session, caller, universe):
        raise ProblemError(problems.NOT_FOUND)
    role = await caller.role_in(session, universe.organization_id)
    if role is None or not role.covers(Role.EDITOR):
        yours = role.value if role else "none"
        raise ProblemError(problems.FORBIDDEN, detail=f"This needs the role editor; yours here is {yours}")
    return universe


async def readable_simulation(session: AsyncSession, caller: Caller, simulation_id: str) -> Simulation:
    """The simulation of a universe that the caller may read, or 404."""
    simulation = await session.get(Simulation, simulation_id)
    if simulation is None:
        raise ProblemError(problems.NOT_FOUND)
    await readable_universe(session, caller, simulation.universe_id)
    return simulation


def refusal(error: Refused) -> ProblemError:
    """422 with every field at fault; with the estimate where the run is too large."""
    detail = None
    if isinstance(error, TooLarge):
        cost = error.estimate
        detail = f"Estimated: {cost.cpu_seconds:.3g} s of one core, {cost.steps} steps, {cost.result_bytes} bytes"
    return ProblemError(problems.INVALID, detail=detail, errors=error.errors)


def over_budget(error: OverBudget) -> ProblemError:
    """429: what is under way must end first."""
    return ProblemError(problems.RATE_LIMITED, detail=str(error), headers={"Retry-After": "60"})


def matches_if_given(request: Request) -> bool:
    """Whether the request names the revision that it means."""
    return request.headers.get("if-match") is not None
