"""Previews: a rendering is heard while it is being made, by those who may read it."""

import asyncio
import io
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile

from harmonic_audio.preview_cleanup import clean
from harmonic_audio.previews import ends, key_of, piece_of, pieces_there, size_of
from harmonic_audio.rendering import SAMPLE_RATE, render
from harmonic_audio.rendering.downmix import to_stereo
from harmonic_audio.soundscape import Mix
from harmonic_audio.testing.scores import score_of
from harmonic_audio.testing.studio import Studio
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import eventually


async def _asked(studio: Studio, trajectory: bytes) -> str:
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    asked = {"simulation_id": simulation.simulation_id}
    answer = await studio.house.client.post("/v1/renderings", json=asked, headers=studio.house.auth())
    return str(answer.json()["rendering_id"])


async def test_the_preview_is_the_whole_mix_labelled_as_not_normalised(studio: Studio, trajectory: bytes) -> None:
    """Asked for at once, the stream is a WAV file of the master's length whose sound is the master's at another level;
    header and OpenAPI text say that it is not normalised."""
    rendering_id = await _asked(studio, trajectory)
    client, auth = studio.house.client, studio.house.auth()
    streamed = asyncio.create_task(client.get(f"/v1/renderings/{rendering_id}/preview", headers=auth))
    await studio.house.drain()
    answer = await streamed
    assert answer.status_code == 200 and answer.headers["content-type"] == "audio/wav"
    assert answer.headers["harmonic-preview"].startswith("not normalised")
    samples, rate = soundfile.read(io.BytesIO(answer.content), always_2d=True)
    view = (await client.get(f"/v1/renderings/{rendering_id}", headers=auth)).json()
    master = (await client.get(f"/v1/artifacts/{view['master']['sha256']}", headers=auth)).content
    heard, _ = soundfile.read(io.BytesIO(master), always_2d=True)
    assert rate == SAMPLE_RATE and samples.shape == heard.shape
    similar = np.sum(samples * heard) / np.sqrt(np.sum(samples**2) * np.sum(heard**2))
    assert similar > 0.99
    text = studio.house.chassis.app.openapi()["paths"]["/v1/renderings/{rendering_id}/preview"]["get"]["description"]
    assert "before normalisation" in text


async def test_who_may_not_read_the_rendering_does_not_hear_it(studio: Studio, trajectory: bytes) -> None:
    """404 for a foreigner and for no rendering; 401 without a token."""
    rendering_id = await _asked(studio, trajectory)
    foreign = studio.house.auth(user_id=new_id(), organization_id=new_id())
    client, path = studio.house.client, f"/v1/renderings/{rendering_id}/preview"
    assert (await client.get(path, headers=foreign)).status_code == 404
    assert (await client.get(path)).status_code == 401
    unknown = await client.get(f"/v1/renderings/{new_id()}/preview", headers=studio.house.auth())
    assert unknown.status_code == 404


async def test_an_hour_after_the_end_the_preview_is_gone(studio: Studio, trajectory: bytes) -> None:
    """It can be heard after the end, until it is cleaned up; then 410 says where the sound is."""
    rendering_id = await _asked(studio, trajectory)
    await studio.house.drain()
    client, chassis = studio.house.client, studio.house.chassis
    path, auth = f"/v1/renderings/{rendering_id}/preview", studio.house.auth()
    assert (await client.get(path, headers=auth)).status_code == 200
    assert await pieces_there(chassis.artifacts.blobs, rendering_id) > 3
    assert await clean(chassis) == 0
    assert await clean(chassis, keep=timedelta(seconds=-60)) == 1
    answer = await client.get(path, headers=auth)
    assert answer.status_code == 410 and "master" in answer.json()["detail"]


async def test_the_first_second_is_there_before_the_rendering_is(studio: Studio, trajectory: bytes) -> None:
    """The first piece is stored while the job still runs."""
    rendering_id = await _asked(studio, trajectory)
    blobs = studio.house.chassis.artifacts.blobs

    async def first() -> bytes | None:
        try:
            return await blobs.get(key_of(rendering_id, 0))
        except LookupError:
            return None

    piece = await eventually(first)
    view = await studio.house.client.get(f"/v1/renderings/{rendering_id}", headers=studio.house.auth())
    assert piece is not None and len(piece) == 44 + 4 * SAMPLE_RATE
    assert view.json()["state"] != "succeeded"
    await studio.house.drain()


def test_the_pieces_are_the_file_whoever_makes_them(tmp_path: Path) -> None:
    """Pieces of 1, 1, 2, 4, ... seconds join to a file that libsndfile reads, 12 dB below the mix."""
    rendering = render(score_of(9.0), Mix(), tmp_path)
    bounds = [0, *ends(rendering.frames)]
    assert [(high - low) // SAMPLE_RATE for low, high in pairwise(bounds)] == [1, 1, 2, 4, 1]
    whole = b"".join(piece_of(rendering, low, high) for low, high in pairwise(bounds))
    assert len(whole) == size_of(rendering.frames)
    samples, _ = soundfile.read(io.BytesIO(whole), always_2d=True)
    expected = 10 ** (-12 / 20) * rendering.mix[:, :].T
    assert np.abs(samples - np.clip(expected, -1, 1)).max() < 1e-4


def test_every_layout_is_heard_in_stereo() -> None:
    """A sound on the left of any layout is louder on the left of its preview."""
    from harmonic_audio.mix.layouts import layout_named

    for name in ("stereo", "5.1", "7.1", "ambix1", "ambix3"):
        layout = layout_named(name)
        left, right = to_stereo(layout) @ layout.gains(60.0)[0]
        assert left > 1.5 * abs(right), name
