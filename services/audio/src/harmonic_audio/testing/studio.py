"""An audio service in a test: a stand-in for physics' artifacts, and the messages that others would say."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from starlette.types import Receive, Scope, Send

from harmonic_chassis.event_table import EventTable
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import House
from harmonic_chassis.trajectory_file import write
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.messages.audio import Render
from harmonic_contracts.messages.organization import MemberChanged
from harmonic_contracts.messages.physics import SimulationCompleted, UniverseCreated
from harmonic_contracts.roles import Role, Visibility
from harmonic_contracts.trajectory import TRAJECTORY_MEDIA_TYPE, Body, Certificate, Observable, TrajectoryHeader

PERIODS_D = (1.510826, 2.421937, 4.049219, 6.101013, 9.207540, 12.352446, 18.772866)


def trajectory_bytes(folder: Path, days: float = 60.0) -> bytes:
    """The file of a circular TRAPPIST-1, as physics would write it."""
    rows = sorted((t, body) for body, p in enumerate(PERIODS_D, start=1) for t in np.arange(0.3 * p, days, p))
    header = TrajectoryHeader.model_validate(
        {
            "system": "orbits",
            "time_unit": "d",
            "length_unit": "AU",
            "frames": 0,
            "bodies": [Body(name=name) for name in ("star", *"bcdefgh")],
            "observables": [Observable(name="energy_error", unit="1", shape=[])],
            "event_kinds": ["transit"],
            "certificate": Certificate(method="closed form", engine_version="0", steps=0, invariants={}),
            "spec": {},
        }
    )
    events = EventTable.of([t for t, _ in rows], 0, body_a=[b for _, b in rows])
    path = folder / "trajectory"
    write(path, header, {"time": np.linspace(0.0, days, 50), "energy_error": np.zeros(50)}, events)
    return path.read_bytes()


class Producer:
    """Serves blobs as physics would, to whoever has a service token; the token itself is physics' own affair."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    def put(self, data: bytes) -> ArtifactRef:
        """Keep bytes; returns how others refer to them."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.blobs[sha256] = data
        return ArtifactRef(sha256=sha256, media_type=TRAJECTORY_MEDIA_TYPE, size_bytes=len(data), producer="physics")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        data = self.blobs.get(scope["path"].rsplit("/", 1)[-1])
        status = 404 if data is None else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": data or b""})


@dataclass
class Studio:
    """The service, physics' stand-in, and what a test says in the others' names."""

    house: House
    physics: Producer

    async def universe(self, **changes: Any) -> UniverseCreated:
        """A new universe of the house's organization, whose user is a member; its soundscape is there."""
        await self.member(self.house.user_id, Role.OWNER)
        created = UniverseCreated.model_validate(
            {
                "universe_id": new_id(),
                "organization_id": self.house.organization_id,
                "project_id": self.house.project_id,
                "revision": 1,
                "system": "orbits",
                "name": "TRAPPIST-1",
                "visibility": Visibility.ORGANIZATION,
                "preset": "trappist-1",
                "created_by": self.house.user_id,
                **changes,
            }
        )
        await self.house.deliver(created)
        await self.house.drain()
        return created

    async def member(self, user_id: str, role: Role | None) -> None:
        """Organization says that a user has a role in the house's organization."""
        changed = MemberChanged(
            organization_id=self.house.organization_id,
            user_id=user_id,
            role=role,
            changed_at=self.house.chassis.clock.now(),
        )
        await self.house.deliver(changed)
        await self.house.drain()

    async def simulated(self, universe: UniverseCreated, data: bytes) -> SimulationCompleted:
        """Physics says that a simulation of the universe has this trajectory."""
        completed = SimulationCompleted(
            simulation_id=new_id(),
            universe_id=universe.universe_id,
            organization_id=universe.organization_id,
            revision=1,
            seed=0,
            engine_version="0",
            digest=hashlib.sha256(data).hexdigest(),
            trajectory=self.physics.put(data),
            frames=50,
            events=100,
            duration=60.0,
            time_unit="d",
        )
        await self.house.deliver(completed)
        await self.house.drain()
        return completed

    async def soundscape(self, universe: UniverseCreated) -> dict[str, Any]:
        """The universe's soundscape as its user reads it."""
        answer = await self.house.client.get(
            f"/v1/soundscapes?universe_id={universe.universe_id}", headers=self.house.auth()
        )
        (found,) = answer.json()["items"]
        return dict(found)

    async def shorten(self, universe: UniverseCreated, seconds: float = 4.0) -> int:
        """Make the universe's sound short, to render fast; returns the new revision."""
        view = await self.soundscape(universe)
        document = {**view["document"], "length_s": seconds, "tail_s": 0.5}
        answer = await self.house.client.put(
            f"/v1/soundscapes/{view['soundscape_id']}",
            json=document,
            headers={**self.house.auth(), "If-Match": f'"{view["revision"]}"'},
        )
        assert answer.status_code == 200, answer.text
        return int(answer.json()["revision"])

    async def order(self, universe: UniverseCreated, simulation: SimulationCompleted, **changes: Any) -> Render:
        """The command that the gateway would give."""
        view = await self.soundscape(universe)
        return Render.model_validate(
            {
                "rendering_id": new_id(),
                "universe_id": universe.universe_id,
                "simulation_id": simulation.simulation_id,
                "trajectory": simulation.trajectory,
                "trajectory_digest": simulation.digest,
                "soundscape_id": view["soundscape_id"],
                "soundscape_revision": view["revision"],
                **changes,
            }
        )
