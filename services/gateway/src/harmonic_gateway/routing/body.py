"""The limit on request bodies, the same for every upstream: refused by length at once, or while it streams."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harmonic_contracts import problems
from harmonic_gateway.routing.headers import find
from harmonic_gateway.routing.problems import Refused, answer


class BodyTooLarge(Exception):
    """The body that streams in is larger than the limit."""


async def forward_limited(app: ASGIApp, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
    """Run the application; a request body above `limit` bytes is answered by 413 in its place."""
    if _declared_length(scope) > limit:
        await answer(_too_large(limit), scope, receive, send)
        return
    if find(scope["headers"], b"transfer-encoding") is None:
        await app(scope, receive, send)  # the server holds the client to its declared length
        return
    await _CountedBody(app, limit)(scope, receive, send)


def _declared_length(scope: Scope) -> int:
    value = find(scope["headers"], b"content-length")
    return int(value) if value is not None and value.isdigit() else 0


def _too_large(limit: int) -> Refused:
    return Refused(problems.TOO_LARGE, f"The body may have {limit} bytes here.")


class _CountedBody:
    """Counts the body as it passes. Past the limit the application's answer, whatever it is, becomes 413."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen, exceeded, started = 0, False, False

        async def counted() -> Message:
            nonlocal seen, exceeded
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                exceeded = True
                raise BodyTooLarge
            return message

        async def guarded(message: Message) -> None:
            nonlocal started
            if exceeded and not started:
                return
            started = True
            await send(message)

        try:
            await self._app(scope, counted, guarded)
        except Exception:
            if not exceeded or started:
                raise
        if exceeded and not started:
            await answer(_too_large(self._limit), scope, receive, send)
