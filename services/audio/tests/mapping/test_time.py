"""Time: tempo maps, swing, musical time, metre; and what the density limiter keeps."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from harmonic_audio.mapping import EventColumns, Motion
from harmonic_audio.mapping.meter import TempoMap, largest_error_s, metric_weight, on_grid
from harmonic_audio.mapping.score import map_in_steps, map_to_score
from harmonic_audio.soundscape import Grid, Soundscape
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_contracts.score import Score
from harmonic_contracts.trajectory import TrajectoryHeader

STEADY = TempoMap(np.array([0.0, 60.0]), np.array([120.0]))


def _rising(events: int = 200) -> Motion:
    """Events evenly spread over ten seconds in which `heat` rises from 1 to 2."""
    at = np.linspace(0.0, 10.0, events)
    header = TrajectoryHeader.model_validate(
        {
            "system": "heat",
            "time_unit": "s",
            "length_unit": "m",
            "frames": 101,
            "bodies": [{"name": "a"}, {"name": "b"}],
            "observables": [{"name": "heat", "unit": "K", "shape": []}],
            "event_kinds": ["strike", "flip"],
            "certificate": {"method": "by hand", "engine_version": "0", "steps": 0, "invariants": {}},
            "spec": {},
        }
    )
    kind = np.zeros(events, dtype=np.int64)
    kind[::50] = 1
    columns = EventColumns(
        time=at,
        kind=kind,
        body_a=np.zeros(events, dtype=np.int64),
        body_b=np.full(events, -1, dtype=np.int64),
        strength=np.linspace(0.0, 1.0, events),
        position=np.full((events, 3), np.nan),
    )
    return Motion(header, np.linspace(0.0, 10.0, 101), columns, {"heat": np.linspace(1.0, 2.0, 101)})


def _score(**document: Any) -> Score:
    rule = {"name": "hits", "kinds": ["strike", "flip"], "instruments": ["bell"], "pitch": {"kind": "body"}}
    return map_to_score(Soundscape.model_validate({"length_s": 10.0, "events": [rule], **document}), _rising())


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, st.integers(1, 8), elements=st.floats(20.0, 300.0)), st.floats(0.0, 1.0))
def test_a_tempo_map_is_increasing_and_its_own_inverse(bpm: Any, at: float) -> None:
    """Seconds to beats and back is the identity, and later is never fewer beats."""
    tempo = TempoMap(np.linspace(0.0, 10.0, len(bpm) + 1), bpm)
    seconds = np.sort(np.append(np.linspace(0.0, 12.0, 25), 10.0 * at))
    beats = tempo.beat_of(seconds)
    assert (np.diff(beats) >= 0.0).all()
    np.testing.assert_allclose(tempo.second_of(beats), seconds, rtol=1e-12, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float64, 20, elements=st.floats(0.0, 50.0)),
    st.integers(1, 12),
    st.floats(0.5, 0.75),
    st.floats(0.0, 1.0),
)
def test_a_grid_moves_no_onset_by_more_than_it_states(onset: Any, per_beat: int, swing: float, strength: float) -> None:
    """The error that is returned is the largest move, and never more than the bound for the tempo."""
    grid = Grid(per_beat=per_beat, swing=swing, strength=strength)
    found = on_grid(onset, grid, STEADY)
    assert found.largest_error == np.abs(found.values - onset).max()
    assert found.largest_error <= largest_error_s(grid, STEADY) * (1 + 1e-9) + 1e-12
    assert (np.diff(found.values[np.argsort(onset)]) >= -1e-12).all()


def test_swing_delays_every_second_step() -> None:
    """At 120 beats, two steps a beat and a swing of 2/3, notes lie on 0, 1/3, 1/2, 5/6 of a second."""
    found = on_grid(np.array([0.02, 0.26, 0.49, 0.77]), Grid(per_beat=2, swing=2 / 3), STEADY)
    np.testing.assert_allclose(found.values, [0.0, 1 / 3, 0.5, 5 / 6], atol=1e-12)


def test_true_time_stays_and_the_tempo_map_follows_the_observable() -> None:
    """With timing true, onsets are the exact times; the marks rise from 60 towards 120 beats."""
    tempo = {"source": {"observable": "heat"}, "low": 60, "high": 120, "spacing": "linear", "step_s": 1.0}
    score = _score(tempo=tempo)
    np.testing.assert_allclose([n.onset_s for n in score.notes], np.linspace(0, 10, 200), atol=1e-12)
    bpm = [mark.bpm for mark in score.tempo_map]
    assert bpm == pytest.approx(np.linspace(60, 120, 10)) and score.tempo_map[0].time_s == 0.0
    assert any(line.startswith("tempo: observable:heat is heard as tempo from 60 to 120") for line in score.legend)


def test_in_musical_time_equal_stretches_of_the_universe_take_equally_many_beats() -> None:
    """Beats of the onsets are evenly spaced to 1e-9, seconds are not; the length and the order stay."""
    tempo = {"source": {"observable": "heat"}, "low": 60, "high": 120, "step_s": 0.5, "timing": "musical"}
    score = _score(tempo=tempo, density={"notes_per_s": 100})
    onsets = np.array([note.onset_s for note in score.notes])
    marks = score.tempo_map
    tempo_map = TempoMap(np.array([mark.time_s for mark in marks] + [10.0]), np.array([mark.bpm for mark in marks]))
    np.testing.assert_allclose(np.diff(tempo_map.beat_of(onsets), 2), 0.0, atol=1e-9)
    assert onsets[0] == 0.0 and onsets[-1] == pytest.approx(10.0)
    assert np.diff(onsets)[0] > 1.5 * np.diff(onsets)[-1]


def test_metric_weight_is_that_of_bar_beat_and_half() -> None:
    """1 on the bar, 2/3 on a beat, 1/3 on half a beat, 0 between."""
    found = metric_weight(np.array([0.0, 0.5, 0.25, 0.125, 2.0]), STEADY, 4)
    np.testing.assert_allclose(found, [1.0, 2 / 3, 1 / 3, 0.0, 1.0], atol=1e-12)


def _kept(**salience: float) -> Score:
    score = _score(density={"notes_per_s": 2, "salience": {"loudness": 0, **salience}})
    onsets = np.array([note.onset_s for note in score.notes])
    assert all(late - early >= 1.0 for early, late in zip(onsets, onsets[2:], strict=False))
    left = {entry.rule: entry.left_out for entry in score.legend_entries if entry.left_out}
    assert left == {"density": 200 - len(onsets), "hits": 200 - len(onsets)}
    return score


def test_the_limiter_keeps_what_is_declared_salient() -> None:
    """The strongest, the rare kind, the beats: what has the weight stays, and the legend counts what each rule lost."""
    strongest = [note.onset_s for note in _kept(strength=1.0).notes]
    assert strongest[-2:] == pytest.approx(np.linspace(0.0, 10.0, 200)[-2:])
    rare = [note for note in _kept(rarity=1.0).notes if note.cause is not None and note.cause.kind == "flip"]
    assert len(rare) == 4
    distance = [abs(note.onset_s * 2 - round(note.onset_s * 2)) / 2 for note in _kept(metre=1.0).notes]
    assert np.mean(distance) < 0.03


def test_twenty_thousand_events_are_mapped_in_a_second_of_processor_time(gases: Callable[..., Motion]) -> None:
    """A gas of 20,000 events, all of them notes, in under 1 s of CPU; the steps are told by a rising progress."""
    motion = gases(particles=200, events=20_000, seconds=600.0)
    plain = default_soundscape("particles").model_copy(update={"length_s": 600.0})
    document = Soundscape.model_validate({**plain.model_dump(), "density": {"notes_per_s": 200.0}})
    taken = []
    for _ in range(2):
        begun = time.process_time()
        steps = map_in_steps(document, motion)
        progress, score = [], None
        while score is None:
            try:
                progress.append(next(steps))
            except StopIteration as done:
                score = done.value
        taken.append(time.process_time() - begun)
    assert len(score.notes) > 19_000
    assert progress == sorted(progress) and len(progress) > 20 and progress[-1] == 1.0
    assert min(taken) < 1.0
