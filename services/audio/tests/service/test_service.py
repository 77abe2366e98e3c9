"""The service as a whole: its tables, its start, and the job's way through a crash."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from harmonic_audio.engine import ENGINE_VERSION
from harmonic_audio.jobs import MAPPED, RenderWork
from harmonic_audio.service import service
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_audio.store.tables import RenderingRow, Simulation, SoundscapeRevisionRow, SoundscapeRow, Universe
from harmonic_audio.testing.studio import Producer, Studio
from harmonic_audio.trajectories import motion_of
from harmonic_chassis import migrate
from harmonic_chassis.testing.house import running
from harmonic_contracts.messages.organization import OrganizationDeleted

HEAVY = ("numba", "scipy", "soundfile", "soxr", "PIL")


async def test_models_and_migrations_agree(database_url: str) -> None:
    """Up, no drift, down to nothing, and up again; on SQLite and PostgreSQL."""
    await migrate.upgrade(database_url, service)
    assert await migrate.drift(database_url, service) == []
    await migrate.downgrade(database_url, service)
    await migrate.upgrade(database_url, service)
    await migrate.verify(database_url, service)


async def test_the_whole_way_on_every_database(database_url: str, trajectory: bytes) -> None:
    """From the universe's creation to the completed rendering and its erasure, on SQLite and on PostgreSQL."""
    physics = Producer()
    async with running(service, database_url=database_url, peers={"physics": physics}) as house:
        studio = Studio(house, physics)
        universe = await studio.universe()
        simulation = await studio.simulated(universe, trajectory)
        await studio.shorten(universe, 2.0)
        order = await studio.order(universe, simulation)
        await house.deliver(order)
        await house.drain()
        view = (await house.client.get(f"/v1/renderings/{order.rendering_id}", headers=house.auth())).json()
        assert view["state"] == "succeeded"
        await house.deliver(OrganizationDeleted(organization_id=universe.organization_id))
        await house.drain()
        async with house.chassis.db.reading() as session:
            for table in (Universe, Simulation, SoundscapeRow, SoundscapeRevisionRow, RenderingRow):
                assert not (await session.scalars(select(table))).all()


def test_serving_imports_no_heavy_library() -> None:
    """The service, its routes and its jobs import neither numba nor scipy nor soundfile."""
    code = (
        "import sys; from harmonic_audio.service import service; service.router(); service.jobs(); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_work_resumed_from_its_checkpoint_ends_with_the_same_bytes(trajectory: bytes, tmp_path: Path) -> None:
    """The job's work, cut off in the mix and set up again in a fresh folder with the files of the checkpoint alone."""
    path = tmp_path / "trajectory"
    path.write_bytes(trajectory)
    document = default_soundscape("orbits", "trappist-1").model_copy(update={"length_s": 20.0})
    folders = [tmp_path / name for name in ("whole", "cut", "resumed")]
    for folder in folders:
        folder.mkdir()

    def work(folder: Path, state: bytes | None = None) -> RenderWork:
        return RenderWork(document, motion_of(path), folder, stems=False, state=state)

    whole, cut = work(folders[0]), work(folders[1])
    while whole.tick() < 1.0:
        pass
    assert cut.tick() == MAPPED and cut.checkpoint() is None
    cut.tick()
    saved = cut.checkpoint()
    assert saved is not None
    for name, length in saved.files.items():
        (folders[2] / name).write_bytes((folders[1] / name).read_bytes()[:length])
    resumed = work(folders[2], saved.state)
    while resumed.tick() < 1.0:
        pass
    assert whole.rendering is not None and resumed.rendering is not None and ENGINE_VERSION
    assert whole.rendering.master_path.read_bytes() == resumed.rendering.master_path.read_bytes()
