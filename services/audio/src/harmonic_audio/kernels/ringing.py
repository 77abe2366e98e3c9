"""Damped sinusoids as a matrix product: the chunk of one bank of poles, struck at exact, even fractional, moments.

A partial is a power of a pole, p^n, so a block of L samples is Im(S E) with S the states at the starts of the blocks
and E = p^0 .. p^(L-1). States are in double precision; the product is in single, where no error accumulates.

Shapes, K the partials, Q the poles (K, or 2 K where an onset factor adds a second pole to each):
poles (6, Q): real and imaginary parts of log p (a sample), of p^L (a block), of p^CHUNK.
run (2 Q, L): rows Im E and Re E of the first K poles, then of the others. strikes (2, S): onset and silence, in
samples, by onset; silences ascend too. amplitudes (2, S, Q). state (2, Q): that of all strikes begun until a chunk.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import inner, kernel

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
BLOCK = 256
BLOCKS = 48
CHUNK = BLOCK * BLOCKS
FORGOTTEN = 1e-9
"""An onset's poles are left out below this share of the partials: -180 dB."""
TINY = 1e-30
"""States below it are nothing: subnormal numbers would be slow."""
STRIDE = 16


@kernel
def tabulate(poles: Floats, run: Samples, partials: int) -> None:
    """Fill a block's table and the powers of the poles from their logarithms."""
    near_re, near_im = np.empty(STRIDE), np.empty(STRIDE)
    for q in range(poles.shape[1]):
        row = q if q < partials else 2 * partials + q - partials
        a, w = poles[0, q], poles[1, q]
        for n in range(STRIDE):
            near_re[n], near_im[n] = np.exp(a * n) * np.cos(w * n), np.exp(a * n) * np.sin(w * n)
        for far in range(0, BLOCK, STRIDE):
            far_re, far_im = np.exp(a * far) * np.cos(w * far), np.exp(a * far) * np.sin(w * far)
            for n in range(STRIDE):
                run[row, far + n] = far_re * near_im[n] + far_im * near_re[n]
                run[row + partials, far + n] = far_re * near_re[n] - far_im * near_im[n]
        for place, length in ((2, BLOCK), (4, CHUNK)):
            poles[place, q] = np.exp(a * length) * np.cos(w * length)
            poles[place + 1, q] = np.exp(a * length) * np.sin(w * length)


@inner
def _add_strike(poles: Floats, amplitudes: Floats, strike: int, since: float, into: Floats) -> None:
    """Add a strike's state so many samples after its onset."""
    for q in range(poles.shape[1]):
        size = np.exp(poles[0, q] * since)
        c, s = size * np.cos(poles[1, q] * since), size * np.sin(poles[1, q] * since)
        a, b = amplitudes[0, strike, q], amplitudes[1, strike, q]
        into[0, q] += a * c - b * s
        into[1, q] += a * s + b * c


@inner
def _begun(strikes: Floats, sample: float) -> int:
    """How many strikes have begun at a sample, that one counted."""
    low, high = 0, strikes.shape[1]
    while low < high:
        middle = (low + high) // 2
        if strikes[0, middle] <= sample:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def _leap(start: int, poles: Floats, strikes: Floats, amplitudes: Floats, state: Floats) -> None:
    """Take the state from one chunk's start to the next one's; silence is where every strike begun is over."""
    for q in range(poles.shape[1]):
        re, im = state[0, q], state[1, q]
        state[0, q] = re * poles[4, q] - im * poles[5, q]
        state[1, q] = re * poles[5, q] + im * poles[4, q]
    end = start + CHUNK
    until = _begun(strikes, end)
    if until > 0 and strikes[1, until - 1] <= end:
        state[:] = 0.0
    for strike in range(_begun(strikes, start), until):
        if strikes[1, strike] > end:
            _add_strike(poles, amplitudes, strike, end - strikes[0, strike], state)


