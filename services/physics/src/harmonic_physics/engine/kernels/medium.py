"""What the medium does to speeds in one kick: drag solved exactly, and Langevin's noise from a counted generator.

The noise of a body in a kick is a function of seed, kick and body alone (SplitMix64: Steele, Lea and Flood, OOPSLA
2014): nothing to store, the same on every machine that rounds log and cos alike.
"""

from math import pi, sqrt

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.elementary import exponential, logarithm, sincos
from harmonic_physics.engine.kernels.spheres import Floats, V

MIX_1, MIX_2, MIX_3 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
S30, S27, S31, S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


VISCOUS, QUADRATIC = range(2)
"""Columns of rates (n, 2): gamma [1/s] of dv/dt = -gamma v, kappa [1/m] of dv/dt = -kappa |v| v."""
COUPLING, HEAT = range(2)
"""Of bath (2,): coupling to the heat bath [1/s], and k_B T [J]."""


@inner
def mixed(seed: int, kick: int, lane: int) -> float:
    """A number in (0, 1), uniform, by three rounds of SplitMix64's finaliser."""
    z = np.uint64(seed)
    for part in (kick, lane):
        z = (z + np.uint64(part) + np.uint64(1)) * MIX_1
        z = (z ^ (z >> S30)) * MIX_2
        z = (z ^ (z >> S27)) * MIX_3
        z = z ^ (z >> S31)
    return (float(z >> S11) + 0.5) * 2.0**-53


@inner
def normal(seed: int, kick: int, lane: int) -> float:
    """A standard normal number (Box and Muller 1958)."""
    u, v = mixed(seed, kick, 2 * lane), mixed(seed, kick, 2 * lane + 1)
    return sqrt(-2.0 * logarithm(u)) * sincos(2.0 * pi * v)[1]


@inner
def brakes(rates: Floats, span: float, room: Floats) -> None:
    """room (n, >= 8): column 6 = e^(-gamma span), 7 = kappa (1 - that) / gamma: what drag over `span` needs."""
    for i in range(rates.shape[0]):
        gamma, kappa = rates[i, VISCOUS], rates[i, QUADRATIC]
        keep = exponential(-gamma * span)
        room[i, 6] = keep
        room[i, 7] = kappa * ((1.0 - keep) / gamma if gamma * span > 1e-8 else span * (1.0 - 0.5 * gamma * span))


@inner
def resist(body: Floats, i: int, room: Floats) -> None:
    """ds/dt = -gamma s - kappa s^2 for the speed s of body i, exactly."""
    speed = sqrt(body[i, V] ** 2 + body[i, V + 1] ** 2 + body[i, V + 2] ** 2)
    factor = room[i, 6] / (1.0 + room[i, 7] * speed)
    for k in range(3):
        body[i, V + k] *= factor


@inner
def shake(body: Floats, mass: float, axes: int, bath: Floats, seed: int, i: int, span: float, kick: int) -> None:
    """The Ornstein-Uhlenbeck process over `span`, exactly: v e^-ch + sqrt(kT / m (1 - e^-2ch)) xi."""
    keep = exponential(-bath[COUPLING] * span)
    width = sqrt(bath[HEAT] / mass * (1.0 - keep * keep))
    for k in range(axes):
        body[i, V + k] = keep * body[i, V + k] + width * normal(seed, kick, 3 * i + k)
