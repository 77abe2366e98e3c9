"""Scenes: what is other in each, and how one passes into the next."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from harmonic_audio.mapping import Motion
from harmonic_audio.mapping.motion import MappingError
from harmonic_audio.mapping.piece import map_to_score
from harmonic_audio.mapping.stages import Stages
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_audio.synthesis.curves import Curve
from harmonic_contracts.score import Score


def seconds(value: float) -> dict[str, Any]:
    """A moment in seconds of sound."""
    return {"kind": "seconds", "value": value}


def with_scenes(*scenes: dict[str, Any], base: Soundscape | None = None, **changes: Any) -> Soundscape:
    """The default of particles with scenes."""
    document = base or default_soundscape("particles")
    return Soundscape.model_validate({**document.model_dump(), **changes, "scenes": list(scenes)})


def levels(score: Score, voice: str, at: np.ndarray[Any, np.dtype[np.float64]]) -> Any:
    """The loudness curve of a voice; 1 without one."""
    number = [v.name for v in score.voices].index(voice)
    found = [c for c in score.curves if c.voice == number and c.target == "loudness"]
    return Curve.of(found[0]).at(at) if found else np.ones_like(at)


def test_an_instrument_of_a_scene_fades_in_as_the_other_fades_out(colliding: Motion) -> None:
    """Two voices share the rule's notes: the squares of their levels sum to 1 at every moment, and each has notes of
    its own scene and of the cross-fade alone."""
    document = with_scenes(
        {
            "name": "glass",
            "start": seconds(20),
            "cross_fade_s": 4.0,
            "rules": {"collisions": {"instruments": ["glass"]}},
        }
    )
    score = map_to_score(document, colliding)
    old, new = "collisions", "collisions (glass)"
    assert {old, new, "walls"} <= {voice.name for voice in score.voices}
    at = np.linspace(0.0, 59.0, 2_000)
    np.testing.assert_allclose(levels(score, old, at) ** 2 + levels(score, new, at) ** 2, 1.0, atol=3e-4)
    names = [voice.name for voice in score.voices]
    onsets = {name: [n.onset_s for n in score.notes if names[n.voice] == name] for name in (old, new)}
    assert max(onsets[old]) < 24.0 and min(onsets[new]) >= 20.0 and len(onsets[new]) > 10
    assert not [curve for curve in score.curves if names[curve.voice] == "walls"]
    assert [(mark.name, mark.time_s, mark.cross_fade_s) for mark in score.scenes] == [
        ("opening", 0.0, 0.0),
        ("glass", 20.0, 4.0),
    ]


def test_a_scene_that_changes_nothing_changes_nothing(colliding: Motion) -> None:
    """Notes, voices and curves are those of the piece without scenes, whatever the cross-fade."""
    plain = map_to_score(default_soundscape("particles"), colliding)
    scened = map_to_score(with_scenes({"name": "same", "start": seconds(31), "cross_fade_s": 7.0}), colliding)
    assert scened.notes == plain.notes and scened.voices == plain.voices and scened.curves == plain.curves


def test_a_key_switches_at_the_start_of_the_cross_fade(colliding: Motion) -> None:
    """The key map tells the new key from the scene's start on; after the cross-fade every pitch is of it."""
    key = {"tonic": "Eb", "scale": "major_pentatonic"}
    score = map_to_score(
        with_scenes({"name": "flat", "start": {"kind": "universe", "value": 15.0}, "key": key}), colliding
    )
    assert [(mark.time_s, mark.tonic) for mark in score.key_map] == [(0.0, "A"), (30.0, "Eb")]
    allowed = {(3 + step) % 12 for step in (0, 2, 4, 7, 9)}
    late = [note for note in score.notes if note.onset_s >= 32.0]
    pitch = np.array([69.0 + 12.0 * np.log2(note.frequency_hz / 440.0) for note in late])
    assert len(late) > 20 and {round(p) % 12 for p in pitch} <= allowed


