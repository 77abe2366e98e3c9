"""Server-sent events on the wire. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html"""

from collections.abc import AsyncIterator

import orjson
from starlette.responses import StreamingResponse

from harmonic_gateway.streams.follow import Item

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
RETRY = b"retry: 1000\n\n"


def encode(item: Item) -> bytes:
    """One event. JSON of one line needs no splitting into several data fields."""
    if item.is_heartbeat:
        return b": heartbeat\n\n"
    lines = [b"event: " + item.name.encode(), b"data: " + orjson.dumps(item.data)]
    if item.id is not None:
        lines.insert(0, b"id: " + item.id.encode())
    return b"\n".join(lines) + b"\n\n"


def response(items: AsyncIterator[Item]) -> StreamingResponse:
    """The response that streams the items; it begins at once, so that the client knows that it is connected."""

    async def body() -> AsyncIterator[bytes]:
        yield RETRY
        async for item in items:
            yield encode(item)

    return StreamingResponse(body(), media_type="text/event-stream", headers=HEADERS)
