"""MIDI files over HTTP: who may, what comes back, what is refused."""

import io

import mido
import pytest

from harmonic_audio.testing.studio import Studio
from harmonic_chassis.ids import new_id
from harmonic_contracts.roles import Role
from harmonic_contracts.score import Score


@pytest.fixture
def tune() -> bytes:
    track = mido.MidiTrack()
    for note in (60, 64, 67):
        track.append(mido.Message("note_on", note=note, velocity=100, time=0))
        track.append(mido.Message("note_off", note=note, time=480))
    out = io.BytesIO()
    mido.MidiFile(type=0, tracks=[track], ticks_per_beat=480).save(file=out)
    return out.getvalue()


async def test_a_midi_file_is_answered_with_its_score(studio: Studio, tune: bytes) -> None:
    """Three notes of half a second at the tempo that a file without one has, tuned to the reference asked for."""
    answer = await studio.house.client.post(
        "/v1/scores?reference_hz=432", content=tune, headers={**studio.house.auth(), "Content-Type": "audio/midi"}
    )
    assert answer.status_code == 200, answer.text
    score = Score.model_validate_json(answer.content)
    assert [(note.onset_s, note.duration_s) for note in score.notes] == [(0.0, 0.5), (0.5, 0.5), (1.0, 0.5)]
    assert score.notes[0].frequency_hz == pytest.approx(432.0 * 2 ** (-9 / 12))


async def test_a_malformed_file_is_refused_with_its_byte(studio: Studio, tune: bytes) -> None:
    """422 that names the byte; a file of too many bytes is 413."""
    auth = studio.house.auth()
    answer = await studio.house.client.post("/v1/scores", content=tune[:-3], headers=auth)
    assert answer.status_code == 422 and "byte 18" in answer.text
    answer = await studio.house.client.post("/v1/scores", content=tune + bytes(4 * 2**20), headers=auth)
    assert answer.status_code == 413


async def test_viewers_and_strangers_may_not(studio: Studio, tune: bytes) -> None:
    """401 without a token; 403 for a viewer."""
    assert (await studio.house.client.post("/v1/scores", content=tune)).status_code == 401
    viewer = new_id()
    await studio.member(viewer, Role.VIEWER)
    auth = studio.house.auth(user_id=viewer, role=Role.VIEWER)
    assert (await studio.house.client.post("/v1/scores", content=tune, headers=auth)).status_code == 403


async def test_styles_are_in_the_catalogue(studio: Studio) -> None:
    """Open to everybody, with what each sets."""
    found = {item["name"]: item for item in (await studio.house.client.get("/v1/styles")).json()["items"]}
    assert found["calm"]["kind"] == "mood" and found["gamelan"]["fields"]["key"]["tuning"]["kind"] == "scala"
