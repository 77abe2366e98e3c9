"""Renderings as a client and as the gateway's commands meet them."""

import hashlib
import io

import soundfile

from harmonic_audio.testing.studio import Studio
from harmonic_chassis.ids import new_id
from harmonic_contracts.messages.audio import RenderingCompleted, RenderingFailed
from harmonic_contracts.messages.physics import UniverseDeleted, UniverseRevised
from harmonic_contracts.roles import Role, Visibility
from harmonic_contracts.score import Score


async def test_a_simulation_is_rendered_and_served(studio: Studio, trajectory: bytes) -> None:
    """202 with the operation; then score, legend, analysis, master, MIDI and stems are there and fit each other."""
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    await studio.shorten(universe)
    client, auth = studio.house.client, studio.house.auth()
    asked = {"simulation_id": simulation.simulation_id, "stems": True}
    answer = await client.post("/v1/renderings", json=asked, headers=auth)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/v1/operations/{answer.json()['rendering_id']}"
    await studio.house.drain()
    path = f"/v1/renderings/{answer.json()['rendering_id']}"
    view = (await client.get(path, headers=auth)).json()
    assert view["state"] == "succeeded" and view["key"] == "C major" and view["true_peak_dbtp"] <= -1.0
    score = Score.model_validate_json((await client.get(f"{path}/score", headers=auth)).content)
    assert len(score.notes) == view["notes"] > 50
    assert (await client.get(f"{path}/legend", headers=auth)).json()["lines"] == score.legend
    analysis = (await client.get(f"{path}/analysis", headers=auth)).json()
    assert abs(analysis["integrated_loudness_lufs"] + 16.0) < 0.05
    master = (await client.get(f"/v1/artifacts/{view['master']['sha256']}", headers=auth)).content
    assert hashlib.sha256(master).hexdigest() == view["master"]["sha256"]
    assert soundfile.info(io.BytesIO(master)).frames == round(4.5 * 48_000)
    assert [stem["name"] for stem in view["stems"]][:2] == ["01 ground.wav", "02 b.wav"]
    assert len(view["stems"]) == len(score.voices) + 1
    (event,) = await studio.house.emitted(RenderingCompleted)
    assert event.digest == view["digest"] != "0" * 64


async def test_a_command_renders_and_the_same_things_are_not_made_twice(studio: Studio, trajectory: bytes) -> None:
    """Two commands for the same things give the same artifacts; the second one's trajectory is not even fetched."""
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    await studio.shorten(universe)
    first = await studio.order(universe, simulation)
    nowhere = simulation.trajectory.model_copy(update={"sha256": "0" * 64})
    second = await studio.order(universe, simulation, trajectory=nowhere)
    for order in (first, second):
        await studio.house.deliver(order)
        await studio.house.drain()
    done = {event.rendering_id: event for event in await studio.house.emitted(RenderingCompleted)}
    assert set(done) == {first.rendering_id, second.rendering_id}
    assert done[first.rendering_id].master == done[second.rendering_id].master
    path = f"/v1/renderings/{first.rendering_id}"
    auth = studio.house.auth()
    assert (await studio.house.client.delete(path, headers=auth)).status_code == 204
    assert (await studio.house.client.get(path, headers=auth)).status_code == 404
    left = await studio.house.client.get(f"/v1/artifacts/{done[second.rendering_id].master.sha256}", headers=auth)
    assert left.status_code == 200


async def test_a_command_repeated_by_the_broker_is_one_rendering(studio: Studio, trajectory: bytes) -> None:
    """The same rendering's id twice: one job, one completion."""
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    await studio.shorten(universe)
    order = await studio.order(universe, simulation)
    await studio.house.deliver(order)
    await studio.house.deliver(order)
    await studio.house.drain()
    assert len(await studio.house.emitted(RenderingCompleted)) == 1


async def test_a_refused_command_is_answered(studio: Studio, trajectory: bytes) -> None:
    """A viewer's command, a foreign universe's and one for no revision: each ends in a failed event with the reason."""
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    viewer = new_id()
    await studio.member(viewer, Role.VIEWER)
    await studio.house.deliver(await studio.order(universe, simulation), actor_id=viewer)
    await studio.house.deliver(await studio.order(universe, simulation, soundscape_revision=9))
    await studio.house.deliver(await studio.order(universe, simulation), organization_id=new_id())
    await studio.house.drain()
    reasons = sorted(event.reason for event in await studio.house.emitted(RenderingFailed))
    assert len(reasons) == 3
    assert "the soundscape has no revision 9" in reasons
    assert "there is no such universe" in reasons
    assert any("editor" in reason for reason in reasons)


