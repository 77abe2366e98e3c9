"""A request straight into an ASGI app of the same process, with the body streamed and held back by its reader."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

from harmonic_chassis.errors import DependencyDown

QUEUED = 4


class Answer:
    """The status, headers and coming body of an app's response."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.started = asyncio.Event()
        self._chunks: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUED)
        self.broken = False

    async def send(self, message: Message) -> None:
        """What the app calls."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]
            }
            self.started.set()
        elif message["type"] == "http.response.body":
            if message.get("body"):
                await self._chunks.put(message["body"])
            if not message.get("more_body"):
                await self._chunks.put(None)

    async def fail(self) -> None:
        """The app ended before its response did."""
        self.broken = True
        self.started.set()
        await self._chunks.put(None)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body. Raises DependencyDown where the app broke off."""
        while (chunk := await self._chunks.get()) is not None:
            yield chunk
        if self.broken:
            raise DependencyDown("the app", "its response broke off")


@asynccontextmanager
async def call(app: ASGIApp, method: str, path: str, headers: Mapping[str, str], body: bytes) -> AsyncIterator[Answer]:
    """Run the app on one request; leaving the block before the body's end cancels it."""
    answer, ended = Answer(), asyncio.Event()
    scope = _scope(method, path, headers, body)
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if not sent:
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}
        await ended.wait()
        return {"type": "http.disconnect"}

    async def run() -> None:
        complete = False

        async def send(message: Message) -> None:
            nonlocal complete
            complete = message["type"] == "http.response.body" and not message.get("more_body")
            await answer.send(message)

        try:
            await app(scope, receive, send)
        finally:
            if not complete:
                await answer.fail()

    task = asyncio.create_task(run(), context=Context())  # the callee has its own context, as behind a socket
    try:
        await answer.started.wait()
        if answer.status == 0:
            raise DependencyDown("the app", "it gave no response")
        yield answer
    finally:
        ended.set()
        if not task.done():
            task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


def _scope(method: str, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, object]:
    raw, _, query = path.partition("?")
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    if body:
        pairs.append((b"content-length", str(len(body)).encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(raw),
        "raw_path": raw.encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": [*pairs, (b"host", b"local")],
        "client": ("127.0.0.1", 0),
        "server": ("local", 80),
        "state": {},
    }
