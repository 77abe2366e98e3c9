"""Hard spheres between contacts: where they are, and when two of them or a wall meet. Exact closed forms.

Every body has its own time; gravity is uniform, so that relative motion of two bodies is straight.
Vectors have 3 components; in 2-D the third is 0 throughout. The state is a few plain arrays with named columns, because
taking an array out of a structure costs a compiled loop more than the arithmetic:

body (n, 8) float: position, velocity, own time, radius: one cache line
plan (n, 4) float: time of the next meeting, time of leaving the cell, time of the last contact, mass
ties (n, 5) int: partner of the next meeting and its hits when that was foreseen, own hits, gate of the cell, alive
links (2, n) int: next and previous body of the cell's list
cell (n, 3) int: cell of the grid, not bounded along open axes; head (cells,) int: first body of each cell's list
box (16,) float: size, edges of a cell, gravity, elasticity, friction, contact time, rest speed
grid (10,) int: faces, cells, dimensions
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE, WRAP, BOUNCE, ABSORB = range(4)
"""What happens at a face of the box."""
NOBODY = -1
"""Partner of a body that meets nothing; a face is -2 - (2 axis + side)."""
X, V, T, R = 0, 3, 6, 7
WHEN, CROSS, TOUCHED, MASS = range(4)
PARTNER, STAMP, HITS, GATE, ALIVE = range(5)
AFTER, BEFORE = range(2)
SIZE, EDGE, FALL, ELASTICITY, FRICTION, CONTACT_TIME, REST_SPEED = 0, 3, 6, 9, 10, 11, 12
FACES, CELLS, AXES = 0, 6, 9


@inner
def place(body: Floats, ties: Ints, box: Floats, i: int, now: float, out: Floats, row: int) -> None:
    """out[row] = position and velocity of body i at `now`: x + v dt + g dt^2 / 2."""
    dt = now - body[i, T]
    for k in range(3):
        fall = box[FALL + k] if ties[i, ALIVE] else 0.0
        out[row, k] = body[i, k] + dt * (body[i, V + k] + 0.5 * fall * dt)
        out[row, 3 + k] = body[i, V + k] + fall * dt


@inner
def bring(body: Floats, ties: Ints, box: Floats, i: int, now: float) -> None:
    """Move body i to `now`."""
    dt = now - body[i, T]
    body[i, T] = now
    if ties[i, ALIVE]:
        for k in range(3):
            body[i, k] += dt * (body[i, V + k] + 0.5 * box[FALL + k] * dt)
            body[i, V + k] += box[FALL + k] * dt


@inner
def approach(
    r0: float, r1: float, r2: float, u0: float, u1: float, u2: float, b: float, reach: float, swift: float
) -> float:
    """Time until |r + u t| = reach, inf for never: c / (-b + sqrt(b^2 - a c)), where b = r . u < 0.

    Bodies that would touch closing in by no more than the rounding of their speeds slide: no meeting. `swift` is about
    the largest speed of the first body.
    """
    c = r0 * r0 + r1 * r1 + r2 * r2 - reach * reach
    a = u0 * u0 + u1 * u1 + u2 * u2
    square = b * b - a * c if c > 0.0 else b * b
    if square <= 0.0:
        return np.inf
    noise = 1e-15 * reach * (2.0 * swift + abs(u0) + abs(u1) + abs(u2))
    if square <= noise * noise:
        return np.inf
    return max(c, 0.0) / (sqrt(square) - b)


@inner
def fall_wait(position: float, speed: float, pull: float, low: float, high: float) -> tuple[float, int]:
    """Time until low or high is reached, and which side; `pull` >= 0 accelerates towards low."""
    below, above = max(position - low, 0.0), max(high - position, 0.0)
    if pull == 0.0:
        if speed < 0.0:
            return below / -speed, 0
        if speed > 0.0:
            return above / speed, 1
        return np.inf, 0
    if speed > 0.0 and speed * speed >= 2.0 * pull * above:
        return 2.0 * above / (speed + sqrt(speed * speed - 2.0 * pull * above)), 1
    if below == np.inf:
        return np.inf, 0
    root = sqrt(speed * speed + 2.0 * pull * below)
    if speed > 0.0:
        return (speed + root) / pull, 0
    if below == 0.0:
        return 0.0, 0
    return 2.0 * below / (root - speed), 0


@inner
def wait_for(position: float, speed: float, pull: float, low: float, high: float) -> tuple[float, int]:
    """The same for a pull of either sign (positive towards high)."""
    if pull > 0.0:
        wait, side = fall_wait(-position, -speed, pull, -high, -low)
        return wait, 1 - side
    return fall_wait(position, speed, -pull, low, high)
