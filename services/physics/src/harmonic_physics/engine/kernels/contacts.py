"""What a contact does: restitution along the normal, friction across it, and the ledger of energy that left.

Inelastic collapse is cut as in the TC model (Luding and McNamara, Granular Matter 1 (1998) 113): a slow contact of a
body that touched something less than the contact time ago loses nothing along the normal, and a body resting under
gravity leaves with a speed that keeps it away for most of that time. Slow is below `rest_speed`, so that a real impact
on a resting body is dissipative as ever.
"""

from math import sqrt

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.spheres import (
    ABSORB,
    WRAP,
    Floats,
    Ints,
    Spheres,
    World,
    bring,
    face_bounds,
)

PERSISTENT, ABSORBED, WRAPPED = range(3)
"""Slots of `tally`: contacts within the contact time, bodies absorbed, faces wrapped."""


@inner
def kinetic(s: Spheres, w: World, i: int) -> float:
    """m v^2 / 2 of body i at its own time."""
    return float(0.5 * w.mass[i] * (s.v[i, 0] ** 2 + s.v[i, 1] ** 2 + s.v[i, 2] ** 2))


@inner
def potential(s: Spheres, w: World, i: int) -> float:
    """-m g . x of body i at its own time."""
    return float(-w.mass[i] * (w.fall[0] * s.x[i, 0] + w.fall[1] * s.x[i, 1] + w.fall[2] * s.x[i, 2]))


@inner
def restitution(s: Spheres, w: World, i: int, j: int, now: float, speed: float, tally: Ints) -> float:
    """The coefficient of this contact (j = i for a wall): 1 while it belongs to a lasting one."""
    e = w.elasticity[0]
    recent = now - max(s.touched[i], s.touched[j]) < w.contact_time[0]
    if recent and speed < w.rest_speed[0] and e < 1.0:
        tally[PERSISTENT] += 1
        return 1.0
    return float(e)


@inner
def collide(s: Spheres, w: World, i: int, j: int, now: float, ledger: Floats, tally: Ints) -> tuple[float, bool]:
    """Bounce i and j off each other at `now`. Returns the closing speed and whether the contact was a lasting one."""
    bring(s, w, i, now)
    bring(s, w, j, now)
    normal = np.empty(3)
    square = 0.0
    for k in range(3):
        d = s.x[j, k] - s.x[i, k]
        if w.faces[k] == WRAP:
            half = 0.5 * w.size[k]
            d = d - w.size[k] if d > half else (d + w.size[k] if d < -half else d)
        normal[k] = d
        square += d * d
    normal /= sqrt(square)
    before = kinetic(s, w, i) + kinetic(s, w, j)
    closing = 0.0
    for k in range(3):
        closing += (s.v[i, k] - s.v[j, k]) * normal[k]
    marks = tally[PERSISTENT]
    e = restitution(s, w, i, j, now, closing, tally)
    reduced = w.mass[i] * w.mass[j] / (w.mass[i] + w.mass[j])
    for k in range(3):
        across = s.v[i, k] - s.v[j, k] - closing * normal[k]
        impulse = reduced * ((1.0 + e) * closing * normal[k] + w.friction[0] * across)
        s.v[i, k] -= impulse / w.mass[i]
        s.v[j, k] += impulse / w.mass[j]
    ledger[0] += before - kinetic(s, w, i) - kinetic(s, w, j)
    s.touched[i] = now
    s.touched[j] = now
    return closing, tally[PERSISTENT] > marks


@inner
def reach_face(s: Spheres, w: World, i: int, face: int, now: float, ledger: Floats, tally: Ints) -> tuple[float, bool]:
    """Wrap, absorb or bounce body i at a face. Returns its normal speed and whether to keep silent about it."""
    bring(s, w, i, now)
    k, side = face // 2, face % 2
    low, high = face_bounds(w, i, k)
    before = kinetic(s, w, i) + potential(s, w, i)
    speed = abs(s.v[i, k])
    silent = False
    if w.faces[k] == WRAP:
        s.x[i, k] = low if side == 1 else high
        tally[WRAPPED] += 1
        silent = True
    else:
        s.x[i, k] = high if side == 1 else low
        if w.faces[k] == ABSORB:
            ledger[0] += before
            s.alive[i] = 0
            s.v[i] = 0.0
            s.due[i] = np.inf
            tally[ABSORBED] += 1
            return speed, False
        marks = tally[PERSISTENT]
        e = restitution(s, w, i, i, now, speed, tally)
        silent = tally[PERSISTENT] > marks
        pull = -w.fall[k] if side == 0 else 0.0
        leave = max(e * speed, 0.4 * pull * w.contact_time[0])
        s.v[i, k] = leave if side == 0 else -leave
        for other in range(w.axes[0]):
            if other != k:
                s.v[i, other] *= 1.0 - w.friction[0]
        s.touched[i] = now
    ledger[0] += before - kinetic(s, w, i) - potential(s, w, i)
    return speed, silent
