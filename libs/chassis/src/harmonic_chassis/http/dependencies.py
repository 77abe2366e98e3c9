"""What endpoints ask for beside the caller: the chassis of their service, and a session to read with."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis
else:
    Chassis = Any  # importing the service here would make the edge heavy; FastAPI needs no more than a name


def chassis_of(request: Request) -> "Chassis":
    """The chassis that serves this request."""
    return request.app.state.chassis  # type: ignore[no-any-return] # starlette's state is untyped


async def _reading(request: Request) -> AsyncIterator[AsyncSession]:
    async with chassis_of(request).db.reading() as session:
        yield session


ChassisDep = Annotated[Chassis, Depends(chassis_of)]
ReadingDep = Annotated[AsyncSession, Depends(_reading, scope="function")]
"""Closed before the response is sent, so that a slow client holds no connection."""
