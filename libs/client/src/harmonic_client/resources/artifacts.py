"""Artifacts: downloads that go on where they broke off, and are believed only with the right hash."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from harmonic_client.errors import ApiError, BrokenFile, NotSignedIn, Unreachable
from harmonic_client.retries import TRANSIENT, RetryPolicy
from harmonic_client.session import Session
from harmonic_contracts.artifacts import ArtifactRef, NamedArtifact

CHUNK = 256 * 1024
Progress = Callable[[int, int], None]
"""Called with the bytes there so far and the bytes in all."""


class Artifacts:
    """``/v1/artifacts/{producer}/{sha256}``."""

    def __init__(self, session: Session, policy: RetryPolicy | None = None) -> None:
        self._session = session
        self._policy = policy or RetryPolicy()

    async def download(self, artifact: ArtifactRef, to: Path, progress: Progress | None = None) -> Path:
        """Put the artifact into this file. What an earlier try left beside it (`.part`) is gone on with. Raises
        BrokenFile when the bytes are not those that the name promises; nothing is left then."""
        if await asyncio.to_thread(_is, to, artifact):
            return to
        to.parent.mkdir(parents=True, exist_ok=True)
        part = to.with_name(f"{to.name}.part")
        await self._fill(artifact, part, progress or _quiet)
        if not await asyncio.to_thread(_is, part, artifact):
            part.unlink(missing_ok=True)
            raise BrokenFile(f"{to.name} arrived broken: its SHA-256 is not {artifact.sha256}. Download it again.")
        part.replace(to)
        return to

    async def download_all(
        self, files: Sequence[NamedArtifact], folder: Path, progress: Progress | None = None
    ) -> list[Path]:
        """Put every file into the folder, under its own name."""
        paths = [folder / safe_name(file.name) for file in files]
        if len(set(paths)) != len(paths):
            raise BrokenFile("Two files carry the same name; download them one by one.")
        done, total = 0, sum(file.artifact.size_bytes for file in files)
        for file, path in zip(files, paths, strict=True):
            before = done

            def tell(here: int, _: int, before: int = before) -> None:
                (progress or _quiet)(before + here, total)

            await self.download(file.artifact, path, tell)
            done += file.artifact.size_bytes
            tell(file.artifact.size_bytes, 0)
        return paths

    async def _fill(self, artifact: ArtifactRef, part: Path, progress: Progress) -> None:
        attempt = 0
        while (have := _size(part)) < artifact.size_bytes or not part.exists():
            try:
                await self._more(artifact, part, have, progress)
            except (Unreachable, ApiError) as error:
                if not _passing(error):
                    raise
                attempt = 1 if _size(part) > have else attempt + 1
                wait = self._policy.wait(attempt, getattr(error, "retry_after_s", None))
                if wait is None:
                    raise
                await asyncio.sleep(wait)

    async def _more(self, artifact: ArtifactRef, part: Path, have: int, progress: Progress) -> None:
        path = f"/v1/artifacts/{artifact.producer}/{artifact.sha256}"
        headers = {"Range": f"bytes={have}-", "If-Range": f'"{artifact.sha256}"'} if have else {}
        async with self._session.stream(path, headers={"Accept-Encoding": "identity", **headers}) as answer:
            resumed = answer.status == 206
            done = have if resumed else 0
            with part.open("ab" if resumed else "wb") as file:
                async for chunk in answer.content.iter_chunked(CHUNK):
                    file.write(chunk)
                    done += len(chunk)
                    if done > artifact.size_bytes:
                        part.unlink(missing_ok=True)
                        raise BrokenFile(
                            f"{part.stem} is longer than the {artifact.size_bytes} bytes that it should be"
                        )
                    progress(done, artifact.size_bytes)
        if done < artifact.size_bytes:
            raise Unreachable(f"The download broke off after {done} of {artifact.size_bytes} bytes")


def safe_name(name: str) -> str:
    """The name as a file in the folder and nowhere else. Raises BrokenFile for one that leads out of it."""
    plain = Path(name).name
    if plain != name or plain in {"", ".", ".."} or "\\" in name or "\0" in name:
        raise BrokenFile(f"The platform named a file {name!r}, which is no plain file name.")
    return plain


def _passing(error: Unreachable | ApiError) -> bool:
    if isinstance(error, Unreachable):
        return True
    return isinstance(error, ApiError) and not isinstance(error, NotSignedIn) and error.problem.status in TRANSIENT


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _is(path: Path, artifact: ArtifactRef) -> bool:
    if _size(path) != artifact.size_bytes or not path.exists():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == artifact.sha256


def _quiet(_: int, __: int) -> None:
    return None
