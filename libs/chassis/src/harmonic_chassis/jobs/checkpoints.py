"""Checkpoints in the artifact store: a state, and what was appended to the job's files since the last checkpoint.

``checkpoints/<job>/<sha256>`` holds a manifest (a line of JSON, then the state) or a segment of file content. The job's
row names the manifest. What a paused worker leaves here is read by nobody and removed with the job's folder.
"""

import asyncio
import hashlib
import logging
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from harmonic_chassis.artifacts.blobs import BlobMissing, BlobStore
from harmonic_chassis.jobs.kinds import Checkpoint

COPY_BYTES = 1 << 20
FOLDER = "checkpoints"
log = logging.getLogger(__name__)


class BadCheckpoint(ValueError):
    """What is stored is not what was saved."""


@dataclass
class _Part:
    """Bytes [start, stop) of a file, as they stand in a segment after those of the parts before."""

    file: str
    start: int
    stop: int


@dataclass
class Checkpoints:
    """The checkpoints of one run of a job. `work` is the folder whose files they keep."""

    blobs: BlobStore
    job_id: str
    work: Path
    spare: Path
    """A file of our own, beside the work."""
    _segments: list[dict[str, Any]] = field(default_factory=list)
    _lengths: dict[str, int] = field(default_factory=dict)
    _manifest: str | None = None
    saved: bool = False
    """Whether anything was stored by this run."""

    async def restore(self, saved: dict[str, Any] | None) -> bytes | None:
        """The state of a checkpoint, with its files put back. One that cannot be read counts as none: the work is then
        done anew, with the same result."""
        if saved is None:
            return None
        try:
            return await self._restore(saved["sha256"])
        except (BlobMissing, BadCheckpoint) as error:
            log.warning("job %s starts anew: its checkpoint cannot be read: %s", self.job_id, error)
            self._segments, self._lengths, self._manifest = [], {}, None
            await asyncio.to_thread(_empty, self.work)
            return None

    async def save(self, checkpoint: bytes | Checkpoint) -> dict[str, Any]:
        """Store a checkpoint; returns what the job's row is to say of it. `settle` comes after that is committed."""
        whole = checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
        self.saved = True
        await self._save_files(dict(whole.files))
        line = orjson.dumps({"segments": self._segments, "files": dict(whole.files)})
        manifest = line + b"\n" + whole.state
        sha256 = hashlib.sha256(manifest).hexdigest()
        await self.blobs.put(self._key(sha256), manifest)
        return {"sha256": sha256, "size_bytes": len(manifest)}

    async def settle(self, saved: dict[str, Any]) -> None:
        """The row names this checkpoint now: the one before is of no use any more."""
        before, self._manifest = self._manifest, saved["sha256"]
        if before is not None and before != self._manifest:
            await self.blobs.delete(self._key(before))

    async def clear(self) -> None:
        """The job has ended."""
        await self.blobs.delete_below(f"{FOLDER}/{self.job_id}")

    def _key(self, sha256: str) -> str:
        return f"{FOLDER}/{self.job_id}/{sha256}"

    async def _save_files(self, lengths: dict[str, int]) -> None:
        parts = [
            _Part(name, self._lengths.get(name, 0), length)
            for name, length in sorted(lengths.items())
            if length > self._lengths.get(name, 0)
        ]
        if not parts:
            return
        sha256 = await asyncio.to_thread(_gather, self.work, parts, self.spare)
        await self.blobs.put(self._key(sha256), self.spare)
        self._segments.append({"sha256": sha256, "parts": [[part.file, part.start, part.stop] for part in parts]})
        self._lengths |= {part.file: part.stop for part in parts}

    async def _restore(self, sha256: str) -> bytes:
        manifest = await self.blobs.get(self._key(sha256))
        if hashlib.sha256(manifest).hexdigest() != sha256:
            raise BadCheckpoint(f"{sha256} has other bytes")
        line, _, state = manifest.partition(b"\n")
        head = orjson.loads(line)
        self._segments, self._lengths, self._manifest = head["segments"], dict(head["files"]), sha256
        for segment in self._segments:
            await self._replay(segment)
        for name in self._lengths:
            (self.work / name).parent.mkdir(parents=True, exist_ok=True)
            (self.work / name).touch()
        return state

    async def _replay(self, segment: dict[str, Any]) -> None:
        digest = hashlib.sha256()
        with self.spare.open("wb") as file:
            async for piece in self.blobs.read(self._key(segment["sha256"])):
                digest.update(piece)
                file.write(piece)
        if digest.hexdigest() != segment["sha256"]:
            raise BadCheckpoint(f"{segment['sha256']} has other bytes")
        parts = [_Part(*part) for part in segment["parts"]]
        await asyncio.to_thread(_scatter, self.spare, parts, self.work)


def _gather(work: Path, parts: list[_Part], to: Path) -> str:
    digest = hashlib.sha256()
    with to.open("wb") as out:
        for part in parts:
            with (work / part.file).open("rb") as file:
                file.seek(part.start)
                left = part.stop - part.start
                while left:
                    piece = file.read(min(left, COPY_BYTES))
                    if not piece:
                        raise ValueError(f"{part.file} is shorter than its checkpoint says ({part.stop} bytes)")
                    digest.update(piece)
                    left -= out.write(piece)
    return digest.hexdigest()


def _scatter(source: Path, parts: list[_Part], work: Path) -> None:
    with source.open("rb") as file:
        for part in parts:
            target = work / part.file
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("ab") as out:
                if out.tell() != part.start:
                    raise BadCheckpoint(f"{part.file} has a gap before byte {part.start}")
                left = part.stop - part.start
                while left:
                    piece = file.read(min(left, COPY_BYTES))
                    if not piece:
                        raise BadCheckpoint("a segment is too short")
                    left -= out.write(piece)


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
