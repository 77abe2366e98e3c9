"""Two delay lines that feed themselves or each other through a low pass and a high pass."""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SILENT = 1e-30


@kernel
def echoed(
    sent: Floats, lines: Floats, at: Ints, filters: Floats, feedback: float, low: float, high: float, crossed: bool,
    out: Floats,
) -> None:  # fmt: skip
    """sent (n,); out (2, n): what comes out of the lines (2, delay), whose writing place is at[0].

    In the loop: y = (1 - low) x + low y' then z = (1 + high) / 2 (y - y') + high z'; filters (2, 2): y' and z' of each
    line, updated. Both have gain at most one, so the loop is stable for feedback < 1.
    """
    delay = lines.shape[1]
    place = at[0]
    back = np.empty(2)
    for n in range(sent.shape[0]):
        for side in range(2):
            heard = lines[side, place]
            out[side, n] = heard
            before = filters[side, 0]
            dark = (1.0 - low) * heard + low * before
            thin = 0.5 * (1.0 + high) * (dark - before) + high * filters[side, 1]
            filters[side, 0] = 0.0 if abs(dark) < SILENT else dark
            filters[side, 1] = 0.0 if abs(thin) < SILENT else thin
            back[side] = feedback * filters[side, 1]
        if crossed:
            lines[0, place] = sent[n] + back[1]
            lines[1, place] = back[0]
        else:
            lines[0, place] = sent[n] + back[0]
            lines[1, place] = sent[n] + back[1]
        place += 1
        if place == delay:
            place = 0
    at[0] = place


def warm() -> None:
    """Compile it for what it is called with."""
    ints = np.zeros(1, dtype=np.int64)
    echoed(np.zeros(2), np.zeros((2, 3)), ints, np.zeros((2, 2)), 0.5, 0.5, 0.9, True, np.zeros((2, 2)))
