"""Promises of the heartbeat: a living process is healthy, an absent or a stuck one is not."""

import asyncio
import os
import tempfile
from pathlib import Path

import pytest

from harmonic_chassis import heartbeat


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


async def test_a_beating_process_is_healthy_until_it_ends() -> None:
    """While the loop turns, health says nothing; afterwards it says that nothing runs."""
    async with heartbeat.beating("physics", "work"):
        await asyncio.sleep(0.05)
        assert heartbeat.health("physics") is None
    assert "no process" in (heartbeat.health("physics") or "")


async def test_a_stuck_process_is_not_healthy() -> None:
    """A file that was not touched for long tells a loop that stands still."""
    async with heartbeat.beating("physics", "serve"):
        await asyncio.sleep(0.05)
        file = heartbeat.file_of("physics", "serve")
        os.utime(file, (0, 0))
        assert "not been heard of" in (heartbeat.health("physics") or "")
