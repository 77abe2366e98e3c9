"""The bytes of artifacts: ranges, strong ETags, for ever cacheable; only for those whom a grant lets in."""

import re
from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from harmonic_chassis.artifacts import BlobMissing, pins
from harmonic_chassis.http.caller import Caller, CallerDep
from harmonic_chassis.http.dependencies import ChassisDep, ReadingDep, chassis_of
from harmonic_chassis.http.etags import etag, not_modified
from harmonic_chassis.http.problem_documents import ProblemError
from harmonic_contracts import problems
from harmonic_contracts.artifacts import ArtifactRef

router = APIRouter(tags=["artifacts"])
SPAN = re.compile(r"bytes=(\d*)-(\d*)")
UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/]')

Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the artifact")]
FileName = Annotated[str | None, Query(max_length=200, description="Download under this name")]


@router.head("/v1/artifacts/{sha256}", include_in_schema=False)
@router.get("/v1/artifacts/{sha256}", response_class=Response, summary="The bytes of an artifact")
async def read_artifact(
    sha256: Digest,
    request: Request,
    caller: CallerDep,
    chassis: ChassisDep,
    session: ReadingDep,
    filename: FileName = None,
) -> Response:
    """Whole, or one range of it. The ETag is the digest; an artifact never changes."""
    ref = await pins.find(session, sha256)
    if ref is None or ref.producer != chassis.service.name or not await _may_read(caller, session, sha256):
        raise ProblemError(problems.NOT_FOUND)
    headers = _headers(ref, filename)
    if not_modified(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    span = _span(request, ref)
    start, end = span or (0, ref.size_bytes)
    headers["Content-Length"] = str(end - start)
    if span:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{ref.size_bytes}"
    status = 206 if span else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=ref.media_type)
    return StreamingResponse(await _pieces(request, sha256, start, end), status, headers, ref.media_type)


async def _may_read(caller: Caller, session: ReadingDep, sha256: str) -> bool:
    return await pins.readable(session, sha256, await caller.reader(session))


async def _pieces(request: Request, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
    """The stream, with its first piece at hand: a blob that is gone is a 410, not a torn response."""
    stream = chassis_of(request).artifacts.read(sha256, start, end)
    try:
        first = await anext(stream, b"")
    except BlobMissing:
        raise ProblemError(problems.GONE, detail="The artifact was cleaned up") from None

    async def pieces() -> AsyncIterator[bytes]:
        yield first
        async for piece in stream:
            yield piece

    return pieces()


def _headers(ref: ArtifactRef, filename: str | None) -> dict[str, str]:
    headers = {
        "ETag": etag(ref.sha256),
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    if filename:
        plain = UNSAFE.sub("_", filename).encode("ascii", "replace").decode().replace("?", "_")
        headers["Content-Disposition"] = (
            f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
        )
    return headers


def _span(request: Request, ref: ArtifactRef) -> tuple[int, int] | None:
    """The bytes [start, end) that are asked for; None for all. Several ranges at once are answered with all of it."""
    header = request.headers.get("range")
    condition = request.headers.get("if-range")
    match = SPAN.fullmatch(header.replace(" ", "")) if header else None
    if match is None or (condition is not None and condition.strip() != etag(ref.sha256)):
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    start = int(first) if first else max(0, ref.size_bytes - int(last))
    end = min(int(last) + 1, ref.size_bytes) if first and last else ref.size_bytes
    if start >= end and first and last and int(last) < start:
        return None  # RFC 9110: an invalid range is ignored
    if start >= ref.size_bytes or start >= end:
        raise ProblemError(
            problems.RANGE,
            detail=f"The artifact has {ref.size_bytes} bytes",
            headers={"Content-Range": f"bytes */{ref.size_bytes}"},
        )
    return start, end