def test_a_level_moves_in_decibels_over_the_cross_fade(colliding: Motion) -> None:
    """-12 dB from 10 s on over 6 s: halfway it is -6 dB, afterwards -12 dB; the other rule stays."""
    document = with_scenes(
        {"name": "soft", "start": seconds(10), "cross_fade_s": 6.0, "rules": {"walls": {"gain_db": -15.0}}}
    )
    score = map_to_score(document, colliding)
    found = 20.0 * np.log10(levels(score, "walls", np.array([9.0, 13.0, 16.0, 50.0])))
    np.testing.assert_allclose(found, [0.0, -6.0, -12.0, -12.0], atol=0.01)
    assert np.all(levels(score, "collisions", np.linspace(0, 60, 50)) == 1.0)


def test_a_continuous_field_moves_from_note_to_note(colliding: Motion) -> None:
    """A fixed pan of a scene is reached smoothly over the cross-fade; the notes stay the same notes."""
    base = with_scenes()
    rules = base.model_dump()["events"]
    rules[0]["pan"] = -0.5
    document = with_scenes(
        {"name": "right", "start": seconds(20), "cross_fade_s": 10.0, "rules": {"collisions": {"pan": 0.5}}},
        base=base,
        events=rules,
    )
    score = map_to_score(document, colliding)
    names = [voice.name for voice in score.voices]
    mine = [note for note in score.notes if names[note.voice] == "collisions"]
    turn = np.clip((np.array([n.onset_s for n in mine]) - 20.0) / 10.0, 0.0, 1.0)
    np.testing.assert_allclose([n.pan for n in mine], -0.5 + turn**2 * (3 - 2 * turn), atol=1e-12)
    plain = map_to_score(Soundscape.model_validate({**document.model_dump(), "scenes": []}), colliding)
    assert [(n.onset_s, n.frequency_hz) for n in score.notes] == [(n.onset_s, n.frequency_hz) for n in plain.notes]


def test_where_scenes_overlap_no_second_is_too_full(colliding: Motion) -> None:
    """Another key doubles the notes of the cross-fade; the limiter holds there too, and the legend says so."""
    document = with_scenes({"name": "flat", "start": seconds(20), "cross_fade_s": 10.0, "key": {"tonic": "Eb"}})
    score = map_to_score(document, colliding)
    onsets = [note.onset_s for note in score.notes]
    assert all(late - early >= 1.0 for early, late in zip(onsets, onsets[12:], strict=False))
    assert any("where scenes overlap" in line for line in score.legend)
    assert [line.text for line in score.legend_entries] == score.legend


def test_the_mix_of_a_scene_moves_over_the_cross_fade(colliding: Motion) -> None:
    """The mix's level is a mix curve from 0 dB to the scene's, straight over the cross-fade."""
    document = with_scenes(
        {"name": "far", "start": seconds(20), "cross_fade_s": 4.0, "mix": {"gain_db": -8.0, "reverb_db": 6.0}}
    )
    score = map_to_score(document, colliding)
    curves = {curve.target: Curve.of(curve) for curve in score.mix_curves}
    at = np.array([0.0, 20.0, 22.0, 24.0, 60.0])
    np.testing.assert_allclose(curves["gain_db"].at(at), [0, 0, -4, -8, -8], atol=1e-9)
    np.testing.assert_allclose(curves["reverb_db"].at(at), [0, 0, 3, 6, 6], atol=1e-9)
    assert "width" not in curves


