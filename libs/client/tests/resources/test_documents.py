"""Universes and presets."""

import pytest

from harmonic_client import Harmonic, errors
from harmonic_client.testing import Stage


async def test_a_list_is_read_to_its_end(harmonic: Harmonic) -> None:
    """Every page, without being asked for."""
    assert [each.name for each in await harmonic.presets.list()] == ["trappist-1", "billiard"]


async def test_a_universe_is_deleted_as_it_is_now(stage: Stage, harmonic: Harmonic) -> None:
    """The delete names the revision that was read; a second one finds nothing."""
    made = await harmonic.universes.create({"name": "Ours"}, preset="trappist-1")
    assert [each.name async for each in harmonic.universes.list()] == ["Ours"]
    stage.universes[made.universe_id]["revision"] = 5
    await harmonic.universes.delete(made.universe_id)
    with pytest.raises(errors.NotFound):
        await harmonic.universes.delete(made.universe_id)
