"""Soundscapes: made with their universe, replaced by revisions, gone with it."""

from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_audio.soundscape import Soundscape
from harmonic_audio.store import universes
from harmonic_audio.store.tables import SoundscapeRevisionRow, SoundscapeRow, Universe
from harmonic_chassis.ids import new_id
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.audio import SoundscapeCreated, SoundscapeDeleted, SoundscapeRevised


def stored(document: Soundscape) -> dict[str, Any]:
    """A document as it lies in the database and is told to the world."""
    return document.model_dump(mode="json")


async def create(uow: UnitOfWork, universe: Universe, document: Soundscape) -> SoundscapeRow | None:
    """The universe's soundscape, unless it has one already."""
    if await of_universe(uow.session, universe.universe_id) is not None:
        return None
    now = uow.clock.now()
    row = SoundscapeRow(
        soundscape_id=new_id(),
        universe_id=universe.universe_id,
        organization_id=universe.organization_id,
        revision=1,
        document=stored(document),
        created_at=now,
        updated_at=now,
    )
    uow.session.add(row)
    await uow.session.flush()
    uow.session.add(_revision(row, uow))
    uow.owned_by(universe.owner_id).emit(SoundscapeCreated(**_facts(row)), organization_id=row.organization_id)
    return row


async def revise(uow: UnitOfWork, row: SoundscapeRow, document: Soundscape) -> None:
    """A new revision with this document."""
    row.document, row.revision, row.updated_at = stored(document), row.revision + 1, uow.clock.now()
    uow.session.add(_revision(row, uow))
    owned = await universes.owned(uow, row.universe_id)
    owned.emit(SoundscapeRevised(**_facts(row)), organization_id=row.organization_id)


async def remove(uow: UnitOfWork, universe_id: str) -> None:
    """The universe's soundscape with all its revisions; nothing where it has none."""
    row = await of_universe(uow.session, universe_id)
    if row is None:
        return
    gone = SoundscapeRevisionRow.soundscape_id == row.soundscape_id
    await uow.session.execute(delete(SoundscapeRevisionRow).where(gone))
    facts = {name: getattr(row, name) for name in ("soundscape_id", "universe_id", "organization_id")}
    await uow.session.delete(row)
    owned = await universes.owned(uow, universe_id)
    owned.emit(SoundscapeDeleted(**facts), organization_id=row.organization_id)


async def forget_author(uow: UnitOfWork, user_id: str) -> None:
    """Revisions that the user wrote stay, without a name."""
    written = SoundscapeRevisionRow.author_id == user_id
    await uow.session.execute(update(SoundscapeRevisionRow).where(written).values(author_id=None))


async def of_universe(session: AsyncSession, universe_id: str) -> SoundscapeRow | None:
    """The soundscape of a universe."""
    found: SoundscapeRow | None = await session.scalar(
        select(SoundscapeRow).where(SoundscapeRow.universe_id == universe_id)
    )
    return found


async def document_of(session: AsyncSession, soundscape_id: str, revision: int) -> Soundscape | None:
    """The document of a revision."""
    row = await session.get(SoundscapeRevisionRow, (soundscape_id, revision))
    return None if row is None else Soundscape.model_validate(row.document)


def revisions_of(soundscape_id: str) -> Select[SoundscapeRevisionRow]:
    """All revisions of a soundscape."""
    return select(SoundscapeRevisionRow).where(SoundscapeRevisionRow.soundscape_id == soundscape_id)


def _revision(row: SoundscapeRow, uow: UnitOfWork) -> SoundscapeRevisionRow:
    return SoundscapeRevisionRow(
        soundscape_id=row.soundscape_id,
        revision=row.revision,
        document=row.document,
        author_id=uow.context.actor_id,
        created_at=uow.clock.now(),
    )


def _facts(row: SoundscapeRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("soundscape_id", "universe_id", "organization_id", "revision")}
