"""The loop of orbits: steps, events in order of time, frames, and the watch over validity."""

from math import sqrt

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.crossings import (
    COLLISION,
    ESCAPE,
    Ints,
    locate,
    pair_product,
    pair_square,
    signed,
    strength,
)
from harmonic_physics.engine.kernels.gravity import Floats, invariants, step

BUSY, DONE, DRIFTED, ENCOUNTER, COLLIDED, ESCAPED, BROKEN = range(7)
"""What a call ends with; all but the first two are reasons to stop."""

FRAME, SUBSTEP, STEPS = range(3)
"""Slots of `count`: frames handed out, steps since the last one, steps in all."""

E0, E_SCALE, L0X, L0Y, L0Z, L_SCALE, E_WORST, L_WORST = range(8)
"""Slots of `book`: start and scale of the invariants, and their worst relative drift."""


@kernel
def open_book(x: Floats, v: Floats, m: Floats, g: float, book: Floats) -> None:
    """Note the invariants at the start."""
    inv = np.empty(6)
    invariants(x, v, m, g, inv)
    book[E0] = inv[0] + inv[1]
    book[E_SCALE] = max(abs(book[E0]), 1e-3 * inv[0])
    book[L0X], book[L0Y], book[L0Z] = inv[2], inv[3], inv[4]
    book[L_SCALE] = inv[5] if inv[5] > 0.0 else 1.0


@inner
def write_frame(
    x: Floats, v: Floats, m: Floats, g: float, centre: int, book: Floats, frame: Floats, vectors: Floats
) -> None:
    """vectors = [x, v]; frame = [distances..., energy error, angular momentum error]."""
    n = x.shape[0]
    inv = np.empty(6)
    invariants(x, v, m, g, inv)
    vectors[0] = x
    vectors[1] = v
    for i in range(n):
        frame[i] = sqrt(pair_square(x, i, centre))
    frame[n] = (inv[0] + inv[1] - book[E0]) / book[E_SCALE]
    square = (inv[2] - book[L0X]) ** 2 + (inv[3] - book[L0Y]) ** 2 + (inv[4] - book[L0Z]) ** 2
    frame[n + 1] = sqrt(square) / book[L_SCALE]
    book[E_WORST] = max(book[E_WORST], abs(frame[n]))
    book[L_WORST] = max(book[L_WORST], frame[n + 1])


@inner
def too_close(x: Floats, gm: Floats, h: float) -> bool:
    """Whether some pair turns faster than 12 steps resolve: r^3 < G (m1 + m2) (12 h / 2 pi)^2, squared."""
    reach = (12.0 * h / 6.283185307179586) ** 2
    n = x.shape[0]
    for i in range(n):
        for j in range(i + 1, n):
            square = pair_square(x, i, j)
            bound = (gm[i] + gm[j]) * reach
            if square * square * square < bound * bound:
                return True
    return False


@kernel
def advance(
    state: Floats,  # (4, n, 3): x, v and their compensations
    last: Floats,  # (detectors,): their functions at the state
    approach: Floats,  # (detectors,): r . v of collision detectors at the state
    count: Ints,
    book: Floats,
    m: Floats,
    g: float,
    h: float,
    interval: float,
    per_frame: int,
    frames: int,
    drift: Floats,
    kick: Floats,
    detectors: Ints,  # (detectors, 3): code, a, b
    limits: Floats,  # (detectors,): squared distance of collisions and escapes
    axes: Floats,
    centre: int,
    tolerance: float,
    stops: Ints,  # [on collision, on escape]
    max_steps: int,
    vectors: Floats,  # (buffer, 2, n, 3)
    scalars: Floats,  # (buffer, n + 2)
    event_floats: Floats,  # (buffer, 5): time, strength, position
    event_ints: Ints,  # (buffer, 3): code, a, b
    written: Ints,  # [frames, events] in the buffers
) -> int:
    """Step until max_steps, a full buffer, the end, or a reason to stop; see the codes above."""
    n = m.shape[0]
    gm = g * m
    acc = np.empty((n, 3))
    start = np.empty_like(state)
    trial = np.empty_like(state)
    written[:] = 0
    if count[FRAME] == 0:
        for d in range(detectors.shape[0]):
            code, a, b = detectors[d]
            last[d] = signed(code, a, b, state[0], state[1], axes, centre, limits[d])
            if code == COLLISION:
                approach[d] = pair_product(state[0], state[1], a, b)
        write_frame(state[0], state[1], m, g, centre, book, scalars[0], vectors[0])
        count[FRAME], written[0] = 1, 1
    for _ in range(max_steps):
        if count[FRAME] >= frames:
            return DONE
        if written[0] >= vectors.shape[0] or written[1] + detectors.shape[0] > event_ints.shape[0]:
            return BUSY
        begin = (count[FRAME] - 1) * interval + count[SUBSTEP] * h
        start[:] = state
        step(state[0], state[1], state[2], state[3], gm, h, drift, kick, acc)
        count[SUBSTEP] += 1
        count[STEPS] += 1
        first = written[1]
        verdict = BUSY
        for d in range(detectors.shape[0]):
            code, a, b = detectors[d]
            before, closing = last[d], approach[d]
            last[d] = signed(code, a, b, state[0], state[1], axes, centre, limits[d])
            if code == COLLISION:
                approach[d] = pair_product(state[0], state[1], a, b)
            tau = locate(
                code, a, b, start, state, trial, gm, h, before, last[d], closing, approach[d],
                axes, centre, limits[d], drift, kick, acc,
            )  # fmt: skip
            if tau < 0.0:
                continue
            slot = written[1]
            while slot > first and event_floats[slot - 1, 0] > begin + tau:
                event_floats[slot] = event_floats[slot - 1]
                event_ints[slot] = event_ints[slot - 1]
                slot -= 1
            event_floats[slot, 0] = begin + tau
            event_floats[slot, 1] = strength(code, a, b, trial[0], trial[1], centre)
            event_floats[slot, 2:] = trial[0, a]
            event_ints[slot, 0], event_ints[slot, 1], event_ints[slot, 2] = code, a, b
            written[1] += 1
            if code == COLLISION and stops[0] == 1:
                verdict = COLLIDED
            if code == ESCAPE and stops[1] == 1:
                verdict = ESCAPED
        if verdict != BUSY:
            return verdict
        if too_close(state[0], gm, h):
            return ENCOUNTER
        if count[SUBSTEP] == per_frame:
            slot = written[0]
            write_frame(state[0], state[1], m, g, centre, book, scalars[slot], vectors[slot])
            count[FRAME] += 1
            count[SUBSTEP] = 0
            written[0] += 1
            error = abs(scalars[slot, n])
            if not error < np.inf:
                return BROKEN
            if error > tolerance:
                return DRIFTED
    return DONE if count[FRAME] >= frames else BUSY
