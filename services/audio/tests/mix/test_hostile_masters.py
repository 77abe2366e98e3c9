"""Masters of material made to break them, measured by libebur128: on target, never above the ceiling."""

import numpy as np
import pyebur128
import pytest

from harmonic_audio.mix.layouts import layout_named
from harmonic_audio.mix.mastering import Mastering
from harmonic_audio.soundscape.mix import Mix

RATE = 48_000
N = 3 * RATE
TIME = np.arange(N) / RATE
_NOISE = np.random.default_rng(11)


def _bursts() -> np.ndarray:
    """Square waves of 3 ms at full scale each quarter of a second over next to nothing."""
    square = np.sign(np.sin(2 * np.pi * 1234.5 * TIME)) * (TIME % 0.25 < 0.003)
    return np.stack([square, -square]) + 1e-3 * _NOISE.standard_normal((2, N))


def _between() -> np.ndarray:
    """A quarter of the sample rate at 45 degrees: 3 dB more between the samples than on them."""
    tone = np.sin(np.pi / 2 * np.arange(N) + np.pi / 4) * (0.2 + 0.8 * (TIME % 1.0 < 0.1))
    return np.stack([tone, tone])


def _steps() -> np.ndarray:
    """Loud low tones that start and stop at their highest, in turn left and right."""
    tone = np.cos(2 * np.pi * 60 * TIME)
    return np.stack([tone * (TIME % 1.0 < 0.2), tone * (TIME % 1.0 > 0.7)])


HOSTILE = {
    "square bursts": _bursts(),
    "between samples": _between(),
    "white noise": 0.5 * _NOISE.standard_normal((2, N)),
    "steps": _steps(),
    "alternating full scale": np.stack([(-1.0) ** np.arange(N) * (TIME % 0.5 < 0.25), 0.3 * np.sin(700 * TIME)]),
    "far too loud": 3e4 * _NOISE.standard_normal((2, N)),
    "far too soft": 3e-3 * np.sin(2 * np.pi * np.array([[440.0], [660.0]]) * TIME),
}


def _mastered(mix: np.ndarray, settings: Mix, layout: str = "stereo") -> tuple[Mastering, np.ndarray]:
    mastering = Mastering(mix.astype(np.float32), settings, RATE, layout_named(layout).weights)
    assert list(mastering.steps())[-1] == 1.0
    return mastering, np.concatenate([mastering.piece(start) for start in mastering.starts], axis=1)


def _ebur128(master: np.ndarray, channels: list[pyebur128.ChannelType] | None = None) -> tuple[float, float]:
    """Integrated loudness and true peak in dB, by libebur128."""
    mode = pyebur128.MeasurementMode
    state = pyebur128.R128State(len(master), RATE, mode.MODE_I | mode.MODE_TRUE_PEAK)
    for index, kind in enumerate(channels or []):
        state.set_channel(index, kind)
    state.add_frames(np.ascontiguousarray(master.T).ravel(), master.shape[1])
    peaks = [pyebur128.get_true_peak(state, channel) for channel in range(len(master))]
    return pyebur128.get_loudness_global(state), float(20 * np.log10(max(peaks)))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_material_lands_on_the_target_under_the_ceiling(name: str) -> None:
    """By libebur128 the master is within 0.05 LU of -12 LUFS and not above -1 dBTP; what it reports agrees."""
    mastering, master = _mastered(HOSTILE[name], Mix(target_lufs=-12.0, ceiling_dbtp=-1.0))
    loudness, peak = _ebur128(master)
    assert loudness == pytest.approx(-12.0, abs=0.05)
    assert peak <= -1.0 + 1e-3
    assert mastering.level.loudness.integrated_lufs == pytest.approx(loudness, abs=0.01)
    assert mastering.level.true_peak_dbtp == pytest.approx(peak, abs=0.05)


@pytest.mark.parametrize("name", ["steps", "far too loud"])
def test_a_target_out_of_reach_costs_loudness_never_the_ceiling(name: str) -> None:
    """Asked for -9 LUFS under -6 dBTP the ceiling holds, and the level that is reached is what is reported."""
    mastering, master = _mastered(HOSTILE[name], Mix(target_lufs=-9.0, ceiling_dbtp=-6.0))
    loudness, peak = _ebur128(master)
    assert peak <= -6.0 + 1e-3
    assert mastering.level.loudness.integrated_lufs == pytest.approx(loudness, abs=0.01)
    assert mastering.level.true_peak_dbtp == pytest.approx(peak, abs=0.05)


def test_one_click_in_silence_stays_under_the_ceiling() -> None:
    """Nothing can bring a click to the target: its master is finite, and its true peak is legal."""
    click = np.zeros((2, N))
    click[:, 70_000] = 1.0
    _, master = _mastered(click, Mix(target_lufs=-14.0, ceiling_dbtp=-1.0))
    assert np.all(np.isfinite(master)) and master.any()
    assert _ebur128(master)[1] <= -1.0 + 1e-3


@pytest.mark.parametrize("sound", [np.zeros((2, N)), np.zeros((2, 100)), np.full((2, 100), 0.5)])
def test_silence_and_next_to_nothing_are_mastered_without_complaint(sound: np.ndarray) -> None:
    """Where there is nothing to measure the level stays as it was."""
    mastering, master = _mastered(sound, Mix())
    assert mastering.level.loudness.integrated_lufs is None
    np.testing.assert_allclose(master, sound, atol=1e-7)


KIND = pyebur128.ChannelType
FIVE = [KIND.LEFT, KIND.RIGHT, KIND.CENTER, KIND.UNUSED, KIND.LEFT_SURROUND,
        KIND.RIGHT_SURROUND]  # fmt: skip
SEVEN = [*FIVE[:4], KIND.M_PLUS_135, KIND.M_MINUS_135, KIND.M_PLUS_090, KIND.M_MINUS_090]


@pytest.mark.parametrize(("layout", "kinds"), [("5.1", FIVE), ("7.1", SEVEN)])
def test_a_surround_master_is_weighed_by_its_loudspeakers(layout: str, kinds: list[pyebur128.ChannelType]) -> None:
    """Bursts in every loudspeaker: -23 LUFS within 0.05 LU by libebur128, every peak under the ceiling."""
    rng = np.random.default_rng(4)
    mix = rng.standard_normal((len(kinds), N)) * (0.05 + (np.arange(len(kinds))[:, None] + 8 * TIME) % 8 < 0.6)
    mastering, master = _mastered(mix, Mix(delivery="r128"), layout)
    loudness, peak = _ebur128(master, kinds)
    assert loudness == pytest.approx(-23.0, abs=0.05)
    assert peak <= -1.0 + 1e-3
    assert mastering.level.loudness.integrated_lufs == pytest.approx(loudness, abs=0.01)


def test_a_scene_is_weighed_by_its_w_and_limited_in_every_channel() -> None:
    """ambiX: the loudness of W alone is on target, and no channel passes the ceiling."""
    gains = layout_named("ambix2").gains([0.0, 90.0, 200.0], [0.0, 30.0, -50.0])
    mix = gains.T @ (np.random.default_rng(6).standard_normal((3, N)) * (TIME % 0.5 < 0.05))
    _, master = _mastered(mix, Mix(target_lufs=-21.0, ceiling_dbtp=-2.0), "ambix2")
    assert _ebur128(master[:1])[0] == pytest.approx(-21.0, abs=0.05)
    assert _ebur128(master)[1] <= -2.0 + 1e-3
