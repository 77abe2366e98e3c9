"""Channels of rules: what a note may take from fields and observables, conditions, taps, and curves."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from harmonic_audio.mapping import EventColumns, Motion, map_to_score
from harmonic_audio.mapping.conditions import latched
from harmonic_audio.mapping.motion import MappingError
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.soundscape.channels import BOUNDS, Channels
from harmonic_audio.synthesis.curves import Curve
from harmonic_contracts.score import Score, Sound
from harmonic_contracts.trajectory import TrajectoryHeader

LENGTH = 10.0


def _motion(events: int = 40) -> Motion:
    """Two bodies for ten seconds: heights sin t and 3 + cos t, a turning angle, and events in turn."""
    time = np.linspace(0.0, LENGTH, 1001)
    header = TrajectoryHeader.model_validate(
        {
            "system": "particles",
            "time_unit": "s",
            "length_unit": "m",
            "frames": len(time),
            "bodies": [{"name": "a", "mass": 1.0}, {"name": "b", "mass": 4.0}],
            "observables": [
                {"name": "height", "unit": "m", "shape": [2], "per_body": True},
                {"name": "angle", "unit": "rad", "shape": []},
                {"name": "energy", "unit": "J", "shape": []},
            ],
            "event_kinds": ["strike", "wall"],
            "certificate": {"method": "by hand", "engine_version": "0", "steps": 0, "invariants": {}},
            "spec": {},
        }
    )
    at = (np.arange(events) + 0.5) * LENGTH / events
    columns = EventColumns(
        time=at,
        kind=(np.arange(events) % 4 == 3).astype(np.int64),
        body_a=np.arange(events, dtype=np.int64) % 2,
        body_b=np.full(events, -1, dtype=np.int64),
        strength=np.linspace(1.0, 2.0, events),
        position=np.full((events, 3), np.nan),
    )
    arrays = {
        "height": np.stack([np.sin(time), 3.0 + np.cos(time)], axis=1),
        "angle": np.mod(2.0 * time, 2.0 * np.pi),
        "energy": 2.0 + np.sin(time),
    }
    return Motion(header, time, columns, arrays)


def _rule(**changes: Any) -> dict[str, Any]:
    pitch = {"kind": "body"}
    return {"name": "hits", "kinds": ["strike", "wall"], "instruments": ["bell"], "pitch": pitch, **changes}


def _score(*events: dict[str, Any], motion: Motion | None = None, **document: Any) -> Score:
    made = {"length_s": LENGTH, "events": list(events), **document}
    return map_to_score(Soundscape.model_validate(made), motion or _motion())


def _height(**changes: Any) -> dict[str, Any]:
    return {"observable": "height", **changes}


def _by(source: Any, low: float = 0.0, high: float = 1.0, **changes: Any) -> dict[str, Any]:
    return {"source": source, "low": low, "high": high, **changes}


def test_every_channel_of_a_note_follows_an_observable() -> None:
    """Each field of the score's Sound runs over its range with the body's own height, at the event's exact time."""
    ranges = {name: BOUNDS[name] if name != "azimuth_deg" else (-90.0, 90.0) for name in Channels.model_fields}
    absolute = {"kind": "absolute", "low": -1.0, "high": 4.0}
    sound = {name: _by(_height(), *ends, limits=absolute) for name, ends in ranges.items()}
    notes = _score(_rule(sound=sound)).notes
    assert set(ranges) == set(Sound.model_fields)
    for note in notes:
        assert note.cause is not None and note.sound is not None
        height = {"a": np.sin, "b": lambda t: 3.0 + np.cos(t)}[note.cause.bodies[0]](note.cause.time)
        for name, (low, high) in ranges.items():
            wanted = low + (high - low) * (height + 1.0) / 5.0
            assert getattr(note.sound, name) == pytest.approx(wanted, abs=1e-5 * (high - low))


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ("mean", lambda a, b: (a + b) / 2),
        ("min", np.minimum),
        ("max", np.maximum),
        ("sum", np.add),
        ("range", lambda a, b: np.abs(b - a)),
    ],
)
def test_a_channel_follows_what_all_bodies_make_together(over: str, expected: Any) -> None:
    """Mean, min, max, sum and range over the bodies, at the event's time."""
    limits = {"kind": "absolute", "low": 0.0, "high": 10.0}
    notes = _score(_rule(brightness=_by(_height(over=over), limits=limits))).notes
    times = np.array([note.cause.time for note in notes if note.cause])
    wanted = np.clip(expected(np.sin(times), 3.0 + np.cos(times)) / 10.0, 0.0, 1.0)
    np.testing.assert_allclose([note.brightness for note in notes], wanted, atol=1e-4)


