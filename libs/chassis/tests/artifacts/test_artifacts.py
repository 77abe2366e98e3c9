"""Artifacts: named by their bytes, kept while pinned, read by those who may, fetched once and verified."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from harmonic_chassis.artifacts import Artifacts, BlobMissing, BlobStore, WrongBytes
from harmonic_contracts.artifacts import ArtifactRef

ORGANIZATION = "0190a000-0000-7000-8000-000000000001"


class OtherService:
    """Another service as its artifacts are seen from here."""

    def __init__(self, content: bytes) -> None:
        self.content, self.asked = content, 0

    async def fetch(
        self, producer: str, sha256: str, organization_id: str, on_behalf_of: str | None
    ) -> AsyncIterator[bytes]:
        self.asked += 1
        for start in range(0, len(self.content), 7):
            await asyncio.sleep(0)
            yield self.content[start : start + 7]


def opened(folder: Path, source: OtherService | None = None) -> Artifacts:
    return Artifacts.open("physics", (folder / "store").as_uri(), folder / "cache", source)


def foreign(content: bytes) -> ArtifactRef:
    sha256 = hashlib.sha256(content).hexdigest()
    return ArtifactRef(sha256=sha256, media_type="text/plain", size_bytes=len(content), producer="audio")


async def test_bytes_and_file_of_the_same_content_are_one_artifact(tmp_path: Path) -> None:
    """An artifact is named by its SHA-256, however it came; its local file has exactly its bytes."""
    artifacts, content = opened(tmp_path), b"sound" * 1000
    (tmp_path / "file").write_bytes(content)
    first = await artifacts.put_bytes(content, "audio/wav")
    second = await artifacts.put_file(tmp_path / "file", "audio/wav")
    assert first == second and first.sha256 == hashlib.sha256(content).hexdigest() and first.size_bytes == 5000
    assert (await artifacts.local(first.sha256)).read_bytes() == content
    assert await artifacts.fetch(first, organization_id=ORGANIZATION, on_behalf_of=None) == await artifacts.local(
        first.sha256
    )


@pytest.mark.parametrize(("start", "end"), [(0, None), (0, 1), (3, 9), (9, None), (4, 4), (0, 10)])
async def test_any_range_can_be_read(tmp_path: Path, start: int, end: int | None) -> None:
    """A range gives the bytes [start, end) and no others."""
    artifacts = opened(tmp_path)
    ref = await artifacts.put_bytes(b"0123456789", "text/plain")
    read = b"".join([piece async for piece in artifacts.read(ref.sha256, start, end)])
    assert read == b"0123456789"[start:end]


async def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing artifact is a clear error at each way to it."""
    artifacts = opened(tmp_path)
    with pytest.raises(BlobMissing, match="physics has no artifact"):
        await artifacts.local("0" * 64)
    with pytest.raises(BlobMissing):
        _ = [piece async for piece in artifacts.read("0" * 64)]
    assert await artifacts.size("0" * 64) is None


async def test_another_services_artifact_is_fetched_once_for_all_who_ask(tmp_path: Path) -> None:
    """Ten who ask at once share one fetch, and later ones need none."""
    source = OtherService(b"a trajectory of another service")
    artifacts, ref = opened(tmp_path, source), foreign(source.content)
    paths = await asyncio.gather(
        *(artifacts.fetch(ref, organization_id=ORGANIZATION, on_behalf_of=None) for _ in range(10))
    )
    assert {path.read_bytes() for path in paths} == {source.content} and source.asked == 1


async def test_a_cached_copy_lets_no_other_organization_in(tmp_path: Path) -> None:
    """An organization that has not been let in by the producer is asked for anew, though the bytes are here."""
    source = OtherService(b"secret")
    artifacts, ref = opened(tmp_path, source), foreign(source.content)
    await artifacts.fetch(ref, organization_id=ORGANIZATION, on_behalf_of=None)
    await artifacts.fetch(ref, organization_id="0190a000-0000-7000-8000-000000000002", on_behalf_of=None)
    assert source.asked == 2


@pytest.mark.parametrize("sent", [b"", b"shorter", b"other bytes of size", b"the right bytes, and then more"])
async def test_wrong_bytes_are_refused_and_not_kept(tmp_path: Path, sent: bytes) -> None:
    """Bytes that do not hash to the artifact's name never become a local file."""
    artifacts, ref = opened(tmp_path, OtherService(sent)), foreign(b"the right bytes ...")
    with pytest.raises(WrongBytes, match="sent other bytes"):
        await artifacts.fetch(ref, organization_id=ORGANIZATION, on_behalf_of=None)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


async def test_a_remote_store_gives_local_files_too(tmp_path: Path) -> None:
    """Where blobs are remote, an own artifact is copied once to a local file that can be mapped."""
    artifacts = Artifacts("physics", BlobStore(MemoryStore(), None), tmp_path / "cache")
    (tmp_path / "file").write_bytes(b"orbit" * 1000)
    ref = await artifacts.put_file(tmp_path / "file", "application/octet-stream")
    assert b"".join([piece async for piece in artifacts.read(ref.sha256, 5, 10)]) == b"orbit"
    assert (await artifacts.local(ref.sha256)).read_bytes() == b"orbit" * 1000
    assert await artifacts.local(ref.sha256) == await artifacts.fetch(ref, organization_id="o", on_behalf_of=None)
    with pytest.raises(BlobMissing):
        await artifacts.local("0" * 64)


@pytest.mark.parametrize("url", ["ftp://host/folder", "s3-bucket://x"])
def test_an_unknown_place_is_refused_with_what_is_understood(url: str) -> None:
    """A store URL that is not understood says which ones are."""
    with pytest.raises(ValueError, match="use file:///folder or s3://bucket/prefix"):
        BlobStore.from_url(url)


def test_an_s3_place_is_understood_without_asking_the_network() -> None:
    """An S3 URL with endpoint and region opens; where there is no folder, there is none."""
    opened = BlobStore.from_url("s3://bucket/harmonic/physics?endpoint=http://127.0.0.1:9000&region=eu-west-1")
    assert opened.folder is None
