"""Shared: one small performance, packaged once, and the service running with physics and audio beside it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harmonic_chassis.testing.house import House, running
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.messages.organization import MemberChanged
from harmonic_contracts.messages.physics import SimulationCompleted
from harmonic_contracts.roles import Role
from harmonic_export.formats import FORMATS, package
from harmonic_export.performance import Performance
from harmonic_export.pictures.spec import VisualizationSpec
from harmonic_export.service import service
from harmonic_export.testing.neighbours import Neighbours
from harmonic_export.testing.performances import performance

SMALL = VisualizationSpec(width_px=480, height_px=270)


@pytest.fixture(scope="session")
def performed(tmp_path_factory: pytest.TempPathFactory) -> Performance:
    """A performance of 40 days, 400 frames."""
    return performance(tmp_path_factory.mktemp("performed"), SMALL, days=40.0, frames=400)


@pytest.fixture(scope="session")
def packaged(performed: Performance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with all its formats."""
    folder = tmp_path_factory.mktemp("packaged")
    assert list(package(performed, FORMATS, folder))[-1] == 1.0
    return folder


@dataclass
class Place:
    """A running export service with physics and audio beside it."""

    house: House
    neighbours: Neighbours
    performed: Performance
    folder: Path

    async def told(self, organization_id: str | None = None) -> tuple[SimulationCompleted, RenderingCompleted]:
        """A performance that the service has heard of."""
        told = self.neighbours.perform(self.performed, self.folder, organization_id or self.house.organization_id)
        for event in told:
            await self.house.deliver(event)
        await self.house.drain()
        return told

    async def join(self, role: Role | None) -> None:
        """Let the service know the user's role."""
        known = MemberChanged(
            organization_id=self.house.organization_id,
            user_id=self.house.user_id,
            role=role,
            changed_at=self.house.chassis.clock.now(),
        )
        await self.house.deliver(known)
        await self.house.drain()

    async def small(self) -> str:
        """The id of a stored visualization that draws fast."""
        body = {"name": "small", "spec": {"width_px": 320, "height_px": 240}}
        made = await self.house.client.post("/v1/visualizations", json=body, headers=self.house.auth())
        return str(made.json()["visualization_id"])

    async def exported(self, **body: Any) -> dict[str, Any]:
        """A finished export of a new performance."""
        _, rendering = await self.told()
        asked = {"rendering_id": rendering.rendering_id, **body}
        made = await self.house.client.post("/v1/exports", json=asked, headers=self.house.auth())
        assert made.status_code == 202, made.text
        assert made.headers["location"] == f"/v1/operations/{made.json()['operation_id']}"
        await self.house.drain()
        path = f"/v1/exports/{made.json()['export_id']}"
        view: dict[str, Any] = (await self.house.client.get(path, headers=self.house.auth())).json()
        return view

    async def file(self, view: dict[str, Any], name: str) -> bytes:
        """The bytes of an export's file, over HTTP."""
        sha256 = next(file["artifact"]["sha256"] for file in view["files"] if file["name"] == name)
        answer = await self.house.client.get(f"/v1/artifacts/{sha256}", headers=self.house.auth())
        assert answer.status_code == 200
        return answer.content


@pytest.fixture
async def place(performed: Performance, tmp_path: Path) -> AsyncIterator[Place]:
    """The service, alone with its neighbours."""
    neighbours = Neighbours()
    async with running(service, peers={"physics": neighbours.app, "audio": neighbours.app}) as house:
        house.authority.roles[(house.organization_id, house.user_id)] = Role.OWNER
        yield Place(house, neighbours, performed, tmp_path)
