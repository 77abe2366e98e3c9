"""Beginning an export: its row and its job, in one transaction, once."""

from typing import TYPE_CHECKING

from harmonic_chassis.uow import UnitOfWork
from harmonic_export.store import universes
from harmonic_export.store.tables import ExportRow

if TYPE_CHECKING:
    from harmonic_export.packaging import PackagePayload


async def begin(uow: UnitOfWork, payload: "PackagePayload", *, organization_id: str, actor_id: str | None) -> ExportRow:
    """The export's row, with its job submitted; one that has begun already stays as it is."""
    command = payload.command
    row = await uow.session.get(ExportRow, command.export_id)
    if row is not None:
        return row
    row = ExportRow(
        export_id=command.export_id,
        organization_id=organization_id,
        universe_id=command.universe_id,
        universe_revision=command.universe_revision,
        rendering_id=command.rendering.rendering_id,
        actor_id=actor_id,
        state="queued",
        formats=list(command.formats),
        files=[],
        created_at=uow.clock.now(),
    )
    uow.session.add(row)
    owned = await universes.owned(uow, command.universe_id)
    await owned.submit("export.package", payload, organization_id=organization_id, job_id=command.export_id)
    return row
