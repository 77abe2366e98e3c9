"""One step of the Gauss-Radau integrator of order 15: predict, converge, finish; and how long the next one may be.

Rein and Spiegel 2015 (MNRAS 446, 1424), Everhart 1985. Vectors are flat, (3 n,); b, e and the accelerations at the
nodes are (7, 3 n). s in [0, 1] is the share of the step: a(s) = a0 + b0 s + b1 s^2 + ... + b6 s^7.
"""

from math import sqrt

import numpy as np

from harmonic_physics.engine.integrators.gauss_radau import GAUSS_RADAU_15
from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.gravity import Floats, accelerate

NODES = np.array(GAUSS_RADAU_15.nodes)
GAPS = np.array(GAUSS_RADAU_15.gaps)
TO_POWERS = np.array(GAUSS_RADAU_15.to_powers)
TO_DIFFERENCES = np.array(GAUSS_RADAU_15.to_differences)
WEIGHTS = np.array(GAUSS_RADAU_15.weights)
BINOMIALS = np.array(GAUSS_RADAU_15.binomials)
TOLERANCE = GAUSS_RADAU_15.tolerance
SHARE_OF_TURN = 0.2
"""Longest step, in units of the shortest sqrt(r^3 / G M) of any pair: 31 steps in a circular turn."""
MAX_ITERATIONS = 12
NOISE = 2.7e-12
"""What rounding does to b6: 2^-52 times 3 (a pull goes as r^-2, along r) times the sum of the sizes of b6's weights."""


@inner
def seventh_root(x: float) -> float:
    """x^(1/7) for 1e-40 < x < 1e40, by Newton from the eighth root: the same bits everywhere."""
    y = sqrt(sqrt(sqrt(x)))
    for _ in range(12):
        cube = y * y * y
        y -= (y - x / (cube * cube)) / 7.0
    return y


@inner
def two_product(a: float, b: float) -> tuple[float, float]:
    """a b and its rounding error (Dekker 1971)."""
    p = a * b
    t = 134217729.0 * a
    a_high = t - (t - a)
    a_low = a - a_high
    t = 134217729.0 * b
    b_high = t - (t - b)
    b_low = b - b_high
    return p, ((a_high * b_high - p) + a_high * b_low + a_low * b_high) + a_low * b_low


@inner
def add_twice(high: float, low: float, y: float, small: float) -> tuple[float, float]:
    """(high - low) + (y + small) as a new high and low: a compensated sum with both errors kept (Knuth 1969)."""
    t = high + y
    back = t - high
    rest = ((high - (t - back)) + (y - back)) + (small - low)
    total = t + rest
    return total, (total - t) - rest


@inner
def predict(b: Floats, e: Floats, q: float, known: bool) -> None:
    """b and e for a step q times as long as the last: its polynomial goes on, and its error too (eq. 13)."""
    power = q
    for j in range(7):
        for i in range(b.shape[1]):
            total = 0.0
            for k in range(6, j - 1, -1):
                total += BINOMIALS[j, k] * b[k, i]
            wrong = b[j, i] - e[j, i] if known else 0.0
            e[j, i] = power * total
            b[j, i] = e[j, i] + wrong
        power *= q


@inner
def place(x: Floats, v: Floats, low: Floats, a: Floats, b: Floats, s: float, h: float, out: Floats) -> None:
    """Positions at the share s of a step h (eq. 9)."""
    for i in range(x.shape[0]):
        p = b[6, i] * (s * 7.0 / 9.0)
        p = s * (p + b[5, i]) * (6.0 / 8.0)
        p = s * (p + b[4, i]) * (5.0 / 7.0)
        p = s * (p + b[3, i]) * (4.0 / 6.0)
        p = s * (p + b[2, i]) * (3.0 / 5.0)
        p = s * (p + b[1, i]) * (2.0 / 4.0)
        p = s * (p + b[0, i]) * (1.0 / 3.0)
        p = (p + a[i]) * (0.5 * s * h)
        out[i] = x[i] + ((p + v[i]) * (s * h) - low[i])


