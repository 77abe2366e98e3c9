"""The loop of particles: flights with their meetings, kicks between them, and a look at everybody.

The arrays are those of `spheres`, `forces` and `medium`.
"""

import numpy as np

from harmonic_physics.engine.kernels.compiling import kernel
from harmonic_physics.engine.kernels.forces import CONSTANT, charge_potential, lone_potential
from harmonic_physics.engine.kernels.kicks import kick
from harmonic_physics.engine.kernels.medium import brakes
from harmonic_physics.engine.kernels.meetings import BROKEN, DONE, KICKED, OWN, ROUNDED, STEPS, predict_all, run_until
from harmonic_physics.engine.kernels.spheres import ALIVE, MASS, Floats, Ints, place


@kernel
def march(
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
    rates: Floats,
    bath: Floats,
    seed: int,
    tree: Ints,
    best: Floats,
    h: float,
    steps: int,
    kicks: bool,
    threshold: float,
    count: Ints,
    book: Floats,
    tally: Ints,
    rows: Floats,  # (room, 8): time, kind, a, b, strength, position
    progress: Ints,
) -> int:
    """Steps of h: half a flight, a kick, half a flight; or flight alone. Comes back before that when `rows` is full."""
    room = np.empty((body.shape[0], 8))
    if kicks:
        brakes(rates, 0.5 * h, room)
    while progress[STEPS] < steps:
        more = h + book[ROUNDED]
        end = book[OWN] + more
        until = book[OWN] + 0.5 * h if kicks and progress[KICKED] == 0 else end
        verdict = run_until(
            body, plan, ties, links, cell, head, box, grid, fields, traits, coulomb, tree, best, until, threshold,
            count, book, tally, rows, progress, room,
        )  # fmt: skip
        if verdict != DONE:
            return int(verdict)
        if kicks and progress[KICKED] == 0:
            if not kick(
                body, plan, ties, box, grid, fields, traits, coulomb, bath, seed, until, h, count, book, room
            ):  # fmt: skip
                return BROKEN
            predict_all(body, plan, ties, links, cell, head, box, grid, until, tree, best)
            progress[KICKED] = 1
            continue
        book[ROUNDED] = more - (end - book[OWN])
        book[OWN] = end
        progress[STEPS] += 1
        progress[KICKED] = 0
    return DONE


@kernel
def look(
    body: Floats,
    plan: Floats,
    ties: Ints,
    box: Floats,
    grid: Ints,
    fields: Floats,
    traits: Floats,
    coulomb: Floats,
    now: float,
    at: Floats,
    energies: Floats,
    totals: Floats,
) -> None:
    """at (n, 6) = [x, v] at `now`; energies (n,) kinetic; totals (5,) = energy, its size, momentum. Moves nobody."""
    totals[:] = 0.0
    n = body.shape[0]
    for i in range(n):
        place(body, ties, box, i, now, at, i)
        energies[i] = 0.5 * plan[i, MASS] * (at[i, 3] ** 2 + at[i, 4] ** 2 + at[i, 5] ** 2)
        if ties[i, ALIVE]:
            potential = lone_potential(plan, box, fields, traits, i, at, i)
            totals[0] += energies[i] + potential
            totals[1] += energies[i] + abs(potential)
            for k in range(3):
                totals[2 + k] += plan[i, MASS] * at[i, 3 + k]
    if coulomb[CONSTANT] != 0.0:
        for i in range(n):
            if ties[i, ALIVE]:
                pair = charge_potential(ties, box, grid, traits, coulomb, i, i + 1, at)
                totals[0] += pair
                totals[1] += abs(pair)