def test_a_rate_of_change_and_a_smoothed_observable_are_read() -> None:
    """The derivative of sin t is cos t; a long window around it flattens it."""
    limits = {"kind": "absolute", "low": -1.0, "high": 1.0}
    source = _height(derivative=1, bodies=["a"], over="mean")
    notes = _score(_rule(brightness=_by(source, limits=limits))).notes
    times = np.array([note.cause.time for note in notes if note.cause])
    np.testing.assert_allclose([note.brightness for note in notes], (np.cos(times) + 1.0) / 2.0, atol=1e-4)
    flat = _by(_height(bodies=["a"], over="mean", smoothing={"kind": "mean", "width": 4 * np.pi}), limits=limits)
    levels = [note.brightness for note in _score(_rule(brightness=flat)).notes]
    assert max(levels) - min(levels) < 0.25


def test_an_event_sounds_only_while_a_condition_holds() -> None:
    """Only events at times when the mean height is above 2; with `outside` exactly the others; the legend counts."""
    condition = {"source": _height(over="mean"), "above": 2.0}
    kept = _score(_rule(only_while=[condition]))
    rest = _score(_rule(only_while=[{**condition, "outside": True}]))
    times = _motion().events.time
    high = (np.sin(times) + 3.0 + np.cos(times)) / 2.0 > 2.0
    assert [note.cause.time for note in kept.notes if note.cause] == pytest.approx(times[high])
    assert len(rest.notes) == np.sum(~high)
    assert any(entry.left_out == np.sum(~high) for entry in kept.legend_entries)


def test_conditions_ask_any_or_all_bodies_or_a_field_of_the_event() -> None:
    """Any body above 3.9; all bodies below 2.5; strength between bounds."""
    events = _motion().events
    times, a, b, strength = events.time, np.sin(events.time), 3.0 + np.cos(events.time), events.strength
    for condition, wanted in (
        ({"source": _height(), "of": "any", "above": 3.9}, np.maximum(a, b) > 3.9),
        ({"source": _height(), "of": "all", "below": 2.5}, np.maximum(a, b) < 2.5),
        ({"source": "strength", "above": 1.2, "below": 1.5}, (strength > 1.2) & (strength < 1.5)),
    ):
        found = [note.cause.time for note in _score(_rule(only_while=[condition])).notes if note.cause]
        assert found == pytest.approx(times[wanted])


def test_hysteresis_holds_a_state_until_the_wider_bounds_are_left() -> None:
    """Above 1 turns on, and only 0.8 and less turns it off again."""
    values = np.array([0.9, 1.1, 0.9, 0.81, 0.8, 0.9, 1.05])
    assert latched(values, 1.0, np.inf, 0.2).tolist() == [False, True, True, True, False, False, True]


def test_a_note_repeats_at_its_rate_and_fades() -> None:
    """Three strokes at 10 a second, each 0.7 of the last; strokes come from data too, at most one a count."""
    rule = _rule(taps={"count": 3, "rate_hz": 10.0, "fade": 0.7}, loudness=0.8, voices="shared")
    plain, notes = _score(_rule(loudness=0.8, voices="shared")).notes, _score(rule).notes
    assert len(notes) == sum(note.onset_s + k / 10.0 < LENGTH for note in plain for k in range(3))
    assert [n.onset_s for n in notes[:3]] == pytest.approx([plain[0].onset_s + k / 10.0 for k in range(3)])
    assert [n.loudness for n in notes[:3]] == pytest.approx([0.8, 0.56, 0.392])
    assert notes[0].duration_s <= 0.1
    counted = _score(_rule(taps={"count": _by("strength", 1, 4)})).notes
    assert len(plain) < len(counted) < 4 * len(plain)


