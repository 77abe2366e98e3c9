"""Mel spectra and cepstra. The mel scale is the one of HTK or of Slaney's Auditory Toolbox; say which."""

from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

from harmonic_audio.analysis.stft import frequencies

Floats = NDArray[np.float64]
Scale = Literal["htk", "slaney"]
_LINEAR: Final = 200.0 / 3.0
"""Slaney: hertz a mel below 1000 Hz; above, 27 mels to a factor of 6.4."""
_STEP: Final = float(np.log(6.4) / 27.0)
FLOOR: Final = 1e-10


def to_mel(hertz: Floats, scale: Scale) -> Floats:
    """HTK: 2595 lg(1 + f / 700). Slaney: linear below 1 kHz, logarithmic above."""
    if scale == "htk":
        return np.asarray(2595.0 * np.log10(1.0 + hertz / 700.0))
    above = 15.0 + np.log(np.maximum(hertz, 1000.0) / 1000.0) / _STEP
    return np.asarray(np.where(hertz < 1000.0, hertz / _LINEAR, above))


def to_hertz(mel: Floats, scale: Scale) -> Floats:
    """The inverse of `to_mel`."""
    if scale == "htk":
        return np.asarray(700.0 * (10.0 ** (mel / 2595.0) - 1.0))
    return np.asarray(np.where(mel < 15.0, mel * _LINEAR, 1000.0 * np.exp(_STEP * (np.maximum(mel, 15.0) - 15.0))))


@cache
def filters(rate: float, window: int, bands: int, scale: Scale, lowest_hz: float, highest_hz: float) -> Floats:
    """Triangles of peak 1 (HTK) or area 1 (Slaney), evenly spaced in mel; shape (bands, window / 2 + 1)."""
    low, high = to_mel(np.array([lowest_hz, highest_hz]), scale)
    edges = to_hertz(np.linspace(float(low), float(high), bands + 2), scale)
    hertz = frequencies(rate, window)
    rising = (hertz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - hertz) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.maximum(0.0, np.minimum(rising, falling))
    if scale == "slaney":
        weights *= (2.0 / (edges[2:] - edges[:-2]))[:, None]
    weights.flags.writeable = False
    return np.asarray(weights)


def mel_spectra(powers: Floats, rate: float, bands: int = 40, scale: Scale = "slaney") -> Floats:
    """Power spectra (frames, bins) summed into mel bands from 0 Hz to half the sample rate; shape (frames, bands)."""
    window = 2 * (powers.shape[1] - 1)
    return np.asarray(powers @ filters(rate, window, bands, scale, 0.0, rate / 2.0).T)


def mfcc(mel: Floats, count: int = 13) -> Floats:
    """Mel-frequency cepstral coefficients: orthonormal DCT-II of the bands in decibels, from 0; (frames, count)."""
    decibels = 10.0 * np.log10(np.maximum(mel, FLOOR))
    return np.asarray(dct(decibels, type=2, norm="ortho", axis=1)[:, :count])
