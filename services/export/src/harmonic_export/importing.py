"""The job that imports a bundle: checks it, then makes its universe and soundscape through the others' public APIs.

Every write carries an idempotency key of the import's own, so that a repeated attempt makes nothing twice. A universe
whose soundscape is refused is removed again.
"""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel

from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.jobs import JobContext, JobKind, JobRefused, Work
from harmonic_chassis.peers import PeerResponse
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts import problems
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.messages.export import ImportCompleted, ImportFailed
from harmonic_contracts.problems import FieldError, Problem
from harmonic_export.bundles.container import Limits
from harmonic_export.bundles.reader import Bundle, reading
from harmonic_export.bundles.refusal import BundleRefused
from harmonic_export.documents import Documents, problem_of
from harmonic_export.store.performances import holder_of_import
from harmonic_export.store.tables import ImportRow

IMPORT = "export.import"
PATIENCE_S = 10.0
PAUSE_S = 0.1


class ImportPayload(BaseModel):
    """The archive, and the project that it goes into."""

    archive: ArtifactRef
    project_id: str


@dataclass(frozen=True)
class Imported:
    """What the import made."""

    universe_id: str
    soundscape_id: str


@dataclass
class Checking:
    """Reads the bundle in short steps; a repeated run checks it again."""

    path: Path
    bundle: Bundle | None = field(default=None, init=False)
    steps: Generator[float, None, Bundle] | None = field(default=None, init=False)

    def tick(self) -> float:
        self.steps = self.steps or reading(self.path, Limits())
        try:
            return 0.99 * next(self.steps)
        except StopIteration as end:
            self.bundle = end.value
            return 1.0
        except BundleRefused as refused:
            raise JobRefused(problem_of_bundle(refused)) from refused

    def checkpoint(self) -> bytes | None:
        return None


class ImportJob(JobKind[ImportPayload, Imported]):
    """Import a bundle."""

    kind: ClassVar[str] = IMPORT
    payload: ClassVar[type[ImportPayload]] = ImportPayload

    async def prepare(self, job: JobContext[ImportPayload]) -> Work:
        return Checking(await job.chassis.artifacts.local(job.payload.archive.sha256))

    async def finish(self, job: JobContext[ImportPayload], work: Work) -> Imported:
        assert isinstance(work, Checking) and work.bundle is not None
        desk = Documents(job.chassis.peers, job.organization_id, job.actor_id)
        universe = {**work.bundle.universe, "project_id": job.payload.project_id}
        made = await desk.call("physics", "POST", "/v1/universes", universe, _once(job, "universe"))
        universe_id = str(_accepted(made, "universe.json")["universe_id"])
        found = await _soundscape_of(desk, universe_id)
        path = f"/v1/soundscapes/{found['soundscape_id']}"
        headers = {**_once(job, "soundscape"), "If-Match": f'"{found["revision"]}"'}
        replaced = await desk.call("audio", "PUT", path, work.bundle.soundscape, headers)
        if replaced.status == problems.STALE.status and not await _is(desk, path, work.bundle.soundscape):
            raise RuntimeError("the soundscape changed while it was imported")
        if not replaced.ok and replaced.status != problems.STALE.status:
            await desk.call("physics", "DELETE", f"/v1/universes/{universe_id}", headers={"If-Match": "*"})
            _accepted(replaced, "soundscape.json")
        return Imported(universe_id, str(found["soundscape_id"]))

    async def complete(
        self, job: JobContext[ImportPayload], result: Imported, uow: UnitOfWork
    ) -> dict[str, Any] | None:
        made = {"universe_id": result.universe_id, "soundscape_id": result.soundscape_id}
        row = await uow.session.get(ImportRow, job.job_id)
        if row is not None:
            row.state, row.universe_id, row.soundscape_id = "completed", result.universe_id, result.soundscape_id
        await uow.release(holder_of_import(job.job_id))
        said = ImportCompleted(import_id=job.job_id, organization_id=job.organization_id, **made)
        uow.emit(said, organization_id=job.organization_id)
        return {"import_id": job.job_id, **made}

    async def failed(self, job: JobContext[ImportPayload], problem: Problem, cancelled: bool, uow: UnitOfWork) -> None:
        row = await uow.session.get(ImportRow, job.job_id)
        if row is not None:
            row.state = "cancelled" if cancelled else "failed"
            row.problem = problem.model_dump(mode="json", exclude_none=True)
        await uow.release(holder_of_import(job.job_id))
        said = ImportFailed(
            import_id=job.job_id,
            organization_id=job.organization_id,
            reason=problem.detail or problem.title,
            cancelled=cancelled,
        )
        uow.emit(said, organization_id=job.organization_id)


def problem_of_bundle(refused: BundleRefused) -> Problem:
    """The refusal as a problem document that names the entry, the reason and what is allowed."""
    field = f"bundle.{refused.entry}" if refused.entry else "bundle"
    error = FieldError(field=field, reason=refused.reason, allowed=refused.allowed)
    return problems.INVALID.document(f"The bundle was refused: {refused}", errors=[error])


def _once(job: JobContext[ImportPayload], what: str) -> dict[str, str]:
    return {"Idempotency-Key": f"import-{job.job_id}-{what}"}


def _accepted(answer: PeerResponse, document: str) -> dict[str, Any]:
    """The answer's body. Raises JobRefused with the owner's reasons, told of the bundle's document."""
    if not answer.ok:
        problem = problem_of(answer)
        detail = f"{document} of the bundle was refused: {problem.detail or problem.title}"
        raise JobRefused(problem.model_copy(update={"detail": detail}))
    return dict(answer.json())


async def _soundscape_of(desk: Documents, universe_id: str) -> dict[str, Any]:
    """The default soundscape that audio makes for the new universe. Raises DependencyDown while there is none."""
    waited = 0.0
    while waited < PATIENCE_S:
        answer = await desk.call("audio", "GET", f"/v1/soundscapes?universe_id={universe_id}")
        items = answer.json()["items"] if answer.ok else []
        if items:
            return dict(items[0])
        await asyncio.sleep(PAUSE_S)
        waited += PAUSE_S
    raise DependencyDown("audio", "it has not made the new universe's soundscape yet")


async def _is(desk: Documents, path: str, content: dict[str, Any]) -> bool:
    """Whether the document there is this one already: an earlier attempt wrote it, and its reply was lost."""
    answer = await desk.call("audio", "GET", path)
    return answer.ok and answer.json()["document"] == content
