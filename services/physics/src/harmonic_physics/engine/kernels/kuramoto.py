"""Kuramoto's phases by the classical Runge-Kutta method, in strict arithmetic with SIMD lanes across oscillators.

Phases are in turns. The mean field costs O(N): each feels z = sum e^{2 pi i u_j} / N alone (Y. Kuramoto, Chemical
Oscillations, Waves, and Turbulence, 1984). Sums run in 512 fixed lanes, so that they depend on N and on nothing else.
"""

from math import floor, sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.elementary import arc_tangent_2, sincos

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LANES = 512
MAGIC = 6755399441055744.0  # 1.5 * 2^52: adding and taking it away rounds to a whole number
TWO_PI = 6.283185307179586


@kernel
def sincos_lanes(u: Floats, sine: Floats, cosine: Floats) -> None:
    """sin and cos of 2 pi u for |u| < 2^40, without branches: Taylor's series on the half turn around each whole
    half."""
    for i in range(u.shape[0]):
        half = (2.0 * u[i] + MAGIC) - MAGIC
        odd = abs(half - 2.0 * ((0.5 * half + MAGIC) - MAGIC))
        sign = 1.0 - 2.0 * odd
        x = TWO_PI * (u[i] - 0.5 * half)
        s = x * x
        sine[i] = sign * (x * (1.0 + s * (-1 / 6 + s * (1 / 120 + s * (-1 / 5040 + s * (1 / 362880 + s * (-1 / 39916800
            + s * (1 / 6227020800 + s * (-1 / 1307674368000 + s * (1 / 355687428096000 + s * (-1 / 121645100408832000
            + s * (1 / 51090942171709440000))))))))))))  # fmt: skip
        cosine[i] = sign * (1.0 + s * (-1 / 2 + s * (1 / 24 + s * (-1 / 720 + s * (1 / 40320 + s * (-1 / 3628800
            + s * (1 / 479001600 + s * (-1 / 87178291200 + s * (1 / 20922789888000 + s * (-1 / 6402373705728000
            + s * (1 / 2432902008176640000 + s * (-1 / 1124000727777607680000))))))))))))  # fmt: skip


@inner
def lane_sum(values: Floats, lanes: Floats) -> float:
    """The sum of any number of values, lane by lane, then over the lanes in order."""
    n = values.shape[0]
    lanes[:] = 0.0
    whole = n - n % LANES
    for first in range(0, whole, LANES):
        for l in range(LANES):  # noqa: E741
            lanes[l] += values[first + l]
    for i in range(whole, n):
        lanes[i - whole] += values[i]
    total = 0.0
    for l in range(LANES):  # noqa: E741
        total += lanes[l]
    return total


@inner
def rates(
    u: Floats, natural: Floats, coupling: float, lag: tuple[float, float], starts: Ints, others: Ints, weights: Floats,
    sine: Floats, cosine: Floats, lanes: Floats, out: Floats,
) -> tuple[float, float]:  # fmt: skip
    """du/dt = f + coupling * sum_j w_ij sin(2 pi (u_j - u_i) - lag) in turns a second; the mean field (x, y).

    `coupling` is K / 2 pi; lag: (sin, cos). Without edges (`starts` empty) everyone feels everyone at 1 / N.
    """
    n = u.shape[0]
    sincos_lanes(u, sine, cosine)
    x, y = lane_sum(cosine, lanes) / n, lane_sum(sine, lanes) / n
    if starts.shape[0] == 0:
        a, b = coupling * (x * lag[1] + y * lag[0]), coupling * (y * lag[1] - x * lag[0])
        for i in range(n):
            out[i] = natural[i] + (b * cosine[i] - a * sine[i])
        return x, y
    for i in range(n):
        near_x, near_y = 0.0, 0.0
        for e in range(starts[i], starts[i + 1]):
            near_x += weights[e] * cosine[others[e]]
            near_y += weights[e] * sine[others[e]]
        a, b = near_x * lag[1] + near_y * lag[0], near_y * lag[1] - near_x * lag[0]
        out[i] = natural[i] + coupling * (b * cosine[i] - a * sine[i])
    return x, y


@inner
def between(s: float, h: float, a: float, b: float, slope_a: float, slope_b: float) -> float:
    """Hermite's cubic at the share s of a step: order 3, of one piece with the method's error."""
    t = 1.0 - s
    return t * t * (1.0 + 2.0 * s) * a + s * s * (3.0 - 2.0 * s) * b + h * s * t * (t * slope_a - s * slope_b)