async def test_a_trajectory_that_is_gone_fails_the_rendering(studio: Studio, trajectory: bytes) -> None:
    """The job fails at once, the row says why, the event tells it."""
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    studio.physics.blobs.clear()
    order = await studio.order(universe, simulation)
    await studio.house.deliver(order)
    await studio.house.drain()
    (failed,) = await studio.house.emitted(RenderingFailed)
    assert "simulate again" in failed.reason and not failed.cancelled
    path = f"/v1/renderings/{order.rendering_id}"
    view = (await studio.house.client.get(path, headers=studio.house.auth())).json()
    assert view["state"] == "failed" and "simulate again" in view["problem"]["detail"]
    legend = await studio.house.client.get(f"{path}/legend", headers=studio.house.auth())
    assert legend.status_code == 409


async def test_a_soundscape_that_does_not_fit_is_refused_with_the_reason(studio: Studio, trajectory: bytes) -> None:
    """A rule that names a body which is not there fails the job with what there is."""
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    view = await studio.soundscape(universe)
    document = view["document"]
    document["events"][1]["bodies"] = ["Pluto"]
    path = f"/v1/soundscapes/{view['soundscape_id']}"
    headers = {**studio.house.auth(), "If-Match": '"1"'}
    assert (await studio.house.client.put(path, json=document, headers=headers)).status_code == 200
    await studio.house.deliver(await studio.order(universe, simulation))
    await studio.house.drain()
    (failed,) = await studio.house.emitted(RenderingFailed)
    assert "Pluto" in failed.reason and "star, b, c" in failed.reason


async def test_renderings_follow_the_universe_s_visibility(studio: Studio, trajectory: bytes) -> None:
    """A foreigner gets 404 for all of it, 200 while the universe is public, and 404 when it is private again."""
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    await studio.shorten(universe)
    order = await studio.order(universe, simulation)
    await studio.house.deliver(order)
    await studio.house.drain()
    (done,) = await studio.house.emitted(RenderingCompleted)
    client = studio.house.client
    foreign = studio.house.auth(user_id=new_id(), organization_id=new_id())
    paths = [
        f"/v1/renderings/{order.rendering_id}",
        f"/v1/renderings/{order.rendering_id}/score",
        f"/v1/artifacts/{done.master.sha256}",
    ]

    async def statuses() -> list[int]:
        return [(await client.get(path, headers=foreign)).status_code for path in paths]

    assert await statuses() == [404, 404, 404]
    for revision, visibility, expected in ((2, Visibility.PUBLIC, 200), (3, Visibility.PRIVATE, 404)):
        facts = {**universe.model_dump(), "revision": revision, "visibility": visibility}
        await studio.house.deliver(UniverseRevised.model_validate(facts))
        await studio.house.drain()
        assert await statuses() == [expected] * 3
    asked = {"simulation_id": simulation.simulation_id}
    assert (await client.post("/v1/renderings", json=asked, headers=foreign)).status_code == 404


async def test_renderings_go_with_their_universe(studio: Studio, trajectory: bytes) -> None:
    """After the deletion neither the rendering nor its artifacts can be read."""
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    await studio.shorten(universe)
    order = await studio.order(universe, simulation)
    await studio.house.deliver(order)
    await studio.house.drain()
    (done,) = await studio.house.emitted(RenderingCompleted)
    gone = UniverseDeleted(universe_id=universe.universe_id, organization_id=universe.organization_id)
    await studio.house.deliver(gone)
    await studio.house.drain()
    auth = studio.house.auth()
    for path in (f"/v1/renderings/{order.rendering_id}", f"/v1/artifacts/{done.score.sha256}"):
        assert (await studio.house.client.get(path, headers=auth)).status_code == 404


async def test_bad_requests_are_told_what_is_wrong(studio: Studio, trajectory: bytes) -> None:
    """An unknown simulation is 404, a revision that is not there 422 with the range, an unknown field 422."""
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    client, auth = studio.house.client, studio.house.auth()
    unknown = await client.post("/v1/renderings", json={"simulation_id": new_id()}, headers=auth)
    assert unknown.status_code == 404
    wrong = {"simulation_id": simulation.simulation_id, "soundscape_revision": 5}
    answer = await client.post("/v1/renderings", json=wrong, headers=auth)
    assert answer.status_code == 422 and answer.json()["errors"][0]["allowed"] == "1 to 1"
    extra = {"simulation_id": simulation.simulation_id, "loud": True}
    assert (await client.post("/v1/renderings", json=extra, headers=auth)).status_code == 422
