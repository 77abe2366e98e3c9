"""What an orbit can cross, and when exactly: signed functions of the state, and their roots on the flow itself.

A detector is (code, a, b) with the codes below. Its function changes sign at the event. Roots are found by
re-integrating from the start of the step to the trial time, so that they are as exact as the integrator.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.gravity import Floats, step

Ints = NDArray[np.int64]

TRANSIT, PERIHELION, CONJUNCTION, COLLISION, ESCAPE = range(5)


@inner
def relative(x: Floats, a: int, centre: int, k: int) -> float:
    """Component k of body a's vector from the centre; centre -1 is the barycentre, at the origin."""
    if centre < 0:
        return float(x[a, k])
    return float(x[a, k] - x[centre, k])


@inner
def pair_product(x: Floats, v: Floats, a: int, b: int) -> float:
    """r . v of b seen from a (b = -1: of a seen from the origin): negative while they approach."""
    total = 0.0
    for k in range(3):
        total += relative(x, a, b, k) * relative(v, a, b, k)
    return total


@inner
def pair_square(x: Floats, a: int, b: int) -> float:
    """Squared distance of a and b (b = -1: of a from the origin)."""
    total = 0.0
    for k in range(3):
        total += relative(x, a, b, k) ** 2
    return total


@inner
def signed(code: int, a: int, b: int, x: Floats, v: Floats, axes: Floats, centre: int, limit: float) -> float:
    """The detector's function. axes[0] = line of sight, axes[1] = across it in the plane, axes[2] = normal."""
    if code == TRANSIT:
        total = 0.0
        for k in range(3):
            total += axes[1, k] * relative(x, a, centre, k)
        return total
    if code == PERIHELION:
        return pair_product(x, v, a, centre)
    if code == CONJUNCTION:
        p0, p1, p2 = relative(x, a, centre, 0), relative(x, a, centre, 1), relative(x, a, centre, 2)
        q0, q1, q2 = relative(x, b, centre, 0), relative(x, b, centre, 1), relative(x, b, centre, 2)
        n0, n1, n2 = axes[2]
        return float(n0 * (p1 * q2 - p2 * q1) + n1 * (p2 * q0 - p0 * q2) + n2 * (p0 * q1 - p1 * q0))
    if code == COLLISION:
        return pair_square(x, a, b) - limit
    return pair_square(x, a, centre) - limit


@inner
def crosses(code: int, before: float, after: float) -> bool:
    """Whether the signs before and after a step mean an event of this code, in (start, end]."""
    up = before < 0.0 <= after
    down = before > 0.0 >= after
    if code in (PERIHELION, ESCAPE):
        return up
    if code == COLLISION:
        return down
    return up or down


@inner
def holds(code: int, a: int, b: int, x: Floats, v: Floats, gm: Floats, axes: Floats, centre: int) -> bool:
    """What must also be true at the crossing: the near side, the same side, or an unbound body."""
    if code == TRANSIT:
        total = 0.0
        for k in range(3):
            total += axes[0, k] * relative(x, a, centre, k)
        return total > 0.0
    if code == CONJUNCTION:
        total = 0.0
        for k in range(3):
            total += relative(x, a, centre, k) * relative(x, b, centre, k)
        return total > 0.0
    if code == ESCAPE:
        square, speed, mass = 0.0, 0.0, 0.0
        for k in range(3):
            square += relative(x, a, centre, k) ** 2
            speed += relative(v, a, centre, k) ** 2
        for i in range(gm.shape[0]):
            mass += gm[i]
        return 0.5 * speed > mass / sqrt(square)
    return True


@inner
def strength(code: int, a: int, b: int, x: Floats, v: Floats, centre: int) -> float:
    """Speed at a perihelion or escape, closing speed of a collision, 1 for what has no measure."""
    if code in (TRANSIT, CONJUNCTION):
        return 1.0
    if code == COLLISION:
        return abs(pair_product(x, v, a, b)) / sqrt(pair_square(x, a, b))
    return sqrt(pair_square(v, a, centre))


@inner
def flow(start: Floats, out: Floats, gm: Floats, tau: float, drift: Floats, kick: Floats, acc: Floats) -> None:
    """out = the state [x, v, cx, cv] a time tau after `start`, both (4, n, 3)."""
    out[:] = start
    step(out[0], out[1], out[2], out[3], gm, tau, drift, kick, acc)


@inner
def root(
    code: int,
    a: int,
    b: int,
    start: Floats,
    trial: Floats,
    gm: Floats,
    span: float,
    before: float,
    after: float,
    axes: Floats,
    centre: int,
    limit: float,
    drift: Floats,
    kick: Floats,
    acc: Floats,
) -> float:
    """Time in (0, span] at which the detector's function vanishes; `trial` is left as the state there.

    Illinois' false position: it keeps a bracket and converges like a secant; to 1e-13 of the span.
    """
    low, high, f_low, f_high = 0.0, span, before, after
    enough = 1e-13 * abs(after - before)
    tau = span
    side = 0
    for _ in range(80):
        tau = (low * f_high - high * f_low) / (f_high - f_low)
        flow(start, trial, gm, tau, drift, kick, acc)
        f = signed(code, a, b, trial[0], trial[1], axes, centre, limit)
        if abs(f) <= enough:
            break
        if (f > 0.0) == (f_high > 0.0):
            high, f_high = tau, f
            if side == 1:
                f_low *= 0.5
            side = 1
        else:
            low, f_low = tau, f
            if side == -1:
                f_high *= 0.5
            side = -1
        if high - low <= 1e-14 * span:
            break
    return tau


@inner
def locate(
    code: int,
    a: int,
    b: int,
    start: Floats,
    end: Floats,
    trial: Floats,
    gm: Floats,
    h: float,
    before: float,
    after: float,
    closing: float,
    opening: float,
    axes: Floats,
    centre: int,
    limit: float,
    drift: Floats,
    kick: Floats,
    acc: Floats,
) -> float:
    """Time of the detector's event within the step h from `start` to `end`, or -1; `trial` is the state there.

    A collision may lie between two ends that are apart: then the closest approach is found first (`closing` and
    `opening` are r . v at the ends), and the contact before it, if there is one.
    """
    grazing = code == COLLISION and closing < 0.0 < opening and before > 0.0 and after > 0.0
    if not grazing:
        if not crosses(code, before, after):
            return -1.0
        sides = holds(code, a, b, start[0], start[1], gm, axes, centre)
        if not (sides or holds(code, a, b, end[0], end[1], gm, axes, centre)):
            return -1.0
    watched, low, high, origin, span = code, before, after, centre, h
    if grazing:
        watched, low, high, origin = PERIHELION, closing, opening, b
    while True:  # one call of root, which is large when compiled
        tau = root(watched, a, b, start, trial, gm, span, low, high, axes, origin, limit, drift, kick, acc)
        if not 0.0 <= tau <= h:
            return -1.0
        if watched == code:
            break
        nearest = signed(code, a, b, trial[0], trial[1], axes, centre, limit)
        if nearest >= 0.0:
            return -1.0
        watched, low, high, origin, span = code, before, nearest, centre, tau
    return tau if holds(code, a, b, trial[0], trial[1], gm, axes, centre) else -1.0
