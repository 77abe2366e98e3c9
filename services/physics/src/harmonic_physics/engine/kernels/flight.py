"""What an orbit run carries through its kernels: the state, the settings, and the names of their slots."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SYMPLECTIC, ADAPTIVE = range(2)
STOP, REPORT, MERGE, BOUNCE = range(4)
"""What follows on a collision."""
BUSY, FULL, DRIFTED, ENCOUNTER, COLLIDED, ESCAPED, BROKEN, COLLAPSED = range(8)
"""What a call ends with; all but the first two are reasons to stop."""

BEGAN, REACHED, LOW, SPAN, NEXT, LAST, READ, SWITCH = range(8)
"""Slots of `time`: ends of the step under way [run's time] with the rounding error of the second; its length, the next
one's and that of the known series [universe's own time]; how far the frames have come; when the method changed."""
METHOD, GRID, STEPS, KNOWN, FRESH, SWITCHED, MERGED, BOUNCED = range(8)
"""Slots of `count`: method; place on the grid of equal steps, -1 off it; steps in all; steps of known series; whether
`series` is of the step under way; whether the method changed on the way; collisions by kind."""
E0, E_SCALE, L0, L_SCALE, P0, P_SCALE, WORST, ERRORS = 0, 1, 2, 5, 6, 9, 10, 13
"""Slots of `book`: start and scale of the invariants, their worst relative drift (3), and the drift now (3)."""


class Flight(NamedTuple):
    """Everything that changes; all of it is in a checkpoint."""

    now: Floats  # (4, n, 3): x, v and their compensations at the end of the step under way
    start: Floats  # (4, n, 3): the same at its beginning
    radau: Floats  # (2, 7, 3 n): coefficients b of the last step, and what they were predicted as
    pull: Floats  # (3 n,): accelerations at its beginning
    series: Floats  # (10, n, 3): the step as a polynomial
    time: Floats  # (8,)
    count: Ints  # type: ignore[assignment]  # (8,); nobody asks a tuple here how often it holds something
    book: Floats  # (16,)
    masses: Floats  # (n,)
    radii: Floats  # (n,)
    heirs: Ints  # (n,): the body that a swallowed one is part of; itself otherwise
    rows: Ints  # (detectors, 3): code, a, b; code -1 is off
    last: Floats  # (detectors,): their functions at the end of the step
    approach: Floats  # (detectors,): r . v of collision detectors there
    angles: Floats  # (resonances, 5): resonant angle unwound [rad], least, largest, sum, frames


class Settings(NamedTuple):
    """What only parameters change."""

    g: float
    gm: Floats  # (n,): follows the masses
    soft: float  # softening length squared
    scale: float  # speed of the universe's own time
    step: float  # of the symplectic method [run's time]
    slack: float  # times that differ by less are one
    drift: Floats
    kick: Floats
    tolerance: float
    adapts: int  # 1: an encounter changes the method; 0: it stops the run
    collision: int
    escape: int
    elasticity: float