@inner
def converge(
    state: Floats, gm: Floats, soft: float, h: float, a0: Floats, b: Floats, at: Floats, g: Floats, room: Floats
) -> bool:
    """b by Everhart's sweeps over the nodes until it no longer changes; `at` is left as the accelerations there.

    g (7, 3 n) and room (2, 3 n) are for what lies between.

    False where the sweeps do not come to rest: the step is too long, or not finite.
    """
    n3 = a0.shape[0]
    x, v, low = state[0].reshape(n3), state[1].reshape(n3), state[2].reshape(n3)
    trial, a = room[0], room[1]
    accelerate(x, gm, soft, a0)
    for n in range(7):
        for i in range(n3):
            total = 0.0
            for k in range(6, n - 1, -1):
                total += TO_DIFFERENCES[k, n] * b[k, i]
            g[n, i] = total
    last = np.inf
    for sweep in range(MAX_ITERATIONS):
        worst, largest = 0.0, 0.0
        for n in range(1, 8):
            place(x, v, low, a0, b, NODES[n], h, trial)
            accelerate(trial, gm, soft, a)
            for i in range(n3):
                at[n - 1, i] = a[i]
                t = (a[i] - a0[i]) * GAPS[n, 0]
                for m in range(1, n):
                    t = (t - g[m - 1, i]) * GAPS[n, m]
                change = t - g[n - 1, i]
                g[n - 1, i] = t
                for j in range(n):
                    b[j, i] += change * TO_POWERS[n - 1, j]
                if n == 7:
                    worst, largest = max(worst, abs(change)), max(largest, abs(a[i]))
        if worst <= 1e-16 * largest:
            return True
        if not worst < np.inf:
            return False
        if sweep > 1 and worst >= last:
            return worst < 1e-6 * largest
        last = worst
    return last < 1e-6 * largest


@inner
def finish(state: Floats, h: float, a0: Floats, b: Floats, at: Floats) -> None:
    """The end of the step as compensated sums; h v and h <a> are exact products, <a> a compensated mean over nodes."""
    n3 = a0.shape[0]
    x, v, x_low, v_low = state[0].reshape(n3), state[1].reshape(n3), state[2].reshape(n3), state[3].reshape(n3)
    for i in range(n3):
        mean, rest = a0[i], 0.0
        for n in range(7):
            y = WEIGHTS[n] * (at[n, i] - a0[i])
            t = mean + y
            rest += y - (t - mean)
            mean = t
        p = b[6, i] / 72.0 + b[5, i] / 56.0 + b[4, i] / 42.0 + b[3, i] / 30.0
        p = p + b[2, i] / 20.0 + b[1, i] / 12.0 + b[0, i] / 6.0 + a0[i] / 2.0
        y, small = two_product(h, v[i])
        x[i], x_low[i] = add_twice(x[i], x_low[i], y, small + (h * h * p - h * v_low[i]))
        y, small = two_product(h, mean)
        v[i], v_low[i] = add_twice(v[i], v_low[i], y, small + h * rest)


@inner
def pulls(x: Floats, gm: Floats, soft: float, sizes: Floats, noise: Floats) -> float:
    """sizes (n,) = the sum over the others of the size of their pull; returns the largest (G M / r^3) of any pair.

    noise (n,) = what the rounding of the places makes of b6: much, where a close pair is far from the origin.
    """
    n = x.shape[0]
    fastest = 0.0
    sizes[:], noise[:] = 0.0, 0.0
    for i in range(n):
        far = NOISE * max(abs(x[i, 0]), abs(x[i, 1]), abs(x[i, 2]))
        for j in range(i + 1, n):
            square = soft
            for k in range(3):
                square += (x[j, k] - x[i, k]) ** 2
            inverse = 1.0 / (square * sqrt(square))
            sizes[i] += gm[j] / square
            sizes[j] += gm[i] / square
            noise[i] += gm[j] * far * inverse
            noise[j] += gm[i] * far * inverse
            fastest = max(fastest, (gm[i] + gm[j]) * inverse)
    return fastest


@inner
def first_step(x: Floats, gm: Floats, soft: float) -> float:
    """A careful guess where nothing is known yet; any step is right for a body that is left alone."""
    fastest = pulls(x, gm, soft, np.empty(x.shape[0]), np.empty(x.shape[0]))
    return 0.05 / sqrt(fastest) if fastest > 0.0 else 1.0


@inner
def longest_step(x: Floats, gm: Floats, soft: float, b: Floats, h: float) -> float:
    """The step that the last coefficient allows, and that no pair is too fast for."""
    sizes, noise = np.empty(x.shape[0]), np.empty(x.shape[0])
    fastest = pulls(x, gm, soft, sizes, noise)
    worst = 0.0
    for i in range(x.shape[0]):
        size = max(abs(b[6, 3 * i]), abs(b[6, 3 * i + 1]), abs(b[6, 3 * i + 2])) - noise[i]
        if size > 0.0 and sizes[i] > 0.0:
            worst = max(worst, size / sizes[i])
    limit = SHARE_OF_TURN / sqrt(fastest)
    if not worst < np.inf:
        return 0.1 * h
    return min(limit, h * seventh_root(TOLERANCE / max(worst, 1e-30)))
