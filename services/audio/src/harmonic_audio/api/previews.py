"""``/v1/renderings/{rendering_id}/preview``: hear a rendering while it is being made."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from harmonic_audio import wav
from harmonic_audio.api.access import readable
from harmonic_audio.previews import LEVEL_DB, key_of, topic_of
from harmonic_audio.store.tables import RenderingRow
from harmonic_chassis.artifacts import BlobMissing
from harmonic_chassis.http import CallerDep, ChassisDep, ProblemError, problems
from harmonic_chassis.service import Chassis
from harmonic_contracts.base import Identifier
from harmonic_contracts.operations import OperationState

router = APIRouter(prefix="/v1/renderings", tags=["renderings"])
LOOK_S: Final = 0.5
"""Between looks, should no broadcast come."""
PATIENCE_S: Final = 20.0
"""For so long the answer waits for the first piece."""
LABEL: Final = f"not normalised; level_db={LEVEL_DB:g}"
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {wav.MEDIA_TYPE: {}},
        "description": "A WAV file of the whole length, its samples sent as they are mixed. Not the master",
        "headers": {
            "Harmonic-Preview": {
                "description": "Says that the sound is not normalised: without target loudness, limiter and stems, "
                "folded to two channels of 16 bits, this many dB below the level of the mix",
                "schema": {"type": "string"},
            }
        },
    }
}


@router.get("/{rendering_id}/preview", response_class=StreamingResponse, responses=ANSWERS)
async def preview_rendering(rendering_id: Identifier, caller: CallerDep, chassis: ChassisDep) -> StreamingResponse:
    """The sound while it is being rendered, **before normalisation**: stereo, 16 bits, from the first second on.

    The answer begins once a second is mixed and ends with the last sample; its level is not the master's. An hour after
    the rendering has ended the preview is gone: fetch the master.
    """
    async with chassis.db.reading() as session:
        await readable(caller, session, await session.get(RenderingRow, rendering_id))
    stream = _pieces(chassis, rendering_id)
    try:
        async with asyncio.timeout(PATIENCE_S):
            first = await anext(stream, b"")
    except TimeoutError:
        detail = "The rendering has not begun yet; try again in a moment"
        raise ProblemError(problems.CONFLICT, detail=detail, headers={"Retry-After": "5"}) from None
    if not first:
        raise await _over(chassis, rendering_id)

    async def body() -> AsyncIterator[bytes]:
        yield first
        async for piece in stream:
            yield piece

    headers = {"Harmonic-Preview": LABEL, "Cache-Control": "no-store"}
    return StreamingResponse(body(), headers=headers, media_type=wav.MEDIA_TYPE)


async def _over(chassis: Chassis, rendering_id: str) -> ProblemError:
    """Why there is nothing to hear."""
    async with chassis.db.reading() as session:
        row = await session.get(RenderingRow, rendering_id)
    if row is None:
        return ProblemError(problems.NOT_FOUND)
    if row.state == OperationState.SUCCEEDED:
        return ProblemError(problems.GONE, detail="The rendering is completed and its preview over: fetch the master")
    return ProblemError(problems.CONFLICT, detail=f"The rendering is {row.state}: there is nothing to hear of it")


async def _pieces(chassis: Chassis, rendering_id: str) -> AsyncIterator[bytes]:
    """The pieces in order, each as soon as it is there, until the whole is sent or the job has ended without it."""
    number, left = 0, 1
    async with chassis.transport.listen(topic_of(rendering_id)) as heard:
        news = asyncio.ensure_future(anext(heard))
        try:
            while left > 0 and not chassis.stopping.is_set():
                ended = await _ended(chassis, rendering_id)
                try:
                    piece = await chassis.artifacts.blobs.get(key_of(rendering_id, number))
                except BlobMissing:
                    if ended:
                        return
                    await asyncio.wait({news}, timeout=LOOK_S)
                    news = asyncio.ensure_future(anext(heard)) if news.done() else news
                    continue
                left = (_size(piece) if number == 0 else left) - len(piece)
                number += 1
                yield piece
        finally:
            news.cancel()


def _size(first: bytes) -> int:
    """Bytes of the whole file, as its header has it."""
    return int.from_bytes(first[4:8], "little") + 8


async def _ended(chassis: Chassis, rendering_id: str) -> bool:
    async with chassis.db.reading() as session:
        row = await session.get(RenderingRow, rendering_id)
    return row is None or row.ended_at is not None
