"""Reading between samples: a windowed sinc whose band may be narrowed, so that what is read faster does not alias.

Smith and Gossett, "A flexible sampling-rate conversion method" (1984). The kernel is a table of the sinc under Kaiser's
window, 32 zero crossings to each side, 1024 points to each, a straight line between: errors stay below -110 dB.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import kernel

Floats = NDArray[np.float64]
CROSSINGS, POINTS = 32, 1024


@kernel
def read(data: Floats, places: Floats, widths: Floats, table: Floats, around: bool) -> Floats:
    """``data`` (m,) at ``places`` (n,) in samples from its first.

    ``widths`` (n,), at least 1: spacing of the sinc's crossings in samples of the data, so the band is 1/width of
    theirs. Beyond its ends the data are 0, or, with ``around``, go on from the other end.
    """
    out = np.zeros(len(places))
    size = len(data)
    for n in range(len(places)):
        width = widths[n]
        reach = CROSSINGS * width
        first = int(np.ceil(places[n] - reach))
        last = int(np.floor(places[n] + reach))
        if not around:
            first, last = max(first, 0), min(last, size - 1)
        step = POINTS / width
        total = 0.0
        for i in range(first, last + 1):
            at = abs(places[n] - i) * step
            whole = int(at)
            tap = table[whole] + (at - whole) * (table[whole + 1] - table[whole])
            total += tap * (data[i % size] if around else data[i])
        out[n] = total / width
    return out


def warm() -> None:
    """Compile for the signature that voices use."""
    read(np.zeros(4), np.zeros(1), np.ones(1), np.zeros(CROSSINGS * POINTS + 2), False)
