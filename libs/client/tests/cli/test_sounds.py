"""The commands of sound: analyses, conversions, MIDI files, renderings and the catalogue."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from harmonic_client.models import NoteRow
from harmonic_client.testing import Stage, id_of, operation

Run = Callable[..., Awaitable[Any]]


def _ended(stage: Stage) -> None:
    file = stage.add_blob(b"fLaC" * 100, "sound.flac")
    stage.events[id_of(7)] = [(1, "operation", operation(7, "succeeded", 1.0, result={"files": [file]}))]


async def test_a_sound_is_analysed_and_its_analysis_managed(signed_in: Run, stage: Stage, tmp_path: Path) -> None:
    """Create shows the measures; list, show, report and delete speak of the same analysis."""
    _ended(stage)
    (tmp_path / "sound.wav").write_bytes(b"RIFF")
    ran = await signed_in("analyses", "create", "sound.wav")
    assert (ran.code, "-1.5" in ran.out) == (0, True), ran.err
    assert [body for _, _, body in stage.bodies] == [b"RIFF"]
    ran = await signed_in("analyses", "create", "--rendering", id_of(8), "--json")
    assert json.loads(ran.out)["measures"] == {"true_peak_dbtp": -1.5}
    assert id_of(7) in (await signed_in("analyses", "list")).out
    assert "-1.5" in (await signed_in("analyses", "show", id_of(7))).out
    assert json.loads((await signed_in("analyses", "report", id_of(7))).out) == {"tempo_bpm": 120.0}
    assert (await signed_in("analyses", "delete", id_of(7))).code == 0
    assert len(stage.requests("DELETE", f"/v1/analyses/{id_of(7)}")) == 1


async def test_convert_writes_the_file_that_was_named(signed_in: Run, stage: Stage, tmp_path: Path) -> None:
    """To --out, or to the name that the platform gives."""
    _ended(stage)
    (tmp_path / "sound.wav").write_bytes(b"RIFF")
    ran = await signed_in("convert", "sound.wav", "--to", "flac", "--rate", "44100", "--out", "x.flac")
    assert (ran.code, (tmp_path / "x.flac").read_bytes()) == (0, b"fLaC" * 100), ran.err
    assert stage.bodies[0][1] == {"format": "flac", "sample_rate_hz": "44100"}
    assert (await signed_in("convert", "--rendering", id_of(8), "--to", "flac")).code == 0
    assert (tmp_path / "sound.flac").exists()


async def test_a_midi_file_is_imported(signed_in: Run, tmp_path: Path) -> None:
    """The score on standard output, or in a file."""
    (tmp_path / "a.mid").write_bytes(b"MThd")
    assert json.loads((await signed_in("scores", "import", "a.mid")).out) == {"notes": [{}, {}]}
    ran = await signed_in("scores", "import", "a.mid", "--out", "score.json", "--json")
    assert json.loads(ran.out) == {"file": "score.json", "notes": 2}
    assert json.loads((tmp_path / "score.json").read_text()) == {"notes": [{}, {}]}


async def test_a_rendering_is_heard_early_and_its_notes_read(signed_in: Run, stage: Stage, tmp_path: Path) -> None:
    """The preview's bytes, the notes as a table, as CSV and for machines, the legend's words."""
    stage.preview = b"RIFF" + (8).to_bytes(4, "little") + b"WAVEdata"
    ran = await signed_in("renderings", "preview", id_of(8), "--out", "preview.wav")
    assert (ran.code, (tmp_path / "preview.wav").read_bytes()) == (0, stage.preview), ran.err
    row = {"number": 1, "onset_s": 0.5, "duration_s": 1.0, "frequency_hz": 440.0, "note": "A4", "cents": 2.0}
    row |= {"loudness": 0.5, "voice": "b", "instrument": "celesta", "cause": "transit", "bodies": ["b"]}
    stage.notes = [row]
    assert "A4 +2" in (await signed_in("renderings", "notes", id_of(8))).out
    assert (await signed_in("renderings", "notes", id_of(8), "--csv")).out.split() == ["number", "1"]
    assert NoteRow.model_validate_json((await signed_in("renderings", "notes", id_of(8), "--json")).out).number == 1
    assert "energy: pitch" in (await signed_in("renderings", "legend", id_of(8))).out
    assert id_of(8) in (await signed_in("renderings", "list")).out
    assert json.loads((await signed_in("renderings", "show", id_of(8))).out)["state"] == "succeeded"


async def test_a_refused_preview_leaves_the_file_that_was_there(signed_in: Run, tmp_path: Path) -> None:
    """Nothing to hear: exit code 4, and the old file is as it was."""
    (tmp_path / "preview.wav").write_bytes(b"old")
    ran = await signed_in("renderings", "preview", id_of(8), "--out", "preview.wav")
    assert (ran.code, (tmp_path / "preview.wav").read_bytes()) == (4, b"old")


async def test_the_catalogue_is_listed(signed_in: Run) -> None:
    """Names for people, models and fields for machines."""
    assert "celesta" in (await signed_in("instruments")).out
    assert json.loads((await signed_in("instruments", "--json")).out)[0]["model"] == {"kind": "modal"}
    assert "jazz" in (await signed_in("styles")).out
    assert json.loads((await signed_in("styles", "--json")).out)[0]["fields"] == {"tempo_bpm": 120}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["analyses", "create"], "one of them"),
        (["convert", "a.wav", "--rendering", "x", "--to", "flac"], "one of them"),
        (["analyses", "create", "none.wav"], "cannot be read"),
        (["renderings", "notes", "x", "--csv", "--json"], "not both"),
        (["renderings", "preview", "x", "--out", "-", "--json"], "standard output"),
    ],
)
async def test_a_wrong_command_line_says_what_to_do(signed_in: Run, arguments: list[str], words: str) -> None:
    """Exit code 2 and a word that helps, without a traceback."""
    ran = await signed_in(*arguments)
    assert (ran.code, words in ran.err, "Traceback" in ran.err) == (2, True, False), ran.err
