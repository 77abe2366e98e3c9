"""One running notebook for each file of tests of the edge."""

from collections.abc import AsyncIterator

import pytest_asyncio

from harmonic_chassis.testing.house import House, running
from harmonic_chassis.testing.sample.service import service


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    """A running notebook."""
    async with running(service) as house:
        yield house
