"""Every format: read back by an outside reader it gives what went in; made twice it gives the same bytes."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from PIL import Image

from harmonic_contracts.score import Score
from harmonic_contracts.trajectory import TrajectoryHeader
from harmonic_export.bundles.reader import read_bundle
from harmonic_export.formats import FORMATS, NothingFits, left_out, needed, package
from harmonic_export.formats import notes as notes_table
from harmonic_export.performance import Performance
from harmonic_export.testing.performances import write_master


def test_same_performance_gives_same_bytes(performed: Performance, packaged: Path, tmp_path: Path) -> None:
    """Packaging the same performance again gives byte-identical files in every format."""
    list(package(performed, FORMATS, tmp_path))
    for one in FORMATS.values():
        assert (tmp_path / one.filename).read_bytes() == (packaged / one.filename).read_bytes(), one.name


def test_progress_never_goes_back(performed: Performance, tmp_path: Path) -> None:
    """Progress rises from 0 to exactly 1 over the whole package."""
    seen = list(package(performed, FORMATS, tmp_path))
    assert all(0.0 <= value <= 1.0 for value in seen)
    assert seen.index(1.0) == len(seen) - 1
    assert all(b >= a - 0.125 for a, b in pairwise(seen))


def test_a_bundle_alone_needs_its_contents(performed: Performance) -> None:
    """Who wants only the bundle makes its contents first; who wants only MIDI makes only MIDI."""
    assert [one.name for one in needed(performed, ["bundle"])][-1] == "bundle"
    assert {"flac", "score", "trajectory_npz"} < {one.name for one in needed(performed, ["bundle"])}
    assert [one.name for one in needed(performed, ["midi"])] == ["midi"]


@pytest.mark.parametrize(("channels", "sound"), [(6, "master.flac"), (8, "master.flac"), (9, "master.wav")])
def test_a_master_that_flac_cannot_hold_is_bundled_as_wav(
    performed: Performance, tmp_path: Path, channels: int, sound: str
) -> None:
    """FLAC ends at 8 channels: up to there it has the samples of each, beyond it is left out, and the bundle, which is
    read back as whole, has the WAV instead. FLAC alone is refused with the way out."""
    master = tmp_path / "own.wav"
    samples = np.random.default_rng(1).integers(-(2**23), 2**23, (500, channels)) * 256
    soundfile.write(master, samples.astype(np.int32), 48_000, subtype="PCM_24")
    many, folder = replace(performed, master=master), tmp_path / "out"
    folder.mkdir()
    list(package(many, ["wav", "flac", "midi", "bundle"], folder))
    bundle = read_bundle(folder / "bundle.zip")
    assert {file.name for file in bundle.manifest.files if "master" in file.name} == {sound}
    assert np.array_equal(soundfile.read(folder / sound, dtype="int32")[0], samples)
    made = [path.name for path in folder.iterdir()]
    assert set(left_out(["wav", "flac", "bundle"], made)) == ({"flac"} if sound == "master.wav" else set())
    if sound == "master.wav":
        with pytest.raises(NothingFits, match=r"at most 8 channels.*WAV"):
            list(package(many, ["flac"], folder))


def test_wav_and_midi_are_those_of_audio(performed: Performance, packaged: Path) -> None:
    """WAV and MIDI pass through byte for byte, and mido reads the MIDI file."""
    assert (packaged / "master.wav").read_bytes() == performed.master.read_bytes()
    assert (packaged / "performance.mid").read_bytes() == performed.midi.read_bytes()
    assert mido.MidiFile(packaged / "performance.mid").length == 0.0


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
def test_flac_holds_the_same_samples(performed: Performance, tmp_path: Path, subtype: str) -> None:
    """FLAC decodes to the very samples of the WAV master, at its depth."""
    master = tmp_path / "own.wav"
    write_master(master, 0.7, subtype)
    list(FORMATS["flac"].write(replace(performed, master=master), tmp_path))
    wav, rate = soundfile.read(master, dtype="int32")
    flac, flac_rate = soundfile.read(tmp_path / "master.flac", dtype="int32")
    assert rate == flac_rate
    assert np.array_equal(wav, flac)
    assert soundfile.info(tmp_path / "master.flac").subtype == subtype


def test_flac_of_a_float_master_is_within_24_bits(performed: Performance, tmp_path: Path) -> None:
    """A float master comes back within one step of 24 bits."""
    master = tmp_path / "own.wav"
    write_master(master, 0.3, "FLOAT")
    list(FORMATS["flac"].write(replace(performed, master=master), tmp_path))
    wav, _ = soundfile.read(master)
    flac, _ = soundfile.read(tmp_path / "master.flac")
    assert np.abs(wav - flac).max() <= 2**-23


def test_score_is_canonical_json(performed: Performance, packaged: Path) -> None:
    """The score reads back equal, and its keys are sorted without blanks."""
    data = (packaged / "score.json").read_bytes()
    assert Score.model_validate_json(data) == performed.score
    assert data == json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_a_bundle_holds_the_table_of_notes(performed: Performance, packaged: Path) -> None:
    """Python's csv reader finds a row for each note of the score, in order, with its pitch and cause as they are."""
    with zipfile.ZipFile(packaged / "bundle.zip") as archive:
        text = archive.read("notes.csv").decode()
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    notes = performed.score.notes
    assert len(notes) > 20
    assert [int(row["number"]) for row in table] == list(range(1, len(notes) + 1))
    assert [float(row["frequency_hz"]) for row in table] == [note.frequency_hz for note in notes]
    assert [float(row["universe_time"]) for row in table] == [note.cause.time for note in notes if note.cause]
    assert [row["bodies"].split(";") for row in table] == [note.cause.bodies for note in notes if note.cause]


