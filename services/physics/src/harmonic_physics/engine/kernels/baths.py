"""Heat baths for velocities v (3, n) of unit masses, of which the first `axes` components move; noise by its address.

Every bath returns the kinetic energy that it brought, so that the energy of atoms and bath together stays a test.
"""

from math import sqrt

from harmonic_physics.engine.kernels.clusters import Floats, Ints
from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.elementary import exponential, logarithm
from harmonic_physics.engine.kernels.randomness import normals, uniforms

KICKS, RESCALE, GAMMA, START = range(4)
"""Streams of random numbers: Langevin's kicks, Bussi's normal number and gamma number, the first velocities."""


@inner
def twice_kinetic(v: Floats) -> float:
    """sum v^2, added in order."""
    total = 0.0
    for i in range(v.shape[1]):
        total += v[0, i] * v[0, i] + v[1, i] * v[1, i] + v[2, i] * v[2, i]
    return total


@kernel
def kinetic(v: Floats) -> float:
    """Kinetic energy of unit masses."""
    return 0.5 * twice_kinetic(v)


@kernel
def langevin(v: Floats, name: Ints, axes: int, rate: float, t: float, h: float, seed: int, step: int) -> float:
    """The exact Ornstein-Uhlenbeck step of BAOAB (Leimkuhler and Matthews, AMRX 2013, 34); name (n,): atoms' ids."""
    keep = exponential(-rate * h)
    noise = sqrt(t * (1.0 - keep * keep))
    before = twice_kinetic(v)
    for i in range(v.shape[1]):
        a, b = normals(seed, KICKS, name[i], 2 * step)
        v[0, i] = keep * v[0, i] + noise * a
        v[1, i] = keep * v[1, i] + noise * b
        if axes == 3:
            c, _ = normals(seed, KICKS, name[i], 2 * step + 1)
            v[2, i] = keep * v[2, i] + noise * c
    return 0.5 * (twice_kinetic(v) - before)


@inner
def gamma(shape: float, seed: int, step: int) -> float:
    """A gamma-distributed number of scale 1 and shape >= 1 (Marsaglia and Tsang, ACM TOMS 26 (2000) 363)."""
    d = shape - 1.0 / 3.0
    c = 1.0 / sqrt(9.0 * d)
    for attempt in range(1000):
        x, _ = normals(seed, GAMMA, 2 * attempt, step)
        u, _ = uniforms(seed, GAMMA, 2 * attempt + 1, step)
        root = 1.0 + c * x
        cube = root * root * root
        if cube > 0.0 and logarithm(u) < 0.5 * x * x + d * (1.0 - cube + logarithm(cube)):
            return d * cube
    return d


@kernel
def rescale(v: Floats, freedoms: float, rate: float, t: float, h: float, seed: int, step: int) -> float:
    """Stochastic rescaling (Bussi, Donadio and Parrinello, J. Chem. Phys. 126 (2007) 014101, equation A7)."""
    twice = twice_kinetic(v)
    if twice == 0.0:
        return 0.0
    keep = exponential(-rate * h)
    r, _ = normals(seed, RESCALE, 0, step)
    others = 2.0 * gamma(0.5 * (freedoms - 1.0), seed, step)
    share = t / twice * (1.0 - keep)  # K_target / (N_f K) (1 - c)
    square = keep + share * (r * r + others) + 2.0 * r * sqrt(keep * share)
    factor = sqrt(max(square, 0.0))
    for i in range(v.shape[1]):
        for k in range(3):
            v[k, i] *= factor
    return 0.5 * (factor * factor - 1.0) * twice


@kernel
def throw(v: Floats, axes: int, seed: int) -> None:
    """Maxwellian velocities of temperature 1."""
    for i in range(v.shape[1]):
        a, b = normals(seed, START, i, 0)
        v[0, i], v[1, i] = a, b
        v[2, i] = normals(seed, START, i, 1)[0] if axes == 3 else 0.0


@kernel
def settle(v: Floats, freedoms: float, t: float) -> None:
    """No momentum, and exactly the temperature t."""
    n = v.shape[1]
    for k in range(3):
        total = 0.0
        for i in range(n):
            total += v[k, i]
        for i in range(n):
            v[k, i] -= total / n
    factor = sqrt(t * freedoms / twice_kinetic(v))
    for k in range(3):
        for i in range(n):
            v[k, i] *= factor


@kernel
def total(values: Floats) -> float:
    """The sum of values (n,), added in order."""
    result = 0.0
    for i in range(values.shape[0]):
        result += values[i]
    return result
