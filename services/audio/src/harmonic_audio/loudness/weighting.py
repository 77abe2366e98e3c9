"""K-weighting: the two biquads of ITU-R BS.1770-5 annex 1, for any sample rate, run in blocks as matrix products.

A recursive filter over a block of L samples is y = x T + s C, with T the impulse response as a triangular Toeplitz
matrix, s the state at the block's start and C what each state rings out to. So the work is a matrix product, and the
recursion runs over blocks instead of samples. Double precision throughout.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RUN: Final = 128
GROUP: Final = 16
"""Blocks whose states come from one more product, so that the recursion runs over groups."""


@cache
def _biquads(sample_rate: int) -> tuple[Floats, Floats]:
    """(b, a) of the cascade as polynomials of order 4, by the analogue prototypes behind the standard's 48 kHz figures.

    Head: high shelf, f0 1681.974450955533 Hz, gain 3.999843853973347 dB, Q 0.7071752369554196.
    RLB: high pass, f0 38.13547087602444 Hz, Q 0.5003270373238773. Bilinear transform, as libebur128 and the annex.
    """
    k = np.tan(np.pi * 1681.974450955533 / sample_rate)
    q, vh = 0.7071752369554196, 10.0 ** (3.999843853973347 / 20.0)
    vb = vh**0.4996667741545416
    a0 = 1.0 + k / q + k * k
    b1 = np.array([vh + vb * k / q + k * k, 2.0 * (k * k - vh), vh - vb * k / q + k * k]) / a0
    a1 = np.array([a0, 2.0 * (k * k - 1.0), 1.0 - k / q + k * k]) / a0
    k, q = np.tan(np.pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    a0 = 1.0 + k / q + k * k
    a2 = np.array([a0, 2.0 * (k * k - 1.0), 1.0 - k / q + k * k]) / a0
    return np.convolve(b1, [1.0, -2.0, 1.0]), np.convolve(a1, a2)


@cache
def _matrices(sample_rate: int) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """The transposed direct form II as operators on row vectors.

    T (L, L): samples to output. C (4, L): state to output. B (L, 4): samples to next state. Then for a group of G
    blocks: (4, 4 (G + 1)) from the state before it, and (4 G, 4 (G + 1)) from what enters, to the states at its blocks
    and after it.
    """
    b, a = _biquads(sample_rate)
    order = 4
    step = np.zeros((order, order))
    step[:, 0] = -a[1:]
    step[np.arange(order - 1), np.arange(1, order)] = 1.0
    gain = b[1:] - a[1:] * b[0]
    powers = [np.eye(order)]
    for _ in range(RUN):
        powers.append(step @ powers[-1])
    impulse = np.array([b[0], *(float((powers[n] @ gain)[0]) for n in range(RUN - 1))])
    toeplitz = np.zeros((RUN, RUN))
    for n in range(RUN):
        toeplitz[n, n:] = impulse[: RUN - n]
    rings = np.stack([powers[n][0] for n in range(RUN)], axis=1)
    enters = np.stack([powers[RUN - 1 - n] @ gain for n in range(RUN)])
    leaps = [np.eye(order)]
    for _ in range(GROUP):
        leaps.append(leaps[-1] @ powers[RUN].T)
    between = np.zeros((GROUP, order, GROUP + 1, order))
    for block in range(GROUP):
        for later in range(block + 1, GROUP + 1):
            between[block, :, later] = leaps[later - block - 1]
    return toeplitz, rings, enters, np.concatenate(leaps, axis=1), between.reshape(GROUP * order, -1)


class KWeighting:
    """The filter with its state: feed it runs of whole blocks, in order."""

    def __init__(self, channels: int, sample_rate: int = 48_000) -> None:
        self._matrices = _matrices(sample_rate)
        self._state = np.zeros((channels, 4))

    def __call__(self, samples: Floats) -> Floats:
        """Filtered samples, same shape (channels, n); n must be a multiple of RUN."""
        toeplitz, rings, enters, onward, between = self._matrices
        channels, count = samples.shape
        blocks = samples.reshape(channels, count // RUN, RUN)
        entering = (blocks @ enters).reshape(channels, -1)
        states = np.empty((channels, count // RUN * 4))
        for start in range(0, states.shape[1], 4 * GROUP):
            group = entering[:, start : start + 4 * GROUP]
            size = group.shape[1]
            after = self._state @ onward[:, : size + 4] + group @ between[:size, : size + 4]
            states[:, start : start + size], self._state = after[:, :size], after[:, size:]
        return np.asarray((blocks @ toeplitz + states.reshape(channels, -1, 4) @ rings).reshape(channels, count))
