"""Fixed resonances in parallel: the formants of a voice or the body of an instrument, the same for every pitch."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_contracts.base import Contract

Floats = NDArray[np.float64]


class Resonance(Contract):
    """One resonance."""

    hz: float = Field(gt=0.0, lt=20_000.0, description="Its middle")
    width_hz: float = Field(gt=0.0, le=10_000.0, description="Its bandwidth at -3 dB")
    gain_db: float = Field(default=0.0, ge=-80.0, le=40.0, description="At its middle; 0 lets the sound pass as it is")


class Resonances:
    """A running bank of resonances; a linear filter, so it adds no partials."""

    def __init__(self, resonances: Sequence[Resonance], sample_rate: int) -> None:
        kept = [r for r in resonances if r.hz < 0.45 * sample_rate]
        self._gains = [10.0 ** (r.gain_db / 20.0) for r in kept]
        self._sections = [band_pass(r.hz, r.width_hz, sample_rate) for r in kept]
        self._states = [np.zeros((1, 2)) for _ in kept]

    def __call__(self, sound: Floats) -> Floats:
        """The next stretch through all of them, summed."""
        from scipy.signal import sosfilt

        out = np.zeros(len(sound))
        for i, (gain, section) in enumerate(zip(self._gains, self._sections, strict=True)):
            passed, self._states[i] = sosfilt(section, sound, zi=self._states[i])
            out += gain * passed
        return out


def band_pass(hz: float, width_hz: float, sample_rate: int) -> Floats:
    """Band-pass of gain 1 at its middle, by the bilinear transform: Bristow-Johnson, Audio EQ Cookbook, "BPF"."""
    turn = 2.0 * np.pi * hz / sample_rate
    alpha = np.sin(turn) * width_hz / (2.0 * hz)
    scale = 1.0 + alpha
    return np.array([[alpha / scale, 0.0, -alpha / scale, 1.0, -2.0 * np.cos(turn) / scale, (1.0 - alpha) / scale]])
