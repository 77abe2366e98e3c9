"""Around every request: its id, its place in the trace, its log line and metrics, and a problem for the uncaught.

Pure ASGI, the outermost layer.
"""

import logging
import re
import secrets
import time
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harmonic_chassis import tracing
from harmonic_chassis.context import MessageContext, use
from harmonic_chassis.http.problem_documents import problem_response
from harmonic_chassis.ids import new_id
from harmonic_chassis.metrics import Metrics
from harmonic_contracts import problems

log = logging.getLogger("harmonic.http")

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
QUIET = frozenset({"/livez", "/readyz", "/metrics"})
NUL = (b"\x00", b"%00")


def child_traceparent(parent: str | None) -> str:
    """This hop's place in the caller's trace, or the root of a new one (W3C Trace Context, level 1)."""
    if parent is not None and TRACEPARENT.fullmatch(parent):
        return f"{parent[:36]}{secrets.token_hex(8)}{parent[52:]}"
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def context_of(headers: Headers) -> MessageContext:
    """The context of a request, from its headers; malformed ones count for nothing."""
    request_id = headers.get("x-request-id", "")
    correlation_id = headers.get("x-correlation-id", "")
    return MessageContext(
        organization_id=None,
        actor_id=None,
        correlation_id=correlation_id if UUID.fullmatch(correlation_id) else new_id(),
        causation_id=None,
        traceparent=child_traceparent(headers.get("traceparent")),
        request_id=request_id if REQUEST_ID.fullmatch(request_id) else new_id(),
    )


class Requests:
    """The outermost layer of a service's app."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        with use(context_of(Headers(scope=scope))) as context:
            exchange = _Exchange(scope, send, context)
            try:
                await self._answer(exchange, receive)
            finally:
                self._record(exchange)

    async def _answer(self, exchange: "_Exchange", receive: Receive) -> None:
        scope = exchange.scope
        if scope["type"] == "http" and _has_nul(scope):
            response = problem_response(problems.MALFORMED, detail="The URL holds a NUL character")
            await response(scope, receive, exchange.send)
            return
        try:
            await self.app(scope, receive, exchange.send)
        except Exception:
            exchange.status = exchange.status or 500
            log.exception("request failed", extra={"method": scope.get("method"), "path": scope["path"]})
            if exchange.started or scope["type"] != "http":
                raise
            await problem_response(problems.INTERNAL, instance=scope["path"])(scope, receive, exchange.send)

    def _record(self, exchange: "_Exchange") -> None:
        scope = exchange.scope
        seconds = time.perf_counter() - exchange.began
        route = _template(scope)
        method = scope.get("method", "WEBSOCKET")
        self.metrics.request(method, route, exchange.status, seconds)
        if tracing.active() and scope["path"] not in QUIET:
            parent = Headers(scope=scope).get("traceparent")
            parent = parent if parent is not None and TRACEPARENT.fullmatch(parent) else None
            tracing.request(
                self.metrics.service, method, route, exchange.status, exchange.traceparent, parent, exchange.began
            )
        caller = scope.get("state", {}).get("caller")
        facts = {
            "method": method,
            "path": scope["path"],
            "status": exchange.status,
            "ms": round(seconds * 1000, 2),
            "caller": caller.identity if caller else None,
        }
        log.log(logging.DEBUG if scope["path"] in QUIET else logging.INFO, "request", extra=facts)


class _Exchange:
    """What is known of one request and its response."""

    def __init__(self, scope: Scope, send: Send, context: MessageContext) -> None:
        self.scope = scope
        self.status = 0
        self.started = False
        self.began = time.perf_counter()
        self._send = send
        self.traceparent = context.traceparent
        self._request_id = (context.request_id or "").encode()

    async def send(self, message: Message) -> None:
        """Pass on a message, with the request id in the response's headers."""
        if message["type"] in {"http.response.start", "websocket.accept"}:
            self.started = True
            self.status = message.get("status", 101)
            headers = [header for header in message.get("headers", ()) if header[0].lower() != b"x-request-id"]
            message["headers"] = [*headers, (b"x-request-id", self._request_id)]
        await self._send(message)


def _has_nul(scope: Scope) -> bool:
    where = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
    return any(nul in part for nul in NUL for part in (where, scope["query_string"]))


def _template(scope: Scope) -> str:
    """The route's path template: a label with few values, unlike the path."""
    route: Any = scope.get("route")
    return str(getattr(route, "path_format", None) or getattr(route, "path", None) or "unmatched")
