"""No request body above the limit is read: refused by its declared length, or while it streams in. Pure ASGI."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harmonic_chassis.http.problem_documents import problem_response
from harmonic_contracts import problems


class BodyTooLarge(HTTPException):
    """Raised where the body is read."""

    def __init__(self, limit: int) -> None:
        super().__init__(problems.TOO_LARGE.status, f"A body here may have {limit} bytes", {"Connection": "close"})


class BodyLimit:
    """Limits bodies to `limit` bytes, or to that of the longest matching path prefix in `by_prefix`."""

    def __init__(self, app: ASGIApp, *, limit: int, by_prefix: Mapping[str, int]) -> None:
        self.app = app
        self.limit = limit
        self.by_prefix = sorted(by_prefix.items(), key=lambda entry: -len(entry[0]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = next((value for prefix, value in self.by_prefix if scope["path"].startswith(prefix)), self.limit)
        if _declared_length(scope) > limit:
            error = BodyTooLarge(limit)
            response = problem_response(
                problems.TOO_LARGE, detail=error.detail, headers=error.headers, instance=scope["path"]
            )
            await response(scope, receive, send)
            return
        await self.app(scope, _counted(receive, limit), send)


def _declared_length(scope: Scope) -> int:
    value = Headers(scope=scope).get("content-length", "")
    return int(value) if value.isdecimal() else 0


def _counted(receive: Receive, limit: int) -> Receive:
    total = 0

    async def receive_within_limit() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit:
            raise BodyTooLarge(limit)
        return message

    return receive_within_limit
