"""Hard spheres between contacts: where they are, and when they next meet each other or a wall. Exact closed forms.

Every body has its own time `t`; gravity is uniform, so that relative motion of two bodies is straight.
Vectors have 3 components; in 2-D the third is 0 throughout. The vertical is the last axis in use.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE, WRAP, BOUNCE, ABSORB = range(4)
"""What happens at the two faces across an axis."""
NOBODY = -1
"""Partner of a body that meets nothing; a face is -2 - (2 axis + side)."""


class Spheres(NamedTuple):
    """The state of n bodies."""

    x: Floats  # (n, 3) position at its own time [m]
    v: Floats  # (n, 3) velocity at its own time [m/s]
    t: Floats  # (n,) its own time [s]
    alive: Ints  # (n,) 0 once absorbed
    touched: Floats  # (n,) time of its last contact [s]
    due: Floats  # (n,) time of its next meeting [s], inf for none
    partner: Ints  # (n,) whom or what it meets then


class World(NamedTuple):
    """What stays: bodies' constants, box and medium."""

    radius: Floats  # (n,)
    mass: Floats  # (n,)
    keep: Floats  # (n,) viscous decay factor of half a step
    brake: Floats  # (n,) quadratic drag of half a step [s/m]
    size: Floats  # (3,)
    faces: Ints  # (3,) NONE, WRAP, BOUNCE or ABSORB by axis
    fall: Floats  # (3,) acceleration of gravity
    elasticity: Floats  # (1,)
    friction: Floats  # (1,)
    contact_time: Floats  # (1,)
    rest_speed: Floats  # (1,) slower contacts may be lasting ones
    axes: Ints  # (1,) dimensions in use


@inner
def place(s: Spheres, w: World, i: int, now: float, x: Floats, v: Floats) -> None:
    """x, v = position and velocity of body i at `now`: x + v dt + g dt^2 / 2."""
    dt = now - s.t[i]
    for k in range(3):
        fall = w.fall[k] if s.alive[i] else 0.0
        x[k] = s.x[i, k] + dt * (s.v[i, k] + 0.5 * fall * dt)
        v[k] = s.v[i, k] + fall * dt


@inner
def bring(s: Spheres, w: World, i: int, now: float) -> None:
    """Move body i to `now`."""
    dt = now - s.t[i]
    s.t[i] = now
    if s.alive[i]:
        for k in range(3):
            s.x[i, k] += dt * (s.v[i, k] + 0.5 * w.fall[k] * dt)
            s.v[i, k] += w.fall[k] * dt


@inner
def meeting(r0: float, r1: float, r2: float, u0: float, u1: float, u2: float, reach: float, noise: float) -> float:
    """Time until |r + u t| = reach while approaching, inf for never: c / (-b + sqrt(b^2 - a c)).

    Bodies that would touch closing in by no more than `noise`, the rounding of their speeds, slide: no meeting.
    """
    b = r0 * u0 + r1 * u1 + r2 * u2
    if b >= 0.0:
        return np.inf
    c = r0 * r0 + r1 * r1 + r2 * r2 - reach * reach
    a = u0 * u0 + u1 * u1 + u2 * u2
    square = b * b - a * c if c > 0.0 else b * b
    if square <= (noise * reach) ** 2:
        return np.inf
    return max(c, 0.0) / (sqrt(square) - b)


@inner
def face_wait(position: float, speed: float, pull: float, low: float, high: float) -> tuple[float, int]:
    """Time until a face of one axis, and its side (0 low, 1 high). `pull` >= 0 accelerates towards the low face."""
    below, above = max(position - low, 0.0), max(high - position, 0.0)
    if pull == 0.0:
        if speed < 0.0:
            return below / -speed, 0
        if speed > 0.0:
            return above / speed, 1
        return np.inf, 0
    if speed > 0.0 and speed * speed >= 2.0 * pull * above:
        return 2.0 * above / (speed + sqrt(speed * speed - 2.0 * pull * above)), 1
    root = sqrt(speed * speed + 2.0 * pull * below)
    if speed > 0.0:
        return (speed + root) / pull, 0
    if below == 0.0:
        return 0.0, 0
    return 2.0 * below / (root - speed), 0


