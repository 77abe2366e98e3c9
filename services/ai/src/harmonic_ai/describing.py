"""The job that measures a finished rendering: its score read, its master listened to."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel
from sqlalchemy import select

from harmonic_ai.descriptors import Descriptors
from harmonic_ai.store import universes
from harmonic_ai.store.tables import DescriptorsRow
from harmonic_chassis.ids import new_id
from harmonic_chassis.jobs import JobContext, JobKind, Work
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.ai import DescriptorsComputed
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.problems import Problem


class DescribePayload(BaseModel):
    """What to measure: the rendering as its event told it."""

    rendering: RenderingCompleted


@dataclass
class Describing:
    """First the score, then the sound; both are short, so nothing is worth a checkpoint."""

    score: Path
    master: Path
    loudness_lufs: float | None
    measured: Descriptors | None = None

    def tick(self) -> float:
        from harmonic_ai.descriptors.score import describe_score
        from harmonic_ai.descriptors.sound import with_sound
        from harmonic_contracts.score import Score

        if self.measured is None:
            self.measured = describe_score(Score.model_validate_json(self.score.read_bytes()))
            return 0.5
        self.measured = with_sound(self.measured, self.master, self.loudness_lufs)
        return 1.0

    def checkpoint(self) -> bytes | None:
        return None


class DescribeJob(JobKind[DescribePayload, Descriptors]):
    """Measure a rendering, once."""

    kind: ClassVar[str] = "ai.describe"
    payload: ClassVar[type[DescribePayload]] = DescribePayload

    async def prepare(self, job: JobContext[DescribePayload]) -> Work:
        rendering = job.payload.rendering
        score, master = await asyncio.gather(
            *(
                job.chassis.artifacts.fetch(ref, organization_id=rendering.organization_id, on_behalf_of=job.actor_id)
                for ref in (rendering.score, rendering.master)
            )
        )
        return Describing(score, master, rendering.integrated_loudness_lufs)

    async def finish(self, job: JobContext[DescribePayload], work: Work) -> Descriptors:
        assert isinstance(work, Describing) and work.measured is not None
        return work.measured

    async def complete(
        self, job: JobContext[DescribePayload], result: Descriptors, uow: UnitOfWork
    ) -> dict[str, Any] | None:
        rendering = job.payload.rendering
        found = await uow.session.scalar(
            select(DescriptorsRow).where(DescriptorsRow.rendering_id == rendering.rendering_id)
        )
        if found is not None:
            return {"descriptors_id": found.descriptors_id}
        if await universes.find(uow.session, rendering.universe_id) is None:  # erased meanwhile
            return None
        row = DescriptorsRow(
            descriptors_id=new_id(),
            rendering_id=rendering.rendering_id,
            simulation_id=rendering.simulation_id,
            universe_id=rendering.universe_id,
            organization_id=rendering.organization_id,
            soundscape_revision=rendering.soundscape_revision,
            descriptors=result.model_dump(mode="json"),
            created_at=uow.clock.now(),
        )
        uow.session.add(row)
        said = DescriptorsComputed(
            descriptors_id=row.descriptors_id,
            rendering_id=row.rendering_id,
            universe_id=row.universe_id,
            organization_id=row.organization_id,
        )
        owned = await universes.owned(uow, row.universe_id)
        owned.emit(said, organization_id=row.organization_id)
        return {"descriptors_id": row.descriptors_id}

    async def failed(
        self, job: JobContext[DescribePayload], problem: Problem, cancelled: bool, uow: UnitOfWork
    ) -> None:
        """The operation's own event tells it; a rendering without descriptors stays as it is."""
