"""Who is shut out is out, everywhere, soon."""

import asyncio
from time import monotonic

from harmonic_chassis.testing.house import eventually
from harmonic_client.errors import NotFound
from harmonic_client.models import Universe, files_of
from harmonic_standalone.testing import SHORT, SMALL, Platform, Player, signed_up

WITHIN_S = 5.0


async def _band(owner: Player, member: Player) -> tuple[str, str]:
    """An organization of two, and a project in it."""
    made = await owner.ask("POST", "/v1/organizations", json={"name": "The band"})
    assert made.status == 201, made.body
    band = made.json()["organization_id"]
    path = f"/v1/organizations/{band}/members/{member.who.user_id}"
    assert (await owner.ask("PUT", path, json={"role": "editor"})).status == 201
    body = {"name": "The record", "organization_id": band}
    project = await owner.ask("POST", "/v1/projects", json=body)
    assert project.status == 201, project.body
    return band, project.json()["project_id"]


async def test_a_removed_member_is_out_of_every_service(platform: Platform) -> None:
    """Somebody who read an organization's things in every service, with a token that still names the role, gets 404
    from each within 5 s of being removed."""
    async with signed_up(platform.url) as owner, signed_up(platform.url) as member:
        band, project = await _band(owner, member)
        await member.harmonic.auth.login(member.email, member.password)
        fresh = member.harmonic.session.credentials
        assert fresh is not None
        member.who = fresh
        universe = await eventually(lambda: _universe(owner, project))
        paths = await _everywhere(owner, universe.universe_id)
        paths["organization"] = f"/v1/organizations/{band}"
        await _all(member, paths, 200)
        removed = await owner.ask("DELETE", f"/v1/organizations/{band}/members/{member.who.user_id}")
        assert removed.status == 204
        took = await _all(member, paths, 404)
        print(f"out of {len(paths)} places after {took:.2f} s")
        assert await _statuses(owner, paths) == dict.fromkeys(paths, 200)


async def _universe(owner: Player, project: str) -> Universe | None:
    """A universe in a project, or nothing while physics has not heard of the project."""
    try:
        return await owner.universe({**SMALL, "project_id": project, "visibility": "organization"}, SHORT)
    except NotFound:
        return None


async def _everywhere(owner: Player, universe_id: str) -> dict[str, str]:
    """A thing of the organization in each service, by name of the service."""
    operation = await owner.perform(universe_id)
    result = operation.result or {}
    suggestion = await owner.harmonic.suggestions.create(universe_id, "calmer")
    await owner.harmonic.operations.cancel(suggestion.operation_id)
    sound = await owner.soundscape(universe_id)
    artifact = files_of(operation)[0].artifact
    return {
        "gateway": f"/v1/operations/{operation.operation_id}",
        "physics": f"/v1/universes/{universe_id}",
        "simulation": f"/v1/simulations/{result['simulation_id']}",
        "audio": f"/v1/soundscapes/{sound.soundscape_id}",
        "rendering": f"/v1/renderings/{result['rendering_id']}",
        "ai": f"/v1/suggestions/{suggestion.suggestion_id}",
        "export": f"/v1/exports/{result['export_id']}",
        "artifact": f"/v1/artifacts/{artifact.producer}/{artifact.sha256}",
    }


async def _all(player: Player, paths: dict[str, str], status: int) -> float:
    """The seconds until every path answers with this status. Fails after five."""
    began = monotonic()
    while (found := await _statuses(player, paths)) != dict.fromkeys(paths, status):
        assert monotonic() - began < WITHIN_S, found
        await asyncio.sleep(0.05)
    return monotonic() - began


async def _statuses(player: Player, paths: dict[str, str]) -> dict[str, int]:
    methods = {name: "HEAD" if name == "artifact" else "GET" for name in paths}
    answers = await asyncio.gather(*(player.ask(methods[name], path) for name, path in paths.items()))
    return {name: answer.status for name, answer in zip(paths, answers, strict=True)}
