"""The durable work on sounds: to analyse one, and to convert one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from harmonic_audio.listening import AnalysisWork, ConversionWork, Wanted
from harmonic_audio.settings import AudioSettings
from harmonic_audio.sound_files import SoundRefused
from harmonic_audio.store import sound_works
from harmonic_audio.store.sound_works import SoundPayload
from harmonic_audio.store.tables import SoundWorkRow
from harmonic_chassis.aligned_npz import Column, write_archive
from harmonic_chassis.artifacts import BlobMissing
from harmonic_chassis.jobs import JobContext, JobKind, JobRefused, Work
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts import problems
from harmonic_contracts.artifacts import ArtifactRef, NamedArtifact
from harmonic_contracts.operations import OperationState
from harmonic_contracts.problems import FieldError, Problem

ANALYSE = "audio.analyse"
CONVERT = "audio.convert"
TRACKS_MEDIA_TYPE = "application/x-npz"
Job = JobContext[SoundPayload]


class Refusing:
    """Work whose refusals of a sound are the job's: with the reason and what is allowed."""

    def __init__(self, inner: AnalysisWork | ConversionWork) -> None:
        self.inner = inner

    def tick(self) -> float:
        try:
            return self.inner.tick()
        except SoundRefused as refused:
            error = FieldError(field="body", reason=str(refused), allowed=refused.allowed)
            raise JobRefused(problems.INVALID.document(f"The sound was refused: {refused}", errors=[error])) from None

    def checkpoint(self) -> None:
        return self.inner.checkpoint()


@dataclass(frozen=True)
class Heard:
    """What finished work leaves."""

    result: dict[str, Any]
    report: dict[str, Any] | None
    name: str
    artifact: ArtifactRef


class _SoundJob(JobKind[SoundPayload, Heard]):
    payload: ClassVar[type[SoundPayload]] = SoundPayload

    async def _file(self, job: Job) -> tuple[Path, float]:
        """The sound's file, and the longest that is heard, in seconds."""
        settings = job.chassis.settings
        assert isinstance(settings, AudioSettings)
        try:
            path = await job.chassis.artifacts.local(job.payload.source.sha256)
        except BlobMissing:
            raise JobRefused(problems.GONE.document("The sound was cleaned up; send it again")) from None
        return path, settings.max_sound_seconds

    async def complete(self, job: Job, result: Heard, uow: UnitOfWork) -> dict[str, Any] | None:
        row = await sound_works.succeed(uow, job.payload.work_id, result.result, result.report, result.artifact)
        if row is None:
            return None
        file = NamedArtifact(name=result.name, artifact=result.artifact).model_dump(mode="json")
        return {f"{row.kind}_id": row.work_id, "duration_s": result.result["duration_s"], "files": [file]}

    async def failed(self, job: Job, problem: Problem, cancelled: bool, uow: UnitOfWork) -> None:
        row = await uow.session.get(SoundWorkRow, job.payload.work_id)
        if row is not None:
            row.state = OperationState.CANCELLED if cancelled else OperationState.FAILED
            row.problem, row.ended_at = problem.model_dump(mode="json"), uow.clock.now()


class AnalyseJob(_SoundJob):
    """Analyse a sound."""

    kind: ClassVar[str] = ANALYSE

    async def prepare(self, job: Job) -> Work:
        return Refusing(AnalysisWork(*await self._file(job)))

    async def finish(self, job: Job, work: Work) -> Heard:
        assert isinstance(work, Refusing) and isinstance(work.inner, AnalysisWork) and work.inner.result is not None
        result = dict(work.inner.result)
        path = job.scratch / "tracks.npz"
        write_archive(path, {name: Column.of(array) for name, array in work.inner.arrays.items()})
        artifact = await job.chassis.artifacts.put_file(path, TRACKS_MEDIA_TYPE)
        report = result.pop("report")
        return Heard(result, report, path.name, artifact)


class ConvertJob(_SoundJob):
    """Convert a sound."""

    kind: ClassVar[str] = CONVERT

    async def prepare(self, job: Job) -> Work:
        path, most_seconds = await self._file(job)
        return Refusing(ConversionWork(path, Wanted.model_validate(job.payload.wanted), job.scratch, most_seconds))

    async def finish(self, job: Job, work: Work) -> Heard:
        assert isinstance(work, Refusing) and isinstance(work.inner, ConversionWork) and work.inner.result is not None
        artifact = await job.chassis.artifacts.put_file(work.inner.path, work.inner.media_type)
        return Heard(dict(work.inner.result), None, work.inner.path.name, artifact)
