"""Where notes begin: found where the spectrum grows, placed where the sound stops being predictable.

Detection: spectral flux of logarithmic magnitudes, peaks over a moving median (Bello et al. 2005; Dixon 2006).
Placing: what sounds before an onset is predicted by a linear predictor fitted to it; ringing partials follow it, a new
note does not. The onset is the first sample whose error leaves what the predictor's own errors were before.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter

from harmonic_audio.analysis.stft import frames, hann

Floats = NDArray[np.float64]
WINDOW_S: Final = 0.021
HOP_S: Final = 0.005
COMPRESSION: Final = 1000.0
OVER: Final = 1.6
LEAST: Final = 0.02
APART_S: Final = 0.03
ORDER: Final = 32
LEARN_S: Final = 0.06
EARLY_S: Final = 0.025
LATE_S: Final = 0.02


@dataclass(frozen=True)
class Strength:
    """How much the spectrum grows, each ``hop`` samples; value i is of the frame centred at ``first`` + i hops."""

    values: Floats
    hop: int
    first: int
    rate: float


def strength(samples: Floats, rate: float) -> Strength:
    """The onset strength of samples (n,), mean rise of ln(1 + 1000 |X|) over the bins, |X| of a full-scale sine 1.

    Silence lies before the samples; frames that would reach past their end are left out: a cut is no onset.
    """
    window, hop = 2 * round(WINDOW_S * rate / 2.0), round(HOP_S * rate)
    padded = np.pad(samples, (window, 0))
    cut = frames(padded, window, hop)
    values, before = np.zeros(len(cut)), np.zeros(window // 2 + 1)
    for start in range(0, len(cut), 512):
        spectra = np.abs(np.fft.rfft(cut[start : start + 512] * hann(window), axis=1)) * (4.0 / window)
        heard = np.log1p(COMPRESSION * spectra)
        # Against the highest of the neighbouring bins before: vibrato is no onset (Boeck and Widmer 2013).
        past = maximum_filter1d(np.vstack([before[None], heard[:-1]]), 3, axis=1)
        values[start : start + 512] = np.maximum(heard - past, 0.0).mean(axis=1)
        before = heard[-1]
    return Strength(values, hop, window // 2 - window, rate)


def onsets(samples: Floats, rate: float) -> Floats:
    """The times in seconds at which notes begin in samples (n,), in order."""
    found = strength(samples, rate)
    return np.array(sorted({placed(samples, rate, at) for at in candidates(found)})) / rate


def candidates(found: Strength) -> list[int]:
    """About where: the samples at the middle of the frames in which the strength peaks."""
    values = found.values
    if not values.size:
        return []
    reach = round(APART_S / HOP_S)
    usual = median_filter(values, 2 * round(0.1 / HOP_S) + 1, mode="nearest")
    highest = maximum_filter1d(values, 2 * reach + 1, mode="nearest")
    peaks = np.flatnonzero((values == highest) & (values > LEAST) & (values > OVER * usual + LEAST))
    kept = [int(peak) for n, peak in enumerate(peaks) if n == 0 or peak - peaks[n - 1] > reach]
    return [found.first + peak * found.hop for peak in kept]


def placed(samples: Floats, rate: float, about: int) -> int:
    """The sample at which the note begins whose onset lies about there."""
    early, late, learn = (round(s * rate) for s in (EARLY_S, LATE_S, LEARN_S))
    first = max(0, about - early)
    heard = samples[max(0, first - learn) : min(len(samples), about + late)]
    known = first - max(0, first - learn)
    errors = _errors(heard, known)
    usual = np.abs(errors[ORDER:known]).max(initial=0.0)
    after = np.abs(errors[known:])
    threshold = max(4.0 * usual, 1e-3 * float(after.max(initial=0.0)))
    over = np.flatnonzero(after > threshold)
    return first + int(over[0]) if over.size else min(max(about, 0), len(samples) - 1)


def _errors(heard: Floats, known: int) -> Floats:
    """What a linear predictor, fitted to the first ``known`` samples, does not foresee; the samples where it cannot."""
    if known < 4 * ORDER or not np.any(heard[:known]):
        return heard
    past = np.lib.stride_tricks.sliding_window_view(heard, ORDER)[:-1]
    weights, *_ = np.linalg.lstsq(past[: known - ORDER], heard[ORDER:known], rcond=1e-10)
    return np.concatenate([np.zeros(ORDER), heard[ORDER:] - past @ weights])
