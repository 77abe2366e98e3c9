"""What the notebook does by itself: each new note is counted by a job, and the count kept as an artifact."""

import json
from typing import Any

from pydantic import BaseModel

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.jobs import JobContext, JobKind, Work
from harmonic_chassis.testing.sample.store import Note
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.messages.physics import UniverseCreated

handlers = Handlers()


@handlers.on(UniverseCreated)
async def count_new_note(message: Message[UniverseCreated], uow: UnitOfWork, chassis: Any) -> None:
    """Have a new note counted."""
    note_id = message.data.universe_id
    await uow.submit("physics.count", CountInput(note_id=note_id), organization_id=message.data.organization_id)


class CountInput(BaseModel):
    """Which note to count."""

    note_id: str


class Counting:
    """Counts a letter a tick."""

    def __init__(self, text: str, counted: int) -> None:
        self.text, self.counted = text, counted

    def tick(self) -> float:
        self.counted += 1
        return self.counted / len(self.text)

    def checkpoint(self) -> bytes:
        return str(self.counted).encode()


class Count(JobKind[CountInput, ArtifactRef]):
    """Counts the letters of a note."""

    kind = "physics.count"
    payload = CountInput

    async def prepare(self, job: JobContext[CountInput]) -> Work:
        async with job.chassis.db.reading() as session:
            note = await session.get_one(Note, job.payload.note_id)
        return Counting(note.text, int(job.checkpoint or b"0"))

    async def finish(self, job: JobContext[CountInput], work: Work) -> ArtifactRef:
        assert isinstance(work, Counting)
        return await job.chassis.artifacts.put_bytes(json.dumps({"letters": work.counted}).encode(), "application/json")

    async def complete(self, job: JobContext[CountInput], result: ArtifactRef, uow: UnitOfWork) -> dict[str, Any]:
        note = await uow.session.get_one(Note, job.payload.note_id)
        note.sha256 = result.sha256
        await uow.keep(result, holder=f"note/{note.note_id}", organization_id=note.organization_id)
        return {"sha256": result.sha256}
