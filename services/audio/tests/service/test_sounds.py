"""Analyses and conversions over HTTP: sounds of every kind in, figures and files out, hostile ones refused."""

import io
from typing import Any

import numpy as np
import pytest
import soundfile
from sqlalchemy import select

from harmonic_audio.store.tables import SoundWorkRow
from harmonic_audio.testing.studio import Studio
from harmonic_chassis.ids import new_id
from harmonic_contracts.messages.organization import OrganizationDeleted, ProjectDeleted, UserErased
from harmonic_contracts.messages.physics import UniverseDeleted
from harmonic_contracts.roles import Role

RATE = 48_000
FORMATS = {
    "wav": ("WAV", "PCM_16", "audio/wav"),
    "flac": ("FLAC", "PCM_24", "audio/flac"),
    "ogg": ("OGG", "VORBIS", "audio/ogg"),
    "mp3": ("MP3", "MPEG_LAYER_III", "audio/mpeg"),
}


def sound(kind: str = "wav", seconds: float = 2.0, rate: int = RATE, channels: int = 2, hz: float = 440.0) -> bytes:
    """A tone as a file."""
    wave = 0.25 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    file = io.BytesIO()
    format_, subtype, _ = FORMATS.get(kind, ("WAV", kind, ""))
    soundfile.write(file, np.tile(wave[:, None], (1, channels)), rate, format=format_, subtype=subtype)
    return file.getvalue()


async def _sent(studio: Studio, data: bytes, path: str = "/v1/analyses", **headers: str) -> Any:
    await studio.member(studio.house.user_id, Role.OWNER)
    auth = {**studio.house.auth(), "Content-Type": "text/plain", **headers}
    return await studio.house.client.post(path, content=data, headers=auth)


async def _done(studio: Studio, data: bytes, path: str = "/v1/analyses") -> dict[str, Any]:
    answer = await _sent(studio, data, path)
    assert answer.status_code == 202, answer.text
    await studio.house.drain()
    where = f"{path.split('?')[0]}/{answer.json()['operation_id']}"
    return dict((await studio.house.client.get(where, headers=studio.house.auth())).json())


async def _file(studio: Studio, ref: dict[str, Any]) -> bytes:
    answer = await studio.house.client.get(f"/v1/artifacts/{ref['sha256']}", headers=studio.house.auth())
    assert answer.status_code == 200
    return bytes(answer.content)


@pytest.mark.parametrize("kind", FORMATS)
async def test_a_sound_of_every_kind_is_analysed(studio: Studio, kind: str) -> None:
    """Told by its content whatever its Content-Type says; pitch, level and loudness are those of the tone."""
    view = await _done(studio, sound(kind))
    assert view["state"] == "succeeded", view["problem"]
    measures = view["measures"]
    assert (measures["media_type"], measures["sample_rate_hz"], measures["channels"]) == (FORMATS[kind][2], RATE, 2)
    assert measures["duration_s"] == pytest.approx(2.0, abs=0.1)
    # What is lossy overshoots where the tone begins.
    assert measures["true_peak_dbtp"] == pytest.approx(-12.04, abs=1.2 if kind in ("mp3", "ogg") else 0.1)
    report = await studio.house.client.get(f"/v1/analyses/{view['analysis_id']}/report", headers=studio.house.auth())
    assert report.json()["pitch_hz"] == pytest.approx(440.0, abs=0.03)
    assert report.json()["key"] is not None and len(report.json()["mfcc"]) == 13


async def test_the_archive_holds_the_waveform_and_tracks(studio: Studio) -> None:
    """The pyramid's finest level has the tone's extremes; tracks have their times."""
    view = await _done(studio, sound())
    arrays = np.load(io.BytesIO(await _file(studio, view["tracks"])))
    assert arrays["waveform/256/highest"].shape == (2, 375)
    assert arrays["waveform/256/highest"].max() == pytest.approx(0.25, abs=1e-3)
    assert len(arrays["pitch_hz"]) == len(arrays["pitch_time_s"]) and "momentary_lufs" in arrays


HOSTILE = {"cut off": lambda: sound()[:5000], "no channels": lambda: sound()[:22] + bytes(2) + sound()[24:]}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_files_are_refused_with_a_reason(studio: Studio, name: str) -> None:
    """The work fails at once, with a problem that names the reason; nothing is left pinned but what was sent."""
    view = await _done(studio, HOSTILE[name]())
    assert view["state"] == "failed" and view["measures"] is None and view["tracks"] is None
    assert view["problem"]["status"] == 422, view["problem"]
    assert view["problem"]["errors"][0]["reason"] and "/" not in view["problem"]["detail"]


@pytest.mark.parametrize("data", [b"PK\x03\x04" + bytes(100), b"<html><body>hello", b"GIF89a" + bytes(20), b"abc"])
async def test_what_is_no_sound_is_not_taken_in(studio: Studio, data: bytes) -> None:
    """415 at once, whatever the Content-Type says; an empty body is 422."""
    answer = await _sent(studio, data, **{"Content-Type": "audio/wav"})
    assert answer.status_code == 415 and answer.headers["content-type"] == "application/problem+json"
    assert (await _sent(studio, b"")).status_code == 422


