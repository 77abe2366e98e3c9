"""What is private is private everywhere: documents, work, files and events."""

import asyncio
from typing import Any

import aiohttp
import orjson

from harmonic_chassis.testing.house import eventually
from harmonic_client.sse import events
from harmonic_standalone.testing import SMALL, Platform, Player, signed_up
from harmonic_standalone.testing.bands import band_of, everywhere, statuses, universe_in

ALL_SERVICES = {"physics", "audio", "ai", "export", "gateway"}


async def test_a_private_universe_is_its_makers_in_every_service(platform: Platform) -> None:
    """A fellow editor gets 404 for all that was made of a private universe, however well the address is known; once it
    is the organization's, 200 for the documents and files; and once it is private again, 404."""
    async with signed_up(platform.url) as owner, signed_up(platform.url) as maker:
        _, project = await band_of(owner, maker)
        async with signed_up(platform.url) as fellow:
            await _joins(owner, fellow, maker, project)
            universe = await universe_in(maker, project, "private")
            paths = await everywhere(maker, universe.universe_id)
            assert await statuses(maker, paths) == dict.fromkeys(paths, 200)
            assert await statuses(fellow, paths) == dict.fromkeys(paths, 404)
            assert await statuses(owner, paths) == dict.fromkeys(paths, 200), "who governs sees it"
            shared = {name: path for name, path in paths.items() if name not in {"performance", "operation", "step"}}
            for visibility, status in (("organization", 200), ("private", 404)):
                await _show(maker, universe.universe_id, visibility)
                await eventually(lambda want=status: _answers(fellow, shared, want))


async def test_the_stream_of_events_is_silent_about_the_private_universes_of_others(platform: Platform) -> None:
    """A fellow editor is told nothing of a private universe's making, performance and sound; its maker is told by every
    service; and what comes later reaches the fellow in its place."""
    async with signed_up(platform.url) as owner, signed_up(platform.url) as maker:
        band, project = await band_of(owner, maker)
        async with signed_up(platform.url) as fellow:
            await _joins(owner, fellow, maker, project)
            universe = await universe_in(maker, project, "private")
            await everywhere(maker, universe.universe_id)
            await owner.ask("POST", "/v1/projects", json={"name": "The end", "organization_id": band})
            heard = await _heard(fellow, band)
            assert not [each for each in heard if universe.universe_id in str(each)]
            assert not [each for each in heard if each["source"] in ALL_SERVICES]
            told = await _heard(maker, band)
            assert {each["source"] for each in told} >= ALL_SERVICES
            assert {each["source"] for each in await _heard(owner, band)} >= ALL_SERVICES


async def _joins(owner: Player, fellow: Player, maker: Player, project: str) -> None:
    """A third member of the maker's organization, an editor too."""
    answer = await owner.ask("GET", f"/v1/projects/{project}")
    band = answer.json()["organization_id"]
    path = f"/v1/organizations/{band}/members/{fellow.who.user_id}"
    assert (await owner.ask("PUT", path, json={"role": "editor"})).status == 201
    await fellow.harmonic.auth.login(fellow.email, fellow.password)
    fresh = fellow.harmonic.session.credentials
    assert fresh is not None
    fellow.who = fresh


async def _show(maker: Player, universe_id: str, visibility: str) -> None:
    found = await maker.harmonic.universes.get(universe_id)
    document = {**SMALL, "visibility": visibility}
    await maker.harmonic.universes.replace(universe_id, document, revision=found.revision)


async def _answers(player: Player, paths: dict[str, str], status: int) -> bool:
    return await statuses(player, paths) == dict.fromkeys(paths, status)


async def _heard(player: Player, organization_id: str) -> list[dict[str, Any]]:
    """All that the stream tells of the organization, up to the project that ends it."""
    heard: list[dict[str, Any]] = []
    address = f"{player.harmonic.gateway}/v1/events?organization_id={organization_id}&after=0"
    bearer = {"Authorization": f"Bearer {player.who.access_token}"}
    async with asyncio.timeout(20), aiohttp.ClientSession() as session, session.get(address, headers=bearer) as answer:
        assert answer.status == 200
        async for event in events(answer.content.iter_any()):
            heard.append(orjson.loads(event.data))
            if heard[-1]["source"] == "organization" and heard[-1]["data"].get("name") == "The end":
                return heard
    raise AssertionError("the stream ended early")
