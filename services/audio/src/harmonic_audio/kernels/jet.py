"""An open pipe blown by a jet over an edge: Karjalainen, Cook; in the form of the Synthesis ToolKit's flute.

The jet's flow over the edge is the cubic x - x^3 of its deflection; the jet takes a part of the period to cross.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@kernel
def blow(
    breath: Floats, pipe: Floats, jet: Floats, ends: Floats, at: Integers, loss: float, dull: float, high_pass: float
) -> Floats:
    """Pressure at the open end, as many samples as ``breath`` (n,) has.

    ``pipe``, ``jet``: delay lines; ``ends`` (3,): the outputs of the loss filter, of pole ``dull``, and the input
    and output of the filter that keeps the mean out, of pole ``high_pass``; ``at`` (2,): where the lines
    stand; all carried in place.
    """
    out = np.empty(len(breath))
    for n in range(len(breath)):
        arrived = pipe[at[0]]
        passed = arrived + dull * (ends[0] - arrived)
        ends[0] = passed
        back = -loss * passed
        free = back - ends[1] + high_pass * ends[2]
        ends[1], ends[2] = back, free
        crossing = jet[at[1]]
        jet[at[1]] = breath[n] - 0.5 * free
        deflection = min(max(crossing, -1.5), 1.5)
        flow = min(max(deflection * (deflection * deflection - 1.0), -1.0), 1.0)
        pipe[at[0]] = flow + 0.5 * free
        at[0] = at[0] + 1 if at[0] + 1 < len(pipe) else 0
        at[1] = at[1] + 1 if at[1] + 1 < len(jet) else 0
        out[n] = passed
    return out


def warm() -> None:
    """Compile for the signature that voices use."""
    blow(np.zeros(2), np.zeros(3), np.zeros(3), np.zeros(3), np.zeros(2, dtype=np.int64), 0.9, 0.1, 0.99)
