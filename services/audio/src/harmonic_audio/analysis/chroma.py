"""Pitch classes: the power of a spectrum folded into the twelve semitones, C first, A4 = 440 Hz."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.analysis.stft import frequencies

Floats = NDArray[np.float64]
LOWEST_HZ: Final = 55.0
HIGHEST_HZ: Final = 5000.0
NAMES: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


@cache
def folding(rate: float, window: int) -> Floats:
    """Which pitch class each bin counts for: a bin between two is shared by its distance; shape (12, bins)."""
    hertz = frequencies(rate, window)
    inside = (hertz >= LOWEST_HZ) & (hertz <= HIGHEST_HZ)
    # Semitones above C: A4 = 440 Hz is 9.
    place = np.where(inside, 12.0 * np.log2(np.where(inside, hertz, 440.0) / 440.0) + 9.0, 0.0) % 12.0
    distance = np.abs((place - np.arange(12)[:, None] + 6.0) % 12.0 - 6.0)
    return np.asarray(np.maximum(0.0, 1.0 - distance) * inside)


def chroma(powers: Floats, rate: float) -> Floats:
    """Of power spectra (frames, bins): magnitude by pitch class, each frame's sum 1, silent frames 0; (frames, 12).

    Only local peaks of the spectrum count: what leaks around a partial is not another note.
    """
    peaks = np.zeros_like(powers)
    inner = powers[:, 1:-1]
    peaks[:, 1:-1] = np.where((inner >= powers[:, :-2]) & (inner > powers[:, 2:]), inner, 0.0)
    folded = np.sqrt(peaks) @ folding(rate, 2 * (powers.shape[1] - 1)).T
    total = folded.sum(axis=1, keepdims=True)
    return np.asarray(np.where(total > 0.0, folded / np.where(total > 0.0, total, 1.0), 0.0))
