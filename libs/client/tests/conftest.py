"""A small gateway on a real port, and a client signed in to it."""

from collections.abc import AsyncIterator

import pytest

from harmonic_client import Harmonic
from harmonic_client.credentials import MemoryStore
from harmonic_client.retries import RetryPolicy
from harmonic_client.testing import PASSWORD, Stage, staged

QUICK = RetryPolicy(attempts=4, base_s=0.001, cap_s=0.01)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The small gateway."""
    async with staged() as running:
        yield running


@pytest.fixture
async def harmonic(stage: Stage) -> AsyncIterator[Harmonic]:
    """A client that is signed in."""
    async with Harmonic(stage.url, store=MemoryStore(), policy=QUICK) as client:
        await client.auth.login("ada@example.org", PASSWORD)
        yield client
