"""Drawn curves: kept as they are drawn, or joined with what data say, by the stated rule of each target."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from harmonic_audio.mapping import Motion, map_to_score
from harmonic_audio.mapping.automation import automated
from harmonic_audio.mapping.motion import MappingError
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.soundscape.automation import VoiceAutomation
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_audio.synthesis.curves import Curve
from harmonic_contracts.score import ControlCurve, ControlPoint, Interpolation, Score, Voice


def at(value: float) -> dict[str, Any]:
    """A moment in seconds."""
    return {"kind": "seconds", "value": value}


def drawn(*points: tuple[float, float], kind: Interpolation = "linear", **fields: Any) -> dict[str, Any]:
    """An automation of points in seconds."""
    return {"interpolation": kind, "points": [{"at": at(time), "value": value} for time, value in points], **fields}


def automating(*curves: dict[str, Any]) -> Soundscape:
    """The default of particles with drawn curves."""
    return Soundscape.model_validate({**default_soundscape("particles").model_dump(), "automation": list(curves)})


def test_a_drawn_curve_is_kept_as_drawn(colliding: Motion) -> None:
    """Where data say nothing, points and interpolation go into the score unchanged, for one voice or for all."""
    sweep = drawn((0, 400.0), (30, 8000.0), kind="exponential", kind_="voice", voice="walls", target="cutoff_hz")
    sweep["kind"] = sweep.pop("kind_")
    fade = {**drawn((50, 0.0), (60, -40.0), kind="smooth"), "kind": "mix", "target": "gain_db"}
    score = map_to_score(automating(sweep, fade), colliding)
    (curve,) = score.curves
    assert score.voices[curve.voice].name == "walls" and curve.interpolation == "exponential"
    assert [(p.time_s, p.value) for p in curve.points] == [(0.0, 400.0), (30.0, 8000.0)]
    (mix,) = score.mix_curves
    assert mix.target == "gain_db" and mix.interpolation == "smooth" and mix.points[1].value == -40.0
    assert any("cutoff_hz of walls is drawn (exponential) from 400 at 0 s to 8000 at 30 s" in x for x in score.legend)
    everyone = map_to_score(
        automating({**drawn((0, 0.1), (60, 0.9)), "kind": "voice", "target": "brightness"}), colliding
    )
    assert {curve.voice for curve in everyone.curves} == set(range(len(everyone.voices)))


def bare(curve: ControlCurve | None) -> Score:
    """A score of one voice with one curve of data."""
    return Score(
        title="x",
        duration_s=20.0,
        voices=[Voice(name="v", instrument="sine")],
        notes=[],
        curves=[curve] if curve else [],
        tempo_map=[],
        key_map=[],
    )


@pytest.mark.parametrize("kind", ["step", "linear", "exponential", "smooth"])
@given(
    data=st.lists(st.floats(0.05, 1.0), min_size=2, max_size=5),
    ours=st.lists(st.floats(0.05, 1.0), min_size=2, max_size=5),
)
@settings(max_examples=15, deadline=None)
def test_loudness_multiplies_and_pan_is_added(kind: Interpolation, data: list[float], ours: list[float]) -> None:
    """At every moment the joined curve is the product (loudness) or the sum held to -1..1 (pan) of the two, to 1e-3."""
    times = np.linspace(0.0, 20.0, 1_501)
    for target, sign in (("loudness", 1.0), ("pan", -1.0)):
        points = [ControlPoint(time_s=3.0 + 3.0 * n, value=sign * v) for n, v in enumerate(data)]
        of_data = ControlCurve.model_validate({"voice": 0, "target": target, "points": points})
        one = VoiceAutomation.model_validate(
            drawn(*[(1.0 + 4.0 * n, v) for n, v in enumerate(ours)], kind=kind, voice="v", target=target)
        )
        (joined,) = automated(bare(of_data), [one], lambda moment: moment.value).curves
        alone = automated(bare(None), [one], lambda moment: moment.value).curves[0]
        a, b = Curve.of(of_data).at(times), Curve.of(alone).at(times)
        want = a * b if target == "loudness" else np.clip(a + b, -1.0, 1.0)
        np.testing.assert_allclose(Curve.of(joined).at(times), want, atol=1e-3)


def test_any_other_target_is_the_drawn_one_alone() -> None:
    """A cutoff that is drawn takes the place of the data's."""
    points = [ControlPoint(time_s=0.0, value=500.0)]
    one = VoiceAutomation.model_validate(drawn((0, 900.0), voice="v", target="cutoff_hz"))
    score = automated(
        bare(ControlCurve(voice=0, target="cutoff_hz", points=points)), [one], lambda moment: moment.value
    )
    assert [[p.value for p in curve.points] for curve in score.curves] == [[900.0]]


@pytest.mark.parametrize(
    ("curve", "says"),
    [
        (drawn((0, 2.0), kind_="voice", target="pan"), "out of the range of pan: -1 to 1"),
        (drawn((0, -6.0), (1, 0.0), kind="exponential", kind_="mix", target="gain_db"), "one sign"),
        (drawn((2, 0.0), (1, 0.0), kind_="mix", target="gain_db"), "in order of time"),
        (drawn((0, 1.0), kind_="voice", target="frequency_hz"), "Input should be 'loudness'"),
    ],
)
def test_a_curve_that_cannot_be_drawn_is_refused(curve: dict[str, Any], says: str) -> None:
    """Values out of range, exponential curves through zero, times that fall and targets that do not evolve."""
    curve["kind"] = curve.pop("kind_")
    with pytest.raises(ValidationError, match=says):
        automating(curve)


def test_an_unknown_voice_is_refused_with_the_voices(colliding: Motion) -> None:
    """The error lists the voices of the piece; and one target of a voice is drawn once."""
    unknown = {**drawn((0, 0.5)), "kind": "voice", "voice": "choir", "target": "pan"}
    with pytest.raises(MappingError, match="the voices are collisions, walls"):
        map_to_score(automating(unknown), colliding)
    with pytest.raises(ValidationError, match="one automation curve"):
        automating(unknown, unknown)
