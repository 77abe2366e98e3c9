"""Strings beyond linear modes: bow and tension modulation by a splitting in which no part can add stored energy.

H = sum (v^2 + w^2 q^2) / 2 + psi^2 / 2, where psi^2 / 2 is the potential of stretching (Kirchhoff and Carrier) and
psi is
a variable of its own (SAV: Bilbao, Ducceschi, Webb, DAFx-19), psi' = grad psi . v. One step of h is
  half: v along g = grad psi, and psi, turn into each other:  Cayley's rotation, |v|^2 + psi^2 constant
  half: the bow takes relative speed at the rate of its frozen friction slope: exact decay
  whole: every mode moves by its exact damped flow
  half, half: the same two in reverse order.
Symmetric, so of order 2; each part keeps H or lowers it, whatever h is (apart from what a moving bow feeds in).
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.modal import moved, squared
from harmonic_physics.engine.kernels.phases import exponential

Floats = NDArray[np.float64]

QUIET, FELL, SLIPPED = range(3)
"""Why `walk` came back: all steps taken, the energy fell below the level, the string slipped off the bow."""
PSI, LOST, GIVEN, ENERGY = range(4)
"""Slots of a string's book: psi, energy lost to damping, energy given by the bow, stored energy after the last step."""


@inner
def stretch(h: float, q: Floats, v: Floats, pull: Floats, book: Floats) -> None:
    """Exchange of speed along grad psi = pull q with psi, for a time h."""
    square, along = 0.0, 0.0
    for k in range(q.shape[0]):
        g = pull[k] * q[k]
        square += g * g
        along += g * v[k]
    if square == 0.0:
        return
    half = 0.5 * h  # Cayley: (along', psi') solve the midpoint rule of along' = -|g|^2 psi, psi' = along
    before = book[PSI]
    after = (before * (1.0 - half * half * square) + h * along) / (1.0 + half * half * square)
    push = half * (before + after)
    for k in range(q.shape[0]):
        v[k] -= push * pull[k] * q[k]
    book[PSI] = after


@inner
def rub(h: float, v: Floats, bow: Floats, hair: Floats, book: Floats) -> None:
    """The bow's friction F sqrt(2 a) r exp(-a r^2 + 1/2) on relative speed r. hair = speed, force, a, |bow|^2."""
    if hair[1] == 0.0:
        return
    speed = 0.0
    for k in range(v.shape[0]):
        speed += bow[k] * v[k]
    relative = speed - hair[0]
    slope = hair[1] * sqrt(2.0 * hair[2]) * exponential(0.5 - hair[2] * relative * relative)
    change = relative * (exponential(-slope * hair[3] * h) - 1.0) / hair[3]
    for k in range(v.shape[0]):
        v[k] += change * bow[k]
    book[GIVEN] += change * (speed + 0.5 * change * hair[3])


