"""Whoever goes takes everything along."""

import asyncio
from time import monotonic

import pytest

from harmonic_client.models import files_of
from harmonic_standalone.testing import SHORT, SMALL, Platform, Player, signed_up

SOON_S = 10.0
REMAINS = {
    "outbox.organization_id",
    "event_log.organization_id",
    "event_log.id",
    "membership.organization_id",
    "membership.user_id",
    "stream_head.organization_id",
}
"""What may still name who has gone, by id alone: the log of events, which other services may not have heard of yet, and
the tombstones that keep an old token or a late event from bringing somebody back."""


async def _left(platform: Platform, *identifiers: str) -> dict[str, int]:
    traces = await platform.ledger.traces(*identifiers)
    return {place: count for place, count in traces.items() if place.split(".", 1)[1] not in REMAINS}


async def _fill(player: Player) -> list[str]:
    """Leave something in every service; the URLs of the artifacts."""
    universe = await player.universe(SMALL, SHORT)
    operation = await player.perform(universe.universe_id)
    suggestion = await player.harmonic.suggestions.create(universe.universe_id, "calmer")
    await player.harmonic.operations.cancel(suggestion.operation_id)
    await player.harmonic.auth.create_api_key("a key")
    return [f"/v1/artifacts/{each.artifact.producer}/{each.artifact.sha256}" for each in files_of(operation)]


async def test_an_erased_account_is_gone_from_every_service(platform: Platform) -> None:
    """After the erasure of an account no database names it or its organization, but in tombstones and in the log of
    events; its artifacts, its token and its password are good for nothing."""
    async with signed_up(platform.url) as player, signed_up(platform.url) as other:
        artifacts = await _fill(player)
        await platform.ledger.settled()
        assert len(await _left(platform, player.who.organization_id)) > 6
        assert (await player.ask("GET", artifacts[0])).status == 200
        await player.harmonic.auth.erase(player.password)
        assert await _gone(platform, player) == {}
        for path in artifacts:
            assert (await player.ask("GET", path)).status in (401, 404)
            assert (await other.ask("GET", path)).status == 404
        login = {"email": player.email, "password": player.password}
        assert (await other.ask("POST", "/v1/auth/login", json=login, signed=False)).status == 401


async def _gone(platform: Platform, player: Player) -> dict[str, int]:
    """What is left once all have heard of it."""
    deadline = monotonic() + SOON_S
    await platform.ledger.settled()
    while left := await _left(platform, player.who.organization_id, player.who.user_id, player.email):
        if monotonic() > deadline:
            break
        await asyncio.sleep(0.2)
    return left


@pytest.mark.parametrize("password", ["not the password"])
async def test_an_account_is_erased_by_its_password_alone(embedded: Platform, password: str) -> None:
    """A stolen token does not suffice to erase an account."""
    async with signed_up(embedded.url) as player:
        answer = await player.ask("POST", "/v1/me/erasure", json={"password": password})
        assert answer.status in (401, 403, 422)
        assert (await player.ask("GET", "/v1/me")).status == 200
