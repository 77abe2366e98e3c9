"""A cylindrical pipe blown through a reed: Smith (1986), in the form of Cook and Scavone's Synthesis ToolKit.

The pipe is half a period long, a whole number of samples, with a symmetric loss filter: as of the bowed string, the
motion repeats exactly and folds back onto its own harmonics alone.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@kernel
def blow(
    breath: Floats, pipe: Floats, ends: Floats, at: Integers, loss: float, blur: float, opening: float, slope: float
) -> Floats:
    """Pressure at the mouthpiece, as many samples as ``breath`` (n,), the mouth's pressure, has.

    ``pipe``: delay line; ``ends`` (2,): the last two samples at the open end; ``at`` (1,): where the line stands; all
    carried in place. ``loss``, ``blur``: reflection at the open end. The reed reflects opening + slope times the
    difference of pressures, within -1..1.
    """
    out = np.empty(len(breath))
    for n in range(len(breath)):
        arrived = pipe[at[0]]
        passed = blur * (arrived + ends[1]) + (1.0 - 2.0 * blur) * ends[0]
        ends[1], ends[0] = ends[0], arrived
        difference = -loss * passed - breath[n]
        reflected = min(max(opening + slope * difference, -1.0), 1.0)
        sent = breath[n] + difference * reflected
        pipe[at[0]] = sent
        at[0] = at[0] + 1 if at[0] + 1 < len(pipe) else 0
        out[n] = passed
    return out


def warm() -> None:
    """Compile for the signature that voices use."""
    blow(np.zeros(2), np.zeros(3), np.zeros(2), np.zeros(1, dtype=np.int64), 0.9, 0.1, 0.7, -0.3)
