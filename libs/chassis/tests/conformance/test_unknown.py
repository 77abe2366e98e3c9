"""Conformance: releases meet: types that the code does not know yet, newer versions, newer fields."""

from harmonic_chassis.testing.faults import outgoing
from harmonic_chassis.testing.world import World, created, noting, revised
from harmonic_contracts.messages.physics import UniverseRevised

NEWER = "physics.universe.created.v2"


async def receive(world: World, *messages: object) -> None:
    """The consumer's inbox is given these, as by a binding that newer code made."""
    await world.paths[0]._inboxes["audio"].receive([message.body for message in messages])  # type: ignore[attr-defined]


async def test_a_message_of_an_unknown_type_is_kept(world: World) -> None:
    """A consumer rolled back to code that does not know a type keeps its messages: neither an attempt nor a dead
    letter."""
    await world.run("audio", noting(UniverseRevised))
    await receive(world, outgoing(created(), 1))
    await world.settle()
    assert await world.rows("audio", "SELECT state, attempts, error FROM inbox") == [("unknown", 0, None)]


async def test_a_kept_message_is_handled_once_its_type_is_known(world: World) -> None:
    """Newer code takes up what older code kept, each once."""
    older = await world.run("audio", noting(UniverseRevised))
    message = outgoing(created(), 1)
    await receive(world, message)
    await world.leave(older)
    await world.run("audio", noting())
    await world.noted(1)
    await receive(world, message)
    await world.settle()
    assert len(await world.effects()) == 1


async def test_a_newer_version_of_a_known_type_is_kept(world: World) -> None:
    """A new major version is another type: who knows the old one alone keeps it, and never reads it as the old."""
    await world.run("audio", noting())
    await receive(world, outgoing(created(), 1, type=NEWER))
    await world.settle()
    assert await world.effects() == []
    assert await world.rows("audio", "SELECT type, state FROM inbox") == [(NEWER, "unknown")]


async def test_an_unknown_message_holds_its_subject_up_no_longer_than_itself(world: World) -> None:
    """What follows it in its subject is handled: the code could not do better if it waited."""
    universe = created()
    await world.run("audio", noting())
    await receive(world, outgoing(universe, 1, type=NEWER), outgoing(revised(universe.universe_id, 2), 2))
    await world.noted(1)
    assert await world.revisions(universe.universe_id) == [2]


async def test_unknown_fields_are_ignored(world: World) -> None:
    """Within a version a newer producer may send more: the data and the envelope are read all the same."""
    message = outgoing(created(), 1)
    data = {**created().model_dump(mode="json"), "colour": "ultraviolet", "moons": [{"mass_kg": 1.0}]}
    await world.run("audio", noting())
    await (await world.transport()).publish([outgoing(created(), 1, data=data, id=message.id, newattribute="x")])
    await world.noted(1)
    await world.settle()
    assert await world.count("audio", "inbox") == 0
