"""Events of the other services, as a performance hears them."""

from harmonic_contracts.artifacts import ArtifactRef, NamedArtifact
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.messages.export import ExportCompleted
from harmonic_contracts.messages.physics import SimulationCompleted

ORGANIZATION = "01900000-0000-7000-8000-000000000001"
UNIVERSE = "01900000-0000-7000-8000-0000000000aa"
SOUNDSCAPE = "01900000-0000-7000-8000-0000000000bb"
FOREIGN = "01900000-0000-7000-8000-0000000000cc"


def ref(producer: str, fill: str) -> ArtifactRef:
    return ArtifactRef(sha256=fill * 64, media_type="application/zip", size_bytes=10, producer=producer)


def simulated(simulation_id: str, organization_id: str = ORGANIZATION) -> SimulationCompleted:
    return SimulationCompleted(
        simulation_id=simulation_id,
        universe_id=UNIVERSE,
        organization_id=organization_id,
        revision=2,
        seed=0,
        engine_version="1",
        digest="a" * 64,
        trajectory=ref("physics", "b"),
        frames=100,
        events=12,
        duration=340.0,
        time_unit="d",
        energy_error=1e-14,
    )


def rendered(rendering_id: str, simulation_id: str, organization_id: str = ORGANIZATION) -> RenderingCompleted:
    return RenderingCompleted(
        rendering_id=rendering_id,
        universe_id=UNIVERSE,
        simulation_id=simulation_id,
        organization_id=organization_id,
        soundscape_id=SOUNDSCAPE,
        soundscape_revision=3,
        engine_version="1",
        digest="c" * 64,
        score=ref("audio", "d"),
        midi=ref("audio", "e"),
        master=ref("audio", "f"),
        notes=70,
        key="D minor",
        duration_s=60.0,
        integrated_loudness_lufs=-16.0,
        true_peak_dbtp=-1.0,
    )


def exported(export_id: str, organization_id: str = ORGANIZATION) -> ExportCompleted:
    files = [NamedArtifact(name="master.wav", artifact=ref("export", "1"))]
    return ExportCompleted(export_id=export_id, universe_id=UNIVERSE, organization_id=organization_id, files=files)
