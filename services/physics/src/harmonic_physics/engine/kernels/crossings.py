"""What an orbit can cross: signed functions of the state that change sign at the event, and what must hold there."""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.dense import evaluate
from harmonic_physics.engine.kernels.gravity import Floats
from harmonic_physics.engine.kernels.longitudes import resonance_phasor
from harmonic_physics.engine.kernels.sights import approach_of_discs, covered

Ints = NDArray[np.int64]

TRANSIT, PERIHELION, CONJUNCTION, COLLISION, ESCAPE, ECLIPSE, RESONANCE, MERGER = range(8)


class Watch(NamedTuple):
    """The detectors, and what their functions need."""

    rows: Ints  # (detectors, 3): code, body a, body b or resonance
    limits: Floats  # (detectors,): squared distance of collisions and escapes
    axes: Floats  # (3, 3): line of sight, across it in the plane, normal of the plane
    centre: int  # where transits, perihelia and conjunctions are seen from; -1 is the barycentre
    shadows: int  # 1: eclipses are shadows cast by the first body's light; 0: they are seen along the line of sight
    longitudes: Floats  # (resonances, n): factors of the mean longitudes
    periapses: Floats  # (resonances, n): factors of the longitudes of periapsis
    aims: Floats  # (resonances, 2): cos and sin of the angle whose crossing is the event


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
def side(x: Floats, a: int, centre: int, axis: Floats) -> float:
    """How far body a is from the centre along an axis."""
    if centre < 0:
        return float(axis[0] * x[a, 0] + axis[1] * x[a, 1] + axis[2] * x[a, 2])
    return float(
        axis[0] * (x[a, 0] - x[centre, 0]) + axis[1] * (x[a, 1] - x[centre, 1]) + axis[2] * (x[a, 2] - x[centre, 2])
    )


@inner
def alignment(x: Floats, a: int, b: int, centre: int, n: Floats) -> float:
    """n . (p x q) of the vectors to a and b from the centre."""
    p0, p1, p2 = relative(x, a, centre, 0), relative(x, a, centre, 1), relative(x, a, centre, 2)
    q0, q1, q2 = relative(x, b, centre, 0), relative(x, b, centre, 1), relative(x, b, centre, 2)
    return float(n[0] * (p1 * q2 - p2 * q1) + n[1] * (p2 * q0 - p0 * q2) + n[2] * (p0 * q1 - p1 * q0))


@inner
def signals(watch: Watch, first: int, last: int, x: Floats, v: Floats, gm: Floats, out: Floats) -> None:
    """out[d] = the function of detector d, for first <= d < last."""
    rows, axes, centre = watch.rows, watch.axes, watch.centre
    for d in range(first, last):
        code, a, b = rows[d, 0], rows[d, 1], rows[d, 2]
        if code == TRANSIT:
            out[d] = side(x, a, centre, axes[1])
        elif code == PERIHELION:
            out[d] = pair_product(x, v, a, centre)
        elif code == CONJUNCTION:
            out[d] = alignment(x, a, b, centre, axes[2])
        elif code == COLLISION:
            out[d] = pair_square(x, a, b) - watch.limits[d]
        elif code == ESCAPE:
            out[d] = pair_square(x, a, centre) - watch.limits[d]
        elif code == ECLIPSE:
            out[d] = approach_of_discs(x, v, a, b, axes[0], watch.shadows)
        elif code == RESONANCE:
            c, s = resonance_phasor(x, v, gm, watch.longitudes[b], watch.periapses[b])
            out[d] = s * watch.aims[b, 0] - c * watch.aims[b, 1]


@inner
def signed(watch: Watch, d: int, x: Floats, v: Floats, gm: Floats) -> float:
    """The function of detector d alone."""
    out = np.empty(d + 1)
    signals(watch, d, d + 1, x, v, gm, out)
    return float(out[d])


@inner
def crosses(code: int, before: float, after: float) -> bool:
    """Whether the signs before and after a step mean an event of this code, in (start, end]."""
    up = before < 0.0 <= after
    down = before > 0.0 >= after
    if code in (PERIHELION, ESCAPE, ECLIPSE):
        return up
    if code == COLLISION:
        return down
    return up or down


