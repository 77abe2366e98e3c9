"""The loop of orbits: steps, events in order of time, frames, and the watch over validity."""

from math import sqrt

import numpy as np
from numba import njit

from harmonic_physics.engine.kernels.crossings import (
    COLLISION,
    ESCAPE,
    PERIHELION,
    Ints,
    crosses,
    holds,
    pair_square,
    relative,
    root,
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


@njit(cache=True, nogil=True)
def open_book(x: Floats, v: Floats, m: Floats, g: float, book: Floats) -> None:
    """Note the invariants at the start."""
    inv = np.empty(6)
    invariants(x, v, m, g, inv)
    book[E0] = inv[0] + inv[1]
    book[E_SCALE] = max(abs(book[E0]), 1e-3 * inv[0])
    book[L0X], book[L0Y], book[L0Z] = inv[2], inv[3], inv[4]
    book[L_SCALE] = inv[5] if inv[5] > 0.0 else 1.0


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def graze(
    a: int, b: int, start: Floats, trial: Floats, gm: Floats, h: float, before: float, after: float,
    axes: Floats, limit: float, drift: Floats, kick: Floats, acc: Floats,
) -> float:  # fmt: skip
    """Function of a collision at the closest approach inside a step whose ends are apart; positive if they miss."""
    root(PERIHELION, a, b, start, trial, gm, h, before, after, axes, b, 0.0, drift, kick, acc)
    return signed(COLLISION, a, b, trial[0], trial[1], axes, b, limit)


@njit(cache=True, nogil=True)
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
                approach[d] = pair_product_of(state, a, b)
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
            now = signed(code, a, b, state[0], state[1], axes, centre, limits[d])
            before = last[d]
            after = now
            span = h
            last[d] = now
            if code == COLLISION:
                closing = approach[d]
                approach[d] = pair_product_of(state, a, b)
                if closing < 0.0 < approach[d] and before > 0.0 and now > 0.0:
                    nearest = graze(a, b, start, trial, gm, h, closing, approach[d], axes, limits[d], drift, kick, acc)
                    if nearest < 0.0:
                        after = nearest
                        span = root(
                            PERIHELION, a, b, start, trial, gm, h, closing, approach[d], axes, b, 0.0, drift, kick, acc
                        )
            if not crosses(code, before, after):
                continue
            if not (
                holds(code, a, b, start[0], start[1], gm, axes, centre)
                or holds(code, a, b, state[0], state[1], gm, axes, centre)
            ):
                continue
            tau = root(code, a, b, start, trial, gm, span, before, after, axes, centre, limits[d], drift, kick, acc)
            if not holds(code, a, b, trial[0], trial[1], gm, axes, centre):
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


@njit(cache=True, nogil=True)
def pair_product_of(state: Floats, a: int, b: int) -> float:
    """r . v of the pair a, b."""
    total = 0.0
    for k in range(3):
        total += relative(state[0], a, b, k) * relative(state[1], a, b, k)
    return total
