"""A live session as server-sent events: frames as they are made, and the end."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import orjson

from harmonic_physics.live.session import LiveFrame, Session

KEEP_ALIVE_S = 15.0


async def frames_of(session: Session, chosen: list[str], after: int, stopping: asyncio.Event) -> AsyncIterator[bytes]:
    """The session as server-sent events, past a number; ends with it."""
    seen = after
    while not stopping.is_set():
        session.watched_at = monotonic()
        moved = asyncio.ensure_future(session.ring.moved())
        news = session.ring.after(seen)
        for number, frame in news:
            lost, seen = number - seen - 1, number
            yield _event("frame", number, _told(frame, session, chosen, lost))
        if session.ring.closed:
            yield _event("end", seen, {"reason": session.ended})
        if session.ring.closed or news:
            moved.cancel()
        if session.ring.closed:
            return
        if not news and not await _within(moved, KEEP_ALIVE_S):
            yield b": heartbeat\n\n"


async def _within(moved: "asyncio.Future[None]", seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await moved
    except TimeoutError:
        return False
    return True


def _told(live: LiveFrame, session: Session, chosen: list[str], lost: int) -> dict[str, Any]:
    chunk, kinds = live.chunk, session.start.system.events
    events = [
        {"time": time, "kind": kinds[kind].kind, "bodies": [body for body in (a, b) if body >= 0], "strength": strength}
        for time, kind, a, b, strength in zip(
            chunk.events.time.tolist(),
            chunk.events.kind.tolist(),
            chunk.events.body_a.tolist(),
            chunk.events.body_b.tolist(),
            chunk.events.strength.tolist(),
            strict=True,
        )
    ]
    values = {name: chunk.arrays[name].tolist() for name in chosen}
    return {"frame": live.frame, "times": chunk.time.tolist(), "values": values, "events": events, "lost": max(0, lost)}


def _event(name: str, number: int, data: object) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, name.encode(), orjson.dumps(data))
