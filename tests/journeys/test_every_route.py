"""Every public route, asked for things that exist by those who may not have them or may only look."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from harmonic_chassis.testing.house import eventually
from harmonic_standalone.testing import SHORT, SMALL, EmbeddedPlatform, Player, signed_up

METHODS = ("get", "post", "put", "patch", "delete")
OWN = ("/v1/auth", "/v1/me", "/v1/api-keys", "/v1/live")
"""Each caller's own: nobody else's can be named there."""
CATALOGUES = ("/v1/systems", "/v1/presets", "/v1/environment", "/v1/scales", "/v1/instruments")
"""Open to everybody."""
PROBES: dict[str, dict[str, str]] = {"/v1/universes": {"preset": "figure-eight"}, "/v1/visualizations": {}}
COPIES = "/v1/universes/{universe_id}/duplicate"
"""Who may read may copy, into a project of their own."""


@dataclass
class Route:
    method: str
    template: str
    path: str
    has_body: bool

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


async def _made(player: Player, platform: EmbeddedPlatform) -> dict[str, str]:
    """One of everything, in an organization that others can be members of; the ids by the names in paths."""
    home = (await player.ask("POST", "/v1/organizations", json={"name": "shared"})).json()["organization_id"]
    projects = (await player.ask("GET", f"/v1/projects?organization_id={home}")).json()["items"]
    ids = {"organization_id": home, "project_id": projects[0]["project_id"], "user_id": player.who.user_id}
    document = {**SMALL, "visibility": "organization", "project_id": ids["project_id"]}
    await _known_everywhere(player, ids["project_id"])
    universe = await player.universe(document, SHORT)
    ids["universe_id"] = universe.universe_id
    ids["soundscape_id"] = (await player.soundscape(universe.universe_id)).soundscape_id
    operation = await player.perform(universe.universe_id)
    result: Any = operation.result or {}
    ids |= {name: str(result[name]) for name in ("performance_id", "simulation_id", "rendering_id", "export_id")}
    picture = {"name": "mine", "project_id": ids["project_id"]}
    made = (await player.ask("POST", "/v1/visualizations", json=picture)).json()
    suggestion = await player.harmonic.suggestions.create(universe.universe_id, "calmer")
    await player.harmonic.operations.wait(suggestion.operation_id)
    described = (await player.ask("GET", f"/v1/descriptors?universe_id={universe.universe_id}")).json()["items"]
    zip_ = {"Content-Type": "application/zip"}
    sent = await player.ask("POST", f"/v1/imports?project_id={ids['project_id']}", data=b"no bundle", headers=zip_)
    sweep = {"universe_id": universe.universe_id, "random": {"count": 1}}
    swept = (await player.ask("POST", "/v1/sweeps", json=sweep)).json()["sweep_id"]
    await player.harmonic.operations.wait(swept)
    rendered = f"rendering_id={result['rendering_id']}"
    analysed = (await player.ask("POST", f"/v1/analyses?{rendered}")).json()["analysis_id"]
    converted = (await player.ask("POST", f"/v1/conversions?format=wav16&{rendered}")).json()["conversion_id"]
    for work in (analysed, converted):
        await player.harmonic.operations.wait(work)
    file = result["files"][0]["artifact"]
    return ids | {
        "operation_id": operation.operation_id,
        "visualization_id": made["visualization_id"],
        "suggestion_id": suggestion.suggestion_id,
        "descriptors_id": described[0]["descriptors_id"],
        "sweep_id": swept,
        "analysis_id": analysed,
        "conversion_id": converted,
        "import_id": sent.json()["import_id"],
        "revision": "1",
        "producer": file["producer"],
        "sha256": file["sha256"],
    }


async def _known_everywhere(player: Player, project_id: str) -> None:
    """The news of a new project travels by event: wait for those that must know it."""
    for path in ("/v1/universes", "/v1/visualizations"):

        async def known(path: str = path) -> bool:
            answer = await player.ask("POST", path, json={"name": "probe", "project_id": project_id, **PROBES[path]})
            return answer.status == 201

        await eventually(known, 30.0)


async def _routes(player: Player, ids: dict[str, str]) -> list[Route]:
    document = (await player.ask("GET", "/openapi.json")).json()
    found = []
    for template, item in document["paths"].items():
        if "{" not in template or template.startswith((*OWN, *CATALOGUES)):
            continue
        try:
            path = template.format(**ids)
        except KeyError as unknown:
            raise AssertionError(
                f"{template}: make something for {unknown}, so that this route is walked too"
            ) from None
        found += [Route(each, template, path, "requestBody" in item[each]) for each in METHODS if each in item]
    return found


@pytest.fixture
async def owner(embedded: EmbeddedPlatform) -> AsyncIterator[Player]:
    async with signed_up(embedded.url) as player:
        yield player


async def test_who_is_no_member_finds_nothing_and_a_viewer_changes_nothing(
    embedded: EmbeddedPlatform, owner: Player
) -> None:
    """With the ids of things that exist, a stranger gets 404 on every route; a viewer reads what a member reads and is
    refused every change; afterwards all is as it was."""
    ids = await _made(owner, embedded)
    routes = await _routes(owner, ids)
    assert len(routes) > 40
    before = await _contents(owner, routes)
    async with signed_up(embedded.url) as stranger, signed_up(embedded.url) as viewer:
        member = f"/v1/organizations/{ids['organization_id']}/members/{viewer.who.user_id}"
        assert (await owner.ask("PUT", member, json={"role": "viewer"})).status == 201
        await eventually(lambda: _knows(viewer, ids), 30.0)
        faults = [fault for route in routes for fault in await _faults(route, stranger, viewer, before)]
        assert (await owner.ask("DELETE", member)).status == 204
    assert faults == []
    assert await _contents(owner, routes) == before


async def _knows(member: Player, ids: dict[str, str]) -> bool:
    """Whether every service has heard of a new member."""
    paths = (
        f"/v1/universes/{ids['universe_id']}",
        f"/v1/soundscapes/{ids['soundscape_id']}",
        f"/v1/suggestions/{ids['suggestion_id']}",
        f"/v1/exports/{ids['export_id']}",
        f"/v1/operations/{ids['operation_id']}",
    )
    return all([(await member.ask("GET", path)).status == 200 for path in paths])


async def _contents(player: Player, routes: list[Route]) -> dict[str, tuple[int, bytes]]:
    found = {}
    for route in routes:
        if route.method == "get" and not route.path.endswith("/events"):
            answer = await player.ask("GET", route.path + _query(route))
            found[route.template] = (answer.status, answer.body)
    return found


def _query(route: Route) -> str:
    return "?observable=position" if route.path.endswith("/frames") else ""


async def _faults(route: Route, stranger: Player, viewer: Player, before: dict[str, tuple[int, bytes]]) -> list[str]:
    """What is wrong with the answers of one route."""
    request: dict[str, Any] = {"headers": {"If-Match": "*"}, **({"json": {}} if route.has_body else {})}
    path = route.path + _query(route)
    hidden = await stranger.ask(route.method.upper(), path, **request)
    refused = {404, 422} if route.has_body else {404}
    found = [] if hidden.status in refused else [f"{route}: a stranger gets {hidden.status}"]
    if route.template == COPIES:
        return found
    seen = await viewer.ask(route.method.upper(), path, **request)
    if route.method == "get":
        known = before.get(route.template, (200, b""))[0]
        return found if seen.status == known else [*found, f"{route}: a viewer gets {seen.status}, not {known}"]
    refused = {403, 409, 415, 422} if route.has_body else {403}
    return found if seen.status in refused else [*found, f"{route}: a viewer gets {seen.status}"]
