"""Messages in: commands are obeyed or refused aloud, and erasure leaves nothing."""

from typing import Any

import pytest
from sqlalchemy import func, select

from harmonic_chassis.ids import new_id
from harmonic_chassis.tables.artifacts import artifact_pin
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.messages.export import ExportCompleted, ExportFailed, Package
from harmonic_contracts.messages.organization import OrganizationDeleted, UserErased
from harmonic_contracts.messages.physics import SimulationCompleted, UniverseDeleted
from harmonic_contracts.roles import Role
from harmonic_export.store.tables import ExportRow, RenderingRow, SimulationRow, VisualizationRow


def command(told: tuple[SimulationCompleted, RenderingCompleted], **changes: Any) -> Package:
    """The command that the gateway gives."""
    simulation, rendering = told
    return Package(
        **{
            "export_id": new_id(),
            "universe_id": simulation.universe_id,
            "universe_revision": simulation.revision,
            "simulation": simulation,
            "rendering": rendering,
            "formats": ["midi", "score"],
            **changes,
        }
    )


async def test_command_of_an_editor_is_obeyed(place: Any) -> None:
    """The export has the id of the command, and its files; a second delivery changes nothing."""
    await place.join(Role.EDITOR)
    given = command(await place.told())
    for _ in range(2):
        await place.house.deliver(given)
        await place.house.drain()
    (said,) = await place.house.emitted(ExportCompleted)
    assert said.export_id == given.export_id
    assert [file.name for file in said.files] == ["performance.mid", "score.json"]


async def test_command_of_a_viewer_is_refused_aloud(place: Any) -> None:
    """A viewer's command is answered by the failed event, never by silence."""
    await place.join(Role.VIEWER)
    given = command(await place.told())
    await place.house.deliver(given)
    await place.house.drain()
    (said,) = await place.house.emitted(ExportFailed)
    assert said.export_id == given.export_id
    assert "editor" in said.reason


async def test_command_on_a_foreign_performance_is_refused_aloud(place: Any) -> None:
    """What another organization performed is not packaged for this one."""
    await place.join(Role.OWNER)
    given = command(await place.told(new_id()))
    await place.house.deliver(given, organization_id=place.house.organization_id)
    await place.house.drain()
    (said,) = await place.house.emitted(ExportFailed)
    assert said.export_id == given.export_id


async def test_command_waits_for_news_of_its_actor(place: Any) -> None:
    """A command that overtakes the news of its actor's membership is obeyed once the news is there."""
    told = await place.told()
    await place.house.deliver(command(told))
    await place.join(Role.EDITOR)
    assert len(await place.house.emitted(ExportCompleted)) == 1


async def test_unknown_visualization_is_refused_aloud(place: Any) -> None:
    """A command that names a visualization of nobody fails with the reason."""
    await place.join(Role.OWNER)
    await place.house.deliver(command(await place.told(), visualization_id=new_id()))
    await place.house.drain()
    (said,) = await place.house.emitted(ExportFailed)
    assert "visualization" in said.reason


async def filled(place: Any) -> str:
    """A house with an export, a visualization and projections; its universe's id."""
    await place.join(Role.OWNER)
    told = await place.told()
    await place.house.deliver(command(told))
    await place.house.client.post("/v1/visualizations", json={"name": "x"}, headers=place.house.auth())
    await place.house.drain()
    assert await counts(place) == [1, 1, 1, 1]
    return told[0].universe_id


async def counts(place: Any) -> list[int]:
    """How much is kept: exports, simulations, renderings, visualizations."""
    async with place.house.chassis.db.reading() as session:
        tables = (ExportRow, SimulationRow, RenderingRow, VisualizationRow)
        return [await session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


async def pins(place: Any) -> int:
    """How many artifacts are pinned by exports."""
    async with place.house.chassis.db.reading() as session:
        held = artifact_pin.c.holder.like("export/%")
        return await session.scalar(select(func.count()).select_from(artifact_pin).where(held)) or 0


async def test_deleted_universe_takes_its_exports(place: Any) -> None:
    """Exports, their pins and the projections of a deleted universe are gone; visualizations stay."""
    universe_id = await filled(place)
    assert await pins(place) == 2
    await place.house.deliver(UniverseDeleted(universe_id=universe_id, organization_id=place.house.organization_id))
    await place.house.drain()
    assert await counts(place) == [0, 0, 0, 1]
    assert await pins(place) == 0


@pytest.mark.parametrize("event", ["organization", "user"])
async def test_erasure_leaves_nothing(place: Any, event: str) -> None:
    """A deleted organization, and an erased user's own organizations, leave no row and no pin."""
    await filled(place)
    organization_id = place.house.organization_id
    erased = (
        OrganizationDeleted(organization_id=organization_id)
        if event == "organization"
        else UserErased(user_id=place.house.user_id, organization_ids=[organization_id])
    )
    await place.house.deliver(erased)
    await place.house.drain()
    assert await counts(place) == [0, 0, 0, 0]
    assert await pins(place) == 0


async def test_erased_user_is_forgotten_in_what_stays(place: Any) -> None:
    """An export that stays with its organization no longer tells who asked for it."""
    await filled(place)
    await place.house.deliver(UserErased(user_id=place.house.user_id, organization_ids=[]))
    await place.house.drain()
    async with place.house.chassis.db.reading() as session:
        assert (await session.scalars(select(ExportRow.actor_id))).all() == [None]
