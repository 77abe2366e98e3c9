"""Strings as delay lines whose end comes back filtered: y[n] = x[n] + (L y)[n], in double precision.

The tuned loop is z^-N A(z) H(z): a whole delay, a first-order allpass A = (a + z^-1) / (1 + a z^-1) for the fraction
(Jaffe and Smith, Computer Music Journal 7 (1983) 56) and a one-pole loss H = b / (1 - p z^-1).
The plain loop is that of Karplus and Strong (Computer Music Journal 7 (1983) 43), a delay and a mean of two.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@kernel
def tuned(excitation: Floats, loop: Floats, state: Floats, line: Floats, at: Integers, out: Floats) -> None:
    """The next samples of a string; shape (n,).

    loop (a, b, p); state (last input of A, last output of A, last output of H); line (N,) the delay, at (1,) its head;
    excitation (m,), m <= n, is 0 from there.
    """
    a, b, p = loop[0], loop[1], loop[2]
    before, allpassed, lost = state[0], state[1], state[2]
    head, size, given = at[0], len(line), len(excitation)
    n = 0
    while n < len(out):
        # A stretch in which neither the line's end nor the excitation's is met.
        stop = min(len(out), n + size - head)
        if n < given:
            stop = min(stop, given)
        piece, ahead = line[head : head + stop - n], out[n:stop]
        for i in range(stop - n):
            delayed = piece[i]
            allpassed = (before + a * delayed) - a * allpassed
            before = delayed
            lost = b * allpassed + p * lost
            sample = lost + excitation[n + i] if n < given else lost
            piece[i] = sample
            ahead[i] = sample
        head = (head + stop - n) % size
        n = stop
    state[0], state[1], state[2], at[0] = before, allpassed, lost, head


@kernel
def plain(excitation: Floats, damping: float, history: Floats, out: Floats) -> None:
    """y[n] = x[n] + d (y[n-N] + y[n-N-1]); history (N + 1,) are the last samples before and, after it, of ``out``.

    excitation (m,), m <= n, is 0 from there. Its pitch is that of a whole number of samples: other engines' string, to
    be compared with, not to be played.
    """
    period, count, given = len(history) - 1, len(out), len(excitation)
    for n in range(min(period, count)):
        out[n] = damping * (history[n + 1] + history[n]) + (excitation[n] if n < given else 0.0)
    if count > period:
        out[period] = damping * (out[0] + history[period]) + (excitation[period] if period < given else 0.0)
    for begin in range(period + 1, count, period):
        end = min(begin + period, count)
        new, old = out[begin:end], out[begin - period - 1 : end - period]
        for n in range(end - begin):
            new[n] = damping * (old[n + 1] + old[n])
        for n in range(begin, min(end, given)):
            out[n] += excitation[n]
    if count > period:
        history[:] = out[count - period - 1 :]
    else:
        history[: period + 1 - count] = history[count:].copy()
        history[period + 1 - count :] = out


@kernel
def lay(out: Floats, gains: Floats, bus: NDArray[np.float32]) -> None:
    """Add a string (n,) to a bus (channels, n) by its gains (channels,)."""
    for channel in range(len(gains)):
        gain, row = gains[channel], bus[channel]
        for n in range(len(out)):
            row[n] += np.float32(gain * out[n])


def warm() -> None:
    """Compile for the signatures that strings use."""
    out = np.zeros(8)
    tuned(np.zeros(2), np.array([0.1, 0.9, 0.1]), np.zeros(3), np.zeros(4), np.zeros(1, dtype=np.int64), out)
    plain(np.zeros(8), 0.498, np.zeros(4), out)
    bus = np.zeros((1, 9), dtype=np.float32)
    lay(out, np.ones(1), bus[:, 1:])