@inner
def stored(q: Floats, v: Floats, stiff: Floats) -> float:
    """Energy of the linear modes; four sums side by side, added in a fixed order."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    m = q.shape[0]
    whole = m - m % 4
    for k in range(0, whole, 4):
        a += v[k] * v[k] + stiff[k] * q[k] * q[k]
        b += v[k + 1] * v[k + 1] + stiff[k + 1] * q[k + 1] * q[k + 1]
        c += v[k + 2] * v[k + 2] + stiff[k + 2] * q[k + 2] * q[k + 2]
        d += v[k + 3] * v[k + 3] + stiff[k + 3] * q[k + 3] * q[k + 3]
    for k in range(whole, m):
        a += v[k] * v[k] + stiff[k] * q[k] * q[k]
    return 0.5 * ((a + b) + (c + d))


@inner
def leap(
    h: float, q: Floats, v: Floats, flow: Floats, stiff: Floats, pull: Floats, bow: Floats, hair: Floats, book: Floats
) -> None:
    """One step. flow (4, m): q' = flow[0] q + flow[1] v, v' = flow[2] q + flow[3] v."""
    half = 0.5 * h
    stretch(half, q, v, pull, book)
    rub(half, v, bow, hair, book)
    before = stored(q, v, stiff)
    for k in range(q.shape[0]):
        x, y = q[k], v[k]
        q[k] = flow[0, k] * x + flow[1, k] * y
        v[k] = flow[2, k] * x + flow[3, k] * y
    book[LOST] += before - stored(q, v, stiff)
    rub(half, v, bow, hair, book)
    stretch(half, q, v, pull, book)


@kernel
def flows(modes: Floats, h: float, out: Floats) -> None:
    """The exact flow of every mode over h."""
    for k in range(modes.shape[0]):
        out[0, k], out[2, k] = moved(1.0, 0.0, modes[k, 0], modes[k, 1], h)
        out[1, k], out[3, k] = moved(0.0, 1.0, modes[k, 0], modes[k, 1], h)


@kernel
def stiffnesses(modes: Floats, out: Floats) -> None:
    """w^2 of every mode."""
    for k in range(modes.shape[0]):
        out[k] = squared(modes, k)


@inner
def sliding(v: Floats, bow: Floats, hair: Floats) -> float:
    """a r^2 - 1/2: positive where the friction curve falls and the string slides; negative without a bow."""
    if hair[1] == 0.0:
        return -1.0
    speed = 0.0
    for k in range(v.shape[0]):
        speed += bow[k] * v[k]
    return float(hair[2] * (speed - hair[0]) ** 2 - 0.5)


@kernel
def walk(
    count: int, h: float, q: Floats, v: Floats, flow: Floats, stiff: Floats, pull: Floats, bow: Floats, hair: Floats,
    book: Floats, level: float, slips: bool, old_q: Floats, old_v: Floats, old_book: Floats,
) -> tuple[int, int]:  # fmt: skip
    """Up to `count` steps: how many were taken, and why no more. old_* hold the state before the last of them."""
    before = sliding(v, bow, hair) if slips else -1.0
    for i in range(count):
        old_q[:] = q
        old_v[:] = v
        old_book[:] = book
        leap(h, q, v, flow, stiff, pull, bow, hair, book)
        book[ENERGY] = stored(q, v, stiff) + 0.5 * book[PSI] * book[PSI]
        if book[ENERGY] < level:
            return i + 1, FELL
        if slips:
            now = sliding(v, bow, hair)
            if before <= 0.0 < now:
                return i + 1, SLIPPED
            before = now
    return count, QUIET


@kernel
def moment_of(
    code: int, h: float, old_q: Floats, old_v: Floats, old_book: Floats, modes: Floats, stiff: Floats, pull: Floats,
    bow: Floats, hair: Floats, level: float, q: Floats, v: Floats, book: Floats, flow: Floats,
) -> float:  # fmt: skip
    """Time within (0, h] at which the energy fell to the level, or the string slipped: by steps of trial lengths."""
    low, high = 0.0, h
    for _ in range(60):
        middle = 0.5 * (low + high)
        q[:] = old_q
        v[:] = old_v
        book[:] = old_book
        for k in range(modes.shape[0]):
            flow[0, k], flow[2, k] = moved(1.0, 0.0, modes[k, 0], modes[k, 1], middle)
            flow[1, k], flow[3, k] = moved(0.0, 1.0, modes[k, 0], modes[k, 1], middle)
        leap(middle, q, v, flow, stiff, pull, bow, hair, book)
        if code == FELL:
            happened = stored(q, v, stiff) + 0.5 * book[PSI] * book[PSI] < level
        else:
            happened = sliding(v, bow, hair) > 0.0
        if happened:
            high = middle
        else:
            low = middle
    return high


@kernel
def grid_walk(
    count: int, h: float, u: Floats, w: Floats, last: float, c2: float, k2: float, s0: float, s1: float, force: Floats,
) -> float:  # fmt: skip
    """Leapfrog of u_tt = c2 u_xx - k2 u_xxxx - 2 s0 u_t + 2 s1 u_txx on a grid (Bilbao 2009, section 7.3).

    c2, k2 and s1 are over h^2, h^4 and h^2 of the grid. u (n + 1,) at the step, w at half a step before it (`last`
    long);
    ends are simply supported: u = 0 and u_xx = 0. Steps may change: kicks last (last + h) / 2. Returns the step.
    """
    n = u.shape[0] - 1
    for _ in range(count):
        kick = 0.5 * (last + h)
        fade = exponential(-2.0 * s0 * kick)
        for i in range(n - 3):  # inside: two neighbours on either side
            bent = (u[i] + u[i + 4]) - 4.0 * (u[i + 1] + u[i + 3]) + 6.0 * u[i + 2]
            force[i + 2] = c2 * ((u[i + 1] + u[i + 3]) - 2.0 * u[i + 2]) - k2 * bent
        force[1] = c2 * (u[2] - 2.0 * u[1]) - k2 * ((u[3] - u[1]) - 4.0 * u[2] + 6.0 * u[1])
        force[n - 1] = c2 * (u[n - 2] - 2.0 * u[n - 1]) - k2 * ((u[n - 3] - u[n - 1]) - 4.0 * u[n - 2] + 6.0 * u[n - 1])
        if s1 > 0.0:
            for i in range(n - 1):
                force[i + 1] += 2.0 * s1 * ((w[i] + w[i + 2]) - 2.0 * w[i + 1])
        for i in range(1, n):
            w[i] = fade * (w[i] + kick * force[i])
        for i in range(1, n):
            u[i] += h * w[i]
        last = h
    return last


@kernel
def grid_energy(u: Floats, w: Floats, h: float, c2: float, k2: float, mass: float) -> float:
    """The energy that the leapfrog keeps: speeds at half a step before, the two displacements around it; in J."""
    n = u.shape[0] - 1
    total = 0.0
    for i in range(1, n):
        total += w[i] * w[i]
    for i in range(n):
        a = u[i + 1] - u[i]
        b = a - h * (w[i + 1] - w[i])
        total += c2 * a * b
    for i in range(1, n):
        a = (u[i - 1] + u[i + 1]) - 2.0 * u[i]
        b = a - h * ((w[i - 1] + w[i + 1]) - 2.0 * w[i])
        total += k2 * a * b
    return 0.5 * mass * total
