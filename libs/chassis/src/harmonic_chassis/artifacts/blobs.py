"""Blobs by key in a local folder or an S3 bucket, behind one small interface."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import obstore
from obstore.store import LocalStore, S3Store

from harmonic_chassis.fencing import leave_to_write

READ_BYTES = 1 << 20


class BlobMissing(LookupError):
    """There is no blob under this key."""


@dataclass(frozen=True)
class BlobInfo:
    """What a store tells of a blob."""

    key: str
    size_bytes: int
    modified_at: datetime


class BlobStore:
    """A place for blobs. Writes are whole or not at all; a read during a replacement sees one of the two."""

    def __init__(self, store: Any, folder: Path | None) -> None:
        self._store = store
        self.folder = folder
        """The local folder, or None where blobs are remote."""

    @classmethod
    def from_url(cls, url: str) -> "BlobStore":
        """`file:///absolute/folder` or a bare path; `s3://bucket/prefix?endpoint=http://...&region=...`.

        S3 credentials come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or the machine's role.
        """
        parts = urlsplit(url)
        if parts.scheme == "s3":
            options: dict[str, Any] = dict(parse_qsl(parts.query))
            if options.get("endpoint", "").startswith("http://"):
                options["client_options"] = {"allow_http": True}
            client = options.pop("client_options", None)
            prefix = parts.path.strip("/") or None
            store: Any = S3Store  # its stubs want a literal dictionary
            return cls(store(parts.netloc, prefix=prefix, config=options, client_options=client), None)
        if parts.scheme not in {"", "file"}:
            raise ValueError(f"artifacts_url {url!r} is not understood: use file:///folder or s3://bucket/prefix")
        folder = Path(unquote(parts.path) if parts.scheme else url).absolute()
        return cls(LocalStore(folder, mkdir=True), folder)

    async def put(self, key: str, content: bytes | Path) -> None:
        """Store bytes, or the content of a file, under a key; what was there is replaced. Durable when this returns.
        A worker that lost its job meanwhile writes nothing, and is told so (LeaseLost)."""
        await leave_to_write()
        await obstore.put_async(self._store, key, content)
        if self.folder is not None:
            await asyncio.to_thread(_flush, self.folder / key)

    async def get(self, key: str) -> bytes:
        """All bytes of a blob. Raises BlobMissing."""
        try:
            return bytes(await (await obstore.get_async(self._store, key)).bytes_async())
        except FileNotFoundError:
            raise BlobMissing(f"no blob {key}") from None

    async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes [start, end) in pieces. Raises BlobMissing before the first piece."""
        try:
            if end is not None and end <= start:
                await obstore.head_async(self._store, key)
                return
            span: Any = {"offset": start} if end is None else (start, end)
            found = await obstore.get_async(self._store, key, options={"range": span} if (start or end) else None)
        except FileNotFoundError:
            raise BlobMissing(f"no blob {key}") from None
        async for piece in found.stream(min_chunk_size=READ_BYTES):
            yield bytes(piece)

    async def info(self, key: str) -> BlobInfo | None:
        """What is known of a blob, or None where there is none."""
        try:
            return _info(await obstore.head_async(self._store, key))
        except FileNotFoundError:
            return None

    async def delete(self, key: str) -> None:
        """Remove a blob; one that is not there is no error."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return

    async def list(self, prefix: str) -> AsyncIterator[BlobInfo]:
        """All blobs below a prefix."""
        async for page in obstore.list(self._store, prefix):
            for meta in page:
                yield _info(meta)

    async def delete_below(self, prefix: str) -> None:
        """Remove every blob below a prefix."""
        for key in [blob.key async for blob in self.list(prefix)]:
            await self.delete(key)
        if self.folder is not None:
            await asyncio.to_thread(_remove_empty, self.folder / prefix)


def _info(meta: Any) -> BlobInfo:
    return BlobInfo(meta["path"], meta["size"], meta["last_modified"])


def _flush(path: Path) -> None:
    """Bring a file and its name to the disk: a database row is about to say that it is there."""
    for each in (path, path.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
