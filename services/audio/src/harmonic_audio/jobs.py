"""The durable work: a trajectory is mapped to a score, and the score rendered."""

import asyncio
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from harmonic_audio import wav
from harmonic_audio.engine import ENGINE_VERSION, MAPPING_VERSION
from harmonic_audio.mapping import Motion, map_in_steps
from harmonic_audio.mapping.motion import MappingError
from harmonic_audio.midi import MEDIA_TYPE as MIDI_MEDIA_TYPE
from harmonic_audio.midi import write_midi
from harmonic_audio.preview_cleanup import PreviewCleanup
from harmonic_audio.previews import Previewer, pieces_there
from harmonic_audio.rendering import Rendering, Stems
from harmonic_audio.requests import RENDER, RenderPayload
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.store import renderings, soundscapes
from harmonic_audio.store.tables import RenderingRow, Universe
from harmonic_audio.trajectories import motion_of
from harmonic_chassis.jobs import NO_WORK, Checkpoint, JobContext, JobKind, JobRefused, Work
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts import problems
from harmonic_contracts.artifacts import NamedArtifact
from harmonic_contracts.messages.audio import RenderingCompleted, RenderingFailed
from harmonic_contracts.operations import OperationState
from harmonic_contracts.problems import Problem
from harmonic_contracts.score import SCORE_MEDIA_TYPE, Score

Job = JobContext[RenderPayload]
MAPPED = 0.02
"""Progress once the score is there."""
MAPPING_TICK_S = 0.09


class RenderWork:
    """Maps in the first ticks, renders in the following ones."""

    def __init__(
        self,
        document: Soundscape,
        motion: Motion,
        folder: Path,
        *,
        stems: bool | Stems,
        state: bytes | None,
        previewer: Previewer | None = None,
    ) -> None:
        self._document, self._folder = document, folder
        self._stems, self._state, self._previewer = stems, state, previewer
        self._mapping = map_in_steps(document, motion)
        self.rendering: Rendering | None = None
        self.score: Score | None = None

    def tick(self) -> float:
        """At most about 100 ms of work; the first ones map. Refuses what the soundscape cannot be made to fit."""
        if self.rendering is None:
            return self._map()
        done = self.rendering.tick()
        if self._previewer is not None:
            self._previewer.publish(self.rendering)
        return MAPPED + (1.0 - MAPPED) * done

    async def settle(self) -> None:
        """Wait for what is under way beside the ticks."""
        if self._previewer is not None:
            await self._previewer.settle()

    def checkpoint(self) -> Checkpoint | None:
        """The mix so far, in the files that it lies in."""
        saved = self.rendering.checkpoint() if self.rendering else None
        return None if saved is None else Checkpoint(*saved)

    def _map(self) -> float:
        until = time.perf_counter() + MAPPING_TICK_S
        try:
            while time.perf_counter() < until:
                share = next(self._mapping)
        except StopIteration as done:
            self.score = done.value
        except MappingError as error:
            detail = f"The soundscape does not fit the trajectory: {error}"
            raise JobRefused(problems.INVALID.document(detail)) from error
        if self.score is None:
            return MAPPED * min(share, 0.99)
        self.rendering = Rendering(
            self.score, self._document.mix, self._folder, stems=self._stems, checkpoint=self._state
        )
        return MAPPED


@dataclass(frozen=True)
class Rendered:
    """What a finished rendering leaves: the event that tells of it, and what is served beside."""

    completed: RenderingCompleted
    analysis: dict[str, Any]
    legend: list[str]


