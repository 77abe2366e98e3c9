"""Moments on an arc between two states: closest approaches and crossings of a plane, by the quintic Hermite curve.

The curve takes place, velocity and acceleration of both ends; its error in a step of h is h^6 |x^(6)| / 46080. A root
is found to 1e-12 of the step by Illinois' false position (Dowell and Jarratt, BIT 11 (1971) 168).
Shapes: x, v, a at both ends are (n, 3): vectors of a body from what it passes.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel

Floats = NDArray[np.float64]
APPROACH, FARTHEST, PLANE, CROSSING, TURNING = range(5)
"""r.v through 0 upwards (the closest approach), downwards (the farthest point), e2.r through 0 where e1.r > 0;
and anywhere; and e2.v through 0."""
ROW = 8
"""Columns of an event: share of the step, kind, index, -1, speed, place."""


@inner
def place(
    x0: Floats, v0: Floats, a0: Floats, x1: Floats, v1: Floats, a1: Floats, h: float, s: float, out: Floats
) -> None:
    """out (2, 3) = place and velocity at the share s of the step of h (Hairer, Norsett, Wanner, section II.6)."""
    t = 1.0 - s
    t3, s3 = t * t * t, s * s * s
    p0, q0, r0 = t3 * (1.0 + s * (3.0 + 6.0 * s)), t3 * s * (1.0 + 3.0 * s), 0.5 * t3 * s * s
    p1, q1, r1 = s3 * (1.0 + t * (3.0 + 6.0 * t)), -s3 * t * (1.0 + 3.0 * t), 0.5 * s3 * t * t
    slope = 30.0 * t * t * s * s
    u0, w0 = t * t * (1.0 + s * (2.0 - 15.0 * s)), 0.5 * t * t * s * (2.0 - 5.0 * s)
    u1, w1 = s * s * (1.0 + t * (2.0 - 15.0 * t)), -0.5 * s * s * t * (2.0 - 5.0 * t)
    for k in range(3):
        out[0, k] = p0 * x0[k] + p1 * x1[k] + h * (q0 * v0[k] + q1 * v1[k]) + h * h * (r0 * a0[k] + r1 * a1[k])
        out[1, k] = slope * (x1[k] - x0[k]) / h + u0 * v0[k] + u1 * v1[k] + h * (w0 * a0[k] + w1 * a1[k])


@inner
def signed(kind: int, state: Floats, across: Floats) -> float:
    """The function whose zero is the event."""
    total = 0.0
    for k in range(3):
        total += state[1 if kind == TURNING else 0, k] * (across[k] if kind >= PLANE else state[1, k])
    return total


@inner
def share(
    kind: int,
    x0: Floats,
    v0: Floats,
    a0: Floats,
    x1: Floats,
    v1: Floats,
    a1: Floats,
    h: float,
    across: Floats,
    out: Floats,
) -> float:
    """The share of the step at which the sign changes, which it does between the ends; `out` is the state there."""
    low, high = 0.0, 1.0
    place(x0, v0, a0, x1, v1, a1, h, 0.0, out)
    f_low = signed(kind, out, across)
    place(x0, v0, a0, x1, v1, a1, h, 1.0, out)
    f_high = signed(kind, out, across)
    s, side = 1.0, 0
    for _ in range(60):
        if high - low <= 1e-12 or f_high == f_low:
            break
        s = (low * f_high - high * f_low) / (f_high - f_low)
        place(x0, v0, a0, x1, v1, a1, h, s, out)
        f = signed(kind, out, across)
        if f == 0.0:
            break
        if (f > 0.0) == (f_high > 0.0):
            f_low *= 0.5 if side == 1 else 1.0
            high, f_high, side = s, f, 1
        else:
            f_high *= 0.5 if side == -1 else 1.0
            low, f_low, side = s, f, -1
    return s


@inner
def passages_within(
    kind: int,
    x0: Floats, v0: Floats, a0: Floats, x1: Floats, v1: Floats, a1: Floats,
    h: float, along: Floats, across: Floats, out: Floats,
) -> int:  # fmt: skip
    """Events of one kind in a step, as rows of `out` (n, ROW). `along` and `across` (n, 3) are e1 and e2.

    Returns how many. Planes may be crossed, and motion along e2 turned, either way.
    """
    n, count = x0.shape[0], 0
    state = np.empty((2, 3))
    for i in range(n):
        before, after, side = 0.0, 0.0, 1.0
        for k in range(3):
            start, end = (v0[i, k], v1[i, k]) if kind == TURNING else (x0[i, k], x1[i, k])
            before += start * (across[i, k] if kind >= PLANE else v0[i, k])
            after += end * (across[i, k] if kind >= PLANE else v1[i, k])
        if kind == FARTHEST:
            before, after = -before, -after
        back = kind >= PLANE and before > 0.0 >= after
        if not (before < 0.0 <= after or back):
            continue
        s = share(kind, x0[i], v0[i], a0[i], x1[i], v1[i], a1[i], h, across[i], state)
        if kind == PLANE:
            side = 0.0
            for k in range(3):
                side += along[i, k] * state[0, k]
        if side > 0.0:
            out[count, 0], out[count, 1], out[count, 2], out[count, 3] = s, kind, i, -1.0
            out[count, 4] = np.sqrt(state[1, 0] ** 2 + state[1, 1] ** 2 + state[1, 2] ** 2)
            for k in range(3):
                out[count, 5 + k] = state[0, k]
            count += 1
    return count


@kernel
def passages(
    kind: int,
    x0: Floats, v0: Floats, a0: Floats, x1: Floats, v1: Floats, a1: Floats,
    h: float, along: Floats, across: Floats, out: Floats,
) -> int:  # fmt: skip
    """`passages_within`, for Python."""
    return passages_within(kind, x0, v0, a0, x1, v1, a1, h, along, across, out)
