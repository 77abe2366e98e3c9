"""Conformance: data too large for the wire travels as an artifact."""

from collections.abc import AsyncIterator
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


class Neighbour:
    """The way to the producer's artifacts, which may be closed."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts
        self.open = False
        self.asked = 0

    async def fetch(
        self, _producer: str, sha256: str, _organization_id: str, _on_behalf_of: str | None
    ) -> AsyncIterator[bytes]:
        self.asked += 1
        if not self.open:
            raise LookupError("closed")
        async for piece in self._artifacts.read(sha256):
            yield piece


async def test_large_data_travels_by_reference_in_order(world: World, tmp_path: Path) -> None:
    """The wire carries a reference, the artifact is pinned; the handler sees the whole data, before what follows; while
    the producer cannot be reached, nothing is lost and nothing is an attempt."""
    source = Artifacts.open("physics", str(tmp_path / "physics"), tmp_path / "pc")
    neighbour = Neighbour(source)
    target = Artifacts.open("audio", str(tmp_path / "audio"), tmp_path / "ac", neighbour)
    world.physics.claim_check = ArtifactClaimCheck(source)
    world.databases["audio"].claim_check = ArtifactClaimCheck(target)
    heard: list[Any] = []
    handlers = Handlers()

    @handlers.on(UniverseCreated, UniverseRevised)
    async def handle(message: Message[Any], _uow: UnitOfWork, _chassis: object) -> None:
        heard.append(message.data)

    await world.run("audio", handlers)
    await world.run("physics")
    large = created(name="x" * (MAX_INLINE_BYTES + 1))
    await world.emit(large, revised(large.universe_id, 2))
    await world.until(lambda: _asked(neighbour))
    assert heard == []
    neighbour.open = True
    await world.settle()
    assert heard == [large, revised(large.universe_id, 2)]
    ((envelope,),) = await world.rows("physics", "SELECT envelope FROM event_log WHERE number = 1")
    assert len(envelope) < 1000
    assert len(await world.rows("physics", "SELECT 1 FROM artifact_pin WHERE holder LIKE 'message/%'")) == 1


async def _asked(neighbour: Neighbour) -> bool:
    return neighbour.asked > 0


async def test_large_data_without_claim_check_is_refused(world: World) -> None:
    """The error says what to do, and nothing is said."""
    with pytest.raises(ValueError, match="claim check"):
        await world.emit(created(name="x" * (MAX_INLINE_BYTES + 1)))
    assert await world.rows("physics", "SELECT 1 FROM outbox") == []
