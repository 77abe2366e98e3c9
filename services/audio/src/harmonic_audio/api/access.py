"""Who may read and change what here: readers of a universe read its sound, editors of its organization change it."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_audio.store.tables import RenderingRow, Simulation, SoundscapeRow, SoundWorkRow, Universe
from harmonic_chassis.http import Caller, ProblemError, problems
from harmonic_contracts.operations import OperationState
from harmonic_contracts.roles import NOBODY, Role, Visibility

Made = TypeVar("Made", SoundscapeRow, RenderingRow, Simulation)


async def readable(caller: Caller, session: AsyncSession, made: Made | None) -> Made:
    """What was made of a universe, for those who may read the universe; 404 for all others."""
    if made is None:
        raise ProblemError(problems.NOT_FOUND)
    await readable_universe(caller, session, made.universe_id, made.organization_id)
    return made


async def readable_universe(caller: Caller, session: AsyncSession, universe_id: str, organization_id: str) -> None:
    """Nothing for those who may read the universe, which is the organization's; 404 for all others."""
    universe = await session.get(Universe, universe_id)
    role = await caller.role_in(session, organization_id)
    own = universe is not None and (universe.created_by == caller.user_id or caller.acts_alone)
    seen = Visibility(universe.visibility) if universe is not None else Visibility.ORGANIZATION
    if not seen.lets_read(role, own=own):
        raise ProblemError(problems.NOT_FOUND)


async def completed(caller: Caller, session: AsyncSession, rendering_id: str) -> RenderingRow:
    """A rendering that the caller may read, once it is done; 409 before."""
    row = await readable(caller, session, await session.get(RenderingRow, rendering_id))
    if row.state != OperationState.SUCCEEDED:
        raise ProblemError(problems.CONFLICT, detail=f"The rendering is {row.state}; wait for its operation to succeed")
    return row


async def editable(caller: Caller, session: AsyncSession, made: Made | None) -> Made:
    """The same for those who may change it: 404 where it may not be read, 403 where it may be read alone."""
    found = await readable(caller, session, made)
    role = await caller.role_in(session, found.organization_id)
    if role is None or not role.covers(Role.EDITOR):
        detail = f"This needs the role editor; yours here is {role.value if role else 'none'}"
        raise ProblemError(problems.FORBIDDEN, detail=detail)
    return found


async def visible(
    caller: Caller, session: AsyncSession, table: type[SoundscapeRow] | type[RenderingRow] | type[SoundWorkRow]
) -> ColumnElement[bool]:
    """The rows that the caller may read: the rule of `Visibility.lets_read` as a condition."""
    reader = await caller.reader(session)
    owner = case((Universe.visibility == Visibility.PRIVATE, func.coalesce(Universe.created_by, NOBODY)))
    readable: Any = select(Universe.universe_id).where(
        or_(Universe.visibility == Visibility.PUBLIC, reader.condition(Universe.organization_id, owner))
    )
    return table.universe_id.in_(readable)
