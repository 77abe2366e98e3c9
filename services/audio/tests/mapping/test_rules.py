"""Rules: scaling, thinning, grid, curves and sampled lines."""

from typing import Any, Literal

import numpy as np
import pytest

from harmonic_audio.mapping import EventColumns, Motion, map_to_score
from harmonic_audio.mapping.motion import MappingError
from harmonic_audio.mapping.pitch import rate_pitches
from harmonic_audio.mapping.values import fraction, value_of
from harmonic_audio.soundscape import Limits, RatePitch, Soundscape, ValueRule
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_audio.tuning import SCALES, Tuning
from harmonic_audio.tuning.pitch import midi_of_hz
from harmonic_contracts.trajectory import Observable, TrajectoryHeader


def _scaling(**changes: Any) -> ValueRule:
    return ValueRule.model_validate({"source": "strength", "low": 0.0, "high": 1.0, **changes})


def test_percentile_limits_agree_with_the_published_vector() -> None:
    """astronify's vector: percentiles 20 and 80 of [1.1, -.1, 1, 0, .25, .75], range 400 to 500."""
    rule = _scaling(limits=Limits(low=20, high=80), low=400.0, high=500.0)
    found = value_of(rule, np.array([1.1, -0.1, 1.0, 0.0, 0.25, 0.75]))
    np.testing.assert_allclose(found, [500, 400, 500, 400, 425, 475], atol=1e-9)


def test_polarity_down_turns_the_range_round() -> None:
    """The largest value gives the low end."""
    np.testing.assert_allclose(fraction(np.array([0.0, 1.0, 4.0]), _scaling(polarity="down")), [1.0, 0.75, 0.0])


def test_log_makes_equal_ratios_equal_steps() -> None:
    """1, 10, 100 stand at 0, one half and 1."""
    np.testing.assert_allclose(fraction(np.array([1.0, 10.0, 100.0]), _scaling(transform="log")), [0.0, 0.5, 1.0])


def test_equal_data_stand_in_the_middle_and_unknown_data_too() -> None:
    """A constant column and NaN both give one half."""
    np.testing.assert_array_equal(fraction(np.full(3, 7.0), _scaling()), [0.5, 0.5, 0.5])
    np.testing.assert_array_equal(fraction(np.array([0.0, np.nan, 1.0]), _scaling()), [0.0, 0.5, 1.0])


def test_no_second_has_more_notes_than_the_density_allows(colliding: Motion) -> None:
    """The limiter holds in every window of one second, keeps the loudest, and the legend says what is missing."""
    document = default_soundscape("particles").model_copy(
        update={"density": Soundscape().density.model_copy(update={"notes_per_s": 6.0})}
    )
    score = map_to_score(document, colliding)
    onsets = np.array([note.onset_s for note in score.notes])
    assert all(late - early >= 1.0 for early, late in zip(onsets, onsets[6:], strict=False))
    free = map_to_score(default_soundscape("particles"), colliding)
    assert np.mean([n.loudness for n in score.notes]) > np.mean([n.loudness for n in free.notes])
    assert any(line.startswith("left out: the") for line in score.legend)


def test_particles_sound_in_the_key(colliding: Motion) -> None:
    """Every pitch of the default for particles belongs to its scale."""
    score = map_to_score(default_soundscape("particles"), colliding)
    allowed = {(9 + step) % 12 for step in SCALES["minor_pentatonic"].semitones}
    assert {round(midi_of_hz(note.frequency_hz)) % 12 for note in score.notes} <= allowed


def test_notes_know_their_causes(colliding: Motion) -> None:
    """A collision's note names both bodies and the universe's own time."""
    score = map_to_score(default_soundscape("particles"), colliding)
    cause = next(note.cause for note in score.notes if note.cause and note.cause.kind == "collision")
    assert len(cause.bodies) == 2 and cause.time in colliding.events.time


def test_a_grid_moves_notes_by_at_most_half_a_step(chain: Motion) -> None:
    """At 120 beats and four steps a beat, every onset is a multiple of 0.125 s and within 0.0625 s of its true time."""
    plain = default_soundscape("orbits", "trappist-1").model_copy(update={"tempo_bpm": 120.0})
    gridded = Soundscape.model_validate({**plain.model_dump(), "grid": {"per_beat": 4}})
    onsets = np.array([n.onset_s for n in map_to_score(gridded, chain).notes])
    np.testing.assert_allclose(onsets / 0.125, np.rint(onsets / 0.125), atol=1e-9)
    true = np.sort([n.onset_s for n in map_to_score(plain, chain).notes])
    assert np.abs(np.sort(onsets) - true).max() <= 0.0625 + 1e-9


