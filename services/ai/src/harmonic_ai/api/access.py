"""Who may read and who may change what was measured and suggested of a universe."""

from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_ai.store import universes
from harmonic_ai.store.tables import UniverseRow
from harmonic_chassis.http import Caller, ProblemError, problems
from harmonic_contracts.problems import BASE, Problem, ProblemType
from harmonic_contracts.roles import Role, Visibility

UNSEEN = "There is no such universe, or you may not see it"


async def readable(session: AsyncSession, caller: Caller, universe_id: str) -> UniverseRow:
    """The universe, if the caller may read it; 404 otherwise."""
    universe = await universes.find(session, universe_id)
    if universe is None:
        raise ProblemError(problems.NOT_FOUND, detail=UNSEEN)
    role = await caller.role_in(session, universe.organization_id)
    own = universe.created_by == caller.user_id or caller.acts_alone
    if not Visibility(universe.visibility).lets_read(role, own=own):
        raise ProblemError(problems.NOT_FOUND, detail=UNSEEN)
    return universe


async def editable(session: AsyncSession, caller: Caller, universe_id: str) -> UniverseRow:
    """The universe, if the caller is an editor of its organization; 404 or 403 otherwise."""
    universe = await readable(session, caller, universe_id)
    if await caller.role_in(session, universe.organization_id) is None:
        raise ProblemError(problems.FORBIDDEN, detail="You may read this universe; to change it, duplicate it first")
    await caller.require(session, universe.organization_id, Role.EDITOR)
    return universe


def passed_on(problem: Problem) -> ProblemError:
    """A peer's problem, as our own answer."""
    kind = ProblemType(problem.type.removeprefix(BASE), problem.status, problem.title)
    return ProblemError(kind, detail=problem.detail, errors=problem.errors)
