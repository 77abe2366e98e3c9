"""The state-variable filter by topology-preserving transform, its cutoff and resonance set sample by sample.

Zavalishin, "The Art of VA Filter Design" (2018), section 4; the form of Simper, "Solving the continuous SVF equations
using trapezoidal integration" (2013). Trapezoidal integrators keep it stable however fast the cutoff moves. At rest its
response is the bilinear transform, warped so that the cutoff is exact: s = (1/g)(z - 1)/(z + 1), g = tan(pi fc / fs).
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import kernel

Floats = NDArray[np.float64]
LOW, BAND, HIGH, NOTCH = 0, 1, 2, 3


@kernel
def state_variable(x: Floats, cutoff: Floats, damping: Floats, mode: int, rate: float, state: Floats) -> Floats:
    """Filter x (n,). ``cutoff`` (n,) in hertz, held in 1 Hz .. 0.49 rate; ``damping`` (n,) is 1/Q, above 0; ``state``
    (2,) is carried in place. Modes 0 low 1/(s^2 + d s + 1), 1 band d s / (...), 2 high s^2 / (...), 3 notch."""
    out = np.empty(len(x))
    one, two = state[0], state[1]
    last = -1.0
    g = 0.0
    for n in range(len(x)):
        if cutoff[n] != last:
            last = cutoff[n]
            g = np.tan(np.pi * min(max(last / rate, 1.0 / rate), 0.49))
        d = damping[n]
        high = (x[n] - (g + d) * one - two) / (1.0 + g * (g + d))
        band = g * high + one
        one = g * high + band
        low = g * band + two
        two = g * band + low
        if mode == 0:
            out[n] = low
        elif mode == 1:
            out[n] = d * band
        elif mode == 2:
            out[n] = high
        else:
            out[n] = high + low
    state[0], state[1] = one, two
    return out


def warm() -> None:
    """Compile for the signature that voices use."""
    state_variable(np.zeros(2), np.ones(2), np.ones(2), LOW, 48_000.0, np.zeros(2))
