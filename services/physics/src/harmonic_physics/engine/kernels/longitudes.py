"""Mean longitudes and resonant angles of osculating Jacobi orbits, by formulas that hold for circles too.

Murray and Dermott, Solar System Dynamics (1999), chapters 2 and 8; equinoctial axes: Broucke and Cefola 1972.
"""

from math import sqrt

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.elementary import arc_tangent_2, sincos
from harmonic_physics.engine.kernels.gravity import Floats


@inner
def longitudes_of(x: Floats, v: Floats, gm: Floats, body: int) -> tuple[float, float]:
    """Mean longitude and longitude of periapsis of a body about those listed before it [rad]; NaN if unbound."""
    r, u, w = np.zeros(3), np.zeros(3), np.zeros(3)
    inside = 0.0
    for i in range(body):
        inside += gm[i]
    for k in range(3):
        for i in range(body):
            r[k] -= gm[i] / inside * x[i, k]
            u[k] -= gm[i] / inside * v[i, k]
        r[k] += x[body, k]
        u[k] += v[body, k]
    mu = inside + gm[body]
    for k in range(3):
        w[k] = r[(k + 1) % 3] * u[(k + 2) % 3] - r[(k + 2) % 3] * u[(k + 1) % 3]
    spin = sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2])
    distance = sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2])
    pull = r[0] * u[0] + r[1] * u[1] + r[2] * u[2]
    speed = u[0] * u[0] + u[1] * u[1] + u[2] * u[2]
    axis = 1.0 / (2.0 / distance - speed / mu)
    w /= spin
    tilt = 1.0 / (1.0 + max(w[2], -0.999999999999))
    first = np.array([1.0 - w[0] * w[0] * tilt, -w[0] * w[1] * tilt, -w[0]])
    second = np.array([-w[0] * w[1] * tilt, 1.0 - w[1] * w[1] * tilt, -w[1]])
    rf, rg, ef, eg = 0.0, 0.0, 0.0, 0.0
    for k in range(3):
        e = ((speed - mu / distance) * r[k] - pull * u[k]) / mu
        rf += r[k] * first[k]
        rg += r[k] * second[k]
        ef += e * first[k]
        eg += e * second[k]
    e_cos, e_sin = spin * spin / (mu * distance) - 1.0, spin * pull / (mu * distance)  # of the true anomaly
    share = 1.0 / (1.0 + sqrt(max(0.0, 1.0 - e_cos * e_cos - e_sin * e_sin)))
    ahead = 2.0 * arc_tangent_2(share * e_sin, 1.0 + share * e_cos)  # true less eccentric anomaly
    mean = arc_tangent_2(rg, rf) - ahead - pull / sqrt(mu * axis)
    return mean, arc_tangent_2(eg, ef)


@inner
def resonance_phasor(x: Floats, v: Floats, gm: Floats, lambdas: Floats, pomegas: Floats) -> tuple[float, float]:
    """cos and sin of the angle sum_i (lambdas_i L_i + pomegas_i P_i), L mean longitude, P longitude of periapsis."""
    angle = 0.0
    for i in range(1, gm.shape[0]):
        if lambdas[i] != 0.0 or pomegas[i] != 0.0:
            mean, periapsis = longitudes_of(x, v, gm, i)
            angle += lambdas[i] * mean + pomegas[i] * periapsis
    s, c = sincos(angle)
    return c, s