def test_onsets_may_follow_data_and_instruments_be_chosen_by_it() -> None:
    """Strength maps linearly on 2..8 s, with a delay; strong events get the second instrument."""
    rule = _rule(
        onset_s=_by("strength", 2.0, 8.0),
        delay_s=0.5,
        instruments=["bell", "drum"],
        instrument_by={"source": "strength"},
    )
    score = _score(rule)
    onsets = [note.onset_s for note in score.notes]
    assert onsets == pytest.approx(np.linspace(2.5, 8.5, 40))
    heard = [score.voices[note.voice].instrument for note in score.notes]
    assert heard == ["bell"] * 20 + ["drum"] * 20


def test_pitches_by_degree_list_chord_and_linear_hertz() -> None:
    """Degrees walk the scale, a list is chosen from by equal counts, chords take the progression's tones."""
    key = {"tonic": "C", "scale": "major"}
    degree = {"kind": "degree", "source": "strength", "low": 0, "high": 7, "octave": 4}
    found = [note.frequency_hz for note in _score(_rule(pitch=degree), key=key).notes]
    assert found[0] == pytest.approx(261.6256, rel=1e-6) and found[-1] == pytest.approx(523.2511, rel=1e-6)
    listed = {"kind": "list", "source": "strength", "notes": ["A3", "C4", "440.5"], "binning": "adaptive"}
    found = [note.frequency_hz for note in _score(_rule(pitch=listed), key=key).notes]
    counts = [int(np.isclose(found, hz).sum()) for hz in (220.0, 261.6255653, 440.5)]
    assert counts == [14, 13, 13]
    chord = {"kind": "scale", "source": "strength", "low_hz": 200, "high_hz": 900, "quantise": "chord"}
    score = _score(_rule(pitch=chord), key=key, progression=[{"at": 0, "degree": 0}, {"at": 0.5, "degree": 4}])
    classes = [round(12 * np.log2(note.frequency_hz / 261.6255653)) % 12 for note in score.notes]
    assert set(classes[:20]) <= {0, 4, 7} and set(classes[20:]) <= {7, 11, 2}
    linear = {"kind": "scale", "source": "strength", "spacing": "linear", "quantise": "none", "low_hz": 300}
    hertz = np.array([note.frequency_hz for note in _score(_rule(pitch={**linear, "high_hz": 700})).notes])
    np.testing.assert_allclose(hertz, np.linspace(300, 700, 40), rtol=1e-9)


def test_the_legend_states_how_far_quantising_moved_pitches() -> None:
    """The greatest error in cents is that of the notes against the exact pitches."""
    pitch = {"kind": "scale", "source": "strength", "low_hz": 200, "high_hz": 900}
    exact = _score(_rule(pitch={**pitch, "quantise": "none"})).notes
    score = _score(_rule(pitch=pitch))
    cents = [abs(1200 * np.log2(a.frequency_hz / b.frequency_hz)) for a, b in zip(exact, score.notes, strict=True)]
    told = next(entry for entry in score.legend_entries if entry.channel == "pitch")
    assert told.error == pytest.approx(max(cents)) and told.error_unit == "cents"


@pytest.mark.parametrize("target", ["loudness", "cutoff_hz", "vibrato_depth_cents", "reverb_send", "distance_m"])
def test_a_curve_is_as_near_to_its_observable_as_the_legend_states(target: str) -> None:
    """Straight lines between the points miss the mapped energy by no more than the tolerance, at any time."""
    low, high = (100.0, 8000.0) if target == "cutoff_hz" else (0.1, 1.0)
    geometric = target == "cutoff_hz"
    curve = {"kind": "curve", "voice": "hits", "observable": "energy", "target": target, "low": low, "high": high}
    score = _score(
        _rule(voices="shared"),
        observables=[{**curve, "spacing": "geometric" if geometric else "linear", "tolerance": 0.001}],
    )
    (found,) = score.curves
    times = np.linspace(0.0, LENGTH, 3777)
    share = (1.0 + np.sin(times)) / 2.0
    wanted = low * (high / low) ** share if geometric else low + (high - low) * share
    values = Curve.of(found).at(times)
    error = np.log(values / wanted) / np.log(high / low) if geometric else (values - wanted) / (high - low)
    assert np.abs(error).max() <= 0.0011 and len(found.points) < 400


