"""A running ai service for the tests of its edge and handlers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from harmonic_ai.service import service
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import House, running
from harmonic_contracts.messages.physics import UniverseCreated
from harmonic_contracts.roles import Visibility


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with running(service) as house:
        yield house


@pytest.fixture
def new_universe(house: House) -> Any:
    """Make the service know a universe; returns its id."""

    async def make(visibility: Visibility = Visibility.ORGANIZATION) -> str:
        facts = UniverseCreated(
            universe_id=new_id(),
            organization_id=house.organization_id,
            project_id=house.project_id,
            revision=1,
            system="orbits",
            name="u",
            visibility=visibility,
            created_by=house.user_id,
        )
        await house.deliver(facts)
        await house.drain()
        return facts.universe_id

    return make
