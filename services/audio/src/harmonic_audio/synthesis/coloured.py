"""Noise of a spectral slope: white noise through poles and zeros in turn, an octave apart.

Smith and Smith, "Closed form fractional integration and differentiation via real exponentially spaced pole-zero
pairs" (2016): zeros at the poles times 2**-a give an amplitude of f**a between the first and the last pole.
"""

from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.synthesis.noise import uniform

Floats = NDArray[np.float64]
Colour = Literal["white", "pink", "brown", "blue", "violet"]
SLOPES: Final[dict[Colour, float]] = {"white": 0.0, "pink": -0.5, "brown": -1.0, "blue": 0.5, "violet": 1.0}
"""Exponents a of the amplitude f**a: 6 dB an octave for each 1."""
LOWEST_HZ: Final = 10.0


@lru_cache(maxsize=16)
def sections_of(colour: Colour, sample_rate: int) -> Floats:
    """First-order sections from 10 Hz to the Nyquist frequency, white noise of variance 1 kept at variance 1."""
    from scipy.signal import sosfilt

    slope = SLOPES[colour]
    octaves = np.arange(np.ceil(np.log2(0.5 * sample_rate / LOWEST_HZ)))
    poles = LOWEST_HZ * 2.0**octaves
    zeros = poles * 2.0**-slope
    fit = poles < 0.45 * sample_rate
    rows = [_section(z, p, sample_rate) for z, p in zip(zeros[fit], poles[fit], strict=True)]
    sections = np.array(rows)
    impulse = np.zeros(1 << 16)
    impulse[0] = 1.0
    sections[0, :3] /= np.sqrt(np.sum(sosfilt(sections, impulse) ** 2))
    return sections


def _section(zero_hz: float, pole_hz: float, sample_rate: int) -> list[float]:
    """(s + z) / (s + p) by the bilinear transform, each corner warped to its place."""
    z, p = (np.tan(np.pi * min(hz / sample_rate, 0.49)) for hz in (zero_hz, pole_hz))
    return [(1.0 + z) / (1.0 + p), (z - 1.0) / (1.0 + p), 0.0, 1.0, (p - 1.0) / (1.0 + p), 0.0]


class Coloured:
    """Running noise; the same for the same seed, on every machine type to the last bits of its filter."""

    def __init__(self, colour: Colour, seed: int, sample_rate: int) -> None:
        self._seed, self._at = seed, 0
        self._sections = sections_of(colour, sample_rate) if colour != "white" else None
        self._state = np.zeros((0 if self._sections is None else len(self._sections), 2))

    def __call__(self, count: int) -> Floats:
        """The next samples, of variance 1."""
        from scipy.signal import sosfilt

        white = np.sqrt(12.0) * (uniform(self._seed, count, self._at) - 0.5)
        self._at += count
        if self._sections is None:
            return np.asarray(white)
        coloured, self._state = sosfilt(self._sections, white, zi=self._state)
        return np.asarray(coloured)
