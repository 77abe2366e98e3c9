"""A feedback delay network of 16 lines, mixed by a Hadamard matrix.

Stautner and Puckette (1982); Jot and Chaigne, "Digital delay networks for designing artificial reverberators" (1991).
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LINES = 16
SILENT = 1e-30


@kernel
def reverberated(
    sent: Floats, lines: Floats, at: Ints, lengths: Ints, sections: Floats, filters: Floats, inject: Floats,
    collect: Floats, out: Floats,
) -> None:  # fmt: skip
    """sent (n,), out (outputs, n).

    lines (size, 16): rings of a power of two, written at at[0]; line i is heard lengths[i] samples later. In each a
    biquad: sections (5, 16) b0 b1 b2 a1 a2, filters (2, 16) its state. Then the Hadamard matrix / 4, which is
    orthogonal, and inject (16,) times what is sent. collect (outputs, 16): from the lines to the outputs.
    """
    mask = lines.shape[0] - 1
    place = at[0]
    heard, spare = np.empty(LINES), np.empty(LINES)
    for n in range(sent.shape[0]):
        for i in range(LINES):
            heard[i] = lines[(place - lengths[i]) & mask, i]
        for c in range(collect.shape[0]):
            a0 = a1 = a2 = a3 = 0.0
            for i in range(0, LINES, 4):
                a0 += collect[c, i] * heard[i]
                a1 += collect[c, i + 1] * heard[i + 1]
                a2 += collect[c, i + 2] * heard[i + 2]
                a3 += collect[c, i + 3] * heard[i + 3]
            out[c, n] = (a0 + a1) + (a2 + a3)
        for i in range(LINES):
            x = heard[i]
            y = sections[0, i] * x + filters[0, i]
            s1 = sections[1, i] * x - sections[3, i] * y + filters[1, i]
            s2 = sections[2, i] * x - sections[4, i] * y
            filters[0, i] = 0.0 if abs(s1) < SILENT else s1
            filters[1, i] = 0.0 if abs(s2) < SILENT else s2
            heard[i] = y
        # Fast Walsh-Hadamard transform: 4 stages of sums and differences.
        for i in range(8):
            spare[i], spare[i + 8] = heard[i] + heard[i + 8], heard[i] - heard[i + 8]
        for j in range(0, 16, 8):
            for i in range(4):
                heard[j + i], heard[j + i + 4] = spare[j + i] + spare[j + i + 4], spare[j + i] - spare[j + i + 4]
        for j in range(0, 16, 4):
            for i in range(2):
                spare[j + i], spare[j + i + 2] = heard[j + i] + heard[j + i + 2], heard[j + i] - heard[j + i + 2]
        for j in range(0, 16, 2):
            heard[j], heard[j + 1] = spare[j] + spare[j + 1], spare[j] - spare[j + 1]
        for i in range(LINES):
            fed = 0.25 * heard[i] + inject[i] * sent[n]
            lines[place, i] = 0.0 if abs(fed) < SILENT else fed
        place = (place + 1) & mask
    at[0] = place


def warm() -> None:
    """Compile it for what it is called with."""
    ints = np.full(LINES, 3)
    reverberated(np.zeros(2), np.zeros((4, LINES)), np.zeros(1, dtype=np.int64), ints, np.zeros((5, LINES)),
                 np.zeros((2, LINES)), np.zeros(LINES), np.zeros((2, LINES)), np.zeros((2, 2)))  # fmt: skip
