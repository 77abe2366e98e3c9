"""Stems: what each of them holds, and that together they are the mix."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from harmonic_audio.rendering import Rendering, Stems, render, stems_of
from harmonic_audio.soundscape import Mix
from harmonic_audio.testing.scores import score_of
from harmonic_contracts.score import ControlCurve, ControlPoint, MixCurve


def _sum_against_mix(rendering: Rendering) -> float:
    """Level of what the stems, at the mix's own level, lack to the mix [dB]."""
    assert rendering.analysis is not None
    gain = 10.0 ** (rendering.analysis.gain_db / 20.0)
    total = sum(soundfile.read(path, always_2d=True)[0] for path in rendering.stem_paths.values())
    mix = rendering.mix[:, :].T.astype(np.float64)
    return 10.0 * float(np.log10(np.mean((total / gain - mix) ** 2) / np.mean(mix**2)))


@pytest.mark.parametrize(
    ("stems", "names"),
    [
        ("groups", {"vibraphone", "pad", "bell", "piano", "room"}),
        ("voices", {f"voice {n}" for n in range(12)} | {"room"}),
        ("bodies", {"Ann", "Bob", "room"}),
    ],
)
def test_stems_sum_to_the_mix(tmp_path: Path, stems: Stems, names: set[str]) -> None:
    """Of twelve voices in a room, however they are grouped: to -140 dB."""
    rendering = render(score_of(3.0, 12), Mix(), tmp_path, stems=stems)
    assert set(rendering.stem_paths) == names
    assert _sum_against_mix(rendering) < -140.0


@pytest.mark.parametrize("layout", ["5.1", "ambix1", "binaural"])
def test_stems_of_any_layout_sum_to_the_mix(tmp_path: Path, layout: str) -> None:
    """With effects on the master and an evolving level too: what they make is the last stem."""
    mix = Mix.model_validate({"layout": layout, "master": [{"kind": "compressor"}], "delay": {}})
    points = [ControlPoint(time_s=0.0, value=0.0), ControlPoint(time_s=2.0, value=-9.0)]
    score = score_of(2.0, mix_curves=[MixCurve(target="gain_db", points=points)])
    rendering = render(score, mix, tmp_path, stems="groups")
    assert _sum_against_mix(rendering) < -140.0
    for path in rendering.stem_paths.values():
        assert soundfile.info(str(path)).channels == rendering.layout.channels


def test_a_body_s_stem_holds_its_notes_alone(tmp_path: Path) -> None:
    """Ann plays on the odd half seconds: before the first of them her stem is silent."""
    rendering = render(score_of(2.0, 1), Mix(reverb=None), tmp_path, stems="bodies")
    ann, _ = soundfile.read(rendering.stem_paths["Ann"], always_2d=True)
    assert not ann[:24_000].any() and ann[24_000:48_000].any()


def test_true_means_one_stem_for_each_voice_and_nonsense_is_refused() -> None:
    """As requests have always had it."""
    assert stems_of(True) == "voices" and stems_of(False) == "none" and stems_of("bodies") == "bodies"
    with pytest.raises(ValueError, match="choose one of none, groups, voices, bodies"):
        stems_of("planets")  # type: ignore[arg-type]


def test_a_moving_voice_keeps_its_power_sample_by_sample(tmp_path: Path) -> None:
    """A voice that flies from left to right: left^2 + right^2 is at every sample that of the same voice in one ear,
    to 1e-6, and its place is the curve's."""
    points = [ControlPoint(time_s=0.0, value=-1.0), ControlPoint(time_s=2.0, value=1.0)]
    sounds = []
    for name, curve in (
        ("moving", ControlCurve(voice=0, target="pan", points=points)),
        ("still", ControlCurve(voice=0, target="pan", points=[ControlPoint(time_s=0.0, value=-1.0)])),
    ):
        (tmp_path / name).mkdir()
        mix = Mix(reverb=None)
        sounds.append(render(score_of(2.0, 1, curves=[curve]), mix, tmp_path / name).mix[:, :48_000].astype(float))
    moving, still = sounds
    np.testing.assert_allclose(np.sum(moving**2, axis=0), still[0] ** 2, atol=1e-6 * np.max(still**2))
    heard = np.abs(still[0]) > 1e-2
    angle = np.arctan2(np.abs(moving[1]), np.abs(moving[0]))[heard]
    np.testing.assert_allclose(angle, np.pi / 4 * np.arange(48_000)[heard] / 48_000, atol=1e-5)


def test_the_mix_s_curves_are_followed(tmp_path: Path) -> None:
    """gain_db lowers the mix by what it says at each time; a width of 0 puts everything in the middle."""
    quiet = [ControlPoint(time_s=0.0, value=0.0), ControlPoint(time_s=2.0, value=-12.0)]
    mono = [ControlPoint(time_s=0.0, value=0.0)]
    found = {}
    for name, curves in {
        "plain": [],
        "quiet": [MixCurve(target="gain_db", points=quiet)],
        "mono": [MixCurve(target="width", points=mono)],
    }.items():
        (tmp_path / name).mkdir()
        found[name] = render(score_of(2.0, mix_curves=curves), Mix(reverb=None), tmp_path / name).mix[:, :24_000]
    expected = found["plain"] * 10.0 ** (-12.0 * np.arange(24_000) / 96_000 / 20.0)
    np.testing.assert_allclose(found["quiet"], expected, atol=1e-6)
    np.testing.assert_array_equal(found["mono"][0], found["mono"][1])
