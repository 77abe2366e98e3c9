"""Several players in one organization, and one thing of it in every service."""

import asyncio

from harmonic_chassis.testing.house import eventually
from harmonic_client.errors import NotFound
from harmonic_client.models import Universe, files_of
from harmonic_standalone.testing.players import SHORT, SMALL, Player


async def band_of(owner: Player, member: Player, role: str = "editor") -> tuple[str, str]:
    """An organization of two, and a project in it. The member's token knows of it."""
    made = await owner.ask("POST", "/v1/organizations", json={"name": "The band"})
    assert made.status == 201, made.body
    band = made.json()["organization_id"]
    path = f"/v1/organizations/{band}/members/{member.who.user_id}"
    assert (await owner.ask("PUT", path, json={"role": role})).status == 201
    project = await owner.ask("POST", "/v1/projects", json={"name": "The record", "organization_id": band})
    assert project.status == 201, project.body
    await member.harmonic.auth.login(member.email, member.password)
    fresh = member.harmonic.session.credentials
    assert fresh is not None
    member.who = fresh
    return band, project.json()["project_id"]


async def universe_in(owner: Player, project: str, visibility: str) -> Universe:
    """A universe in a project, once physics has heard of the project."""

    async def made() -> Universe | None:
        try:
            return await owner.universe({**SMALL, "project_id": project, "visibility": visibility}, SHORT)
        except NotFound:
            return None

    found = await eventually(made)
    assert found is not None
    return found


async def everywhere(owner: Player, universe_id: str) -> dict[str, str]:
    """A thing made of the universe in each service, by name of the service."""
    operation = await owner.perform(universe_id)
    result = operation.result or {}
    suggestion = await owner.harmonic.suggestions.create(universe_id, "calmer")
    await owner.harmonic.operations.cancel(suggestion.operation_id)
    sound = await owner.soundscape(universe_id)
    paths = {
        "performance": f"/v1/performances/{operation.operation_id}",
        "operation": f"/v1/operations/{operation.operation_id}",
        "step": f"/v1/operations/{result['simulation_id']}",
        "physics": f"/v1/universes/{universe_id}",
        "simulation": f"/v1/simulations/{result['simulation_id']}",
        "audio": f"/v1/soundscapes/{sound.soundscape_id}",
        "rendering": f"/v1/renderings/{result['rendering_id']}",
        "ai": f"/v1/suggestions/{suggestion.suggestion_id}",
        "export": f"/v1/exports/{result['export_id']}",
    }
    for file in files_of(operation):
        paths[f"artifact {file.name}"] = f"/v1/artifacts/{file.artifact.producer}/{file.artifact.sha256}"
    rendering = (await owner.ask("GET", paths["rendering"])).json()
    simulation = (await owner.ask("GET", paths["simulation"])).json()
    for name, ref in (("master", rendering["master"]), ("trajectory", simulation["trajectory"])):
        paths[f"artifact {name}"] = f"/v1/artifacts/{ref['producer']}/{ref['sha256']}"
    return paths


async def statuses(player: Player, paths: dict[str, str]) -> dict[str, int]:
    """What each path answers to the player."""
    methods = {name: "HEAD" if name.startswith("artifact") else "GET" for name in paths}
    answers = await asyncio.gather(*(player.ask(methods[name], path) for name, path in paths.items()))
    return {name: answer.status for name, answer in zip(paths, answers, strict=True)}
