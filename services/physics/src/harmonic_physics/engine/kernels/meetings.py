"""Meetings in order of time, and the cells left on the way. The arrays are those of `spheres` and `forces`."""

import numpy as np

from harmonic_physics.engine.kernels.cells import cross_over, fill, leave, meet_others, predict_bounds
from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.contacts import collide, reach_wall
from harmonic_physics.engine.kernels.forces import energy_of, lone_potential
from harmonic_physics.engine.kernels.spheres import (
    ABSORB,
    ALIVE,
    CONTACT_TIME,
    CROSS,
    FACES,
    GATE,
    HITS,
    NOBODY,
    PARTNER,
    STAMP,
    WHEN,
    Floats,
    Ints,
    V,
    bring,
    place,
)
from harmonic_physics.engine.kernels.tournament import play_all, replay

DONE, FULL, COLLAPSED, BROKEN = range(4)
"""What a call ends with."""
MEETINGS, CROWD, KICKS, CROSSINGS = range(4)
"""Slots of `count`: meetings, those within a contact time, kicks so far, cells left."""
LEDGER, LATELY, OWN, ROUNDED = range(4)
"""Slots of `book`: energy that left, when CROWD began, the bodies' own time, what rounding left of it (Kahan 1965)."""
ROWS, STEPS, KICKED = range(3)
"""Slots of `progress`: rows written, steps done, whether this step's kick is done."""
COLLISION, WALL = range(2)
"""Event codes, in the order of the system's declaration."""


@inner
def predict(
    body: Floats,
    plan: Floats,
    ties: Ints,
    links: Ints,
    cell: Ints,
    head: Ints,
    box: Floats,
    grid: Ints,
    i: int,
    now: float,
    once: bool,
) -> None:
    """Find body i's next meeting and the end of its stay in its cell."""
    plan[i, WHEN] = np.inf
    ties[i, PARTNER] = NOBODY
    predict_bounds(body, plan, ties, cell, box, grid, i, now)
    meet_others(body, plan, ties, links, cell, head, box, grid, i, now, -1, 0, once)


@kernel
def predict_all(
    body: Floats,
    plan: Floats,
    ties: Ints,
    links: Ints,
    cell: Ints,
    head: Ints,
    box: Floats,
    grid: Ints,
    now: float,
    tree: Ints,
    best: Floats,
) -> None:
    """The same for every body, each pair once."""
    for i in range(body.shape[0]):
        plan[i, WHEN] = np.inf
        plan[i, CROSS] = np.inf
        if ties[i, ALIVE]:
            predict(body, plan, ties, links, cell, head, box, grid, i, now, True)
    play_all(plan, tree, best)


@kernel
def settle(body: Floats, ties: Ints, box: Floats, now: float) -> None:
    """Bring all bodies to `now`, before gravity changes."""
    for i in range(body.shape[0]):
        bring(body, ties, box, i, now)


@kernel
def house(body: Floats, ties: Ints, links: Ints, cell: Ints, head: Ints, box: Floats, grid: Ints) -> None:
    """Sort all bodies into the grid."""
    fill(body, ties, links, cell, head, box, grid)


@kernel
def seat(plan: Floats, tree: Ints, best: Floats) -> None:
    """The tournament of a thawed state: it is a function of the predictions."""
    play_all(plan, tree, best)


@inner
def write(rows: Floats, slot: int, now: float, i: int, other: int, speed: float, body: Floats) -> None:
    """One event: time, kind, bodies in order, strength, place of the one that it was foreseen for."""
    rows[slot, 0] = now
    rows[slot, 1] = COLLISION if other >= 0 else WALL
    rows[slot, 2] = min(i, other) if other >= 0 else i
    rows[slot, 3] = max(i, other) if other >= 0 else NOBODY
    rows[slot, 4] = speed
    for k in range(3):
        rows[slot, 5 + k] = body[i, k]


@inner
def run_until(
    body: Floats,
    plan: Floats,
    ties: Ints,
    links: Ints,
    cell: Ints,
    head: Ints,
    box: Floats,
    grid: Ints,
    fields: Floats,
    traits: Floats,
    coulomb: Floats,
    tree: Ints,
    best: Floats,
    until: float,
    threshold: float,
    count: Ints,
    book: Floats,
    tally: Ints,
    rows: Floats,
    progress: Ints,
    room: Floats,
) -> int:
    """Everything that happens up to `until`, or until `rows` is full. Bodies keep their own times."""
    n = body.shape[0]
    while True:
        i = tree[1]
        now = best[1]
        if now > until:
            return DONE
        if progress[ROWS] >= rows.shape[0]:
            return FULL
        other = ties[i, PARTNER]
        if plan[i, CROSS] < plan[i, WHEN]:
            count[CROSSINGS] += 1
            axis, side = ties[i, GATE] >> 1, ties[i, GATE] & 1
            place(body, ties, box, i, now, room, i)
            if cross_over(body, ties, links, cell, head, box, grid, i, now):
                book[LEDGER] += lone_potential(plan, box, fields, traits, i, room, i)
                book[LEDGER] -= lone_potential(plan, box, fields, traits, i, body, i)
            meet_others(body, plan, ties, links, cell, head, box, grid, i, now, axis, side, False)
            predict_bounds(body, plan, ties, cell, box, grid, i, now)
            replay(plan, tree, best, i)
            continue
        if other >= 0 and ties[i, STAMP] != ties[other, HITS]:  # it has been elsewhere since: look again
            predict(body, plan, ties, links, cell, head, box, grid, i, now, False)
            replay(plan, tree, best, i)
            continue
        count[MEETINGS] += 1
        count[CROWD] += 1
        if now - book[LATELY] > box[CONTACT_TIME]:
            book[LATELY] = now
            count[CROWD] = 0
        elif count[CROWD] > 100_000 + 1_000 * n:
            return COLLAPSED
        if other >= 0:
            speed, silent = collide(body, plan, ties, box, grid, i, other, now, book, tally)
        else:
            speed, silent = reach_wall(body, plan, ties, box, grid, i, -2 - other, now, book, tally)
        if not speed < np.inf:
            return BROKEN
        if not silent and speed >= threshold:
            write(rows, progress[ROWS], now, i, other, speed, body)
            progress[ROWS] += 1
        if other < 0 and grid[FACES - 2 - other] == ABSORB:
            book[LEDGER] += energy_of(body, plan, ties, box, grid, fields, traits, coulomb, i, now, room)
            leave(links, cell, head, grid, i)
            ties[i, ALIVE] = 0
            for k in range(3):
                body[i, V + k] = 0.0
            plan[i, WHEN] = np.inf
            plan[i, CROSS] = np.inf
        else:
            predict(body, plan, ties, links, cell, head, box, grid, i, now, False)
        replay(plan, tree, best, i)
        if other >= 0:
            predict(body, plan, ties, links, cell, head, box, grid, other, now, False)
            replay(plan, tree, best, other)