@inner
def holds(watch: Watch, d: int, x: Floats, v: Floats, gm: Floats, radii: Floats) -> bool:
    """What must also be true at the crossing: the near side, the same side, discs that overlap, an unbound body."""
    code, a, b = watch.rows[d]
    if code == TRANSIT:
        return side(x, a, watch.centre, watch.axes[0]) > 0.0
    if code == CONJUNCTION:
        total = 0.0
        for k in range(3):
            total += relative(x, a, watch.centre, k) * relative(x, b, watch.centre, k)
        return total > 0.0
    if code == ECLIPSE:
        return covered(x, a, b, radii, watch.axes[0], watch.shadows) > 0.0
    if code == RESONANCE:
        c, s = resonance_phasor(x, v, gm, watch.longitudes[b], watch.periapses[b])
        return bool(c * watch.aims[b, 0] + s * watch.aims[b, 1] > 0.0)
    if code == ESCAPE:
        square, speed, mass = 0.0, 0.0, 0.0
        for k in range(3):
            square += relative(x, a, watch.centre, k) ** 2
            speed += relative(v, a, watch.centre, k) ** 2
        for i in range(gm.shape[0]):
            mass += gm[i]
        return 0.5 * speed > mass / sqrt(square)
    return True


@inner
def function_at(
    watch: Watch, d: int, nearing: bool, series: Floats, s: float, h: float, gm: Floats, x: Floats, v: Floats
) -> float:
    """The detector's function (or r . v of its pair) at the share s of a step; x and v are left as the state there."""
    evaluate(series, s, h, x, v)
    if nearing:
        return pair_product(x, v, watch.rows[d, 1], watch.rows[d, 2])
    return signed(watch, d, x, v, gm)


@inner
def strength(
    watch: Watch, d: int, series: Floats, s: float, h: float, gm: Floats, radii: Floats, x: Floats, v: Floats
) -> float:
    """Speed, closing speed, covered share, rate of the angle [deg / time]; 1 for what has no measure.

    x and v are the state at the share s of the step, and are left as such.
    """
    code, a, b = watch.rows[d]
    if code in (TRANSIT, CONJUNCTION):
        return 1.0
    if code == COLLISION:
        return abs(pair_product(x, v, a, b)) / sqrt(pair_square(x, a, b))
    if code == ECLIPSE:
        return covered(x, a, b, radii, watch.axes[0], watch.shadows)
    if code == RESONANCE:  # the function is the sine of the angle from the aim: its slope there is the angle's rate
        change = function_at(watch, d, False, series, s + 0.01, h, gm, x, v)
        change -= function_at(watch, d, False, series, s - 0.01, h, gm, x, v)
        evaluate(series, s, h, x, v)
        return abs(change) / (0.02 * h) * 57.29577951308232
    return sqrt(pair_square(v, a, watch.centre))


@inner
def root(
    watch: Watch, d: int, nearing: bool, series: Floats, h: float, gm: Floats, last: float, before: float,
    after: float, x: Floats, v: Floats,
) -> float:  # fmt: skip
    """Share of the step in (0, last] at which the function vanishes; x and v are left as the state there.

    Illinois' false position: it keeps a bracket and converges like a secant.
    """
    low, high, f_low, f_high = 0.0, last, before, after
    enough = 1e-14 * abs(after - before)
    s = last
    side = 0
    for _ in range(80):
        s = (low * f_high - high * f_low) / (f_high - f_low)
        f = function_at(watch, d, nearing, series, s, h, gm, x, v)
        if abs(f) <= enough:
            break
        if (f > 0.0) == (f_high > 0.0):
            high, f_high = s, f
            if side == 1:
                f_low *= 0.5
            side = 1
        else:
            low, f_low = s, f
            if side == -1:
                f_high *= 0.5
            side = -1
        if high - low <= 1e-14:
            break
    return s


@inner
def locate(
    watch: Watch, d: int, series: Floats, h: float, gm: Floats, radii: Floats, before: float, after: float,
    closing: float, opening: float, x: Floats, v: Floats,
) -> float:  # fmt: skip
    """Share of the step at which detector d's event happens, or -1; x and v are the state there.

    A collision may lie between two ends that are apart: then the closest approach is found first (`closing` and
    `opening` are r . v at the ends), and the contact before it, if there is one.
    """
    code = watch.rows[d, 0]
    last = 1.0
    if code == COLLISION and closing < 0.0 < opening and before > 0.0 and after > 0.0:
        last = root(watch, d, True, series, h, gm, 1.0, closing, opening, x, v)
        after = signed(watch, d, x, v, gm)
    if not crosses(code, before, after):
        return -1.0
    s = root(watch, d, False, series, h, gm, last, before, after, x, v)
    return s if 0.0 <= s <= 1.0 and holds(watch, d, x, v, gm, radii) else -1.0