@given(
    starts=st.lists(st.floats(0.5, 59.0), min_size=1, max_size=5, unique=True),
    fade=st.floats(0.05, 20.0),
    present=st.lists(st.booleans(), min_size=6, max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_cross_fades_are_continuous_and_of_equal_power(starts: list[float], fade: float, present: list[bool]) -> None:
    """For any scenes: continuous weights sum to 1; a layer and its complement have squares of sum 1 wherever a
    cross-fade lasts, and no level jumps."""
    ordered = [0.0, *sorted(starts)]
    stages = Stages.of(ordered, [0.0, *[fade] * len(starts)], 60.0)
    at = np.linspace(0.0, 60.0, 3_001)
    np.testing.assert_allclose(stages.weights(at).sum(axis=0), 1.0, atol=1e-12)
    shown = present[: len(ordered)]
    layer, other = stages.presence(shown), stages.presence([not one for one in shown])
    if layer is None or other is None:
        return
    np.testing.assert_allclose(layer.at(at) ** 2 + other.at(at) ** 2, 1.0, atol=1e-9)
    shortest = float(stages.fades[1:].min())
    steepest = 0.5 * np.pi / max(shortest, 1e-9) * (at[1] - at[0])
    assert np.abs(np.diff(layer.at(at))).max() <= steepest * 1.01 + 1e-9


@pytest.mark.parametrize(
    ("scene", "says"),
    [
        ({"name": "x", "rules": {"violins": {}}}, "names the rule 'violins'; the rules are collisions, walls"),
        ({"name": "x", "rules": {"collisions": {"beats": 2}}}, "has no field 'beats'"),
        ({"name": "x", "rules": {"collisions": {"instruments": ["kazoo"]}}}, "there is no instrument 'kazoo'"),
        ({"name": "x", "key": {"scale": "happy"}}, "there is no scale 'happy'"),
        ({"name": "x", "length_s": 3}, "Extra inputs"),
    ],
)
def test_a_scene_that_cannot_be_played_is_refused(scene: dict[str, Any], says: str) -> None:
    """Unknown rules, fields, instruments and scales are refused with what there is."""
    with pytest.raises(ValidationError, match=says):
        with_scenes(scene)


def test_two_scenes_at_one_time_are_refused(colliding: Motion) -> None:
    """Half of the length and 30 s are the same moment of 60 s."""
    half = {"name": "a", "start": {"kind": "fraction", "value": 0.5}}
    with pytest.raises(MappingError, match="begin at the same time"):
        map_to_score(with_scenes(half, {"name": "b", "start": seconds(30)}), colliding)


def test_the_legend_tells_what_a_scene_changes(colliding: Motion) -> None:
    """When it begins, how it takes over, and every field that is other."""
    document = with_scenes(
        {
            "name": "far",
            "start": seconds(20),
            "cross_fade_s": 4.0,
            "tempo_bpm": 80.0,
            "rules": {"walls": {"gain_db": -6.0, "instruments": ["bell"]}},
        }
    )
    (line,) = [text for text in map_to_score(document, colliding).legend if text.startswith("scene far")]
    assert "from 20 s of sound on, cross-faded over 4 s" in line
    assert line.endswith("other is: tempo_bpm 80; walls gain_db -6, instruments bell")


def test_a_drone_moves_to_the_key_of_its_scene(colliding: Motion) -> None:
    """One long note a scene: the first is let go when the second key has taken over, the second comes in at its start;
    however full the cross-fade is, the limiter leaves both."""
    base = default_soundscape("particles").model_dump()
    base["harmony"] = [{"kind": "drone", "name": "ground", "instrument": "pad"}]
    document = with_scenes(
        {
            "name": "flat",
            "start": seconds(20),
            "cross_fade_s": 4.0,
            "key": {"tonic": "Eb", "scale": "minor_pentatonic"},
        },
        base=Soundscape.model_validate(base),
    )
    score = map_to_score(document, colliding)
    names = [voice.name for voice in score.voices]
    drone = [note for note in score.notes if names[note.voice] == "ground"]
    first = [note for note in drone if note.onset_s < 20.0]
    second = [note for note in drone if note.onset_s >= 20.0]
    assert first and second and max(n.onset_s + n.duration_s for n in first) == pytest.approx(24.0)
    assert min(n.onset_s for n in second) == 20.0 and max(n.onset_s + n.duration_s for n in second) >= 59.0
    assert 12.0 * np.log2(second[0].frequency_hz / first[0].frequency_hz) % 12 == pytest.approx(6.0, abs=1e-6)


def test_a_drone_is_muted_in_a_scene_and_fades(colliding: Motion) -> None:
    """Harmony has no field `mute` of its own, and can be muted all the same."""
    base = default_soundscape("particles").model_dump()
    base["harmony"] = [{"kind": "drone", "name": "ground", "instrument": "pad"}]
    document = with_scenes(
        {"name": "bare", "start": seconds(20), "cross_fade_s": 4.0, "rules": {"ground": {"mute": True}}},
        base=Soundscape.model_validate(base),
    )
    score = map_to_score(document, colliding)
    at = np.array([19.9, 22.0, 24.0, 50.0])
    np.testing.assert_allclose(levels(score, "ground", at), [1.0, 0.5**0.5, 0.0, 0.0], atol=1e-4)
