"""Asking for a rendering: the same way for a request over HTTP and for a command of another service."""

from pydantic import BaseModel

from harmonic_audio.digests import rendering_digest
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.store import universes
from harmonic_audio.store.tables import RenderingRow
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.audio import Render
from harmonic_contracts.operations import OperationState

RENDER = "audio.render"


class RenderPayload(BaseModel):
    """The job's payload: the command, and whose it is."""

    order: Render
    organization_id: str


async def start(uow: UnitOfWork, order: Render, document: Soundscape, organization_id: str) -> None:
    """Write the rendering's row and submit its job, whose id is the rendering's. A repeated order changes nothing."""
    if await uow.session.get(RenderingRow, order.rendering_id) is not None:
        return
    uow.session.add(
        RenderingRow(
            rendering_id=order.rendering_id,
            universe_id=order.universe_id,
            simulation_id=order.simulation_id,
            organization_id=organization_id,
            soundscape_id=order.soundscape_id,
            soundscape_revision=order.soundscape_revision,
            state=OperationState.QUEUED,
            digest=rendering_digest(order.trajectory_digest, document, stems=order.stems_by if order.stems else "none"),
            created_at=uow.clock.now(),
        )
    )
    payload = RenderPayload(order=order, organization_id=organization_id)
    owned = await universes.owned(uow, order.universe_id)
    await owned.submit(RENDER, payload, organization_id=organization_id, job_id=order.rendering_id)
