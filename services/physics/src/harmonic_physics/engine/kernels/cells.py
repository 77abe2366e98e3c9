"""The grid of cells: who may meet a body before it leaves its cell. Cells are at least as wide as the widest body.

Closed axes have walls at both ends; wrapped ones know their images; open ones repeat the grid without end, so that
bodies far away share a cell's list and are merely tested in vain. Any number of cells from 1 is right.
"""

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.spheres import (
    AFTER,
    ALIVE,
    AXES,
    BEFORE,
    CELLS,
    CROSS,
    EDGE,
    FACES,
    FALL,
    GATE,
    HITS,
    NOBODY,
    NONE,
    PARTNER,
    SIZE,
    STAMP,
    WHEN,
    WRAP,
    Floats,
    Ints,
    R,
    T,
    V,
    approach,
    bring,
    wait_for,
)


@inner
def folded(c: int, n: int) -> int:
    """c modulo n: the grid repeats. Division is slow, and seldom needed."""
    return c if 0 <= c < n else int(c % n)


@inner
def slot_of(cell: Ints, grid: Ints, i: int) -> int:
    """Index of body i's cell's list."""
    c0, c1, c2 = folded(cell[i, 0], grid[CELLS]), folded(cell[i, 1], grid[CELLS + 1]), cell[i, 2]
    return int((c0 * grid[CELLS + 1] + c1) * grid[CELLS + 2] + folded(c2, grid[CELLS + 2]))


@inner
def enter(links: Ints, cell: Ints, head: Ints, grid: Ints, i: int) -> None:
    """Put body i at the front of its cell's list."""
    slot = slot_of(cell, grid, i)
    first = head[slot]
    head[slot] = i
    links[AFTER, i] = first
    links[BEFORE, i] = NOBODY
    if first != NOBODY:
        links[BEFORE, first] = i


@inner
def leave(links: Ints, cell: Ints, head: Ints, grid: Ints, i: int) -> None:
    """Take body i out of its cell's list."""
    ahead, behind = links[BEFORE, i], links[AFTER, i]
    if ahead != NOBODY:
        links[AFTER, ahead] = behind
    else:
        head[slot_of(cell, grid, i)] = behind
    if behind != NOBODY:
        links[BEFORE, behind] = ahead


@inner
def fill(body: Floats, ties: Ints, links: Ints, cell: Ints, head: Ints, box: Floats, grid: Ints) -> None:
    """Sort all bodies into cells by their positions, the last one of a cell first in its list."""
    head[:] = NOBODY
    for i in range(body.shape[0]):
        for k in range(3):
            c = int(np.floor(body[i, k] / box[EDGE + k]))
            bounded = grid[FACES + 2 * k] != NONE and grid[FACES + 2 * k + 1] != NONE
            cell[i, k] = min(max(c, 0), grid[CELLS + k] - 1) if bounded else c
        if ties[i, ALIVE]:
            enter(links, cell, head, grid, i)


@inner
def predict_bounds(
    body: Floats, plan: Floats, ties: Ints, cell: Ints, box: Floats, grid: Ints, i: int, now: float
) -> None:
    """Note when body i leaves its cell, or first reaches a wall that ends it, a radius before the face."""
    leaves, gate = np.inf, 0
    dt = now - body[i, T]
    for k in range(grid[AXES]):
        c, edge, pull = cell[i, k], box[EDGE + k], box[FALL + k]
        ends_low = c <= 0 and grid[FACES + 2 * k] > WRAP
        ends_high = c >= grid[CELLS + k] - 1 and grid[FACES + 2 * k + 1] > WRAP
        low = body[i, R] if ends_low else c * edge
        high = box[SIZE + k] - body[i, R] if ends_high else (c + 1) * edge
        position = body[i, k] + dt * (body[i, V + k] + 0.5 * pull * dt)
        wait, side = wait_for(position, body[i, V + k] + pull * dt, pull, low, high)
        when = now + wait
        if ends_high if side == 1 else ends_low:
            if when < plan[i, WHEN]:
                plan[i, WHEN] = when
                ties[i, PARTNER] = -2 - (2 * k + side)
        elif when < leaves:
            leaves, gate = when, 2 * k + side
    plan[i, CROSS] = leaves
    ties[i, GATE] = gate


@inner
def span(grid: Ints, k: int, c: int, axis: int, side: int) -> tuple[int, int]:
    """First and last offset of the cells to look at along axis k: each cell once, images of wrapped ones too.

    Of the axis that was just crossed only the new side, where there are enough cells.
    """
    if k >= grid[AXES]:
        return 0, 0
    low, high = -1, 1
    if grid[FACES + 2 * k] != WRAP:
        if grid[FACES + 2 * k] != NONE and grid[FACES + 2 * k + 1] != NONE:
            low, high = max(-1, -c), min(1, grid[CELLS + k] - 1 - c)
        elif grid[CELLS + k] <= 2:
            low, high = 0, grid[CELLS + k] - 1
    if axis == k and high - low == 2:
        return (1, 1) if side == 1 else (-1, -1)
    return low, high