def test_curves_reach_each_body_by_its_own_value_and_angles_run_through_the_wrap() -> None:
    """`*` gives every body's voice its own curve; an azimuth turns on past 360 degrees without a jump."""
    curve = {"kind": "curve", "voice": "*", "observable": "height", "target": "pan", "low": -1, "high": 1}
    turn = {"kind": "curve", "voice": "hits", "observable": "angle", "target": "azimuth_deg", "low": 0, "high": 360}
    score = _score(_rule(), observables=[curve, {**turn, "period": 2 * np.pi}])
    pans = {score.voices[c.voice].name: c for c in score.curves if c.target == "pan"}
    times = np.linspace(0.0, LENGTH, 501)
    for name, height in (("a", np.sin(times)), ("b", 3.0 + np.cos(times))):
        assert np.corrcoef(Curve.of(pans[name]).at(times), height)[0, 1] > 0.9999
    azimuth = next(c for c in score.curves if c.target == "azimuth_deg")
    np.testing.assert_allclose(Curve.of(azimuth).at(times), np.degrees(2.0 * times), atol=0.8)


def test_sampled_lines_take_channels_conditions_and_breaks() -> None:
    """A line is silent while its condition fails; a gliding one becomes a note for each stretch that holds."""
    condition = {"source": {"observable": "energy"}, "above": 2.0}
    line = {
        "kind": "notes",
        "name": "line",
        "observable": "energy",
        "instruments": ["flute"],
        "only_while": [condition],
        "sound": {"cutoff_hz": _by({"observable": "energy"}, 500, 5000)},
    }
    notes = _score(observables=[line]).notes
    assert notes and all(np.sin(note.onset_s) > 0.0 for note in notes)
    assert all(note.sound is not None and note.sound.cutoff_hz is not None for note in notes)
    gliding = _score(observables=[{**line, "glide": True}]).notes
    assert [n.onset_s for n in gliding] == pytest.approx([0.02, 2 * np.pi], abs=0.021)
    assert gliding[0].duration_s == pytest.approx(np.pi, abs=0.041)


def test_what_cannot_be_read_is_refused_with_what_to_do() -> None:
    """A line has no strength, a component or element that is not there, a curve's voice that nobody made."""
    line = {"kind": "notes", "name": "line", "observable": "energy", "instruments": ["flute"]}
    for changes, says in (
        ({"loudness": _by("strength")}, "only events have"),
        ({"element": 7}, "they count from 0"),
        ({"observable": "colour"}, "the trajectory has angle, energy, height"),
    ):
        with pytest.raises(MappingError, match=says):
            _score(observables=[{**line, **changes}])
    with pytest.raises(MappingError, match="the voices are"):
        _score(observables=[{"kind": "curve", "voice": "x", "observable": "energy", "target": "pan"}])
    with pytest.raises(ValidationError, match="needs a bound"):
        _score(_rule(only_while=[{"source": "strength"}]))


def test_a_muted_rule_is_silent_and_the_legend_says_so() -> None:
    """mute leaves the rule's notes out."""
    score = _score(_rule(mute=True))
    assert not score.notes and "hits: muted" in score.legend


def test_a_curve_and_a_condition_follow_the_latest_event_of_a_body() -> None:
    """The strength of each body's latest strike is held until its next one; the curve steps at the exact times."""
    source = {"observable": "strength", "kinds": ["strike", "wall"]}
    curve = {"kind": "curve", "voice": "*", **source, "target": "brightness", "low": 0.0, "high": 1.0}
    absolute = {"kind": "absolute", "low": 1.0, "high": 2.0}
    score = _score(_rule(), observables=[{**curve, "limits": absolute}])
    found = {score.voices[c.voice].name: Curve.of(c) for c in score.curves}
    events = _motion().events
    for body, name in enumerate("ab"):
        own = np.flatnonzero(events.body_a == body)
        after, before = events.time[own] + 0.01, events.time[own][1:] - 0.01
        np.testing.assert_allclose(found[name].at(after), events.strength[own] - 1.0, atol=0.003)
        np.testing.assert_allclose(found[name].at(before), events.strength[own][:-1] - 1.0, atol=0.003)
    line = {"kind": "notes", "name": "line", "observable": "energy", "instruments": ["flute"]}
    condition = {"source": {**source, "over": "max"}, "above": 1.5}
    notes = _score(observables=[{**line, "only_while": [condition]}]).notes
    first = events.time[np.flatnonzero(events.strength > 1.5)[0]]
    assert notes and all(note.onset_s >= first for note in notes)
    with pytest.raises(MappingError, match="the kinds are strike, wall"):
        _score(observables=[{**line, "only_while": [{**condition, "source": {**source, "kinds": ["merger"]}}]}])
