"""Reading a signal between its samples by a windowed sinc, and a one-pole low pass that changes as it goes."""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SILENT = 1e-30


@kernel
def read(signal: Floats, wholes: Ints, parts: Floats, table: Floats, out: Floats) -> None:
    """out[n] = signal at wholes[n] + parts[n], in samples from its first, 0 <= part < 1; beyond its ends silence.

    table (phases + 1, taps): the sinc shifted by p / phases; between phases linear. taps is a multiple of 8.
    """
    phases, taps = table.shape[0] - 1, table.shape[1]
    before = taps // 2 - 1
    count = signal.shape[0]
    for n in range(wholes.shape[0]):
        phase = parts[n] * phases
        row = min(int(phase), phases - 1)
        part = phase - row
        first = wholes[n] - before
        low, high = table[row], table[row + 1]
        if first >= 0 and first + taps <= count:
            a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = 0.0
            for k in range(0, taps, 8):
                at = first + k
                a0 += signal[at] * (low[k] + part * (high[k] - low[k]))
                a1 += signal[at + 1] * (low[k + 1] + part * (high[k + 1] - low[k + 1]))
                a2 += signal[at + 2] * (low[k + 2] + part * (high[k + 2] - low[k + 2]))
                a3 += signal[at + 3] * (low[k + 3] + part * (high[k + 3] - low[k + 3]))
                a4 += signal[at + 4] * (low[k + 4] + part * (high[k + 4] - low[k + 4]))
                a5 += signal[at + 5] * (low[k + 5] + part * (high[k + 5] - low[k + 5]))
                a6 += signal[at + 6] * (low[k + 6] + part * (high[k + 6] - low[k + 6]))
                a7 += signal[at + 7] * (low[k + 7] + part * (high[k + 7] - low[k + 7]))
            out[n] = ((a0 + a1) + (a2 + a3)) + ((a4 + a5) + (a6 + a7))
        else:
            total = 0.0
            for k in range(max(0, -first), min(taps, count - first)):
                total += signal[first + k] * (low[k] + part * (high[k] - low[k]))
            out[n] = total


@kernel
def softened(samples: Floats, poles: Floats, state: Floats, out: Floats) -> None:
    """y = (1 - p) x + p y', with a pole for each sample; state (1,): the last output, updated."""
    y = state[0]
    for n in range(samples.shape[0]):
        y = (1.0 - poles[n]) * samples[n] + poles[n] * y
        y = 0.0 if abs(y) < SILENT else y
        out[n] = y
    state[0] = y


def warm() -> None:
    """Compile them for what they are called with."""
    table = np.zeros((3, 8))
    table.setflags(write=False)
    read(np.zeros(16), np.zeros(2, dtype=np.int64), np.zeros(2), table, np.zeros(2))
    softened(np.zeros(2), np.zeros(2), np.zeros(1), np.zeros(2))
