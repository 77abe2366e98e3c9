"""What a contact does: restitution along the normal, friction across it, and the ledger of energy that left.

Inelastic collapse is cut as in the TC model (Luding and McNamara, Granular Matter 1 (1998) 113): a slow contact of a
body that touched something less than the contact time ago loses nothing along the normal, and a body resting under
gravity leaves with a speed that keeps it away for most of that time. Slow is below `rest_speed`, so that a real impact
on a resting body is dissipative as ever.
"""

from math import sqrt

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.spheres import (
    ABSORB,
    AXES,
    CONTACT_TIME,
    ELASTICITY,
    FACES,
    FALL,
    FRICTION,
    HITS,
    MASS,
    REST_SPEED,
    SIZE,
    TOUCHED,
    WRAP,
    Floats,
    Ints,
    R,
    V,
    bring,
)

PERSISTENT, ABSORBED = range(2)
"""Slots of `tally`: contacts within the contact time, bodies absorbed."""


@inner
def kinetic(body: Floats, plan: Floats, i: int) -> float:
    """m v^2 / 2 of body i at its own time."""
    return float(0.5 * plan[i, MASS] * (body[i, V] ** 2 + body[i, V + 1] ** 2 + body[i, V + 2] ** 2))


@inner
def nearest(box: Floats, grid: Ints, k: int, d: float) -> float:
    """Component k of a distance, to the nearest image."""
    if grid[FACES + 2 * k] == WRAP:
        half = 0.5 * box[SIZE + k]
        return d - box[SIZE + k] if d > half else (d + box[SIZE + k] if d < -half else d)
    return d


@inner
def lasting(plan: Floats, box: Floats, i: int, j: int, now: float, speed: float) -> bool:
    """Whether this contact (j = i for a wall) belongs to a lasting one, which loses nothing."""
    recent = now - max(plan[i, TOUCHED], plan[j, TOUCHED]) < box[CONTACT_TIME]
    return bool(recent and speed < box[REST_SPEED] and box[ELASTICITY] < 1.0)


@inner
def collide(
    body: Floats,
    plan: Floats,
    ties: Ints,
    box: Floats,
    grid: Ints,
    i: int,
    j: int,
    now: float,
    book: Floats,
    tally: Ints,
) -> tuple[float, bool]:
    """Bounce i and j off each other at `now`. Returns the closing speed and whether the contact was a lasting one."""
    bring(body, ties, box, i, now)
    bring(body, ties, box, j, now)
    n0 = nearest(box, grid, 0, body[j, 0] - body[i, 0])
    n1 = nearest(box, grid, 1, body[j, 1] - body[i, 1])
    n2 = nearest(box, grid, 2, body[j, 2] - body[i, 2])
    inverse = 1.0 / sqrt(n0 * n0 + n1 * n1 + n2 * n2)
    n0, n1, n2 = n0 * inverse, n1 * inverse, n2 * inverse
    before = kinetic(body, plan, i) + kinetic(body, plan, j)
    u0, u1, u2 = body[i, V] - body[j, V], body[i, V + 1] - body[j, V + 1], body[i, V + 2] - body[j, V + 2]
    closing = u0 * n0 + u1 * n1 + u2 * n2
    long = lasting(plan, box, i, j, now, closing)
    e, friction = 1.0 if long else box[ELASTICITY], box[FRICTION]
    tally[PERSISTENT] += 1 if long else 0
    reduced = plan[i, MASS] * plan[j, MASS] / (plan[i, MASS] + plan[j, MASS])
    along = (1.0 + e - friction) * closing  # what friction takes across is f (u - closing n)
    j0 = reduced * (along * n0 + friction * u0)
    j1 = reduced * (along * n1 + friction * u1)
    j2 = reduced * (along * n2 + friction * u2)
    share = 1.0 / plan[i, MASS]
    body[i, V] -= j0 * share
    body[i, V + 1] -= j1 * share
    body[i, V + 2] -= j2 * share
    share = 1.0 / plan[j, MASS]
    body[j, V] += j0 * share
    body[j, V + 1] += j1 * share
    body[j, V + 2] += j2 * share
    if e < 1.0 or friction > 0.0:  # an elastic contact takes nothing: rounding is drift, and is to be seen
        book[0] += before - kinetic(body, plan, i) - kinetic(body, plan, j)
    plan[i, TOUCHED] = now
    plan[j, TOUCHED] = now
    ties[i, HITS] += 1
    ties[j, HITS] += 1
    return closing, long


@inner
def reach_wall(
    body: Floats,
    plan: Floats,
    ties: Ints,
    box: Floats,
    grid: Ints,
    i: int,
    face: int,
    now: float,
    book: Floats,
    tally: Ints,
) -> tuple[float, bool]:
    """Bring body i to a face and bounce it. Returns its normal speed and whether to keep silent about it.

    A body that is to be absorbed is left as it arrived: the caller takes it away.
    """
    bring(body, ties, box, i, now)
    k, side = face >> 1, face & 1
    body[i, k] = body[i, R] if side == 0 else box[SIZE + k] - body[i, R]
    before = kinetic(body, plan, i)
    speed = abs(body[i, V + k])
    ties[i, HITS] += 1
    if grid[FACES + face] == ABSORB:
        tally[ABSORBED] += 1
        return speed, False
    long = lasting(plan, box, i, i, now, speed)
    tally[PERSISTENT] += 1 if long else 0
    pull = -box[FALL + k] if side == 0 else box[FALL + k]
    rebound = max(speed if long else box[ELASTICITY] * speed, 0.4 * pull * box[CONTACT_TIME])
    body[i, V + k] = rebound if side == 0 else -rebound
    for other in range(grid[AXES]):
        if other != k:
            body[i, V + other] *= 1.0 - box[FRICTION]
    plan[i, TOUCHED] = now
    if box[ELASTICITY] < 1.0 or box[FRICTION] > 0.0 or rebound > speed:
        book[0] += before - kinetic(body, plan, i)
    return speed, long
