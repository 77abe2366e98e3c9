"""Conformance: data too large for the wire travels as an artifact."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harmonic_chassis.artifacts import Artifacts
from harmonic_chassis.claim_check import ArtifactClaimCheck
from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.testing.world import World, created, revised
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.envelope import MAX_INLINE_BYTES
from harmonic_contracts.messages.physics import UniverseCreated, UniverseRevised

LARGE = "x" * (MAX_INLINE_BYTES + 1)


class Neighbour:
    """The way to the producer's artifacts, which may be closed."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts
        self.open = True
        self.asked = 0

    async def fetch(
        self, _producer: str, sha256: str, _organization_id: str, _on_behalf_of: str | None
    ) -> AsyncIterator[bytes]:
        self.asked += 1
        if not self.open:
            raise LookupError("closed")
        async for piece in self._artifacts.read(sha256):
            yield piece


@dataclass
class Checked:
    """A producer and a consumer with artifacts, the way between them, and what was heard."""

    world: World
    neighbour: Neighbour
    heard: list[Any] = field(default_factory=list)

    async def asked(self) -> bool:
        return self.neighbour.asked > 1


@pytest.fixture
async def checked(world: World, tmp_path: Path) -> Checked:
    source = Artifacts.open("physics", str(tmp_path / "physics"), tmp_path / "pc")
    made = Checked(world, Neighbour(source))
    target = Artifacts.open("audio", str(tmp_path / "audio"), tmp_path / "ac", made.neighbour)
    world.physics.claim_check = ArtifactClaimCheck(source)
    world.databases["audio"].claim_check = ArtifactClaimCheck(target)
    handlers = Handlers()

    @handlers.on(UniverseCreated, UniverseRevised)
    async def handle(message: Message[Any], _uow: UnitOfWork, _chassis: object) -> None:
        made.heard.append(message.data)

    await world.run("audio", handlers)
    await world.run("physics")
    return made


async def test_a_handler_sees_the_whole_data(checked: Checked) -> None:
    """Large data is fetched before its handler runs; the handler cannot tell the difference."""
    large = created(name=LARGE)
    await checked.world.emit(large)
    await checked.world.settle()
    assert checked.heard == [large]


async def test_the_wire_and_the_log_carry_a_reference(checked: Checked) -> None:
    """What travels and what is kept for ever is small: the digest and the size of the data."""
    await checked.world.emit(created(name=LARGE))
    await checked.world.settle()
    ((envelope,),) = await checked.world.rows("physics", "SELECT envelope FROM event_log WHERE number = 1")
    assert len(envelope) < 1000
    assert '"dataref"' in envelope


async def test_the_data_is_pinned_as_long_as_its_message_is_in_the_log(checked: Checked) -> None:
    """The artifact is held by the message, so that cleanup cannot take it from a later reader of the history."""
    (message_id,) = await checked.world.emit(created(name=LARGE))
    await checked.world.settle()
    assert await checked.world.rows("physics", "SELECT holder FROM artifact_pin") == [(f"message/{message_id}",)]


async def test_data_of_a_rolled_back_transaction_is_not_pinned(checked: Checked) -> None:
    """What was never said holds nothing: its artifact is cleaned up like any that nobody pins."""
    with pytest.raises(ZeroDivisionError):
        async with checked.world.physics.transaction() as uow:
            uow.emit(created(name=LARGE))
            await uow.flush()
            raise ZeroDivisionError
    assert await checked.world.count("physics", "artifact_pin") == 0


async def test_data_that_cannot_be_fetched_yet_costs_no_attempt(checked: Checked) -> None:
    """While the producer cannot be reached the message waits, with the reason; nothing is lost."""
    checked.neighbour.open = False
    await checked.world.emit(created(name=LARGE))
    await checked.world.until(checked.asked)
    ((attempts, error),) = await checked.world.rows("audio", "SELECT attempts, error FROM inbox")
    assert (attempts, "LookupError" in error) == (0, True)
    checked.neighbour.open = True
    await checked.world.settle()
    assert len(checked.heard) == 1


async def test_what_follows_waits_for_data_to_be_fetched(checked: Checked) -> None:
    """A subject keeps its order also when a message's data comes later than the next message."""
    checked.neighbour.open = False
    large = created(name=LARGE)
    await checked.world.emit(large, revised(large.universe_id, 2))
    await checked.world.until(checked.asked)
    assert checked.heard == []
    checked.neighbour.open = True
    await checked.world.settle()
    assert checked.heard == [large, revised(large.universe_id, 2)]


async def test_data_that_waits_holds_no_other_subject(checked: Checked) -> None:
    """Others pass while a message waits for its data."""
    checked.neighbour.open = False
    other = created()
    await checked.world.emit(created(name=LARGE), other)

    async def heard_other() -> bool:
        return checked.heard == [other]

    await checked.world.until(heard_other)


async def test_large_data_without_claim_check_is_refused(world: World) -> None:
    """The error says what to do, and nothing is said."""
    with pytest.raises(ValueError, match="claim check"):
        await world.emit(created(name=LARGE))
    assert await world.count("physics", "outbox") == 0
