"""Renderings: asked for, completed, failed, shared with those who may read the universe, and taken away."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_audio.store.tables import RenderingRow, Universe
from harmonic_chassis.jobs import cancel
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.operations import OperationState
from harmonic_contracts.roles import Visibility


def holder_of(rendering_id: str) -> str:
    """Under which name a rendering pins its artifacts."""
    return f"rendering/{rendering_id}"


def artifacts_of(result: RenderingCompleted) -> list[ArtifactRef]:
    """All artifacts of a completed rendering."""
    return [result.score, result.midi, result.master, *(stem.artifact for stem in result.stems)]


async def keep(uow: UnitOfWork, result: RenderingCompleted, universe: Universe) -> None:
    """Pin the rendering's artifacts for those who may read the universe."""
    public = universe.visibility == Visibility.PUBLIC
    for ref in artifacts_of(result):
        await uow.owned_by(universe.owner_id).keep(
            ref, holder=holder_of(result.rendering_id), organization_id=universe.organization_id, public=public
        )


async def completed_with(session: AsyncSession, organization_id: str, digest: str) -> RenderingRow | None:
    """A completed rendering of the organization that was made of the same things."""
    same = (RenderingRow.organization_id == organization_id) & (RenderingRow.digest == digest)
    done = RenderingRow.state == OperationState.SUCCEEDED
    found: RenderingRow | None = await session.scalar(
        select(RenderingRow).where(same, done).order_by(RenderingRow.rendering_id).limit(1)
    )
    return found


def of_universe(universe_id: str) -> Select[RenderingRow]:
    """All renderings of a universe."""
    return select(RenderingRow).where(RenderingRow.universe_id == universe_id)


async def share(uow: UnitOfWork, universe: Universe) -> None:
    """After a change of the universe's visibility: who may read its renderings changes with it."""
    done = of_universe(universe.universe_id).where(RenderingRow.state == OperationState.SUCCEEDED)
    for row in (await uow.session.scalars(done)).all():
        await keep(uow, RenderingCompleted.model_validate(row.result), universe)


async def remove(uow: UnitOfWork, row: RenderingRow) -> None:
    """Take a rendering away: its work is cancelled, its artifacts are let go."""
    if row.ended_at is None:
        await cancel(uow, row.rendering_id, organization_id=row.organization_id)
    await uow.release(holder_of(row.rendering_id))
    await uow.session.delete(row)


def analysis_view(analysis: Any) -> dict[str, Any]:
    """An analysis of the renderer with units in its names."""
    loud = analysis.loudness
    return {
        "duration_s": analysis.duration_s,
        "integrated_loudness_lufs": loud.integrated_lufs,
        "momentary_max_lufs": loud.momentary_max_lufs,
        "short_term_max_lufs": loud.short_term_max_lufs,
        "loudness_range_lu": loud.range_lu,
        "true_peak_dbtp": analysis.true_peak_dbtp,
        "gain_db": analysis.gain_db,
    }