def test_a_rule_without_events_is_silent_and_says_so(colliding: Motion) -> None:
    """A gas has no transits: the score is empty and the legend tells why."""
    score = map_to_score(default_soundscape("orbits", "trappist-1"), colliding)
    assert not score.notes
    assert "silent, for the trajectory has no transit events" in "\n".join(score.legend)


def _observed() -> Motion:
    times = np.linspace(0.0, 10.0, 501)
    header = TrajectoryHeader.model_validate(
        {
            "system": "particles",
            "time_unit": "s",
            "length_unit": "m",
            "frames": 501,
            "bodies": [{"name": "p"}],
            "observables": [
                Observable(name="energy", unit="J", shape=[]),
                Observable(name="position", unit="m", shape=[1, 3], per_body=True),
            ],
            "event_kinds": [],
            "certificate": {"method": "by hand", "engine_version": "0", "steps": 0, "invariants": {}},
            "spec": {},
        }
    )
    position = np.stack([np.cos(times), np.sin(times), 0 * times], axis=-1)[:, np.newaxis]
    return Motion(header, times, EventColumns.empty(), {"energy": 2.0 + np.sin(times), "position": position})


def test_an_observable_becomes_notes_on_the_beat_and_a_curve() -> None:
    """A line of notes follows the observable beat by beat; a pan curve follows a component."""
    document = Soundscape.model_validate(
        {
            "length_s": 10.0,
            "observables": [
                {"kind": "notes", "name": "line", "observable": "energy", "instruments": ["flute"], "quantise": "none"},
                {
                    "kind": "curve",
                    "voice": "line",
                    "observable": "position",
                    "component": "x",
                    "target": "pan",
                    "low": -1,
                    "high": 1,
                },
            ],
        }
    )
    score = map_to_score(document, _observed())
    assert [note.onset_s for note in score.notes] == pytest.approx(np.arange(0, 10, 0.5))
    logs = np.log([note.frequency_hz for note in score.notes])
    assert np.corrcoef(logs, np.sin(np.arange(0, 10, 0.5)))[0, 1] > 0.9999
    (curve,) = score.curves
    pan = np.array([point.value for point in curve.points])
    at = np.array([point.time_s for point in curve.points])
    assert np.corrcoef(pan, np.cos(at))[0, 1] > 0.9999 and pan.max() == pytest.approx(1.0)


def test_a_gliding_line_is_one_note_with_a_pitch_curve() -> None:
    """glide gives a single note for the whole length and a frequency curve."""
    rule = {"kind": "notes", "name": "line", "observable": "energy", "instruments": ["sine"], "glide": True}
    score = map_to_score(Soundscape.model_validate({"length_s": 5.0, "observables": [rule]}), _observed())
    assert len(score.notes) == 1 and score.notes[0].duration_s == 5.0
    assert score.curves[0].target == "frequency_hz" and len(score.curves[0].points) == 250


def test_an_unknown_observable_is_refused_with_what_there_is() -> None:
    """The error names what the trajectory has."""
    rule = {"kind": "notes", "name": "line", "observable": "colour", "instruments": ["sine"]}
    with pytest.raises(MappingError, match="the trajectory has energy, position"):
        map_to_score(Soundscape.model_validate({"observables": [rule]}), _observed())


@pytest.mark.parametrize("too_high", ["fold", "compress"])
def test_pitches_by_rate_stay_under_the_highest(too_high: Literal["fold", "compress"]) -> None:
    """Rates over seven octaves: folded ones keep their pitch class, compressed ones keep their order."""
    rates = {0: 1.0, 1: 3.0, 2: 10.0, 3: 100.0}
    rule = RatePitch(octave=3, highest_hz=1000.0, too_high=too_high)
    found = rate_pitches(rates, rule, Tuning("C"))
    assert found[0] == Tuning("C").tonic_hz(3) and max(found.values()) <= 1000.0 * (1 + 1e-9)
    ratios = np.array([found[body] / found[0] for body in rates])
    if too_high == "fold":
        octaves = np.log2(np.array(list(rates.values())) / ratios)
        np.testing.assert_allclose(octaves, np.rint(octaves), atol=1e-9)
    else:
        assert list(ratios) == sorted(ratios)
        np.testing.assert_allclose(np.log(ratios[1:]) / np.log([3.0, 10.0, 100.0]), np.log(ratios[3]) / np.log(100.0))
