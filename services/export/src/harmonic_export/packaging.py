"""The job that packages a performance in the formats asked for."""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel
from sqlalchemy import select

from harmonic_chassis.jobs import JobContext, JobKind, JobRefused, Work
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts import problems
from harmonic_contracts.artifacts import NamedArtifact
from harmonic_contracts.messages.export import ExportCompleted, ExportFailed, Package
from harmonic_contracts.problems import Problem
from harmonic_export.canonical import canonical_json
from harmonic_export.documents import Documents
from harmonic_export.facts import ALL_RIGHTS_RESERVED
from harmonic_export.loading import Sources, load
from harmonic_export.pictures.spec import VisualizationSpec
from harmonic_export.store import universes
from harmonic_export.store.tables import ExportRow
from harmonic_export.version import VERSION

PACKAGE = "export.package"


class PackagePayload(BaseModel):
    """What to package. The spec of the picture is pinned here: a later change of it does not matter."""

    command: Package
    picture: VisualizationSpec = VisualizationSpec()
    licence: str = ALL_RIGHTS_RESERVED


@dataclass(frozen=True)
class Packaged:
    """The files, and the digest of all that made them."""

    files: list[NamedArtifact]
    inputs_digest: str


@dataclass
class Packaging:
    """Writes one format after the other into the folder. A whole export takes seconds: no checkpoint is worth it."""

    payload: PackagePayload
    sources: Sources
    folder: Path
    inputs_digest: str
    steps: Iterator[float] | None = field(default=None, init=False)

    def tick(self) -> float:
        from harmonic_export.formats import NothingFits, package

        if self.steps is None:
            command = self.payload.command
            whole = load(
                self.sources, command.simulation, command.rendering, self.payload.picture, self.payload.licence
            )
            self.steps = package(whole, command.formats, self.folder)
            return 0.0
        try:
            return next(self.steps, 1.0)
        except NothingFits as error:
            raise JobRefused(problems.INVALID.document(f"Nothing can be packaged: {error}")) from error

    def checkpoint(self) -> bytes | None:
        return None


@dataclass(frozen=True)
class Found:
    """The files are there already, made of the same inputs for another export of the organization."""

    packaged: Packaged

    def tick(self) -> float:
        return 1.0

    def checkpoint(self) -> bytes | None:
        return None


class PackageJob(JobKind[PackagePayload, Packaged]):
    """Package a performance."""

    kind: ClassVar[str] = PACKAGE
    payload: ClassVar[type[PackagePayload]] = PackagePayload

    async def prepare(self, job: JobContext[PackagePayload]) -> Work:
        command = job.payload.command
        documents = Documents(job.chassis.peers, job.organization_id, job.actor_id)
        universe, soundscape = await asyncio.gather(
            documents.universe(command.universe_id, command.universe_revision),
            documents.soundscape(command.rendering.soundscape_id, command.rendering.soundscape_revision),
        )
        digest = inputs_digest(job.payload, universe, soundscape)
        found = await _made_before(job, digest)
        if found is not None:
            return Found(Packaged(found, digest))
        sources = await _fetch(job, universe, soundscape)
        job.scratch.mkdir(parents=True, exist_ok=True)
        return Packaging(job.payload, sources, job.scratch, digest)

    async def finish(self, job: JobContext[PackagePayload], work: Work) -> Packaged:
        from harmonic_export.formats import FORMATS

        if isinstance(work, Found):
            return work.packaged
        assert isinstance(work, Packaging)
        files = []
        for one in (one for name, one in FORMATS.items() if name in job.payload.command.formats):
            if not (job.scratch / one.filename).exists():
                continue  # it cannot hold this performance: the export says so
            ref = await job.chassis.artifacts.put_file(job.scratch / one.filename, one.media_type)
            files.append(NamedArtifact(name=one.filename, artifact=ref))
        return Packaged(files, work.inputs_digest)

    async def complete(
        self, job: JobContext[PackagePayload], result: Packaged, uow: UnitOfWork
    ) -> dict[str, Any] | None:
        from harmonic_export.formats import left_out

        row = await uow.session.get(ExportRow, job.job_id)
        if row is None:
            raise JobRefused(problems.GONE.document("The universe was deleted while its performance was packaged"))
        owned = await universes.owned(uow, row.universe_id)
        row.state, row.inputs_digest = "completed", result.inputs_digest
        row.files = [file.model_dump(mode="json") for file in result.files]
        await universes.keep_files(owned, row)
        said = ExportCompleted(
            export_id=row.export_id,
            universe_id=row.universe_id,
            organization_id=row.organization_id,
            files=result.files,
        )
        owned.emit(said, organization_id=row.organization_id)
        told = {"export_id": row.export_id, "files": row.files}
        missing = left_out(job.payload.command.formats, (file.name for file in result.files))
        return {**told, "left_out": missing} if missing else told

    async def failed(self, job: JobContext[PackagePayload], problem: Problem, cancelled: bool, uow: UnitOfWork) -> None:
        row = await uow.session.get(ExportRow, job.job_id)
        if row is not None:
            row.state = "cancelled" if cancelled else "failed"
            row.problem = problem.model_dump(mode="json", exclude_none=True)
        refuse(uow, job.job_id, job.organization_id, problem.detail or problem.title, cancelled=cancelled)


