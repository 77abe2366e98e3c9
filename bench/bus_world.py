"""What the benchmarks of the event path do: edits of documents on one side, their traces on the other."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from harmonic_chassis import orm
from harmonic_chassis.database import Database
from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.ids import new_id
from harmonic_chassis.tables import metadata
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseRevised


class Base(DeclarativeBase):
    """The tables of the benchmark."""

    metadata = orm.new_metadata()


class Edit(Base):
    """The business row of the producer: one a transaction."""

    __tablename__ = "bench_edit"
    edit_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    universe_id: Mapped[str] = mapped_column(String(36))
    revision: Mapped[int]


class Trace(Base):
    """The effect of a handler: one an event."""

    __tablename__ = "bench_trace"
    event_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    universe_id: Mapped[str] = mapped_column(String(36))
    revision: Mapped[int]


async def create_tables(database: Database) -> None:
    """All that the benchmark needs, in an empty database."""
    async with database.writer.begin() as connection:
        for each in (metadata, Base.metadata):
            await connection.run_sync(each.create_all)


def revised(universe_id: str, revision: int) -> UniverseRevised:
    """An edit's event: about 700 octets with its envelope."""
    return UniverseRevised(
        universe_id=universe_id,
        organization_id=universe_id,
        project_id=universe_id,
        revision=revision,
        system="orbits",
        name="Kepler",
        visibility="private",
    )


async def edit(database: Database, events: int) -> list[str]:
    """One business transaction: a row, and so many events; their ids."""
    universe_id = new_id()
    async with database.transaction() as uow:
        uow.session.add(Edit(edit_id=new_id(), universe_id=universe_id, revision=events))
        return [uow.emit(revised(universe_id, place + 1)) for place in range(events)]


def handlers(note: Any) -> Handlers:
    """Handlers that leave a trace; ``note(event id)`` is called after the commit."""
    made = Handlers()

    @made.on(UniverseRevised, consumer="audio")
    async def apply(message: Message[UniverseRevised], uow: UnitOfWork, _chassis: object) -> None:
        data = message.data
        uow.session.add(Trace(event_id=message.id, universe_id=data.universe_id, revision=data.revision))
        uow.after_commit(lambda: note(message.id))

    return made
