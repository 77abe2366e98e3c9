"""Reading band-limited waveforms: two neighbouring tables, six-point Lagrange interpolation, in double precision.

Tables are stored one after the other; table j has the harmonics up to K_j = floor(2^((j - 1)/4)), table 0 is silent.
At a frequency the harmonics up to K = 0.46 rate / frequency fit; the tables at and below 4 log2 K + 1 are cross-faded,
so that harmonics come and go smoothly while the pitch moves and none is ever above 0.46 of the sample rate.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import inner, kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@inner
def _read(flat: Floats, begin: int, size: int, cycles: float) -> float:
    at = (cycles - np.floor(cycles)) * size
    whole = int(at)
    u = at - whole
    i = begin + whole
    # Lagrange's polynomial through the points -2 .. 3, in the products of the distances.
    a, b, c, d, e, f = u + 2.0, u + 1.0, u, u - 1.0, u - 2.0, u - 3.0
    ab, ef, cd = a * b, e * f, c * d
    value: float = (
        -flat[i] * b * cd * ef / 120.0
        + flat[i + 1] * a * cd * ef / 24.0
        - flat[i + 2] * ab * d * ef / 12.0
        + flat[i + 3] * ab * c * ef / 12.0
        - flat[i + 4] * ab * cd * f / 24.0
        + flat[i + 5] * ab * cd * e / 120.0
    )
    return value


@kernel
def oscillate(flat: Floats, begins: Integers, sizes: Integers, cycles: Floats, hertz: Floats, rate: float) -> Floats:
    """The waveform at a phase in cycles (n,), band-limited for the frequencies in hertz (n,)."""
    out = np.empty(len(cycles))
    last = -1.0
    below, share = 0, 0.0
    for n in range(len(cycles)):
        if hertz[n] != last:
            last = hertz[n]
            room = max(0.46 * rate / max(abs(last), 1e-3), 2.0**-0.25)
            level = min(4.0 * np.log2(room) + 1.0, len(begins) - 1e-9)
            below = int(level)
            share = level - below
        # Weight `share` on the richer table: it is silent where its highest harmonic reaches the limit.
        rich = _read(flat, begins[below], sizes[below], cycles[n])
        poor = _read(flat, begins[max(below - 1, 0)], sizes[max(below - 1, 0)], cycles[n])
        out[n] = poor + share * (rich - poor)
    return out


def warm() -> None:
    """Compile for the signature that voices use."""
    whole = np.array([0, 16], dtype=np.int64)
    oscillate(np.zeros(64), whole, np.array([4, 4], dtype=np.int64), np.zeros(2), np.ones(2), 48_000.0)
