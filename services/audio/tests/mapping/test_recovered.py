"""The data can be heard: recovered from the rendered audio of a plain pitch mapping."""

from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import hilbert

from harmonic_audio.mapping import EventColumns, Motion, map_to_score
from harmonic_audio.mapping.transforms import fraction_of
from harmonic_audio.mapping.values import Placement
from harmonic_audio.rendering import render
from harmonic_audio.soundscape import SampledNotes, Soundscape
from harmonic_contracts.trajectory import TrajectoryHeader

LENGTH_S = 4.0


def _motion() -> Motion:
    """An observable that wanders over four seconds."""
    time = np.linspace(0.0, LENGTH_S, 401)
    header = TrajectoryHeader.model_validate(
        {
            "system": "attractor",
            "time_unit": "s",
            "length_unit": "1",
            "frames": len(time),
            "bodies": [],
            "observables": [{"name": "x", "unit": "1", "shape": []}],
            "event_kinds": [],
            "certificate": {"method": "by hand", "engine_version": "0", "steps": 0, "invariants": {}},
            "spec": {},
        }
    )
    x = 5.0 * np.sin(1.7 * time) + 3.0 * np.cos(4.1 * time) - 2.0 * time
    return Motion(header, time, EventColumns.empty(), {"x": x})


def test_data_are_recovered_from_the_sound_of_a_pitch_mapping(tmp_path: Path) -> None:
    """The instantaneous frequency of the master, through the inverse of the mapping, is the data: r > 0.999, and each
    value within a hundredth of their range."""
    motion = _motion()
    rule = {"kind": "notes", "name": "line", "observable": "x", "instruments": ["sine"], "glide": True}
    document = Soundscape.model_validate(
        {"length_s": LENGTH_S, "tail_s": 1.0, "observables": [rule], "mix": {"reverb": None}}
    )
    rendering = render(map_to_score(document, motion), document.mix, tmp_path)
    samples, rate = soundfile.read(rendering.master_path, always_2d=True)
    phase = np.unwrap(np.angle(hilbert(samples[:, 0])))
    hertz = np.convolve(np.diff(phase) * rate / (2.0 * np.pi), np.hanning(481) / np.hanning(481).sum(), mode="same")
    at = np.arange(0.2, LENGTH_S - 0.2, 0.01)
    heard = np.interp(at, (np.arange(len(hertz)) + 0.5) / rate, hertz)
    line = document.observables[0]
    assert isinstance(line, SampledNotes)
    placement = Placement.of(line, motion.arrays["x"])
    found = placement.data(fraction_of(heard, line.low_hz, line.high_hz, "geometric"))
    true = np.interp(at, motion.time, motion.arrays["x"])
    assert np.corrcoef(found, true)[0, 1] > 0.999
    assert np.abs(found - true).max() < 0.01 * np.ptp(true)