@inner
def meet_others(
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
    axis: int,
    side: int,
    once: bool,
) -> None:
    """Let body i note its first meeting with the bodies of its own and neighbouring cells, if it is sooner.

    `axis` >= 0 looks only at the cells that came near when it crossed that axis to `side`; `once` leaves out the
    bodies before i, which look at i themselves. One loop: this is where the time goes.
    """
    after = links[AFTER]
    f0, f1, f2 = box[FALL], box[FALL + 1], box[FALL + 2]
    n0, n1, n2 = grid[CELLS], grid[CELLS + 1], grid[CELLS + 2]
    wrap0 = box[SIZE] if grid[FACES] == WRAP else 0.0  # how far the images of a wrapped axis are apart
    wrap1 = box[SIZE + 1] if grid[FACES + 2] == WRAP else 0.0
    wrap2 = box[SIZE + 2] if grid[FACES + 4] == WRAP else 0.0
    d = now - body[i, 6]
    a0, a1, a2 = body[i, 3] + f0 * d, body[i, 4] + f1 * d, body[i, 5] + f2 * d
    p0 = body[i, 0] + d * (body[i, 3] + 0.5 * f0 * d)
    p1 = body[i, 1] + d * (body[i, 4] + 0.5 * f1 * d)
    p2 = body[i, 2] + d * (body[i, 5] + 0.5 * f2 * d)
    swift, radius = max(max(abs(a0), abs(a1)), abs(a2)), body[i, 7]
    c0, c1, c2 = cell[i, 0], cell[i, 1], cell[i, 2]
    l0, h0 = span(grid, 0, c0, axis, side)
    l1, h1 = span(grid, 1, c1, axis, side)
    l2, h2 = span(grid, 2, c2, axis, side)
    best, whom = plan[i, WHEN], ties[i, PARTNER]
    found, least = False, i if once else -1
    for k0 in range(c0 + l0, c0 + h0 + 1):
        m0 = (wrap0 if k0 >= n0 else (-wrap0 if k0 < 0 else 0.0)) - p0
        row0 = (k0 if 0 <= k0 < n0 else k0 % n0) * n1
        for k1 in range(c1 + l1, c1 + h1 + 1):
            m1 = (wrap1 if k1 >= n1 else (-wrap1 if k1 < 0 else 0.0)) - p1
            row1 = (row0 + (k1 if 0 <= k1 < n1 else k1 % n1)) * n2
            for k2 in range(c2 + l2, c2 + h2 + 1):
                m2 = (wrap2 if k2 >= n2 else (-wrap2 if k2 < 0 else 0.0)) - p2
                j = head[row1 + (k2 if 0 <= k2 < n2 else k2 % n2)]
                while j >= 0:
                    if j > least and j != i:
                        d = now - body[j, 6]
                        u0 = body[j, 3] + f0 * d - a0
                        u1 = body[j, 4] + f1 * d - a1
                        u2 = body[j, 5] + f2 * d - a2
                        r0 = body[j, 0] + d * (body[j, 3] + 0.5 * f0 * d) + m0
                        r1 = body[j, 1] + d * (body[j, 4] + 0.5 * f1 * d) + m1
                        r2 = body[j, 2] + d * (body[j, 5] + 0.5 * f2 * d) + m2
                        b = r0 * u0 + r1 * u1 + r2 * u2
                        if b < 0.0:
                            reach = radius + body[j, 7]
                            when = now + approach(r0, r1, r2, u0, u1, u2, b, reach, swift)
                            if when < best or (found and when == best and j < whom):
                                best, whom, found = when, j, True
                    j = after[j]
    if found:
        plan[i, WHEN] = best
        ties[i, PARTNER] = whom
        ties[i, STAMP] = ties[whom, HITS]


@inner
def cross_over(
    body: Floats, ties: Ints, links: Ints, cell: Ints, head: Ints, box: Floats, grid: Ints, i: int, now: float
) -> bool:
    """Move body i into the next cell, through a wrapped face too. Returns whether it was wrapped."""
    bring(body, ties, box, i, now)
    k, side = ties[i, GATE] >> 1, ties[i, GATE] & 1
    leave(links, cell, head, grid, i)
    step = 1 if side == 1 else -1
    if body[i, V + k] * step < 0.0:
        # the apex of a throw within rounding of the cell's end: it has turned already, or would cross for ever
        body[i, V + k] = -body[i, V + k]
    c = cell[i, k] + step
    wrapped = grid[FACES + 2 * k] == WRAP and not 0 <= c < grid[CELLS + k]
    if wrapped:
        c = 0 if side == 1 else grid[CELLS + k] - 1
        body[i, k] = 0.0 if side == 1 else box[SIZE + k]
    cell[i, k] = c
    enter(links, cell, head, grid, i)
    return bool(wrapped)
