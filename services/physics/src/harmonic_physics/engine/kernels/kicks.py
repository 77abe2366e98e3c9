"""What happens between two flights: drag, forces and heat bath, all at one time."""

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.contacts import kinetic
from harmonic_physics.engine.kernels.forces import accelerate
from harmonic_physics.engine.kernels.medium import COUPLING, resist, shake
from harmonic_physics.engine.kernels.meetings import KICKS, LEDGER
from harmonic_physics.engine.kernels.spheres import ALIVE, AXES, MASS, Floats, Ints, V, bring


@inner
def push(body: Floats, plan: Floats, room: Floats, i: int, h: float) -> float:
    """v += a h. Returns the kinetic energy that the forces with a potential gave: the rest is booked by the caller."""
    before, work = kinetic(body, plan, i), 0.0
    for k in range(3):
        work += room[i, 3 + k] * (body[i, V + k] + 0.5 * h * room[i, k])
        body[i, V + k] += h * room[i, k]
    return float(kinetic(body, plan, i) - before - plan[i, MASS] * h * work)


@inner
def kick(
    body: Floats,
    plan: Floats,
    ties: Ints,
    box: Floats,
    grid: Ints,
    fields: Floats,
    traits: Floats,
    coulomb: Floats,
    bath: Floats,
    seed: int,
    now: float,
    h: float,
    count: Ints,
    book: Floats,
    room: Floats,
) -> bool:
    """All that is not free flight, over h, at one time: drag h/2, force h/2, bath h, force h/2, drag h/2.

    Between two halves of a flight this is a Strang splitting of second order. What has a potential changes the energy
    by its own error alone; the rest is booked. Returns whether the state is still finite.
    """
    n, total = body.shape[0], 0.0
    for i in range(n):
        bring(body, ties, box, i, now)
    accelerate(body, plan, ties, box, grid, fields, traits, coulomb, room[:, 0:3], room[:, 3:6])
    for i in range(n):
        if ties[i, ALIVE] == 0:
            continue
        before = kinetic(body, plan, i)
        resist(body, i, room)
        before += push(body, plan, room, i, 0.5 * h)
        if bath[COUPLING] > 0.0:
            shake(body, plan[i, MASS], grid[AXES], bath, seed, i, h, count[KICKS])
        before += push(body, plan, room, i, 0.5 * h)
        resist(body, i, room)
        after = kinetic(body, plan, i)
        book[LEDGER] += before - after
        total += after
    count[KICKS] += 1
    return total < np.inf
