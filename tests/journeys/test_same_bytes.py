"""The same request gives the same bytes, whatever the platform runs on."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import pytest

from harmonic_client.models import files_of
from harmonic_standalone.testing import (
    SHORT,
    SMALL,
    DistributedPlatform,
    EmbeddedPlatform,
    Platform,
    hashes,
    signed_up,
)

FILES = {
    "master.wav",
    "master.flac",
    "performance.mid",
    "score.json",
    "trajectory.npz",
    "trajectory.csv",
    "picture.png",
    "bundle.zip",
}
FIGURE_EIGHT: dict[str, Any] = {"preset": "figure-eight"}


async def _performed(platform: Platform, document: dict[str, Any], sound: dict[str, Any], to: Path) -> dict[str, str]:
    """Perform as a new user; the SHA-256 of each file as downloaded."""
    async with signed_up(platform.url) as player:
        universe = await player.universe(document, sound)
        operation = await player.perform(universe.universe_id)
        paths = await player.harmonic.artifacts.download_all(files_of(operation), to)
        found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
        assert found == hashes(operation)
        return found


@pytest.mark.postgres
@pytest.mark.rabbit
@pytest.mark.parametrize(
    ("document", "sound"),
    [({"preset": "trappist-1"}, {}), (FIGURE_EIGHT, SHORT), (SMALL, SHORT)],
    ids=["trappist-1", "figure-eight", "particles"],
)
async def test_embedded_and_distributed_give_the_same_bytes(
    document: dict[str, Any],
    sound: dict[str, Any],
    embedded: EmbeddedPlatform,
    distributed: DistributedPlatform,
    tmp_path: Path,
) -> None:
    """Trajectory, score and every exported file have the same SHA-256 in one process on SQLite as in twelve processes
    on PostgreSQL and RabbitMQ."""
    one, twelve = await asyncio.gather(
        _performed(embedded, document, sound, tmp_path / "embedded"),
        _performed(distributed, document, sound, tmp_path / "distributed"),
    )
    assert set(one) == FILES
    assert one == twelve
