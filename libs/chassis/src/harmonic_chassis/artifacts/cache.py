"""Artifacts of other services, fetched once, verified by their hash and kept in a local folder."""

import asyncio
import hashlib
import os
import weakref
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from harmonic_chassis.ids import new_id
from harmonic_contracts.artifacts import ArtifactRef


class WrongBytes(ValueError):
    """The bytes that came are not those that were asked for."""


class ArtifactSource(Protocol):
    """Where another service's artifacts come from."""

    def fetch(self, producer: str, sha256: str, organization_id: str, on_behalf_of: str | None) -> AsyncIterator[bytes]:
        """The bytes, in pieces. Raises DependencyDown where the producer does not answer, LookupError where it has no
        such artifact for this organization."""
        ...


class FetchedArtifacts:
    """A folder of verified copies. Who asks for the same artifact at the same time shares one fetch."""

    def __init__(self, folder: Path, source: ArtifactSource | None) -> None:
        self.folder = folder
        self._source = source
        self._fetching: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    def path(self, sha256: str) -> Path:
        """Where the copy is or would be."""
        return self.folder / sha256[:2] / sha256

    async def fetch(self, ref: ArtifactRef, organization_id: str, on_behalf_of: str | None) -> Path:
        """The verified local copy. Organizations share it, but each had to be let in by the producer once: a marker of
        its own beside the bytes says so."""
        path = self.path(ref.sha256)
        marker = path.with_name(f"{ref.sha256}.{organization_id}")
        async with self._fetching.setdefault(ref.sha256, asyncio.Lock()):
            if not (path.exists() and marker.exists()):
                await self._bring(ref, path, organization_id, on_behalf_of)
                marker.touch()
            os.utime(path)
        return path

    async def _bring(self, ref: ArtifactRef, path: Path, organization_id: str, on_behalf_of: str | None) -> None:
        if self._source is None:
            raise LookupError(f"this process has no way to {ref.producer}: give Artifacts a source")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{new_id()}.part")
        digest, size = hashlib.sha256(), 0
        try:
            with part.open("wb") as file:
                async for piece in self._source.fetch(ref.producer, ref.sha256, organization_id, on_behalf_of):
                    digest.update(piece)
                    size += file.write(piece)
                    if size > ref.size_bytes:
                        break
            if size != ref.size_bytes or digest.hexdigest() != ref.sha256:
                raise WrongBytes(f"{ref.producer} sent other bytes than artifact {ref.sha256} ({ref.size_bytes} bytes)")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