@inner
def face_bounds(w: World, i: int, k: int) -> tuple[float, float]:
    """Where the centre of body i meets the faces of axis k: a radius inside, or at the face of a wrapped axis."""
    margin = 0.0 if w.faces[k] == WRAP else w.radius[i]
    return margin, w.size[k] - margin


@inner
def predict_faces(s: Spheres, w: World, i: int, now: float) -> None:
    """Set body i's next meeting to its first face."""
    s.due[i] = np.inf
    s.partner[i] = NOBODY
    dt = now - s.t[i]
    for k in range(w.axes[0]):
        if w.faces[k] == NONE:
            continue
        low, high = face_bounds(w, i, k)
        position = s.x[i, k] + dt * (s.v[i, k] + 0.5 * w.fall[k] * dt)
        wait, side = face_wait(position, s.v[i, k] + w.fall[k] * dt, -w.fall[k], low, high)
        if now + wait < s.due[i]:
            s.due[i] = now + wait
            s.partner[i] = -2 - (2 * k + side)


@inner
def meet_others(s: Spheres, w: World, i: int, now: float, others: Ints, start: int, stop: int, once: bool) -> int:
    """Let body i and each of others[start:stop] note their meeting where it is sooner than what they have noted.

    An empty `others` means the bodies start..stop themselves; `once` leaves out those before i. All images of a
    wrapped box are looked at. One loop without calls: this is where the time goes. Returns the number of tests.
    """
    x, v, t, alive, due, partner = s.x, s.v, s.t, s.alive, s.due, s.partner
    radius, size, faces, f0, f1, f2 = w.radius, w.size, w.faces, w.fall[0], w.fall[1], w.fall[2]
    h0 = 1 if faces[0] == WRAP else 0
    h1 = 1 if faces[1] == WRAP else 0
    h2 = 1 if faces[2] == WRAP else 0
    listed = others.shape[0] > 0
    d = now - t[i]
    a0, a1, a2 = v[i, 0] + f0 * d, v[i, 1] + f1 * d, v[i, 2] + f2 * d
    p0 = x[i, 0] + d * (v[i, 0] + 0.5 * f0 * d)
    p1 = x[i, 1] + d * (v[i, 1] + 0.5 * f1 * d)
    p2 = x[i, 2] + d * (v[i, 2] + 0.5 * f2 * d)
    swift = max(max(abs(a0), abs(a1)), abs(a2))
    for slot in range(start, stop):
        j = others[slot] if listed else slot
        if j == i or (once and j < i) or alive[j] == 0:
            continue
        d = now - t[j]
        b0, b1, b2 = v[j, 0] + f0 * d, v[j, 1] + f1 * d, v[j, 2] + f2 * d
        r0 = x[j, 0] + d * (v[j, 0] + 0.5 * f0 * d) - p0
        r1 = x[j, 1] + d * (v[j, 1] + 0.5 * f1 * d) - p1
        r2 = x[j, 2] + d * (v[j, 2] + 0.5 * f2 * d) - p2
        reach = radius[i] + radius[j]
        noise = 1e-15 * (swift + max(max(abs(b0), abs(b1)), abs(b2)))
        wait = np.inf
        if h0 + h1 + h2 == 0:
            wait = meeting(r0, r1, r2, b0 - a0, b1 - a1, b2 - a2, reach, noise)
        else:
            for k0 in range(-h0, h0 + 1):
                for k1 in range(-h1, h1 + 1):
                    for k2 in range(-h2, h2 + 1):
                        q0, q1, q2 = r0 + k0 * size[0], r1 + k1 * size[1], r2 + k2 * size[2]
                        wait = min(wait, meeting(q0, q1, q2, b0 - a0, b1 - a1, b2 - a2, reach, noise))
        when = now + wait
        if when < due[i]:
            due[i] = when
            partner[i] = j
        if when < due[j]:
            due[j] = when
            partner[j] = i
    return int((stop - start) * max(1, 3 ** (h0 + h1 + h2) // 4))