def test_a_long_table_of_notes_comes_in_steps(performed: Performance, tmp_path: Path) -> None:
    """2,500 notes: short steps, none missing or twice at the seams between them."""
    score = performed.score
    many = score.model_copy(update={"notes": [score.notes[0]] * 2_500})
    assert len(list(notes_table.write(replace(performed, score=many), tmp_path))) == 3
    with (tmp_path / "notes.csv").open(encoding="utf-8", newline="") as file:
        assert [row["number"] for row in csv.DictReader(file)] == [str(n) for n in range(1, 2_501)]


def test_npz_loads_without_pickle(performed: Performance, packaged: Path) -> None:
    """numpy reads every array of the NPZ, equal to the last bit, with names and header beside them."""
    moved = performed.trajectory
    with np.load(packaged / "trajectory.npz", allow_pickle=False) as loaded:
        assert np.array_equal(loaded["time"], moved.time)
        assert np.array_equal(loaded["position"], moved.arrays["position"])
        assert np.array_equal(loaded["event_time"], moved.events.time)
        assert list(loaded["body_names"]) == [body.name for body in moved.header.bodies]
        assert TrajectoryHeader.model_validate_json(str(loaded["header"])) == moved.header


def test_npz_refuses_names_of_its_own(performed: Performance, tmp_path: Path) -> None:
    """An observable that would hide the time is refused with its name."""
    clashing = replace(performed.trajectory, arrays={"event_time": performed.trajectory.time})
    with pytest.raises(ValueError, match="event_time"):
        list(FORMATS["trajectory_npz"].write(replace(performed, trajectory=clashing), tmp_path))


def test_csv_round_trips_to_the_last_bit(performed: Performance, packaged: Path) -> None:
    """The CSV has units in its header row, and its numbers read back as the same doubles."""
    moved = performed.trajectory
    with (packaged / "trajectory.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:3] == ["time [d]", "position.TRAPPIST-1.x [AU]", "position.TRAPPIST-1.y [AU]"]
    assert rows[0][-1] == "energy_error [1]"
    numbers = np.array([[float(cell) for cell in row] for row in rows[1:]])
    assert np.array_equal(numbers[:, 0], moved.time)
    assert np.array_equal(numbers[:, 1:-1].reshape(moved.arrays["position"].shape), moved.arrays["position"])
    assert np.array_equal(numbers[:, -1], moved.arrays["energy_error"])


def test_picture_has_its_size_and_no_dates(packaged: Path) -> None:
    """The picture is a PNG of the size asked for, without text or time chunks."""
    data = (packaged / "picture.png").read_bytes()
    image = Image.open(BytesIO(data))
    assert (image.format, image.size) == ("PNG", (480, 270))
    assert not any(chunk in data for chunk in (b"tIME", b"tEXt", b"eXIf"))