@inner
def _blocks(start: int, poles: Floats, strikes: Floats, amplitudes: Floats, now: Floats, used: int, partials: int,
            states: Samples) -> None:  # fmt: skip
    """The states at the starts of the blocks, as rows of the product's left side."""
    strike, until = _begun(strikes, start), _begun(strikes, start + CHUNK - 1)
    for block in range(BLOCKS):
        at = start + block * BLOCK
        while strike < until and strikes[0, strike] <= at:
            _add_strike(poles, amplitudes, strike, at - strikes[0, strike], now)
            strike += 1
        row = states[block]
        for first in range(0, used, partials):
            for k in range(partials):
                re, im = now[0, first + k], now[1, first + k]
                row[2 * first + k] = re if abs(re) > TINY else 0.0
                row[2 * first + partials + k] = im if abs(im) > TINY else 0.0
                now[0, first + k] = re * poles[2, first + k] - im * poles[3, first + k]
                now[1, first + k] = re * poles[3, first + k] + im * poles[2, first + k]


@inner
def _head(start: int, poles: Floats, run: Samples, strikes: Floats, amplitudes: Floats, strike: int, partials: int,
          out: Samples) -> None:  # fmt: skip
    """The samples of a strike between its onset and the next block."""
    first = int(np.ceil(strikes[0, strike]))
    length = (-(first - start)) % BLOCK
    if length == 0:
        return
    begun = np.zeros((2, poles.shape[1]))
    _add_strike(poles, amplitudes, strike, first - strikes[0, strike], begun)
    row = np.empty(run.shape[0], dtype=np.float32)
    for from_pole in range(0, poles.shape[1], partials):
        for k in range(partials):
            row[2 * from_pole + k] = begun[0, from_pole + k]
            row[2 * from_pole + partials + k] = begun[1, from_pole + k]
    made = np.dot(row, run)
    at = first - start
    for n in range(length):
        out[at + n] += made[n]


@kernel
def ring(start: int, reached: NDArray[np.int64], poles: Floats, run: Samples, strikes: Floats, amplitudes: Floats,
         state: Floats, partials: int, gains: Samples, bus: Samples) -> None:  # fmt: skip
    """Add a chunk to a bus (channels, CHUNK), each channel by its gain.

    ``reached`` (1,) is the chunk that ``state`` belongs to; asked for another, the strikes are followed from the first.
    """
    if reached[0] != start:
        state[:] = 0.0
        reached[0] = CHUNK * ((int(np.ceil(strikes[0, 0])) - 1) // CHUNK)
        while reached[0] < start:
            _leap(reached[0], poles, strikes, amplitudes, state)
            reached[0] += CHUNK
        if reached[0] > start:  # before the first strike
            reached[0] = -1
            return
    begins = _begun(strikes, start + CHUNK - 1)
    used = poles.shape[1]
    if used > partials and begins == _begun(strikes, start):
        loudest, onset = np.max(np.abs(state[:, :partials])), np.max(np.abs(state[:, partials:]))
        if onset < FORGOTTEN * loudest:
            used = partials
    now = state.copy()
    states = np.empty((BLOCKS, 2 * used), dtype=np.float32)
    _blocks(start, poles, strikes, amplitudes, now, used, partials, states)
    made = np.empty((BLOCKS, BLOCK), dtype=np.float32)
    np.dot(states, run[: 2 * used], made)
    out = made.reshape(CHUNK)
    for strike in range(_begun(strikes, start), begins):
        _head(start, poles, run, strikes, amplitudes, strike, partials, out)
    for channel in range(bus.shape[0]):
        gain, row = gains[channel], bus[channel]
        for n in range(CHUNK):
            row[n] += gain * out[n]
    _leap(start, poles, strikes, amplitudes, state)
    reached[0] = start + CHUNK


def warm() -> None:
    """Compile for the signatures that banks use."""
    poles, run = np.zeros((6, 2)), np.zeros((4, BLOCK), dtype=np.float32)
    tabulate(poles, run, 1)
    bus = np.zeros((1, CHUNK), dtype=np.float32)
    strikes, gains = np.array([[0.5], [9.0]]), np.ones(1, dtype=np.float32)
    ring(0, np.array([-1]), poles, run, strikes, np.zeros((2, 1, 2)), np.zeros((2, 2)), 1, gains, bus)
