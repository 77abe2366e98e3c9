"""Messages in: universes and simulations of physics, the command to render, and the order to erase."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from harmonic_audio import requests
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_audio.store import renderings, sound_works, soundscapes
from harmonic_audio.store.tables import Simulation, SoundscapeRow, SoundWorkRow, Universe
from harmonic_chassis.dialects import insert
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.audio import Render, RenderingFailed
from harmonic_contracts.messages.organization import OrganizationDeleted, ProjectDeleted, UserErased
from harmonic_contracts.messages.physics import (
    SimulationCompleted,
    UniverseCreated,
    UniverseDeleted,
    UniverseFacts,
    UniverseRevised,
)
from harmonic_contracts.roles import Role

handlers = Handlers()
PATIENCE = timedelta(seconds=30)
"""How long a command waits for the news that its sender is a member."""
TITLE_LENGTH = 120


@handlers.on(UniverseCreated)
async def make_default(message: Message[UniverseCreated], uow: UnitOfWork, chassis: Any) -> None:
    """Know the universe, and give it a soundscape."""
    universe = await _project(message.data, uow)
    document = default_soundscape(universe.system, universe.preset, universe.name[:TITLE_LENGTH] or "Untitled")
    await soundscapes.create(uow, universe, document)


@handlers.on(UniverseRevised)
async def follow(message: Message[UniverseRevised], uow: UnitOfWork, chassis: Any) -> None:
    """Know its name and who may read it."""
    before = await uow.session.get(Universe, message.data.universe_id)
    seen = before.visibility if before else None
    universe = await _project(message.data, uow)
    if universe.visibility != seen:
        await renderings.share(uow, universe)


async def _project(facts: UniverseFacts, uow: UnitOfWork) -> Universe:
    """Take over what physics says. Events of one universe come in order."""
    row = await uow.session.get(Universe, facts.universe_id)
    if row is None:
        row = Universe(universe_id=facts.universe_id)
        uow.session.add(row)
    for name in ("organization_id", "project_id", "revision", "system", "name", "preset", "created_by"):
        setattr(row, name, getattr(facts, name))
    row.visibility = facts.visibility.value
    await uow.session.flush()
    return row


@handlers.on(UniverseDeleted)
async def forget_universe(message: Message[UniverseDeleted], uow: UnitOfWork, chassis: Any) -> None:
    """All that was made of it goes with it."""
    await _forget(uow, message.data.universe_id)


async def _forget(uow: UnitOfWork, universe_id: str) -> None:
    for row in (await uow.session.scalars(renderings.of_universe(universe_id))).all():
        await renderings.remove(uow, row)
    await soundscapes.remove(uow, universe_id)
    await sound_works.remove_where(uow, SoundWorkRow.universe_id == universe_id)
    await uow.session.execute(delete(Simulation).where(Simulation.universe_id == universe_id))
    await uow.session.execute(delete(Universe).where(Universe.universe_id == universe_id))


@handlers.on(SimulationCompleted)
async def know_simulation(message: Message[SimulationCompleted], uow: UnitOfWork, chassis: Any) -> None:
    """Know where a trajectory is, so that a rendering can be asked for by its simulation alone."""
    data = message.data
    values = {
        "universe_id": data.universe_id,
        "organization_id": data.organization_id,
        "digest": data.digest,
        "trajectory": data.trajectory.model_dump(mode="json"),
    }
    row = insert(uow.session, Simulation).values(simulation_id=data.simulation_id, **values)
    await uow.session.execute(row.on_conflict_do_update(index_elements=["simulation_id"], set_=values))


@handlers.on(Render)
async def obey(message: Message[Render], uow: UnitOfWork, chassis: Any) -> None:
    """Start the rendering, or answer why not: a command is never met with silence."""
    order = message.data
    reason = await _refusal(message, uow, chassis)
    document = await soundscapes.document_of(uow.session, order.soundscape_id, order.soundscape_revision)
    if reason is None and document is None:
        reason = f"the soundscape has no revision {order.soundscape_revision}"
    if reason is None and document is not None:
        await requests.start(uow, order, document, str(message.organization_id))
        return
    failed = RenderingFailed(
        rendering_id=order.rendering_id,
        universe_id=order.universe_id,
        organization_id=str(message.organization_id),
        reason=str(reason),
    )
    uow.emit(failed, organization_id=message.organization_id)


async def _refusal(message: Message[Render], uow: UnitOfWork, chassis: Any) -> str | None:
    """Why the command is not obeyed; None where it is."""
    order = message.data
    universe = await uow.session.get(Universe, order.universe_id)
    if universe is None or universe.organization_id != message.organization_id:
        return "there is no such universe"
    soundscape = await soundscapes.of_universe(uow.session, order.universe_id)
    if soundscape is None or soundscape.soundscape_id != order.soundscape_id:
        return "the universe has no such soundscape"
    known = await chassis.directory.membership(uow.session, universe.organization_id, message.actor_id or "")
    if known is None and uow.clock.now() - message.envelope.time < PATIENCE:
        raise DependencyDown("organization", "the sender's membership is not known here yet")
    if known is None or known.role is None or not known.role.covers(Role.EDITOR):
        return "the sender may not render here: this needs the role editor"
    return None


@handlers.on(OrganizationDeleted)
async def forget_organization(message: Message[OrganizationDeleted], uow: UnitOfWork, chassis: Any) -> None:
    """All of the organization's sound goes with it."""
    await _forget_organizations(uow, [message.data.organization_id])


@handlers.on(UserErased)
async def forget_user(message: Message[UserErased], uow: UnitOfWork, chassis: Any) -> None:
    """The user's own organizations go; revisions elsewhere lose their author."""
    await soundscapes.forget_author(uow, message.data.user_id)
    await sound_works.forget_actor(uow, message.data.user_id)
    mine = update(Universe).where(Universe.created_by == message.data.user_id)
    await uow.session.execute(mine.values(created_by=None))
    await _forget_organizations(uow, message.data.organization_ids)


@handlers.on(ProjectDeleted)
async def forget_project(message: Message[ProjectDeleted], uow: UnitOfWork, chassis: Any) -> None:
    """The project's universes go, whatever order the news comes in."""
    ids = select(Universe.universe_id).where(Universe.project_id == message.data.project_id)
    for universe_id in (await uow.session.scalars(ids)).all():
        await _forget(uow, universe_id)
    await sound_works.remove_where(uow, SoundWorkRow.project_id == message.data.project_id)


async def _forget_organizations(uow: UnitOfWork, organization_ids: list[str]) -> None:
    for table in (Universe, SoundscapeRow, Simulation):
        ids = select(table.universe_id).where(table.organization_id.in_(organization_ids))
        for universe_id in dict.fromkeys((await uow.session.scalars(ids)).all()):
            await _forget(uow, universe_id)
    await sound_works.remove_where(uow, SoundWorkRow.organization_id.in_(organization_ids))
