"""A bowed string as two delay lines that meet under the bow: McIntyre, Schumacher and Woodhouse (1983).

The friction curve is the one of Smith, "Efficient simulation of the reed-bore and bow-string mechanisms" (1986), in the
form of Cook and Scavone's Synthesis ToolKit. The period is a whole number of samples, and the loss at the bridge is a
symmetric filter, whose delay is one sample at every frequency: so the motion repeats exactly, and what the corners of
the friction curve fold back falls on the harmonics themselves.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@kernel
def bow(
    force: Floats, speed: Floats, bridge: Floats, nut: Floats, ends: Floats, at: Integers, loss: float, blur: float
) -> Floats:
    """Velocity at the bridge, as many samples as ``force`` (n,) has.

    ``force`` 0..1 and ``speed`` (n,) of the bow. ``bridge``, ``nut``: delay lines; ``ends`` (2,): the last two samples
    at the bridge; ``at`` (2,): where the lines stand; all carried in place. ``loss``: reflection at the bridge, below
    1; ``blur`` 0..0.25: outer taps of the filter there.
    """
    out = np.empty(len(force))
    for n in range(len(force)):
        arrived = bridge[at[0]]
        passed = blur * (arrived + ends[1]) + (1.0 - 2.0 * blur) * ends[0]
        ends[1], ends[0] = ends[0], arrived
        from_bridge = -loss * passed
        from_nut = -nut[at[1]]
        slip = speed[n] - (from_bridge + from_nut)
        grip = (abs(slip) * (5.0 - 4.0 * force[n]) + 0.75) ** -4.0
        pull = slip * min(grip, 1.0)
        bridge[at[0]] = from_nut + pull
        nut[at[1]] = from_bridge + pull
        at[0] = at[0] + 1 if at[0] + 1 < len(bridge) else 0
        at[1] = at[1] + 1 if at[1] + 1 < len(nut) else 0
        out[n] = passed
    return out


def warm() -> None:
    """Compile for the signature that voices use."""
    line = np.zeros(2)
    bow(line, line, np.zeros(3), np.zeros(3), np.zeros(2), np.zeros(2, dtype=np.int64), 0.9, 0.1)