@pytest.mark.parametrize(
    ("wanted", "format_", "subtype", "rate", "channels"),
    [
        ("format=wav16&sample_rate_hz=44100", "WAV", "PCM_16", 44_100, 2),
        ("format=wav24&channels=1", "WAV", "PCM_24", RATE, 1),
        ("format=wav_float&sample_rate_hz=96000", "WAV", "FLOAT", 96_000, 2),
        ("format=flac&sample_rate_hz=16000&channels=1", "FLAC", "PCM_24", 16_000, 1),
        ("format=ogg", "OGG", "VORBIS", RATE, 2),
        ("format=mp3&sample_rate_hz=32000", "MP3", "MPEG_LAYER_III", 32_000, 2),
    ],
)
async def test_a_sound_is_converted(
    studio: Studio, wanted: str, format_: str, subtype: str, rate: int, channels: int
) -> None:
    """Format, rate, channels and length are as wanted, and the tone is the same tone."""
    view = await _done(studio, sound(), f"/v1/conversions?{wanted}")
    assert view["state"] == "succeeded", view["problem"]
    data = await _file(studio, view["file"])
    file = soundfile.SoundFile(io.BytesIO(data))
    assert (file.format, file.subtype, file.samplerate, file.channels) == (format_, subtype, rate, channels)
    samples = file.read(always_2d=True)[:, 0]
    assert len(samples) == pytest.approx(2 * rate, abs=0.1 * rate)
    middle = samples[rate // 2 : rate // 2 + rate]
    assert np.argmax(np.abs(np.fft.rfft(middle * np.hanning(rate)))) == 440
    assert np.abs(middle).max() == pytest.approx(0.25, rel=0.05)
    assert view["converted"]["sample_rate_hz"] == rate


async def test_what_a_format_cannot_hold_is_refused(studio: Studio) -> None:
    """MP3 at 96 kHz fails with what is allowed; an unknown format is 422 before anything is sent."""
    view = await _done(studio, sound(), "/v1/conversions?format=mp3&sample_rate_hz=96000")
    assert view["state"] == "failed" and "48000" in view["problem"]["errors"][0]["allowed"]
    assert (await _sent(studio, sound(), "/v1/conversions?format=aiff")).status_code == 422
    assert (await _sent(studio, sound(), "/v1/conversions")).status_code == 422


async def test_a_key_makes_one_analysis_and_a_viewer_none(studio: Studio) -> None:
    """The same key and body replay the reply; a viewer gets 403, a stranger 404 on all, members read each other's."""
    first, again = [await _sent(studio, sound(), **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert first.status_code == 202 and first.json() == again.json()
    await studio.house.drain()
    viewer, path = new_id(), f"/v1/analyses/{first.json()['analysis_id']}"
    await studio.member(viewer, Role.VIEWER)
    auth = studio.house.auth(user_id=viewer, role=Role.VIEWER)
    client, foreign = studio.house.client, studio.house.auth(user_id=new_id(), organization_id=new_id())
    assert (await client.post("/v1/analyses", content=sound(), headers=auth)).status_code == 403
    assert (await client.get(path, headers=auth)).status_code == 200
    assert (await client.delete(path, headers=auth)).status_code == 403
    for method in ("GET", "DELETE"):
        assert (await client.request(method, path, headers=foreign)).status_code == 404
    assert (await client.get("/v1/analyses", headers=foreign)).json()["items"] == []
    conversions = f"/v1/conversions/{first.json()['analysis_id']}"
    assert (await client.get(conversions, headers=auth)).status_code == 404
    assert (await client.delete(path, headers=studio.house.auth())).status_code == 204
    assert (await client.get(path, headers=studio.house.auth())).status_code == 404


async def test_a_rendering_is_analysed_and_converted_by_its_id(studio: Studio, trajectory: bytes) -> None:
    """The figures are those of the rendering itself; the works go with the universe."""
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    await studio.shorten(universe)
    order = await studio.order(universe, simulation)
    early = await _sent(studio, b"", f"/v1/analyses?rendering_id={order.rendering_id}")
    assert early.status_code == 404
    await studio.house.deliver(order)
    await studio.house.drain()
    rendering = (
        await studio.house.client.get(f"/v1/renderings/{order.rendering_id}", headers=studio.house.auth())
    ).json()
    view = await _done(studio, b"", f"/v1/analyses?rendering_id={order.rendering_id}")
    measured = view["measures"]["integrated_loudness_lufs"]
    assert measured == pytest.approx(rendering["integrated_loudness_lufs"], abs=0.01)
    assert view["source"]["sha256"] == rendering["master"]["sha256"]
    converted = await _done(studio, b"", f"/v1/conversions?format=flac&rendering_id={order.rendering_id}")
    assert converted["state"] == "succeeded"
    gone = UniverseDeleted(universe_id=universe.universe_id, organization_id=universe.organization_id)
    await studio.house.deliver(gone)
    await studio.house.drain()
    async with studio.house.chassis.db.reading() as session:
        assert not (await session.scalars(select(SoundWorkRow))).all()


@pytest.mark.parametrize("by", ["organization", "project", "user"])
async def test_erasing_takes_the_sounds_or_the_name(studio: Studio, by: str) -> None:
    """With the organization or the project all goes; a user's name goes, the sounds of an organization stay."""
    await _done(studio, sound(seconds=0.5))
    house = studio.house
    news = {
        "organization": OrganizationDeleted(organization_id=house.organization_id),
        "project": ProjectDeleted(project_id=house.project_id, organization_id=house.organization_id),
        "user": UserErased(user_id=house.user_id, organization_ids=[]),
    }[by]
    await house.deliver(news)
    await house.drain()
    async with house.chassis.db.reading() as session:
        rows = (await session.scalars(select(SoundWorkRow))).all()
    assert [row.actor_id for row in rows] == ([None] if by == "user" else [])


async def test_an_organization_has_a_bounded_number_under_way(studio: Studio) -> None:
    """429 with Retry-After above the limit."""
    settings = studio.house.chassis.settings
    object.__setattr__(settings, "max_open_sounds", 0)
    answer = await _sent(studio, sound(seconds=0.2))
    assert answer.status_code == 429 and answer.headers["retry-after"] == "10"
