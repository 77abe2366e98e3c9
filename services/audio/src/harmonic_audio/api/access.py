"""Who may read and change what here: readers of a universe read its sound, editors of its organization change it."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_audio.store.tables import RenderingRow, Simulation, SoundscapeRow, Universe
from harmonic_chassis.http import Caller, ProblemError, problems
from harmonic_contracts.roles import Role, Visibility

Made = TypeVar("Made", SoundscapeRow, RenderingRow, Simulation)


async def readable(caller: Caller, session: AsyncSession, made: Made | None) -> Made:
    """What was made of a universe, for those who may read the universe; 404 for all others."""
    if made is None:
        raise ProblemError(problems.NOT_FOUND)
    universe = await session.get(Universe, made.universe_id)
    role = await caller.role_in(session, made.organization_id)
    own = universe is not None and (universe.created_by == caller.user_id or caller.acts_alone)
    seen = Visibility(universe.visibility) if universe is not None else Visibility.ORGANIZATION
    if not seen.lets_read(role, own=own):
        raise ProblemError(problems.NOT_FOUND)
    return made


async def editable(caller: Caller, session: AsyncSession, made: Made | None) -> Made:
    """The same for those who may change it: 404 where it may not be read, 403 where it may be read alone."""
    found = await readable(caller, session, made)
    role = await caller.role_in(session, found.organization_id)
    if role is None or not role.covers(Role.EDITOR):
        detail = f"This needs the role editor; yours here is {role.value if role else 'none'}"
        raise ProblemError(problems.FORBIDDEN, detail=detail)
    return found


async def visible(
    caller: Caller, session: AsyncSession, table: type[SoundscapeRow] | type[RenderingRow]
) -> ColumnElement[bool]:
    """The rows that the caller may read: the rule of `Visibility.lets_read` as a condition."""
    roles = await caller.organizations(session)
    governed = [each for each, role in roles.items() if caller.acts_alone or role.covers(Role.ADMIN)]
    shown = or_(
        Universe.visibility != Visibility.PRIVATE,
        Universe.created_by == caller.user_id,
        Universe.organization_id.in_(governed),
    )
    readable: Any = select(Universe.universe_id).where(
        or_(Universe.visibility == Visibility.PUBLIC, and_(Universe.organization_id.in_(list(roles)), shown))
    )
    return table.universe_id.in_(readable)
