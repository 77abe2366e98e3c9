"""What is erased stays erased: events that come late bring nothing of an organization back."""

import pytest
from sqlalchemy import func, select

from harmonic_chassis.testing.house import House, running
from harmonic_contracts.base import MessageData
from harmonic_contracts.messages.audio import SoundscapeCreated
from harmonic_contracts.messages.operation import OPERATION_CHANGED
from harmonic_contracts.messages.organization import OrganizationDeleted, UserErased
from harmonic_contracts.operations import OperationState
from harmonic_gateway.service import service
from harmonic_gateway.store.tables import OperationRow, StreamEventRow
from harmonic_gateway.testing.samples import ORGANIZATION, SOUNDSCAPE, UNIVERSE

OTHER = "01900000-0000-7000-8000-000000000002"
USER = "01900000-0000-7000-8000-0000000000dd"


def said(organization_id: str, place: int) -> list[MessageData]:
    """An event and the change of an operation."""
    operation_id = f"01900000-0000-7000-8000-0000000000{organization_id[-1]}{place}"
    return [
        SoundscapeCreated(
            soundscape_id=SOUNDSCAPE, universe_id=UNIVERSE, organization_id=organization_id, revision=place
        ),
        OPERATION_CHANGED["audio"](
            operation_id=operation_id,
            kind="audio.render",
            organization_id=organization_id,
            state=OperationState.CANCELLED,
        ),
    ]


async def tell(house: House, organization_id: str, place: int) -> None:
    for event in said(organization_id, place):
        await house.deliver(event, organization_id=organization_id)
    await house.drain()


async def kept(house: House, organization_id: str) -> list[int]:
    async with house.chassis.db.reading() as session:
        return [
            int(
                await session.scalar(
                    select(func.count()).select_from(table).where(table.organization_id == organization_id)
                )
                or 0
            )
            for table in (StreamEventRow, OperationRow)
        ]


@pytest.mark.parametrize(
    "end",
    [
        OrganizationDeleted(organization_id=ORGANIZATION),
        UserErased(user_id=USER, organization_ids=[ORGANIZATION]),
    ],
    ids=["organization", "user"],
)
async def test_late_events_bring_nothing_back(end: MessageData, database_url: str) -> None:
    """After the end of an organization neither its events nor its operations are kept; those of others are."""
    async with running(service, database_url=database_url) as house:
        for organization_id in (ORGANIZATION, OTHER):
            await tell(house, organization_id, 1)
        assert await kept(house, ORGANIZATION) == [2, 1]
        await house.deliver(end, organization_id=OTHER)
        await house.drain()
        assert await kept(house, ORGANIZATION) == [0, 0]
        await tell(house, ORGANIZATION, 2)
        assert await kept(house, ORGANIZATION) == [0, 0]
        assert await kept(house, OTHER) == [2, 1]
