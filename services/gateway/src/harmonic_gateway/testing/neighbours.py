"""Small applications that stand where physics and audio would, for tests of the gateway alone."""

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from harmonic_contracts import problems
from harmonic_gateway.testing.samples import SOUNDSCAPE, UNIVERSE

NO_EVENTS = {"events": [], "next": 0, "more": False}


class Neighbours:
    """What physics and audio know: one universe of the house's organization, and its soundscape or none."""

    def __init__(self) -> None:
        self.organization_id = ""
        self.soundscape: dict[str, Any] | None = {"soundscape_id": SOUNDSCAPE, "revision": 3}
        self.seen: list[dict[str, Any]] = []
        self.physics = Starlette(routes=[Route("/{path:path}", self._physics, methods=["GET", "POST", "PUT"])])
        self.audio = Starlette(routes=[Route("/{path:path}", self._audio)])

    async def _physics(self, request: Request) -> JSONResponse:
        if request.url.path == "/internal/events":
            return JSONResponse(NO_EVENTS)
        self.seen.append({"path": request.url.path, "headers": dict(request.headers), "body": await request.body()})
        if request.url.path == "/openapi.json":
            return JSONResponse({"openapi": "3.1.0", "info": {}, "paths": {"/v1/universes": {"get": {}}}})
        if request.url.path in {f"/v1/universes/{UNIVERSE}", "/v1/systems"}:
            universe = {"universe_id": UNIVERSE, "organization_id": self.organization_id, "revision": 2}
            return JSONResponse({**universe, "visibility": "organization", "created_by": None})
        document = problems.NOT_FOUND.document().model_dump(mode="json")
        return JSONResponse(document, 404, media_type=problems.MEDIA_TYPE)

    async def _audio(self, request: Request) -> JSONResponse:
        if request.url.path == "/internal/events":
            return JSONResponse(NO_EVENTS)
        if request.url.path == "/openapi.json":
            return JSONResponse({"openapi": "3.1.0", "info": {}, "paths": {}})
        return JSONResponse({"items": [self.soundscape] if self.soundscape else [], "next": None})
