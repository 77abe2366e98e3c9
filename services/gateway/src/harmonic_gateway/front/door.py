"""The front door: the ASGI application on the public port.

stamp -> find the row -> admit the caller -> count the request -> limit the body -> the service. The gateway's own
application is one of the upstreams; WebSockets are its own too.
"""

import time
from collections.abc import Callable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harmonic_contracts import problems
from harmonic_gateway.front.gate import Gate
from harmonic_gateway.front.limits import RateLimits, Verdict
from harmonic_gateway.front.stamp import stamped
from harmonic_gateway.routing.body import forward_limited
from harmonic_gateway.routing.headers import find, with_values
from harmonic_gateway.routing.problems import Refused, answer
from harmonic_gateway.routing.table import OWN, Route, RouteTable
from harmonic_gateway.routing.upstream import Upstream

WEBSOCKET_PATH = "/v1/ws"
Observe = Callable[[str, str, int, float], None]
"""Told of each request: method, prefix, status, seconds to the end of the answer."""


class FrontDoor:
    """Lets requests in and sends them on. `upstreams` has the services by name, and the gateway's own application."""

    def __init__(
        self,
        own: ASGIApp,
        upstreams: Mapping[str, Upstream],
        gate: Gate,
        limits: RateLimits,
        table: RouteTable,
        observe: Observe,
    ) -> None:
        self._own = own
        self._upstreams = {**upstreams, OWN: own}
        self._gate = gate
        self._limits = limits
        self._table = table
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(stamped(scope), receive, send)
        elif scope["type"] == "websocket" and scope["path"] != WEBSOCKET_PATH:
            await send({"type": "websocket.close", "code": 1008, "reason": "The WebSocket is /v1/ws"})
        else:
            await self._own(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, seen = time.perf_counter(), _Seen(send)
        try:
            prefix = await self._let_in(scope, receive, seen)
        except Refused as refused:
            prefix = "refused"
            await answer(refused, scope, receive, seen)
        self._observe(scope["method"], prefix, seen.status, time.perf_counter() - began)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> str:
        """Send the request on; gives the prefix that it matched."""
        route, upstream = self._route(scope)
        admitted, verdict = await self._admit(route, scope)
        await forward_limited(upstream, route.row.max_body, admitted, receive, _telling(verdict, send))
        return route.row.prefix

    def _route(self, scope: Scope) -> tuple[Route, Upstream]:
        route = self._table.find(scope["path"])
        if route is None:
            raise Refused(problems.NOT_FOUND, "Nothing is served at this address. See /docs.")
        upstream = self._upstreams.get(route.row.service)
        if upstream is None:
            raise Refused(problems.UPSTREAM, f"The {route.row.service} service is not part of this installation.")
        return route, upstream

    async def _admit(self, route: Route, scope: Scope) -> tuple[Scope, Verdict]:
        address = str(scope["client"][0]) if scope.get("client") else "unknown"
        if route.row.auth:
            _insist(await self._limits.count_secret(address))
        if route.is_open(scope["method"]):
            return _towards(route, scope), _insist(await self._limits.count(address))
        try:
            admission = await self._gate.admit(_authorization(scope))
        except Refused as refused:
            if refused.kind.status == 401:
                _insist(await self._limits.count(address))
            raise
        verdict = _insist(await self._limits.count(admission.subject))
        bearer = f"Bearer {admission.token}".encode()
        return _towards(route, {**scope, "headers": with_values(scope["headers"], {b"authorization": bearer})}), verdict


class _Seen:
    """Sends on, and remembers the status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


def _authorization(scope: Scope) -> str | None:
    value = find(scope["headers"], b"authorization")
    return value.decode("latin-1") if value is not None else None


def _towards(route: Route, scope: Scope) -> Scope:
    if route.path == scope["path"]:
        return scope
    return {**scope, "path": route.path, "raw_path": route.path.encode()}


def _insist(verdict: Verdict) -> Verdict:
    if not verdict.passed:
        detail = (
            f"Only {verdict.amount} requests in {verdict.window_s} s are allowed; try again in {verdict.reset_s} s."
        )
        raise Refused(problems.RATE_LIMITED, detail, verdict.headers)
    return verdict


def _telling(verdict: Verdict, send: Send) -> Send:
    """Tell the caller of the limit in the headers of whatever answer comes."""
    told = [(key.encode(), value.encode()) for key, value in verdict.headers.items()]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *told]}
        await send(message)

    return sending
