"""Renderings: what they tell of their notes, and their sound while it is being made."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from harmonic_client.errors import BrokenFile, Conflict
from harmonic_client.models import Legend, NoteRow, Rendering
from harmonic_client.resources.listing import pages
from harmonic_client.retries import RetryPolicy
from harmonic_client.session import Session

CHUNK = 64 * 1024
PATIENCE = RetryPolicy(attempts=8)
"""For a rendering that has not begun: the platform says how long to wait, some seconds each time."""


class Renderings:
    """``/v1/renderings``."""

    def __init__(self, session: Session, patience: RetryPolicy = PATIENCE) -> None:
        self._session = session
        self._patience = patience

    async def get(self, rendering_id: str) -> Rendering:
        """One rendering."""
        return Rendering.model_validate((await self._session.send("GET", f"/v1/renderings/{rendering_id}")).json())

    def list(self, universe_id: str | None = None) -> AsyncIterator[Rendering]:
        """The renderings that the user may see, or those of a universe, newest first."""
        query = {"universe_id": universe_id} if universe_id else None
        return pages(self._session, "/v1/renderings", Rendering, query)

    async def legend(self, rendering_id: str) -> Legend:
        """What sounds like what."""
        return Legend.model_validate((await self._session.send("GET", f"/v1/renderings/{rendering_id}/legend")).json())

    def notes(self, rendering_id: str) -> AsyncIterator[NoteRow]:
        """Every note with its cause, in order of onset."""
        return pages(self._session, f"/v1/renderings/{rendering_id}/notes", NoteRow, {"format": "json"})

    async def notes_csv(self, rendering_id: str) -> AsyncGenerator[bytes]:
        """The same as one CSV file, piece by piece."""
        path = f"/v1/renderings/{rendering_id}/notes"
        async with self._session.stream(path, params={"format": "csv"}) as answer:
            async for piece in answer.content.iter_chunked(CHUNK):
                yield piece

    async def preview(self, rendering_id: str) -> AsyncGenerator[bytes]:
        """A WAV file, piece by piece, while the rendering is being made; its level is not the master's.

        Waits for a rendering that has not begun. Raises NotFound once the preview is over, Conflict where there is
        nothing to hear, and BrokenFile where the sound ends before its header says, as when the rendering is cancelled.
        """
        attempt, begun = 0, False
        while True:
            attempt += 1
            try:
                async with aclosing(self._whole(f"/v1/renderings/{rendering_id}/preview")) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
                return
            except Conflict as error:
                wait = (
                    None if begun or error.retry_after_s is None else self._patience.wait(attempt, error.retry_after_s)
                )
                if wait is None:
                    raise
                await asyncio.sleep(wait)

    async def _whole(self, path: str) -> AsyncGenerator[bytes]:
        """The pieces of a WAV file. Raises BrokenFile after the last where it is not as long as its header says."""
        head, done = b"", 0
        async with self._session.stream(path) as answer:
            async for piece in answer.content.iter_chunked(CHUNK):
                head, done = (head + piece[:8])[:8], done + len(piece)
                yield piece
        size = int.from_bytes(head[4:8], "little") + 8
        if len(head) < 8 or done < size:
            raise BrokenFile(f"The preview ended after {done} of {size} bytes: look whether the rendering has failed.")
