"""Discs before discs: which body hides which, and how much of it.

Two views: a far observer's along the line of sight, and that of the first body's light (shadows).
"""

from math import sqrt

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.elementary import arc_tangent_2
from harmonic_physics.engine.kernels.gravity import Floats

PI = 3.141592653589793


@inner
def approach_of_discs(x: Floats, v: Floats, a: int, b: int, sight: Floats, shadows: int) -> float:
    """Half the rate of the squared projected distance, or the loss of the cosine of the angle: 0 in mid-eclipse."""
    if shadows == 0:
        along, speed, total = 0.0, 0.0, 0.0
        for k in range(3):
            along += (x[b, k] - x[a, k]) * sight[k]
            speed += (v[b, k] - v[a, k]) * sight[k]
            total += (x[b, k] - x[a, k]) * (v[b, k] - v[a, k])
        return total - along * speed
    aa, bb, ab, av, bv, turn = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(3):
        p, q = x[a, k] - x[0, k], x[b, k] - x[0, k]
        u, w = v[a, k] - v[0, k], v[b, k] - v[0, k]
        aa += p * p
        bb += q * q
        ab += p * q
        av += p * u
        bv += q * w
        turn += u * q + p * w
    return -(turn - ab * (av / aa + bv / bb)) / sqrt(aa * bb)


@inner
def overlap(r: float, big: float, d: float) -> float:
    """Area common to two circles of radii r and big at the distance d (two circular segments each less a triangle)."""
    if d >= r + big:
        return 0.0
    if d <= abs(big - r):
        return PI * min(r, big) ** 2
    u = (d * d + r * r - big * big) / (2.0 * d)
    w = d - u
    half = sqrt(max(0.0, r * r - u * u))
    return r * r * arc_tangent_2(half, u) + big * big * arc_tangent_2(half, w) - d * half


@inner
def covered(x: Floats, a: int, b: int, radii: Floats, sight: Floats, shadows: int) -> float:
    """Share of the farther disc that the nearer one hides, 0..1; 0 where they do not overlap."""
    p = np.empty(3)
    q = np.empty(3)
    p_length, q_length, product = 0.0, 0.0, 0.0
    for k in range(3):
        p[k], q[k] = x[a, k] - x[0, k], x[b, k] - x[0, k]
        p_length += p[k] * (p[k] if shadows == 1 else sight[k])
        q_length += q[k] * (q[k] if shadows == 1 else sight[k])
        product += p[k] * q[k]
    if shadows == 1:
        if product <= 0.0:
            return 0.0
        p_length, q_length = sqrt(p_length), sqrt(q_length)
        cosine = product / (p_length * q_length)
        a_size, b_size = radii[a] / p_length, radii[b] / q_length
        apart = sqrt(max(0.0, 2.0 - 2.0 * cosine))
        near, far = (a_size, b_size) if p_length < q_length else (b_size, a_size)
    else:
        square = 0.0
        for k in range(3):
            square += ((p[k] - p_length * sight[k]) - (q[k] - q_length * sight[k])) ** 2
        apart = sqrt(square)
        near, far = (radii[a], radii[b]) if p_length > q_length else (radii[b], radii[a])
    if far <= 0.0:
        return 0.0
    return float(overlap(near, far, apart) / (PI * far * far))


@inner
def a_is_nearer(x: Floats, a: int, b: int, sight: Floats, shadows: int) -> bool:
    """Whether a hides b, not b a."""
    p, q = 0.0, 0.0
    for k in range(3):
        if shadows == 1:
            p -= (x[a, k] - x[0, k]) ** 2
            q -= (x[b, k] - x[0, k]) ** 2
        else:
            p += x[a, k] * sight[k]
            q += x[b, k] * sight[k]
    return p >= q
