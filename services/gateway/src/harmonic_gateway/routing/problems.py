"""Answers that the gateway gives itself, as problem documents over plain ASGI."""

from collections.abc import Mapping

from starlette.types import Receive, Scope, Send

from harmonic_contracts.problems import MEDIA_TYPE, ProblemType


class Refused(Exception):
    """The front door does not let the request in."""

    def __init__(self, kind: ProblemType, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})


async def answer(refused: Refused, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the problem document of a refusal."""
    state = scope.get("state", {})
    request_id = state.get("request_id")
    document = refused.kind.document(refused.detail, instance=scope["path"], request_id=request_id)
    body = document.model_dump_json(exclude_none=True).encode()
    headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), "cache-control": "no-store"}
    if request_id:
        headers["x-request-id"] = request_id
    headers.update(refused.headers)
    raw = [(key.lower().encode(), value.encode()) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": refused.kind.status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
