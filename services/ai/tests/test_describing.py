"""Promises of the measuring: each finished rendering is described once, from its own bytes, if its universe lives."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.types import Receive, Scope, Send

from harmonic_ai import handlers
from harmonic_ai.service import service
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import House, running
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.messages.ai import DescriptorsComputed
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.messages.physics import SimulationCompleted, UniverseCreated, UniverseDeleted
from harmonic_contracts.roles import Visibility
from harmonic_contracts.score import KeyMark, Note, Score, TempoMark, Voice

RATE = 8_000


@dataclass
class Store:
    """Serves artifacts, as their producer would."""

    blobs: dict[str, bytes] = field(default_factory=dict)

    def put(self, data: bytes, media_type: str) -> ArtifactRef:
        sha256 = hashlib.sha256(data).hexdigest()
        self.blobs[sha256] = data
        return ArtifactRef(sha256=sha256, media_type=media_type, size_bytes=len(data), producer="audio")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        data = self.blobs.get(scope["path"].rsplit("/", 1)[-1])
        await send({"type": "http.response.start", "status": 404 if data is None else 200, "headers": []})
        await send({"type": "http.response.body", "body": data or b""})


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    async with running(service, peers={"audio": store}) as house:
        yield house


def universe(house: House) -> UniverseCreated:
    return UniverseCreated(
        universe_id=new_id(),
        organization_id=house.organization_id,
        project_id=house.project_id,
        revision=1,
        system="orbits",
        name="u",
        visibility=Visibility.ORGANIZATION,
    )


def simulation(of: UniverseCreated, trajectory: ArtifactRef) -> SimulationCompleted:
    return SimulationCompleted(
        simulation_id=new_id(),
        universe_id=of.universe_id,
        organization_id=of.organization_id,
        revision=1,
        seed=0,
        engine_version="1",
        digest="a" * 64,
        trajectory=trajectory,
        frames=100,
        events=12,
        duration=340.0,
        time_unit="d",
        energy_error=1e-14,
    )


def score() -> bytes:
    """The scale of C major, two notes a second."""
    pitches = [60, 62, 64, 65, 67, 69, 71, 72]
    notes = [
        Note(onset_s=i / 2, duration_s=0.5, frequency_hz=440.0 * 2 ** ((pitch - 69) / 12), loudness=0.5, voice=0)
        for i, pitch in enumerate(pitches)
    ]
    whole = Score(
        title="t",
        duration_s=4.0,
        voices=[Voice(name="v", instrument="bell")],
        notes=notes,
        tempo_map=[TempoMark(time_s=0, bpm=120)],
        key_map=[KeyMark(time_s=0, tonic="C", scale="major", tonic_hz=261.6)],
    )
    return whole.model_dump_json().encode()


def master(folder: Path) -> bytes:
    """A sine of 1 kHz."""
    import soundfile

    time = np.arange(4 * RATE) / RATE
    soundfile.write(folder / "master.wav", 0.5 * np.sin(2 * np.pi * 1000 * time), RATE, subtype="PCM_24")
    return (folder / "master.wav").read_bytes()


def rendering(of: SimulationCompleted, store: Store, folder: Path) -> RenderingCompleted:
    return RenderingCompleted(
        rendering_id=new_id(),
        universe_id=of.universe_id,
        simulation_id=of.simulation_id,
        organization_id=of.organization_id,
        soundscape_id=new_id(),
        soundscape_revision=3,
        engine_version="1",
        digest="c" * 64,
        score=store.put(score(), "application/json"),
        midi=store.put(b"MThd", "audio/midi"),
        master=store.put(master(folder), "audio/wav"),
        notes=8,
        key="C major",
        duration_s=4.0,
        integrated_loudness_lufs=-16.0,
        true_peak_dbtp=-1.0,
    )


async def listed(house: House, universe_id: str) -> Any:
    return await house.client.get(f"/v1/descriptors?universe_id={universe_id}", headers=house.auth())


async def test_a_rendering_is_described_from_its_own_score_and_sound(
    house: House, store: Store, tmp_path: Path
) -> None:
    """Key and density come from the score, brightness from the sound, loudness from the renderer, the motion from the
    engine; each has its unit; told once, though the event comes twice."""
    known = universe(house)
    ran = simulation(known, store.put(b"t", "application/zip"))
    sounded = rendering(ran, store, tmp_path)
    for event in (known, ran, sounded, sounded):
        await house.deliver(event)
    await house.drain()
    (item,) = (await listed(house, known.universe_id)).json()["items"]
    found = item["descriptors"]
    assert (found["key"]["tonic"], found["key"]["mode"]) == ("C", "major")
    assert (found["note_density"]["value"], found["loudness"]["value"]) == (2.0, -16.0)
    assert found["brightness"]["value"] == pytest.approx(1000.0, rel=0.01)
    assert (found["brightness"]["unit"], found["loudness"]["unit"]) == ("Hz", "LUFS")
    one = await house.client.get(f"/v1/descriptors/{item['descriptors_id']}", headers=house.auth())
    assert one.json()["motion"]["events"] == 12
    assert [event.rendering_id for event in await house.emitted(DescriptorsComputed)] == [sounded.rendering_id]


async def test_news_of_an_erased_universe_bring_nothing_back(
    house: House, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rendering that is told after its universe was deleted is not described."""
    monkeypatch.setattr(handlers, "PATIENCE", handlers.PATIENCE * 0)
    known = universe(house)
    sounded = rendering(simulation(known, store.put(b"t", "application/zip")), store, tmp_path)
    gone = UniverseDeleted(universe_id=known.universe_id, organization_id=known.organization_id)
    for event in (known, gone, sounded):
        await house.deliver(event)
        await house.drain()
    assert await house.emitted(DescriptorsComputed) == []
    assert (await listed(house, known.universe_id)).status_code == 404


async def test_a_rendering_that_comes_before_its_universe_waits_for_it(
    house: House, store: Store, tmp_path: Path
) -> None:
    """Events of two services may overtake each other: the rendering is described once the universe is known."""
    known = universe(house)
    sounded = rendering(simulation(known, store.put(b"t", "application/zip")), store, tmp_path)
    for event in (sounded, known):
        await house.deliver(event)
    await house.drain()
    assert len((await listed(house, known.universe_id)).json()["items"]) == 1
