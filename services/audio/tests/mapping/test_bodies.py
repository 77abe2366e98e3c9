"""Bodies sound themselves: modes reach the voices that strike them, an observable's frames the voices that play it."""

import base64
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from harmonic_audio.mapping import EventColumns, Motion, map_to_score
from harmonic_audio.mapping.motion import MappingError
from harmonic_audio.soundscape import Soundscape
from harmonic_contracts.score import Score
from harmonic_contracts.trajectory import TrajectoryHeader

MODAL = {"kind": "modal", "body": "voice", "pitch": "as_it_is"}


def _string(modes: bool = True) -> Motion:
    """Two strings, of 220 and 330 Hz, plucked in turn; a pickup hears 100 Hz at 8,000 frames a second."""
    time = np.arange(4000) / 8000.0
    found = [
        {"body": body, "frequency": hz * k, "decay_rate": 2.0 * k, "excitation": 1.0 / k, "pickups": [1.0]}
        for body, hz in ((0, 220.0), (1, 330.0))
        for k in (1, 2, 3)
    ]
    header = TrajectoryHeader.model_validate(
        {
            "system": "string",
            "time_unit": "s",
            "length_unit": "m",
            "frames": len(time),
            "bodies": [{"name": "low"}, {"name": "high"}],
            "observables": [{"name": "pickup", "unit": "m", "shape": []}],
            "event_kinds": ["pluck"],
            "modes": found if modes else [],
            "certificate": {"method": "by hand", "engine_version": "0", "steps": 0, "invariants": {}},
            "spec": {},
        }
    )
    events = EventColumns(
        time=np.linspace(0.0, 0.4, 4),
        kind=np.zeros(4, dtype=np.int64),
        body_a=np.array([0, 1, 0, 1]),
        body_b=np.full(4, -1),
        strength=np.ones(4),
        position=np.full((4, 3), np.nan),
    )
    return Motion(header, time, events, {"pickup": 3.0 * np.sin(2.0 * np.pi * 100.0 * time)})


def _score(motion: Motion, rules: dict[str, Any]) -> Score:
    return map_to_score(Soundscape.model_validate({"length_s": 4.0, **rules}), motion)


def _plucks(**changes: Any) -> dict[str, Any]:
    rule = {"name": "plucks", "kinds": ["pluck"], "instruments": ["bell"], "pitch": {"kind": "body"}, **changes}
    return {"events": [rule]}


def test_each_voice_brings_the_modes_of_its_own_body() -> None:
    """With a modal patch, the voice of each string has that string's three modes; without, none."""
    score = _score(_string(), _plucks(patch=MODAL))
    heard = {voice.name: [mode.frequency for mode in voice.modes] for voice in score.voices}
    assert heard == {"low": [220.0, 440.0, 660.0], "high": [330.0, 660.0, 990.0]}
    assert all(not voice.modes and voice.patch is None for voice in _score(_string(), _plucks()).voices)


def test_a_body_without_modes_is_refused_with_what_to_do() -> None:
    """A modal voice over a motion that has no modes cannot sound."""
    with pytest.raises(MappingError, match="simulate a vibrating body"):
        _score(_string(modes=False), _plucks(patch=MODAL))


def test_a_patch_that_does_not_fit_its_instrument_is_refused_by_the_document() -> None:
    """An unknown field of the instrument's model is named, with what there is."""
    with pytest.raises(ValidationError, match="the patch of 'bell' does not fit"):
        Soundscape.model_validate(_plucks(patch={"colour": 3}))


def test_an_observable_is_played_as_its_own_samples() -> None:
    """Every frame is a sample of peak 1 at the stated rate; the note lasts as long as they do, and the legend says
    so."""
    rule = {"kind": "audified", "name": "itself", "observable": "pickup", "frames_per_s": 4000.0, "start": 0.5}
    score = _score(_string(), {"observables": [rule]})
    (voice,), (note,) = score.voices, score.notes
    assert voice.instrument == "audification" and voice.waveform is not None
    samples = np.frombuffer(base64.b64decode(voice.waveform.data), dtype="<f4")
    np.testing.assert_allclose(samples, np.sin(2.0 * np.pi * 100.0 * np.arange(4000) / 8000.0), atol=1e-6)
    assert voice.waveform.sample_rate_hz == 4000.0
    assert (note.onset_s, note.duration_s, note.frequency_hz) == (2.0, 1.0, 440.0)
    assert any("observable:pickup is heard itself" in line for line in score.legend)