class RenderJob(JobKind[RenderPayload, Rendered]):
    """Renders, or finds the organization's rendering of the same things."""

    kind: ClassVar[str] = RENDER
    payload: ClassVar[type[RenderPayload]] = RenderPayload

    async def prepare(self, job: Job) -> Work:
        order = job.payload.order
        async with job.chassis.db.reading() as session:
            row = await session.get(RenderingRow, order.rendering_id)
            if row is None:
                raise JobRefused(problems.GONE.document("The rendering was deleted meanwhile"))
            if await renderings.completed_with(session, row.organization_id, row.digest):
                return NO_WORK
            document = await soundscapes.document_of(session, order.soundscape_id, order.soundscape_revision)
        if document is None:
            raise JobRefused(problems.GONE.document("The soundscape was deleted meanwhile"))
        motion = await self._motion(job)
        previewer = Previewer(
            job.chassis, order.rendering_id, await pieces_there(job.chassis.artifacts.blobs, order.rendering_id)
        )
        stems = order.stems_by if order.stems else "none"
        return RenderWork(document, motion, job.scratch, stems=stems, state=job.checkpoint, previewer=previewer)

    async def _motion(self, job: Job) -> Motion:
        try:
            path = await job.chassis.artifacts.fetch(
                job.payload.order.trajectory,
                organization_id=job.payload.organization_id,
                on_behalf_of=job.actor_id,
            )
        except LookupError as error:
            detail = "The trajectory is not there any more, or may not be read; simulate again"
            raise JobRefused(problems.NOT_FOUND.document(detail)) from error
        return await asyncio.to_thread(motion_of, path)

    async def finish(self, job: Job, work: Work) -> Rendered:
        if isinstance(work, RenderWork):
            await work.settle()
            return await self._stored(job, work)
        async with job.chassis.db.reading() as session:
            row = await session.get_one(RenderingRow, job.payload.order.rendering_id)
            twin = await renderings.completed_with(session, row.organization_id, row.digest)
        if twin is None:
            raise RuntimeError("the rendering of the same things is gone: it has to be made again")
        completed = RenderingCompleted.model_validate({**(twin.result or {}), **self._identity(job)})
        return Rendered(completed, dict(twin.analysis or {}), list(twin.legend or []))

    async def _stored(self, job: Job, work: RenderWork) -> Rendered:
        rendering, score, artifacts = work.rendering, work.score, job.chassis.artifacts
        assert rendering is not None and score is not None and rendering.analysis is not None
        text, midi = await asyncio.to_thread(lambda: (score.model_dump_json().encode(), write_midi(score)))
        stems = [
            NamedArtifact(name=_file_name(number, name), artifact=await artifacts.put_file(path, wav.MEDIA_TYPE))
            for number, (name, path) in enumerate(rendering.stem_paths.items(), start=1)
        ]
        key = score.key_map[0]
        loudness = rendering.analysis.loudness
        completed = RenderingCompleted.model_validate(
            {
                **self._identity(job),
                "score": await artifacts.put_bytes(text, SCORE_MEDIA_TYPE),
                "midi": await artifacts.put_bytes(midi, MIDI_MEDIA_TYPE),
                "master": await artifacts.put_file(rendering.master_path, wav.MEDIA_TYPE),
                "stems": stems,
                "notes": len(score.notes),
                "key": f"{key.tonic} {key.scale.replace('_', ' ')}",
                "duration_s": rendering.analysis.duration_s,
                "integrated_loudness_lufs": loudness.integrated_lufs,
                "true_peak_dbtp": rendering.analysis.true_peak_dbtp,
            }
        )
        return Rendered(completed, renderings.analysis_view(rendering.analysis), score.legend)

    def _identity(self, job: Job) -> dict[str, Any]:
        """What a completed rendering says of itself whatever it was made by; the digest follows in `complete`."""
        order = job.payload.order
        return {
            "rendering_id": order.rendering_id,
            "universe_id": order.universe_id,
            "simulation_id": order.simulation_id,
            "organization_id": job.payload.organization_id,
            "soundscape_id": order.soundscape_id,
            "soundscape_revision": order.soundscape_revision,
            "engine_version": f"mapping {MAPPING_VERSION}, engine {ENGINE_VERSION}",
            "digest": "0" * 64,
        }

    async def complete(self, job: Job, result: Rendered, uow: UnitOfWork) -> dict[str, Any] | None:
        row = await uow.session.get(RenderingRow, result.completed.rendering_id)
        universe = await uow.session.get(Universe, result.completed.universe_id)
        if row is None or universe is None:
            return None  # deleted while it was being made: its blobs run out by themselves
        completed = result.completed.model_copy(update={"digest": row.digest})
        row.state, row.ended_at = OperationState.SUCCEEDED, uow.clock.now()
        row.result, row.analysis, row.legend = completed.model_dump(mode="json"), result.analysis, list(result.legend)
        await renderings.keep(uow, completed, universe)
        uow.owned_by(universe.owner_id).emit(completed, organization_id=row.organization_id)
        return {"rendering_id": row.rendering_id, "notes": completed.notes, "key": completed.key}

    async def failed(self, job: Job, problem: Problem, cancelled: bool, uow: UnitOfWork) -> None:
        order = job.payload.order
        row = await uow.session.get(RenderingRow, order.rendering_id)
        if row is not None:
            row.state = OperationState.CANCELLED if cancelled else OperationState.FAILED
            row.problem, row.ended_at = problem.model_dump(mode="json"), uow.clock.now()
        failed = RenderingFailed(
            rendering_id=order.rendering_id,
            universe_id=order.universe_id,
            organization_id=job.payload.organization_id,
            reason=problem.detail or problem.title,
            cancelled=cancelled,
        )
        uow.emit(failed, organization_id=job.payload.organization_id)


def _file_name(number: int, voice: str) -> str:
    """The name of a stem's file: safe anywhere, and unlike any other's by its number."""
    safe = re.sub(r"[^A-Za-z0-9 _.-]", "_", voice).strip(" .")[:60]
    return f"{number:02d} {safe or 'voice'}.wav"


def kinds() -> list[JobKind[Any, Any]]:
    """The kinds of work of this service."""
    return [RenderJob(), PreviewCleanup()]
