"""Files sent as bodies, and what renderings tell and sound like."""

import tracemalloc
from pathlib import Path

import pytest

from harmonic_client import Harmonic, errors
from harmonic_client.models import NoteRow
from harmonic_client.resources.renderings import Renderings
from harmonic_client.retries import RetryPolicy
from harmonic_client.testing import Stage, id_of
from harmonic_client.uploads import Upload

SOUND = b"RIFF" + bytes(range(256)) * 2048


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A file with half a megabyte of bytes that are easy to tell."""
    path = tmp_path / "sound.wav"
    path.write_bytes(SOUND)
    return path


def wav(samples: bytes) -> bytes:
    """A file whose header says how long it is."""
    return b"RIFF" + (4 + len(samples)).to_bytes(4, "little") + b"WAVE" + samples


async def test_a_file_is_sent_as_it_is(stage: Stage, harmonic: Harmonic, sound: Path) -> None:
    """Its bytes, its length and a content type; what is wanted stands in the query."""
    await harmonic.conversions.create(sound, to="flac", sample_rate_hz=44_100, channels=2)
    assert stage.bodies == [
        ("application/octet-stream", {"format": "flac", "sample_rate_hz": "44100", "channels": "2"}, SOUND)
    ]
    (headers,) = stage.requests("POST", "/v1/conversions")
    assert headers["Content-Length"] == str(len(SOUND))


async def test_a_repeated_upload_is_whole_again_and_done_once(stage: Stage, harmonic: Harmonic, sound: Path) -> None:
    """Two failures, then the answer: three requests with one key, and every byte from the first on in the last."""
    stage.refusals["/v1/analyses"] = [503, 502]
    made = await harmonic.analyses.create(sound)
    keys = [headers["Idempotency-Key"] for headers in stage.requests("POST", "/v1/analyses")]
    assert (len(keys), len(set(keys))) == (3, 1)
    assert [body for _, _, body in stage.bodies] == [SOUND]
    assert made.measures == {"true_peak_dbtp": -1.5}


async def test_an_upload_with_a_refused_token_is_sent_again(stage: Stage, harmonic: Harmonic, sound: Path) -> None:
    """The file is read anew after the refresh."""
    stage.access = "another"
    await harmonic.analyses.create(sound)
    assert [body for _, _, body in stage.bodies] == [SOUND]
    assert len(stage.requests("POST", "/v1/auth/refresh")) == 1


async def test_a_rendering_is_named_without_a_body(stage: Stage, harmonic: Harmonic, sound: Path) -> None:
    """Either a file or a rendering; both or none is a mistake of the program."""
    await harmonic.analyses.create(rendering_id=id_of(8))
    assert [(query, body) for _, query, body in stage.bodies] == [({"rendering_id": id_of(8)}, b"")]
    for mistake in ({}, {"file": sound, "rendering_id": id_of(8)}):
        with pytest.raises(ValueError, match="one of them"):
            await harmonic.analyses.create(**mistake)  # type: ignore[arg-type]


@pytest.mark.parametrize(("size", "words"), [(None, "cannot be read"), (0, "is empty"), (11, "11 bytes; at most 10")])
async def test_a_file_that_cannot_be_sent_is_refused_here(
    stage: Stage, harmonic: Harmonic, tmp_path: Path, size: int | None, words: str
) -> None:
    """Missing, empty or too large: told before any byte is on its way."""
    path = tmp_path / "file"
    if size is not None:
        path.write_bytes(bytes(size))
    with pytest.raises(errors.UnfitFile, match=words):
        await harmonic.session.send("POST", "/v1/scores", body=Upload(path, "audio/midi", 10), once=True)
    assert not stage.requests("POST", "/v1/scores")


async def test_a_large_file_is_not_held_in_memory(stage: Stage, harmonic: Harmonic, tmp_path: Path) -> None:
    """48 MiB that nobody reads: refused by the gateway, and sent with less than 8 MiB of Python's memory."""
    path = tmp_path / "large.wav"
    with path.open("wb") as file:
        file.truncate(48 * 2**20)
    stage.refusals["/v1/analyses"] = [422]
    tracemalloc.start()
    try:
        with pytest.raises((errors.Invalid, errors.Unreachable)):
            await harmonic.analyses.create(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * 2**20


async def test_a_midi_file_becomes_a_score(stage: Stage, harmonic: Harmonic, tmp_path: Path) -> None:
    """Sent as audio/midi with the reference asked for."""
    (tmp_path / "a.mid").write_bytes(b"MThd")
    score = await harmonic.scores.of_midi(tmp_path / "a.mid", reference_hz=432.0)
    assert len(score["notes"]) == 2
    assert stage.bodies == [("audio/midi", {"reference_hz": "432.0"}, b"MThd")]


async def test_notes_are_read_page_after_page(stage: Stage, harmonic: Harmonic) -> None:
    """Every note in order, whatever a page holds."""
    row = NoteRow(
        number=1, onset_s=0.5, duration_s=1.0, frequency_hz=440.0, note="A4", cents=0.0, loudness=0.5, voice="b",
        instrument="celesta", cause="transit", bodies=["b"], universe_time=1.5, universe_time_unit="d",
    )  # fmt: skip
    stage.notes = [row.model_copy(update={"number": n}).model_dump() for n in (1, 2, 3)]
    assert [note.number async for note in harmonic.renderings.notes(id_of(8))] == [1, 2, 3]


async def test_a_preview_is_waited_for_and_checked(stage: Stage, harmonic: Harmonic) -> None:
    """Not begun: asked again as often as the patience goes; a whole one comes as it is; one cut short says so."""
    renderings = Renderings(harmonic.session, RetryPolicy(attempts=3))
    with pytest.raises(errors.Conflict):
        _ = [piece async for piece in renderings.preview(id_of(8))]
    assert len(stage.requests("GET", f"/v1/renderings/{id_of(8)}/preview")) == 3
    stage.preview = wav(SOUND)
    assert b"".join([piece async for piece in renderings.preview(id_of(8))]) == stage.preview
    stage.preview = stage.preview[:-1]
    with pytest.raises(errors.BrokenFile, match=f"{len(stage.preview)} of {len(stage.preview) + 1} bytes"):
        _ = [piece async for piece in renderings.preview(id_of(8))]
