"""Tempo: the lag at which the onset strength repeats, weighted by where listeners tap (Ellis 2007)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from harmonic_audio.analysis.onsets import Strength

Floats = NDArray[np.float64]
SLOWEST_BPM: Final = 30.0
FASTEST_BPM: Final = 300.0
USUAL_BPM: Final = 120.0
SPREAD_OCTAVES: Final = 0.9
TEETH: Final = 4


def tempo(found: Strength) -> float | None:
    """Beats a minute; None where nothing repeats. Needs a few beats."""
    values = found.values - found.values.mean() if found.values.size else found.values
    step_s = found.hop / found.rate
    longest = int(TEETH * 60.0 / SLOWEST_BPM / step_s)
    longest = min(longest, len(values) // 2)
    shortest = int(np.ceil(60.0 / FASTEST_BPM / step_s))
    if longest <= shortest + 2 or not np.any(values):
        return None
    size = next_fast_len(len(values) + longest)
    spectrum = rfft(values, size)
    repeats = irfft((spectrum * spectrum.conj()).real, size)[: longest + 1]
    repeats = repeats / (len(values) - np.arange(longest + 1))
    lags = np.arange(shortest, min(longest, int(60.0 / SLOWEST_BPM / step_s)))
    prior = np.exp(-0.5 * (np.log2(60.0 / (lags * step_s) / USUAL_BPM) / SPREAD_OCTAVES) ** 2)
    score = repeats[lags] * prior
    at = int(lags[np.argmax(score)])
    if repeats[at] <= 0.1 * repeats[0]:
        return None
    return 60.0 / (_fine(repeats, at) * step_s)


def _fine(repeats: Floats, lag: int) -> float:
    """The lag refined on its multiples, each the finer the further away, by parabolas."""
    best = float(lag)
    for multiple in range(1, TEETH + 1):
        near = round(best * multiple)
        low, high = max(1, near - 2), min(len(repeats) - 1, near + 3)
        if high - low < 3:
            break
        at = low + int(np.argmax(repeats[low:high]))
        if not 1 <= at < len(repeats) - 1 or repeats[at] <= 0.0:
            break
        before, here, after = repeats[at - 1 : at + 2]
        bend = before - 2.0 * here + after
        best = (at + (0.5 * (before - after) / bend if bend < 0.0 else 0.0)) / multiple
    return best
