"""Which artifacts are kept, for which holder, and who may read them: functions on a unit of work.

A holder is what needs the artifact, such as ``simulation/<id>``. An artifact with a pin is kept; a grant lets an
organization, or everybody, read it. Both end with their holder.
"""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.dialects import insert
from harmonic_chassis.readers import Reader, granted_to
from harmonic_chassis.tables.artifacts import artifact, artifact_grant, artifact_pin
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.artifacts import ArtifactRef


async def keep(uow: UnitOfWork, ref: ArtifactRef, *, holder: str, organization_id: str, public: bool = False) -> None:
    """Register the artifact and pin it for the holder. Its readers are those of the unit of work's context: the whole
    organization, or the owner and who governs; and everybody where `public`. Keeping it again changes the readers."""
    await _register(uow, ref)
    pin = {"sha256": ref.sha256, "holder": holder, "organization_id": organization_id}
    await uow.session.execute(insert(uow.session, artifact_pin).values(**pin).on_conflict_do_nothing())
    await _grant(uow, ref.sha256, holder, granted_to(organization_id, uow.context.owner_id, public=public))


async def _grant(uow: UnitOfWork, sha256: str, holder: str, readers: set[str]) -> None:
    """Exactly these may read the artifact, for as long as the holder keeps it."""
    table = artifact_grant.c
    others = (table.sha256 == sha256) & (table.holder == holder) & table.reader.not_in(readers)
    await uow.session.execute(delete(artifact_grant).where(others))
    rows = [{"sha256": sha256, "holder": holder, "reader": reader} for reader in sorted(readers)]
    await uow.session.execute(insert(uow.session, artifact_grant).values(rows).on_conflict_do_nothing())


async def release(uow: UnitOfWork, holder: str) -> None:
    """Unpin all that the holder keeps, and end its grants. Cleanup removes what nobody pins."""
    held = select(artifact_pin.c.sha256).where(artifact_pin.c.holder == holder)
    await uow.session.execute(update(artifact).where(artifact.c.sha256.in_(held)).values(kept_at=uow.clock.now()))
    await uow.session.execute(delete(artifact_grant).where(artifact_grant.c.holder == holder))
    await uow.session.execute(delete(artifact_pin).where(artifact_pin.c.holder == holder))


async def _register(uow: UnitOfWork, ref: ArtifactRef) -> None:
    """The row stays locked until commit, so that cleanup cannot take the artifact meanwhile. An own artifact stays one
    where the same bytes come from another service too."""
    row = insert(uow.session, artifact).values(**ref.model_dump(), kept_at=uow.clock.now())
    changed = {"kept_at": uow.clock.now()} | ({"producer": ref.producer} if ref.producer == uow.source else {})
    await uow.session.execute(row.on_conflict_do_update(index_elements=[artifact.c.sha256], set_=changed))


async def readable(session: AsyncSession, sha256: str, reader: Reader) -> bool:
    """Whether some holder lets this reader, or everybody, read the artifact."""
    granted = artifact_grant.c.reader.in_(reader.grants)
    asked = select(artifact_grant.c.sha256).where(artifact_grant.c.sha256 == sha256, granted).limit(1)
    return await session.scalar(asked) is not None


async def find(session: AsyncSession, sha256: str) -> ArtifactRef | None:
    """The registered artifact, or None. Says nothing of who may read it."""
    columns = (artifact.c.sha256, artifact.c.media_type, artifact.c.size_bytes, artifact.c.producer)
    row = (await session.execute(select(*columns).where(artifact.c.sha256 == sha256))).one_or_none()
    return None if row is None else ArtifactRef.model_validate(dict(row._mapping))
