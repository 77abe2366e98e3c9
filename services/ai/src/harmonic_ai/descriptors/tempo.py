"""The pulse of a train of onsets, by the autocorrelation of its density.

Weighted by a resonance curve round 120 bpm after van Noorden & Moelants (1999): listeners prefer pulses near 500 ms.
"""

import numpy as np
from numpy.typing import NDArray

STEP_S = 0.005
SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0


def find_tempo(onset_s: NDArray[np.float64], weight: NDArray[np.float64]) -> tuple[float, float]:
    """(beats a minute, confidence 0..1) of onsets in seconds, shape (n,). Fewer than four onsets have no pulse."""
    if onset_s.size < 4 or np.ptp(onset_s) < 1.0:
        return 60.0, 0.0
    density = _density(onset_s - onset_s.min(), weight)
    spectrum = np.abs(np.fft.rfft(density - density.mean(), 2 * density.size)) ** 2
    correlation = np.fft.irfft(spectrum)[: density.size]
    lags = np.arange(int(60 / FASTEST_BPM / STEP_S), min(int(60 / SLOWEST_BPM / STEP_S), density.size - 1) + 1)
    unbiased = correlation[lags] / (density.size - lags) * density.size
    preferred = np.exp(-0.5 * (np.log2(lags * STEP_S / 0.5) / 0.9) ** 2)
    best = _fastest_strong(unbiased * preferred)
    confidence = unbiased[best] / correlation[0] if correlation[0] > 0 else 0.0
    return 60.0 / (lags[best] * STEP_S), float(np.clip(confidence, 0.0, 1.0))


def _fastest_strong(strength: NDArray[np.float64]) -> int:
    """The shortest lag whose peak is nearly as strong as the strongest: of a pulse and its half, the pulse."""
    inner = strength[1:-1]
    peaks = np.flatnonzero((inner >= strength[:-2]) & (inner >= strength[2:]) & (inner >= 0.75 * strength.max())) + 1
    return int(peaks[0]) if peaks.size else int(np.argmax(strength))


def _density(onset_s: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Onsets on a grid of 5 ms, each spread by a window of 50 ms."""
    grid = np.bincount(np.rint(onset_s / STEP_S).astype(np.int64), weights=weight)
    return np.convolve(grid, np.hanning(13)[1:-1], mode="same")
