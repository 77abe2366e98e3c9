"""The bandwidth of phase modulation, and the greatest modulation that keeps it below a limit.

A sine of frequency f, its phase modulated by index b with a signal that reaches up to W, has sidebands of amplitude
J_n(b) up to f + n W (Chowning 1973). Carson's rule n = b + 1 leaves 2 % of the power outside. Here n(b) counts every
sideband above 1e-6 of the carrier, -120 dB. Operators in a row multiply: W of a modulator is its own bound. Feedback
by index b < 1 gives the harmonics 2 J_n(n b) / (n b) (Kapteyn's series), counted likewise.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HEARD: Final = 1e-6
MOST_INDEX: Final = 40.0
MOST_FEEDBACK: Final = 0.8


@lru_cache(maxsize=1)
def _sidebands() -> tuple[Floats, Floats]:
    """Indices b at which the count goes up, and the counts: between them it is bounded by the straight line above."""
    from scipy.special import jv

    grid = np.concatenate([np.geomspace(1e-7, 0.01, 400, endpoint=False), np.linspace(0.01, MOST_INDEX, 4000)])
    orders = np.arange(1, 101)
    above = np.abs(jv(orders[:, np.newaxis], grid)) > HEARD
    counts = np.where(above.any(axis=0), 100 - np.argmax(above[::-1], axis=0), 0)
    counts = np.maximum.accumulate(counts)
    rises = np.flatnonzero(np.diff(counts)) + 1
    # At the index where n sidebands begin to be needed the line already stands at n: it is never below the steps.
    return np.concatenate([[0.0], grid[rises - 1], [MOST_INDEX]]), np.concatenate(
        [[0], counts[rises], [counts[-1] + 1]]
    )


def sidebands(index: Floats) -> Floats:
    """A bound of the sidebands above -120 dB for indices 0 .. 40 in radians; continuous, rising, 0 at 0."""
    at, count = _sidebands()
    return np.asarray(np.interp(index, at, count))


@lru_cache(maxsize=1)
def _own_harmonics() -> tuple[Floats, Floats]:
    from scipy.special import jv

    orders = np.arange(2, 400)
    indices = np.linspace(0.0, MOST_FEEDBACK, 81)[1:]
    found = [0.0]
    for index in indices:
        above = 2.0 * np.abs(jv(orders, orders * index)) / (orders * index) > HEARD
        found.append(float(orders[above][-1] - 1) if above.any() else 0.0)
    counts = np.maximum.accumulate(np.array(found))
    # One step ahead, so that the line between two points lies above both.
    return np.concatenate([[0.0], indices]), np.concatenate([[0.0], np.append(counts[2:], counts[-1])])


def own_harmonics(feedback: Floats) -> Floats:
    """A bound of the harmonics above the first, louder than -120 dB, of an operator that modulates itself."""
    at, count = _own_harmonics()
    return np.asarray(np.interp(feedback, at, count))


def bandwidth_hz(hertz: Floats, scale: Floats, ratios: Floats, links: Floats, feedback: Floats) -> Floats:
    """Highest frequency above -120 dB in any operator; hertz, scale and the answer have one shape.

    ``links[i, j]``: index in radians by which operator j modulates operator i < j. ``scale`` multiplies all indices.
    """
    count = len(ratios)
    bounds: list[Floats] = [np.zeros_like(hertz)] * count
    for i in range(count - 1, -1, -1):
        bound = hertz * ratios[i]
        for j in range(i + 1, count):
            if links[i, j]:
                bound = bound + sidebands(scale * abs(links[i, j])) * bounds[j]
        if feedback[i]:
            bound = bound * (1.0 + own_harmonics(scale * feedback[i]))
        bounds[i] = bound
    return np.asarray(np.max(bounds, axis=0))


def greatest_scale(hertz: Floats, limit_hz: float, ratios: Floats, links: Floats, feedback: Floats) -> Floats:
    """For each frequency the greatest scale, at most 2, that keeps the bandwidth at or below the limit; 0 where even
    unmodulated operators lie above it."""
    strongest = max(float(np.max(np.abs(links), initial=0.0)), 1e-9)
    most = min(2.0, MOST_INDEX / strongest, MOST_FEEDBACK / max(float(np.max(feedback, initial=0.0)), 1e-9))
    low, high = np.zeros_like(hertz), np.full_like(hertz, most)
    fits = bandwidth_hz(hertz, high, ratios, links, feedback) <= limit_hz
    for _ in range(40):
        middle = 0.5 * (low + high)
        fine = bandwidth_hz(hertz, middle, ratios, links, feedback) <= limit_hz
        low, high = np.where(fine, middle, low), np.where(fine, high, middle)
    return np.where(fits, most, low)