@inner
def passage(level: float, h: float, a: float, b: float, slope_a: float, slope_b: float) -> float:
    """Share of the step at which the cubic passes the level, by bisection to the last bit of a share."""
    low, high = 0.0, 1.0
    rising = b > a
    for _ in range(52):
        middle = 0.5 * (low + high)
        if (between(middle, h, a, b, slope_a, slope_b) < level) == rising:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def order_at(s: float, h: float, u: Floats, v: Floats, slope_u: Floats, slope_v: Floats, room: Floats) -> float:
    """The order parameter at the share s of a step from u to v; room (3, n)."""
    for i in range(u.shape[0]):
        room[0, i] = between(s, h, u[i], v[i], slope_u[i], slope_v[i])
    sincos_lanes(room[0], room[1], room[2])
    lanes = np.empty(LANES)
    x, y = lane_sum(room[2], lanes) / u.shape[0], lane_sum(room[1], lanes) / u.shape[0]
    return sqrt(x * x + y * y)


@inner
def threshold_passage(
    level: float, h: float, before: float, after: float, u: Floats, v: Floats, slope_u: Floats, slope_v: Floats,
    room: Floats,
) -> float:  # fmt: skip
    """Share of the step at which the order parameter passes the level."""
    low, high = 0.0, 1.0
    rising = after > before
    for _ in range(40):
        middle = 0.5 * (low + high)
        if (order_at(middle, h, u, v, slope_u, slope_v, room) < level) == rising:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def settle(
    u: Floats, natural: Floats, coupling: float, phase_lag: float, starts: Ints, others: Ints, weights: Floats,
    out: Floats, field: Floats,
) -> None:  # fmt: skip
    """The rates now, and field = [x, y, order parameter, its angle in radians]."""
    n = u.shape[0]
    room, lanes = np.empty((2, n)), np.empty(LANES)
    x, y = rates(u, natural, coupling, sincos(phase_lag), starts, others, weights, room[0], room[1], lanes, out)
    field[0], field[1], field[2], field[3] = x, y, sqrt(x * x + y * y), arc_tangent_2(y, x)


@kernel
def march(
    u: Floats, rate: Floats, field: Floats, natural: Floats, coupling: float, phase_lag: float, starts: Ints,
    others: Ints, weights: Floats, start: float, first: int, h: float, count: int, level: float,
    shown: Ints, kinds: Ints, rows: Floats,
) -> tuple[int, int]:  # fmt: skip
    """`count` steps or until there is no room for events: (steps taken, events). kinds: wrap, synchrony, threshold."""
    n = u.shape[0]
    lag = sincos(phase_lag)
    room, lanes = np.empty((9, n)), np.empty(LANES)
    sine, cosine, k, total, stage, end = room[0], room[1], room[2], room[3], room[4], room[5]
    found = 0
    for step in range(count):
        if found + 4 * shown.shape[0] + 2 > rows.shape[0]:
            return step, found
        for i in range(n):
            stage[i] = u[i] + 0.5 * h * rate[i]
        rates(stage, natural, coupling, lag, starts, others, weights, sine, cosine, lanes, k)
        for i in range(n):
            total[i] = rate[i] + 2.0 * k[i]
            stage[i] = u[i] + 0.5 * h * k[i]
        rates(stage, natural, coupling, lag, starts, others, weights, sine, cosine, lanes, k)
        for i in range(n):
            total[i] += 2.0 * k[i]
            stage[i] = u[i] + h * k[i]
        rates(stage, natural, coupling, lag, starts, others, weights, sine, cosine, lanes, k)
        for i in range(n):
            end[i] = u[i] + (h / 6.0) * (total[i] + k[i])
        x, y = rates(end, natural, coupling, lag, starts, others, weights, sine, cosine, lanes, k)
        order = sqrt(x * x + y * y)
        begin = start + (first + step) * h
        for j in range(shown.shape[0]):
            i = shown[j]
            turns = int(floor(end[i]))  # noqa: RUF046  # numba's floor of a float is a float
            for turn in range(min(abs(turns), 3)):
                target = 1.0 + turn if turns > 0 else -1.0 * turn
                rows[found, 0] = begin + h * passage(target, h, u[i], end[i], rate[i], k[i])
                rows[found, 1], rows[found, 2], rows[found, 3] = kinds[0], j, -1.0
                rows[found, 4] = order
                rows[found, 5], rows[found, 6], rows[found, 7] = 1.0, 0.0, 0.0
                found += 1
        if (field[2] < level) != (order < level):
            share = threshold_passage(level, h, field[2], order, u, end, rate, k, room[6:])
            rows[found, 0] = begin + h * share
            rows[found, 1] = kinds[1] if order >= level else kinds[2]
            rows[found, 2], rows[found, 3], rows[found, 4] = -1.0, -1.0, level
            rows[found, 5], rows[found, 6], rows[found, 7] = x, y, 0.0
            found += 1
        for i in range(n):
            u[i] = end[i] - floor(end[i])
            rate[i] = k[i]
        field[0], field[1], field[2], field[3] = x, y, order, arc_tangent_2(y, x)
    return count, found


@kernel
def lorentz_quantile(share: float) -> float:
    """tan(pi (share - 1/2)): below which a share of the Lorentz distribution of width 1 lies."""
    s, c = sincos(3.141592653589793 * (share - 0.5))
    return s / c
