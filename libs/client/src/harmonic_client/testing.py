"""A small gateway on a real port, for tests of the client: it keeps the API's promises, and breaks off when told to.

Tokens rotate and are good once, events are resumed by number, artifacts by Range, writes replay their Idempotency-Key.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiohttp import web

from harmonic_contracts import problems
from harmonic_contracts.problems import FieldError, ProblemType

NOW = "2026-01-01T00:00:00Z"
PASSWORD = "correct horse battery staple"  # noqa: S105 known to all


def id_of(number: int) -> str:
    """An identifier that is easy to tell."""
    return str(UUID(int=(0x0190 << 112) | (7 << 76) | (2 << 62) | number))


def operation(number: int, state: str, progress: float = 0.0, **more: Any) -> dict[str, Any]:
    """The document of an operation, with a step."""
    step = {"name": "simulate", "state": state, "progress": progress}
    return {
        "operation_id": id_of(number),
        "kind": "performance",
        "organization_id": id_of(1),
        "state": state,
        "progress": progress,
        "steps": [step],
        "created_at": NOW,
        "updated_at": NOW,
        "newer_field": "ignored",
        **more,
    }


@dataclass
class Stage:
    """What the small gateway serves, what it was told to break, and what it saw."""

    url: str = ""
    expires_in: int = 600
    refusals: dict[str, list[int]] = field(default_factory=dict)
    """Path -> statuses to answer first."""
    events: dict[str, list[tuple[int | None, str, dict[str, Any]]]] = field(default_factory=dict)
    """Operation -> events (number, name, data)."""
    break_after: list[int] = field(default_factory=list)
    """Break each stream in turn after so many events."""
    blobs: dict[str, bytes] = field(default_factory=dict)
    cut_after: list[int] = field(default_factory=list)
    """Break each download in turn after so many bytes."""
    corrupt: bool = False
    universes: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    """Content type, query and bytes of each file that was sent whole."""
    preview: bytes = b""
    """What there is to hear; a rendering that has not begun where it is empty."""
    notes: list[dict[str, Any]] = field(default_factory=list)
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    access: str = "access-0"
    refresh: str = "refresh-0"
    refreshes: int = 0
    replies: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add_blob(self, data: bytes, name: str = "sound.wav") -> dict[str, Any]:
        """Serve these bytes; the file as an operation's result names it."""
        digest = hashlib.sha256(data).hexdigest()
        self.blobs[digest] = data
        artifact = {"sha256": digest, "media_type": "audio/wav", "size_bytes": len(data), "producer": "export"}
        return {"name": name, "url": f"/v1/artifacts/export/{digest}", "artifact": artifact}

    def requests(self, method: str, path: str) -> list[dict[str, str]]:
        """The headers of the requests seen."""
        return [headers for verb, where, headers in self.seen if (verb, where) == (method, path)]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Any request."""
        self.seen.append((request.method, request.path, dict(request.headers)))
        if waiting := self.refusals.get(request.path):
            return web.json_response({}, status=waiting.pop(0))
        if request.path.startswith("/v1/auth/"):
            return await self._auth(request)
        bearer = request.headers.get("Authorization", "")
        if bearer not in {f"Bearer {self.access}", "Bearer hu_key"}:
            return _problem(problems.UNAUTHENTICATED)
        parts = request.path.strip("/").split("/")[1:]
        handler = getattr(self, f"_{parts[0].replace('-', '_')}", None)
        return await handler(request, parts[1:]) if handler else _problem(problems.NOT_FOUND)

    async def _auth(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        match request.path.rsplit("/", 1)[1]:
            case "refresh" if body["refresh_token"] != self.refresh:
                return _problem(problems.UNAUTHENTICATED)
            case "login" if body["password"] != PASSWORD:
                return _problem(problems.UNAUTHENTICATED, detail="The e-mail address or the password is wrong.")
            case "logout":
                self.access = self.refresh = ""
                return web.Response(status=204)
        self.refreshes += 1
        self.access, self.refresh = f"access-{self.refreshes}", f"refresh-{self.refreshes}"
        ids = {"user_id": id_of(2), "organization_id": id_of(1), "project_id": id_of(3)}
        tokens = {"access_token": self.access, "refresh_token": self.refresh, "expires_in": self.expires_in}
        return web.json_response({**tokens, **ids})

    async def _me(self, request: web.Request, parts: list[str]) -> web.StreamResponse:
        me = {"user_id": id_of(2), "email": "ada@example.org", "name": "ada", "roles": {id_of(1): "owner"}}
        return web.json_response({**me, "organization_id": id_of(1), "project_id": id_of(3)})

    async def _presets(self, request: web.Request, parts: list[str]) -> web.StreamResponse:
        if "cursor" not in request.query:
            item = {"name": "trappist-1", "system": "orbits", "title": "TRAPPIST-1"}
            return web.json_response({"items": [item], "next": "more"})
        return web.json_response({"items": [{"name": "billiard", "system": "particles"}], "next": None})

    async def _universes(self, request: web.Request, parts: list[str]) -> web.StreamResponse:
        if request.method == "POST":
            return self._once(request, await request.json())
        if not parts:
            return web.json_response({"items": list(self.universes.values()), "next": None})
        found = self.universes.get(parts[0])
        if found is None:
            return _problem(problems.NOT_FOUND)
        if request.method == "DELETE":
            if request.headers.get("If-Match") != f'"{found["revision"]}"':
                return _problem(problems.STALE)
            del self.universes[parts[0]]
            return web.Response(status=204)
        return web.json_response(found)

    def _once(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        key = request.headers["Idempotency-Key"]
        if body.get("preset", "trappist-1") != "trappist-1":
            error = FieldError(field="body.preset", reason="is not known", allowed="trappist-1, billiard")
            return _problem(problems.INVALID, errors=[error])
        if key not in self.replies:
            name, new = body.get("name", "TRAPPIST-1"), id_of(100 + len(self.universes))
            made = {"universe_id": new, "organization_id": id_of(1), "revision": 1, "name": name}
            self.replies[key] = self.universes[new] = made
        return web.json_response(self.replies[key], status=201)

    async def _performances(self, request: web.Request, parts: list[str]) -> web.StreamResponse:
        if request.method == "GET":
            ids = {"performance_id": parts[0], "operation_id": parts[0], "rendering_id": id_of(8)}
            return web.json_response({**ids, "state": "succeeded"})
        ids = {"performance_id": id_of(7), "operation_id": id_of(7)}
        return web.json_response({**operation(7, "queued"), **ids}, status=202)

    async def _exports(self, request: web.Request, parts: list[str]) -> web.StreamResponse:
        body = await request.json()
        ids = {"export_id": id_of(7), "operation_id": id_of(7), "rendering_id": body["rendering_id"]}
        return web.json_response({**ids, "state": "queued", "formats": body.get("formats")}, status=202)

    async def _analyses(self, request: web.Request, parts: list[str]) -> web.StreamResponse:
        if parts[1:] == ["report"]:
            return web.json_response({"tempo_bpm": 120.0})
        return await self._sounds(request, parts, {"analysis_id": id_of(7), "measures": {"true_peak_dbtp": -1.5}})

    async def _conversions(self, request: web.Request, parts: list[str]) -> web.StreamResponse:
        return await self._sounds(request, parts, {"conversion_id": id_of(7)})

    async def _sounds(self, request: web.Request, parts: list[str], own: dict[str, Any]) -> web.StreamResponse:
        view = {**own, "operation_id": id_of(7), "state": "succeeded", "newer_field": "ignored"}
        if request.method == "DELETE":
            return web.Response(status=204)
        if request.method == "POST":
            key = request.headers["Idempotency-Key"]
            if key not in self.replies:
                await self._keep(request)
                self.replies[key] = view
            return web.json_response(view, status=202)
        return web.json_response(view if parts else {"items": [view], "next": None})

    async def _scores(self, request: web.Request, parts: list[str]) -> web.StreamResponse:
        await self._keep(request)
        return web.json_response({"notes": [{}, {}]})

    async def _keep(self, request: web.Request) -> None:
        self.bodies.append((request.content_type, dict(request.query), await request.read()))

    async def _renderings(self, request: web.Request, parts: list[str]) -> web.StreamResponse:
        match parts[1:]:
            case ["legend"]:
                return web.json_response({"lines": ["energy: pitch"], "entries": [{"rule": "energy"}]})
            case ["notes"] if request.query.get("format") == "csv":
                return web.Response(text="number\r\n1\r\n", content_type="text/csv")
            case ["notes"]:
                start = int(request.query.get("cursor", "0"))
                following = str(start + 1) if start + 1 < len(self.notes) else None
                return web.json_response({"items": self.notes[start : start + 1], "next": following})
            case ["preview"] if not self.preview:
                return _problem(problems.CONFLICT, {"Retry-After": "0"})
            case ["preview"]:
                return web.Response(body=self.preview, content_type="audio/wav")
        view = {"rendering_id": id_of(8), "operation_id": id_of(8), "universe_id": id_of(9), "state": "succeeded"}
        return web.json_response(view if parts else {"items": [view], "next": None})

    async def _instruments(self, request: web.Request, parts: list[str]) -> web.StreamResponse:
        return web.json_response({"items": [{"name": "celesta", "family": "struck", "model": {"kind": "modal"}}]})

    async def _styles(self, request: web.Request, parts: list[str]) -> web.StreamResponse:
        return web.json_response({"items": [{"name": "jazz", "kind": "style", "fields": {"tempo_bpm": 120}}]})

    async def _operations(self, request: web.Request, parts: list[str]) -> web.StreamResponse:
        script = self.events.get(parts[0])
        if script is None:
            return _problem(problems.NOT_FOUND)
        if parts[1:] == ["cancel"]:
            return web.json_response({"operation_id": parts[0]}, status=202)
        if parts[1:] != ["events"]:
            return web.json_response(script[-1][2])
        after = int(request.headers.get("Last-Event-ID", "0"))
        limit = self.break_after.pop(0) if self.break_after else len(script)
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        await stream.write(b"retry: 1000\n\n: heartbeat\n\n")
        for number, name, data in [each for each in script if each[0] is None or each[0] > after][:limit]:
            numbered = f"id: {number}\n" if number is not None else ""
            await stream.write(f"{numbered}event: {name}\ndata: {json.dumps(data)}\n\n".encode())
        if limit < len(script):
            await stream.write(b"id: 999\nevent: operation\ndata: {half")
            _break(request)
        return stream

    async def _artifacts(self, request: web.Request, parts: list[str]) -> web.StreamResponse:
        data = self.blobs.get(parts[1])
        if data is None:
            return _problem(problems.NOT_FOUND)
        asked = request.headers.get("Range")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if self.corrupt:
            data = bytes(len(data))
        headers = {"ETag": f'"{parts[1]}"', "Content-Length": str(len(data) - start)}
        if asked:
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        stream = web.StreamResponse(status=206 if asked else 200, headers=headers)
        await stream.prepare(request)
        limit = self.cut_after.pop(0) if self.cut_after else len(data)
        await stream.write(data[start : start + limit])
        if start + limit < len(data):
            await asyncio.sleep(0.05)  # what was written arrives before the end does
            _break(request)
        return stream


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """A stage that serves until the end of the block."""
    stage = Stage()
    app = web.Application(client_max_size=64 * 2**20)
    app.router.add_route("*", "/{path:.*}", stage.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        stage.url = f"http://{host}:{port}"
        yield stage
    finally:
        await runner.cleanup()


def _problem(type_: ProblemType, headers: dict[str, str] | None = None, **fields: Any) -> web.Response:
    document = type_.document(**fields).model_dump_json(exclude_none=True)
    return web.Response(text=document, status=type_.status, content_type=problems.MEDIA_TYPE, headers=headers)


def _break(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
