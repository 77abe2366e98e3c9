"""Physics and audio as the export service sees them, holding one performance: for tests of this service alone."""

import hashlib
import json
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harmonic_chassis.event_table import EventTable
from harmonic_chassis.ids import new_id
from harmonic_chassis.trajectory_file import write
from harmonic_contracts import problems
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.messages.physics import SimulationCompleted
from harmonic_contracts.problems import ProblemType
from harmonic_contracts.score import SCORE_MEDIA_TYPE
from harmonic_contracts.trajectory import TRAJECTORY_MEDIA_TYPE
from harmonic_export.performance import Performance

UNIVERSE = {
    "name": "TRAPPIST-1",
    "description": "",
    "system": "orbits",
    "spec": {"bodies": 8},
    "environment": {"time_scale": 1.0},
    "scenes": [],
    "story_points": [],
}
SOUNDSCAPE = {"format_version": 1, "title": "TRAPPIST-1", "length_s": 60.0}


class Neighbours:
    """One ASGI app in the place of both. What was written to it can be read back, by the test too."""

    def __init__(self) -> None:
        self.artifacts: dict[str, bytes] = {}
        self.universes: dict[str, dict[str, Any]] = {}
        self.soundscapes: dict[str, dict[str, Any]] = {}
        self.replies: dict[str, tuple[int, dict[str, Any]]] = {}
        self.refuse_soundscapes = False
        self.app = Starlette(
            routes=[
                Route("/v1/artifacts/{sha256}", self._artifact),
                Route("/v1/universes", self._create, methods=["POST"]),
                Route("/v1/universes/{id}", self._delete, methods=["DELETE"]),
                Route("/v1/universes/{id}/revisions/{revision}", self._universe),
                Route("/v1/soundscapes", self._list),
                Route("/v1/soundscapes/{id}", self._replace, methods=["PUT"]),
                Route("/v1/soundscapes/{id}", self._soundscape),
                Route("/v1/soundscapes/{id}/revisions/{revision}", self._soundscape),
            ]
        )

    def hold(self, data: bytes, media_type: str, producer: str) -> ArtifactRef:
        """Serve these bytes as an artifact."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.artifacts[sha256] = data
        return ArtifactRef(sha256=sha256, media_type=media_type, size_bytes=len(data), producer=producer)

    def new_universe(self, content: dict[str, Any]) -> tuple[str, str]:
        """A universe of this content with a default soundscape; their ids."""
        universe_id, soundscape_id = new_id(), new_id()
        document = {**content, "visibility": "private", "preset": None}
        self.universes[universe_id] = {"universe_id": universe_id, "revision": 1, "document": document}
        self.soundscapes[soundscape_id] = {
            "soundscape_id": soundscape_id,
            "universe_id": universe_id,
            "revision": 1,
            "document": SOUNDSCAPE,
        }
        return universe_id, soundscape_id

    def perform(
        self, performance: Performance, folder: Path, organization_id: str
    ) -> tuple[SimulationCompleted, RenderingCompleted]:
        """Hold a performance's files; the events that tell of it."""
        universe_id, soundscape_id = self.new_universe(UNIVERSE)
        facts = performance.facts
        same = {"universe_id": universe_id, "organization_id": organization_id, "simulation_id": new_id()}
        simulation = SimulationCompleted(
            **same,
            revision=1,
            seed=facts.seed,
            engine_version="1",
            digest=facts.simulation_digest,
            trajectory=self.hold(_trajectory(performance, folder), TRAJECTORY_MEDIA_TYPE, "physics"),
            frames=facts.frames,
            events=facts.events,
            duration=facts.duration,
            time_unit=facts.time_unit,
        )
        rendering = RenderingCompleted(
            **same,
            rendering_id=new_id(),
            soundscape_id=soundscape_id,
            soundscape_revision=1,
            engine_version="1",
            digest=facts.rendering_digest,
            score=self.hold(performance.score.model_dump_json().encode(), SCORE_MEDIA_TYPE, "audio"),
            midi=self.hold(performance.midi.read_bytes(), "audio/midi", "audio"),
            master=self.hold(performance.master.read_bytes(), "audio/wav", "audio"),
            notes=facts.notes,
            key=facts.key,
            duration_s=facts.duration_s,
            integrated_loudness_lufs=-16.0,
            true_peak_dbtp=-1.0,
        )
        return simulation, rendering

    async def _artifact(self, request: Request) -> Response:
        data = self.artifacts.get(request.path_params["sha256"])
        return Response(data) if data is not None else _problem(problems.NOT_FOUND)

    async def _universe(self, request: Request) -> Response:
        found = self.universes.get(request.path_params["id"])
        return JSONResponse(found) if found else _problem(problems.NOT_FOUND)

    async def _create(self, request: Request) -> Response:
        key = request.headers["idempotency-key"]
        if key not in self.replies:
            content = {name: value for name, value in json.loads(await request.body()).items() if name != "project_id"}
            universe_id, _ = self.new_universe(content)
            self.replies[key] = 201, self.universes[universe_id]
        status, body = self.replies[key]
        return JSONResponse(body, status)

    async def _delete(self, request: Request) -> Response:
        del self.universes[request.path_params["id"]]
        return Response(status_code=204)

    async def _list(self, request: Request) -> Response:
        universe_id = request.query_params["universe_id"]
        return JSONResponse({"items": [s for s in self.soundscapes.values() if s["universe_id"] == universe_id]})

    async def _soundscape(self, request: Request) -> Response:
        found = self.soundscapes.get(request.path_params["id"])
        return JSONResponse(found) if found else _problem(problems.NOT_FOUND)

    async def _replace(self, request: Request) -> Response:
        found = self.soundscapes[request.path_params["id"]]
        if self.refuse_soundscapes:
            return _problem(problems.INVALID, "length_s is too long")
        if request.headers["if-match"] != f'"{found["revision"]}"':
            return _problem(problems.STALE)
        found.update(document=json.loads(await request.body()), revision=found["revision"] + 1)
        return JSONResponse(found)


def _trajectory(performance: Performance, folder: Path) -> bytes:
    moved, events = performance.trajectory, performance.trajectory.events
    columns = (events.time, events.kind, events.body_a, events.body_b, events.strength, events.position)
    path = folder / "trajectory"
    write(path, moved.header, {"time": moved.time, **moved.arrays}, EventTable.of(*columns))
    return path.read_bytes()


def _problem(type_: ProblemType, detail: str | None = None) -> Response:
    body = type_.document(detail).model_dump_json(exclude_none=True)
    return Response(body, type_.status, media_type=problems.MEDIA_TYPE)