def refuse(uow: UnitOfWork, export_id: str, organization_id: str, reason: str, *, cancelled: bool = False) -> None:
    """Say that there will be no export, and why."""
    said = ExportFailed(export_id=export_id, organization_id=organization_id, reason=reason, cancelled=cancelled)
    uow.emit(said, organization_id=organization_id)


def inputs_digest(payload: PackagePayload, universe: dict[str, Any], soundscape: dict[str, Any]) -> str:
    """The digest of all that makes the files: equal inputs give equal bytes."""
    command = payload.command
    rendering = command.rendering
    made_of = {
        "version": VERSION,
        "formats": sorted(set(command.formats)),
        "artifacts": [
            ref.sha256 for ref in (command.simulation.trajectory, rendering.score, rendering.midi, rendering.master)
        ],
        "digests": [command.simulation.digest, rendering.digest],
        "engines": [command.simulation.engine_version, rendering.engine_version],
        "universe": universe,
        "soundscape": soundscape,
        "picture": payload.picture.model_dump(mode="json"),
        "licence": payload.licence,
    }
    return hashlib.sha256(canonical_json(made_of)).hexdigest()


async def _made_before(job: JobContext[PackagePayload], digest: str) -> list[NamedArtifact] | None:
    """The files of an earlier export of the same inputs, as long as every one of them is still in the store."""
    async with job.chassis.db.reading() as session:
        rows = await session.scalars(
            select(ExportRow)
            .where(ExportRow.organization_id == job.organization_id, ExportRow.inputs_digest == digest)
            .order_by(ExportRow.export_id.desc())
            .limit(1)
        )
        row = rows.first()
    if row is None:
        return None
    files = [NamedArtifact.model_validate(file) for file in row.files]
    sizes = await asyncio.gather(*(job.chassis.artifacts.size(file.artifact.sha256) for file in files))
    return files if all(size is not None for size in sizes) else None


async def _fetch(job: JobContext[PackagePayload], universe: dict[str, Any], soundscape: dict[str, Any]) -> Sources:
    rendering = job.payload.command.rendering
    wanted = (job.payload.command.simulation.trajectory, rendering.score, rendering.midi, rendering.master)
    try:
        paths = await asyncio.gather(
            *(
                job.chassis.artifacts.fetch(ref, organization_id=job.organization_id, on_behalf_of=job.actor_id)
                for ref in wanted
            )
        )
    except LookupError as error:
        detail = f"A file of the performance is not there any more: {error}. Perform it again, then export."
        raise JobRefused(problems.GONE.document(detail)) from error
    trajectory, score, midi, master = paths
    return Sources(trajectory, score, midi, master, universe, soundscape)
