"""Whose the news of a universe are: what is said in the unit of work goes to those who may read it."""

from harmonic_audio.store.tables import Universe
from harmonic_chassis import readers
from harmonic_chassis.uow import UnitOfWork


async def owned(uow: UnitOfWork, universe_id: str) -> UnitOfWork:
    """The unit of work with the universe's owner; as it is where the universe is not known here."""
    return await readers.owned(uow, Universe, universe_id)
