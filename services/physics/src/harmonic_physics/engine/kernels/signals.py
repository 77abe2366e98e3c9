"""Events in sampled signals: crests, and passages of a level, at the roots of the cubic through four samples."""

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel

Floats = NDArray[np.float64]
CREST, ARRIVAL, CROSSING = range(3)


@inner
def cubic(times: Floats, levels: Floats, k: int, t: float) -> tuple[float, float]:
    """Value and slope at t of the cubic through the four samples (times (4,), column k of levels (4, n)): Newton's
    form."""
    t0, t1, t2, t3 = times[0], times[1], times[2], times[3]
    y0, y1, y2, y3 = levels[0, k], levels[1, k], levels[2, k], levels[3, k]
    a, b, c = (y1 - y0) / (t1 - t0), (y2 - y1) / (t2 - t1), (y3 - y2) / (t3 - t2)
    d, e = (b - a) / (t2 - t0), (c - b) / (t3 - t1)
    f = (e - d) / (t3 - t0)
    x, y, z = t - t0, t - t1, t - t2
    value = y0 + x * (a + y * (d + z * f))
    slope = a + (x + y) * d + (x * y + x * z + y * z) * f
    return value, slope


@inner
def root_of(times: Floats, levels: Floats, k: int, level: float, slope: bool, low: float, high: float) -> float:
    """Where the cubic (or its slope) passes a level between two times, by halving."""
    at_low = cubic(times, levels, k, low)
    below = (at_low[1] if slope else at_low[0]) < level
    for _ in range(60):
        middle = 0.5 * (low + high)
        found = cubic(times, levels, k, middle)
        if ((found[1] if slope else found[0]) < level) == below:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def watch(
    times: Floats, levels: Floats, recent_times: Floats, recent: Floats, seen: Floats, threshold: float, rows: Floats
) -> int:
    """Look at new samples (count, n) after the last four (`recent`), and move these on: events as rows, how many.

    Row: time, kind, signal, size; events lie between the last two samples, so none is told late. A CREST is a maximum
    above the threshold, an ARRIVAL the first passage of it (once a signal), a CROSSING an upward passage of 0 before
    which the signal was below -threshold. seen (3, signals): arrived, lowest since the last crossing, slope at the end.
    """
    count, found = levels.shape[0], 0
    for n in range(count):
        for i in range(3):
            recent_times[i] = recent_times[i + 1]
            recent[i] = recent[i + 1]
        recent_times[3] = times[n]
        recent[3] = levels[n]
        if not recent_times[0] < recent_times[1]:
            continue
        low, high = recent_times[2], recent_times[3]
        for k in range(levels.shape[1]):
            a, b = recent[2, k], recent[3, k]
            seen[1, k] = min(seen[1, k], a)
            if seen[0, k] == 0.0 and abs(a) < threshold <= abs(b) and found < rows.shape[0]:
                level = threshold if b > 0.0 else -threshold
                rows[found, 0] = root_of(recent_times, recent, k, level, False, low, high)
                rows[found, 1], rows[found, 2], rows[found, 3] = ARRIVAL, k, threshold
                seen[0, k] = 1.0
                found += 1
            if a < 0.0 <= b:
                if seen[1, k] <= -threshold and found < rows.shape[0]:
                    time = root_of(recent_times, recent, k, 0.0, False, low, high)
                    rows[found, 0], rows[found, 1], rows[found, 2] = time, CROSSING, k
                    rows[found, 3] = abs(cubic(recent_times, recent, k, time)[1])
                    found += 1
                seen[1, k] = 0.0
            rising, falling = seen[2, k], cubic(recent_times, recent, k, high)[1]
            seen[2, k] = falling
            if rising > 0.0 >= falling and max(a, b) > 0.5 * threshold and found < rows.shape[0]:
                still = cubic(recent_times, recent, k, low)[1] > 0.0
                time = root_of(recent_times, recent, k, 0.0, True, low, high) if still else low
                size = cubic(recent_times, recent, k, time)[0]
                if size >= threshold:
                    rows[found, 0], rows[found, 1], rows[found, 2], rows[found, 3] = time, CREST, k, size
                    found += 1
    return found
