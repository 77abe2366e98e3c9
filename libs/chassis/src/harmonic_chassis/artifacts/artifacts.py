"""A service's way to artifacts: put its own, read its own, fetch those of others."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

from harmonic_chassis.artifacts.blobs import BlobMissing, BlobStore
from harmonic_chassis.artifacts.cache import ArtifactSource, FetchedArtifacts
from harmonic_contracts.artifacts import ArtifactRef

FOLDER = "sha256"


def key_of(sha256: str) -> str:
    """Where an artifact lies in its producer's store."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


class Artifacts:
    """The artifacts of one service. A blob that is put lives for a day; `uow.keep` registers and pins it."""

    def __init__(
        self, service: str, blobs: BlobStore, cache_folder: Path, source: ArtifactSource | None = None
    ) -> None:
        self.service = service
        self.blobs = blobs
        self.fetched = FetchedArtifacts(cache_folder, source)

    @classmethod
    def open(cls, service: str, url: str, cache_folder: Path, source: ArtifactSource | None = None) -> "Artifacts":
        """Artifacts in the store of a URL (see BlobStore.from_url). Copies of others' lie in `cache_folder`."""
        return cls(service, BlobStore.from_url(url), cache_folder, source)

    async def put_bytes(self, data: bytes, media_type: str) -> ArtifactRef:
        """Store bytes. The same bytes are the same artifact."""
        sha256 = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        await self.blobs.put(key_of(sha256), data)
        return ArtifactRef(sha256=sha256, media_type=media_type, size_bytes=len(data), producer=self.service)

    async def put_file(self, path: Path, media_type: str) -> ArtifactRef:
        """Store the content of a file, streamed. The file itself stays the caller's."""
        sha256, size = await asyncio.to_thread(_digest, path)
        await self.blobs.put(key_of(sha256), path)
        return ArtifactRef(sha256=sha256, media_type=media_type, size_bytes=size, producer=self.service)

    async def local(self, sha256: str) -> Path:
        """A local file with an own artifact's bytes: it may be mapped, never changed. Raises BlobMissing."""
        if self.blobs.folder is not None:
            path = self.blobs.folder / key_of(sha256)
            if not path.is_file():
                raise BlobMissing(f"{self.service} has no artifact {sha256}")
            return path
        info = await self.blobs.info(key_of(sha256))
        if info is None:
            raise BlobMissing(f"{self.service} has no artifact {sha256}")
        own = FetchedArtifacts(self.fetched.folder, _OwnBlobs(self))
        ref = ArtifactRef(
            sha256=sha256, media_type="application/octet-stream", size_bytes=info.size_bytes, producer=self.service
        )
        return await own.fetch(ref, self.service, None)

    async def fetch(self, ref: ArtifactRef, *, organization_id: str, on_behalf_of: str | None) -> Path:
        """A local file with any service's artifact, verified by its hash.

        The caller has checked that `organization_id` may read an own artifact (see `pins.readable`); another service's
        producer checks it itself. Raises BlobMissing, LookupError, WrongBytes, DependencyDown.
        """
        if ref.producer == self.service:
            return await self.local(ref.sha256)
        return await self.fetched.fetch(ref, organization_id, on_behalf_of)

    def read(self, sha256: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes [start, end) of an own artifact, in pieces of about a mebibyte. Raises BlobMissing."""
        return self.blobs.read(key_of(sha256), start, end)

    async def size(self, sha256: str) -> int | None:
        """The size of an own artifact in bytes, or None where it is not here."""
        info = await self.blobs.info(key_of(sha256))
        return info.size_bytes if info else None


class _OwnBlobs:
    """A service's own remote store as a source of local copies."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts

    def fetch(self, producer: str, sha256: str, organization_id: str, on_behalf_of: str | None) -> AsyncIterator[bytes]:
        return self._artifacts.read(sha256)


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size
