"""Frames and their spectra: the short-time Fourier transform with a periodic Hann window."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]
WINDOW: Final = 2048
HOP: Final = 512


@cache
def hann(length: int) -> Floats:
    """The periodic Hann window: 0.5 - 0.5 cos(2 pi n / N)."""
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)
    window.flags.writeable = False
    return window


def frames(samples: Floats, window: int = WINDOW, hop: int = HOP) -> Floats:
    """Every whole frame of samples (n,), without padding; a view of shape (frames, window)."""
    if len(samples) < window:
        return np.zeros((0, window))
    return np.lib.stride_tricks.sliding_window_view(samples, window)[::hop]


def stft(samples: Floats, window: int = WINDOW, hop: int = HOP) -> Complex:
    """Spectra of all whole frames; (frames, window / 2 + 1). Not scaled: a sine of amplitude a peaks at a N / 4."""
    return np.asarray(np.fft.rfft(frames(samples, window, hop) * hann(window), axis=1))


def powers(samples: Floats, window: int = WINDOW, hop: int = HOP) -> Floats:
    """One-sided power spectra, (frames, window / 2 + 1): the sum over a frame's bins is its windowed mean square.

    Parseval: divided by N sum w^2, so that stationary noise of variance s^2 sums to s^2.
    """
    spectra = stft(samples, window, hop)
    power = (spectra.real**2 + spectra.imag**2) / (window * float((hann(window) ** 2).sum()))
    power[:, 1:-1] *= 2.0
    return np.asarray(power)


def frequencies(rate: float, window: int = WINDOW) -> Floats:
    """Of the bins, in hertz."""
    return np.arange(window // 2 + 1, dtype=np.float64) * (rate / window)
