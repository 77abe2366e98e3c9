"""Who may read and change what here: readers of a universe read its sound, editors of its organization change it."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select
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
    if universe is None or universe.visibility != Visibility.PUBLIC:
        await caller.require(session, made.organization_id)
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
    """The rows that the caller may read: those of own organizations and of public universes."""
    public: Any = select(Universe.universe_id).where(Universe.visibility == Visibility.PUBLIC)
    return or_(
        table.organization_id.in_(list(await caller.organizations(session))),
        table.universe_id.in_(public),
    )
