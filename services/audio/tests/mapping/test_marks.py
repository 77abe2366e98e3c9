"""Ticks, reference tones and the scale legend: where they are and what they are pitched at."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonic_audio.mapping import EventColumns, Motion, map_to_score
from harmonic_audio.mapping.marks import crossings, round_step
from harmonic_audio.mapping.motion import MappingError
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_contracts.score import Note, Score
from harmonic_contracts.trajectory import Observable, TrajectoryHeader


def marked(document: Soundscape, **marks: Any) -> Soundscape:
    """The document with marks."""
    return Soundscape.model_validate({**document.model_dump(), "marks": marks})


def of_kind(score: Score, kind: str) -> list[Note]:
    """The notes of a kind of mark."""
    return [note for note in score.notes if note.cause is not None and note.cause.kind == f"mark:{kind}"]


def observed() -> tuple[Soundscape, Motion]:
    """A line of notes of an energy that rises from 1 J to 9 J and falls again within 10 s."""
    times = np.linspace(0.0, 10.0, 101)
    header = TrajectoryHeader.model_validate(
        {
            "system": "particles",
            "time_unit": "s",
            "length_unit": "m",
            "frames": 101,
            "bodies": [{"name": "p"}],
            "observables": [
                Observable(name="energy", unit="J", shape=[]),
                Observable(name="velocity", unit="m/s", shape=[1, 3], per_body=True),
            ],
            "event_kinds": [],
            "certificate": {"method": "by hand", "engine_version": "0", "steps": 0, "invariants": {}},
            "spec": {},
        }
    )
    energy = 9.0 - np.abs(times - 5.0) * 1.6
    motion = Motion(header, times, EventColumns.empty(), {"energy": energy, "velocity": np.ones((101, 1, 3))})
    line = {
        "kind": "notes",
        "name": "line",
        "observable": "energy",
        "instruments": ["flute"],
        "quantise": "none",
        "low_hz": 220.0,
        "high_hz": 880.0,
    }
    return Soundscape.model_validate({"length_s": 20.0, "observables": [line]}), motion


def test_time_is_ticked_at_each_round_value(chain: Motion) -> None:
    """340 days, a tick each 25: at their exact seconds, each tenth an octave higher; the legend tells the unit."""
    document = marked(default_soundscape("orbits", "trappist-1"), ticks=[{"every": 25.0}])
    score = map_to_score(document, chain)
    ticks = of_kind(score, "tick")
    np.testing.assert_allclose([n.onset_s for n in ticks], np.arange(14) * 25.0 / 340.0 * 60.0, atol=1e-12)
    assert [n.cause.time for n in ticks if n.cause] == [25.0 * n for n in range(14)]
    assert [n.frequency_hz for n in ticks] == [3520.0, *[1760.0] * 9, 3520.0, *[1760.0] * 3]
    assert any("wood ticks at each 25 d (14 times)" in line for line in score.legend)
    plain = map_to_score(default_soundscape("orbits", "trappist-1"), chain)
    assert [n for n in score.notes if n not in ticks] == plain.notes


def test_an_axis_of_data_is_ticked_where_it_passes_round_values() -> None:
    """The energy passes 2, 4, 6, 8 J on its way up and again down; at 1 J and 9 J, no multiple of 2, it does not."""
    document, motion = observed()
    score = map_to_score(marked(document, ticks=[{"observable": "energy", "every": 2.0}]), motion)
    ticks = of_kind(score, "tick")
    want = np.array([5.0 - (9.0 - level) / 1.6 for level in (2, 4, 6, 8)])
    np.testing.assert_allclose([n.onset_s for n in ticks], 2.0 * np.sort([*want, *(10.0 - want)]), atol=1e-9)


@given(
    values=st.lists(st.integers(-40, 40).map(lambda n: n / 8.0), min_size=2, max_size=30),
    step=st.sampled_from([0.25, 0.5, 1.0, 2.0]),
)
@settings(max_examples=80, deadline=None)
def test_crossings_are_those_of_the_polyline(values: list[float], step: float) -> None:
    """Every crossing lies on the polyline at a whole multiple; their number is what counting by hand gives."""
    times = np.arange(float(len(values)))
    at, number = crossings(times, np.array(values), step)
    np.testing.assert_allclose(np.interp(at, times, values), number * step, atol=1e-9)
    assert np.all(np.diff(at) >= 0.0)
    count = int(values[0] % step == 0.0)
    for before, after in itertools.pairwise(values):
        low, high = sorted((before, after))
        inside = [k for k in range(-200, 201) if low <= k * step <= high]
        count += len(inside) - int(before % step == 0.0) * (len(inside) > 0)
    assert len(at) == count


@pytest.mark.parametrize(
    ("low", "high", "about", "step"), [(0, 340, 12, 20), (0, 1, 10, 0.1), (-5, 5, 4, 2), (3, 4.1, 2, 0.5)]
)
def test_a_round_step_is_one_two_or_five_times_a_power_of_ten(low: float, high: float, about: int, step: float) -> None:
    """The step nearest (in ratio) to what would give the number asked for."""
    assert round_step(low, high, about) == pytest.approx(step)


def test_a_reference_tone_has_the_pitch_of_its_value() -> None:
    """3 J of 1 J to 9 J over two octaves from 220 Hz is a quarter of the way: 220 * 2^(1/2) Hz; the middle is 440."""
    document, motion = observed()
    tones = [{"rule": "line", "value": 3.0, "every_s": 5.0}, {"rule": "line", "every_s": 5.0}]
    score = map_to_score(marked(document, references=tones), motion)
    found = of_kind(score, "reference")
    assert sorted({note.onset_s for note in found}) == [0.0, 5.0, 10.0, 15.0]
    pitches = sorted({note.frequency_hz for note in found})
    assert pitches == pytest.approx([220.0 * 2.0**0.5, 440.0], rel=1e-9)
    line = [note for note in score.notes if score.voices[note.voice].name == "line"]
    at = 2.0 * (5.0 - (9.0 - 3.0) / 1.6)
    heard = np.exp(np.interp(at, [n.onset_s for n in line], np.log([n.frequency_hz for n in line])))
    assert heard == pytest.approx(pitches[0], rel=1e-3)
    assert any("is 3 J" in text for text in score.legend)


def test_the_scale_legend_is_played_before_the_piece() -> None:
    """Lowest, middle and highest of the pitch range by the rule's instrument; everything else comes later by its
    length, and scenes and legend say so."""
    document, motion = observed()
    curve = {"kind": "curve", "voice": "line", "observable": "energy", "target": "loudness", "low": 0.2, "high": 0.8}
    document = Soundscape.model_validate(
        {**document.model_dump(), "observables": [document.model_dump()["observables"][0], curve]}
    )
    plain = map_to_score(document, motion)
    how = {"tone_s": 0.5, "gap_s": 0.1, "pause_s": 1.0}
    score = map_to_score(marked(document, scale_legend=how), motion)
    tones = of_kind(score, "legend")
    assert [n.frequency_hz for n in tones[:3]] == pytest.approx([220.0, 440.0, 880.0])
    assert [n.onset_s for n in tones] == pytest.approx([0.0, 0.6, 1.2, 2.7, 3.3, 3.9])
    assert [n.loudness for n in tones[3:]] == pytest.approx([0.2, 0.5, 0.8])
    assert score.voices[tones[0].voice].instrument == "flute"
    assert score.voices[tones[0].voice].gain_db == score.voices[plain.notes[0].voice].gain_db
    length = 5.4
    assert score.duration_s == pytest.approx(plain.duration_s + length)
    piece = [note for note in score.notes if note not in tones]
    assert [n.onset_s for n in piece] == pytest.approx([n.onset_s + length for n in plain.notes])
    moved = next(c for c in score.curves if c.target == "loudness").points[0].time_s
    assert moved == pytest.approx(plain.curves[0].points[0].time_s + length)
    assert [(mark.name, mark.time_s) for mark in score.scenes] == [("legend", 0.0), ("piece", pytest.approx(length))]
    assert any("the piece begins at 5.4 s" in line for line in score.legend)


@pytest.mark.parametrize(
    ("marks", "says"),
    [
        ({"ticks": [{"observable": "colour"}]}, "the trajectory has energy, velocity"),
        ({"ticks": [{"observable": "velocity"}]}, "one number a frame"),
        ({"ticks": [{"observable": "energy", "every": 1e-3}]}, "more than 2000 ticks"),
        ({"references": [{"rule": "tune"}]}, "pitch is made by line"),
    ],
)
def test_a_mark_that_cannot_be_made_is_refused(marks: dict[str, Any], says: str) -> None:
    """The error names what there is, or what to change."""
    document, motion = observed()
    with pytest.raises(MappingError, match=says):
        map_to_score(marked(document, **marks), motion)


def test_a_mark_of_an_unknown_instrument_is_refused() -> None:
    """With the document, before anything is mapped."""
    with pytest.raises(ValueError, match="no instrument 'kazoo'"):
        Soundscape.model_validate({"marks": {"ticks": [{"instrument": "kazoo"}]}})
