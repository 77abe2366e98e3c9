"""Every format: read back by an outside reader it gives what went in; made twice it gives the same bytes."""

import csv
import json
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
from harmonic_export.formats import FORMATS, needed, package
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


def test_a_bundle_alone_needs_its_contents() -> None:
    """Who wants only the bundle makes its contents first; who wants only MIDI makes only MIDI."""
    assert [one.name for one in needed(["bundle"])][-1] == "bundle"
    assert {"flac", "score", "trajectory_npz"} < {one.name for one in needed(["bundle"])}
    assert [one.name for one in needed(["midi"])] == ["midi"]


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
