"""A running audio service for each test."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from harmonic_audio.service import service
from harmonic_audio.testing.studio import Producer, Studio, trajectory_bytes
from harmonic_chassis.testing.house import running


@pytest.fixture(scope="session")
def trajectory(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A trajectory file of 60 days."""
    return trajectory_bytes(tmp_path_factory.mktemp("trajectory"))


@pytest_asyncio.fixture
async def studio() -> AsyncIterator[Studio]:
    """A fresh running service."""
    physics = Producer()
    async with running(service, peers={"physics": physics}) as house:
        yield Studio(house, physics)
