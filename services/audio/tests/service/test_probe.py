"""Probes: what the ai service asks."""

import base64

from harmonic_audio.probe import Probes
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_audio.testing.studio import Studio
from harmonic_contracts.score import Score


async def test_a_probe_answers_with_score_and_descriptors(studio: Studio, trajectory: bytes) -> None:
    """The same for the file itself and for a reference to it; a repeated probe is not computed again."""
    document = default_soundscape("orbits", "trappist-1").model_dump(mode="json")
    auth = studio.house.service_auth("ai", studio.house.organization_id)
    inline = {"soundscape": document, "trajectory_base64": base64.b64encode(trajectory).decode()}
    answer = await studio.house.client.post("/internal/probe", json=inline, headers=auth)
    assert answer.status_code == 200, answer.text
    score = Score.model_validate(answer.json()["score"])
    assert answer.json()["descriptors"]["notes"] == len(score.notes) > 50
    referred = {"soundscape": document, "trajectory": studio.physics.put(trajectory).model_dump()}
    again = await studio.house.client.post("/internal/probe", json=referred, headers=auth)
    assert again.content == answer.content
    probes = studio.house.chassis.state["probes"]
    assert isinstance(probes, Probes) and len(probes._cache) == 1


async def test_probes_are_for_services_and_bounded(studio: Studio, trajectory: bytes) -> None:
    """Users get 404; bytes that are no trajectory, two trajectories, or none: 422."""
    document = default_soundscape("orbits").model_dump(mode="json")
    client, auth = studio.house.client, studio.house.service_auth("ai", studio.house.organization_id)
    inline = {"soundscape": document, "trajectory_base64": base64.b64encode(trajectory).decode()}
    assert (await client.post("/internal/probe", json=inline, headers=studio.house.auth())).status_code == 404
    both = {**inline, "trajectory": studio.physics.put(trajectory).model_dump()}
    no_file = {"soundscape": document, "trajectory_base64": base64.b64encode(b"hello").decode()}
    no_base64 = {"soundscape": document, "trajectory_base64": "%%%"}
    for body in (both, {"soundscape": document}, no_file, no_base64):
        answer = await client.post("/internal/probe", json=body, headers=auth)
        assert answer.status_code == 422, (answer.status_code, body.keys())
