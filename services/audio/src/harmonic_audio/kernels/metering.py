"""K-weighted energies and true peaks, each in one pass over samples of float32 or float64; float64 inside.

Both walk in an order that the pieces do not change, so a signal measures the same to the bit however it is cut.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import kernel

Floats = NDArray[np.float64]
Samples = NDArray[np.floating]
Ints = NDArray[np.int64]
SILENT = 1e-100
"""States below it are taken for silence at the end of each step: denormal numbers are slow, and inaudible."""
TAPS = 12
STRETCH = 64


@kernel
def weigh(samples: Samples, stages: Floats, state: Floats, ends: Ints, whole: int, sums: Floats) -> None:
    """Add the K-weighted squares of each channel to the sums of its steps.

    ``samples`` (channels, n). ``stages`` (2, 5): b0, b1, b2, a1, a2 of both biquads. ``state`` (channels, 4): of the
    transposed direct form II, carried on. ``ends`` (steps): index in the samples at which each step ends; the first
    ``whole`` of them are finished with it. ``sums`` (channels, steps).
    """
    b0, b1, b2, a1, a2 = stages[0, 0], stages[0, 1], stages[0, 2], stages[0, 3], stages[0, 4]
    c0, c1, c2, d1, d2 = stages[1, 0], stages[1, 1], stages[1, 2], stages[1, 3], stages[1, 4]
    for channel in range(samples.shape[0]):
        row = samples[channel]
        s1, s2, t1, t2 = state[channel, 0], state[channel, 1], state[channel, 2], state[channel, 3]
        start = 0
        for step in range(len(ends)):
            total = sums[channel, step]
            for i in range(start, ends[step]):
                x = np.float64(row[i])
                y = b0 * x + s1
                s1 = b1 * x + s2 - a1 * y
                s2 = b2 * x - a2 * y
                z = c0 * y + t1
                t1 = c1 * y + t2 - d1 * z
                t2 = c2 * y - d2 * z
                total += z * z
            sums[channel, step] = total
            start = ends[step]
            if step < whole:
                s1, s2 = (s1 if abs(s1) > SILENT else 0.0), (s2 if abs(s2) > SILENT else 0.0)
                t1, t2 = (t1 if abs(t1) > SILENT else 0.0), (t2 if abs(t2) > SILENT else 0.0)
        state[channel, 0], state[channel, 1], state[channel, 2], state[channel, 3] = s1, s2, t1, t2


@kernel
def levels(padded: Samples, phases: Floats, out: Floats) -> None:
    """For each of n samples the highest absolute value of it and of the points between it and the next.

    ``padded`` (n + TAPS - 1): the samples, with TAPS / 2 - 1 before them and TAPS / 2 after them. ``phases`` (points
    between two samples, TAPS): the oldest sample's tap first. The sum is written out so that it becomes vector code
    over the samples; its order is fixed, whatever the vectors' width.
    """
    before = TAPS // 2 - 1
    for start in range(0, len(out), STRETCH):
        high = out[start : start + STRETCH]
        x = padded[start : start + STRETCH + TAPS - 1]
        size = len(high)
        for i in range(size):
            high[i] = abs(np.float64(x[i + before]))
        for phase in range(phases.shape[0]):
            h = phases[phase]
            h0, h1, h2, h3, h4, h5 = h[0], h[1], h[2], h[3], h[4], h[5]
            h6, h7, h8, h9, h10, h11 = h[6], h[7], h[8], h[9], h[10], h[11]
            for i in range(size):
                early = (h0 * x[i] + h1 * x[i + 1]) + (h2 * x[i + 2] + h3 * x[i + 3])
                middle = (h4 * x[i + 4] + h5 * x[i + 5]) + (h6 * x[i + 6] + h7 * x[i + 7])
                late = (h8 * x[i + 8] + h9 * x[i + 9]) + (h10 * x[i + 10] + h11 * x[i + 11])
                level = abs(early + middle + late)
                high[i] = level if level > high[i] else high[i]


def warm() -> None:
    """Compile for both kinds of samples."""
    weigh_for = (np.zeros((2, 5)), np.zeros((1, 4)), np.array([32]), 1, np.zeros((1, 1)))
    for samples in (np.zeros((1, 32), dtype=np.float32), np.zeros((1, 32))):
        weigh(samples, *weigh_for)
        levels(samples[0], np.zeros((3, TAPS)), np.zeros(32 - TAPS + 1))
