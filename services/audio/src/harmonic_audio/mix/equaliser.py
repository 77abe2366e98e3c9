"""The parametric equaliser: biquads of R. Bristow-Johnson's "Cookbook formulae for audio EQ biquad coefficients"."""

import numpy as np

from harmonic_audio.mix.effect import Floats, Stateful
from harmonic_audio.soundscape.effects import Band, Equaliser

HIGHEST = 0.49
"""Corners are held below this share of the sample rate."""


def section(band: Band, sample_rate: int) -> Floats:
    """b0, b1, b2, a1, a2 of a band, with a0 = 1; shape (5,)."""
    w0 = 2.0 * np.pi * min(band.frequency_hz, HIGHEST * sample_rate) / sample_rate
    cos, alpha = np.cos(w0), np.sin(w0) / (2.0 * band.q)
    a = 10.0 ** (band.gain_db / 40.0)
    root = 2.0 * np.sqrt(a) * alpha
    if band.kind == "peak":
        b = (1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a)
        d = (1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a)
    elif band.kind == "low_shelf":
        b = (a * (a + 1 - (a - 1) * cos + root), 2 * a * (a - 1 - (a + 1) * cos), a * (a + 1 - (a - 1) * cos - root))
        d = (a + 1 + (a - 1) * cos + root, -2 * (a - 1 + (a + 1) * cos), a + 1 + (a - 1) * cos - root)
    elif band.kind == "high_shelf":
        b = (a * (a + 1 + (a - 1) * cos + root), -2 * a * (a - 1 + (a + 1) * cos), a * (a + 1 + (a - 1) * cos - root))
        d = (a + 1 - (a - 1) * cos + root, 2 * (a - 1 - (a + 1) * cos), a + 1 - (a - 1) * cos - root)
    else:
        edge = 1.0 + cos if band.kind == "high_pass" else 1.0 - cos
        b = (0.5 * edge, -edge if band.kind == "high_pass" else edge, 0.5 * edge)
        d = (1.0 + alpha, -2.0 * cos, 1.0 - alpha)
    return np.asarray(np.array([*b, d[1], d[2]]) / d[0])


class EqualiserEffect(Stateful):
    """An equaliser of some channels."""

    _carried = ("_rings",)

    def __init__(self, settings: Equaliser, channels: int, sample_rate: int) -> None:
        self.inputs = self.outputs = channels
        self._sections = np.stack([section(band, sample_rate) for band in settings.bands])
        self._rings = np.zeros((channels, len(self._sections), 2))

    def _process(self, run: Floats) -> Floats:
        from harmonic_audio.kernels.biquads import filtered

        out = np.empty_like(run)
        filtered(run, self._sections, self._rings, out)
        return out
