"""The loop of particles: meetings in order of time, drag steps around them, frames, and the watch over collapse."""

from math import sqrt

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.contacts import collide, kinetic, potential, reach_face
from harmonic_physics.engine.kernels.neighbours import build, fastest, outdated
from harmonic_physics.engine.kernels.spheres import (
    NOBODY,
    Floats,
    Ints,
    Spheres,
    World,
    bring,
    meet_others,
    place,
    predict_faces,
)

BUSY, DONE, COLLAPSED, BROKEN = range(4)
"""What a call ends with."""
FRAME, SUBSTEP, OPEN, MEETINGS, CROWD, LISTED = range(6)
"""Slots of `count`: frames handed out, drag steps since, whether a step is under way, meetings, those lately, and
whether the neighbour list still holds in this step."""
ENERGY, WORST, SKIN, LATELY, BOUND = range(5)
"""Slots of `book`: energy at the start, worst drift of the balance, the neighbour list's skin, when CROWD began, and
the squared speed up to which the list holds."""
COLLISION, WALL = range(2)
"""Event codes, in the order of the system's declaration."""


@inner
def predict(s: Spheres, w: World, i: int, now: float, listed: bool, first: Ints, others: Ints) -> int:
    """Find body i's next meeting among its neighbours, or among all. Returns the work done."""
    predict_faces(s, w, i, now)
    if not listed:
        return int(meet_others(s, w, i, now, others[:0], 0, s.x.shape[0], False))
    if first[i + 1] > first[i]:
        return int(meet_others(s, w, i, now, others, first[i], first[i + 1], False))
    return 1


@inner
def predict_all(s: Spheres, w: World, now: float, listed: bool, first: Ints, others: Ints) -> int:
    """Find every body's next meeting, each pair once. Returns the work done."""
    n = s.x.shape[0]
    for i in range(n):
        if s.alive[i]:
            predict_faces(s, w, i, now)
    work = n
    for i in range(n):
        if s.alive[i] and not listed:
            work += meet_others(s, w, i, now, others[:0], i + 1, n, True)
        elif s.alive[i] and first[i + 1] > first[i]:
            work += meet_others(s, w, i, now, others, first[i], first[i + 1], True)
    return int(work)


@inner
def resist(s: Spheres, w: World, ledger: Floats) -> None:
    """Half a step of ds/dt = -gamma s - kappa s^2 for every speed s, exactly: s keep / (1 + brake s)."""
    for i in range(s.x.shape[0]):
        if not s.alive[i]:
            continue
        before = kinetic(s, w, i)
        speed = sqrt(s.v[i, 0] ** 2 + s.v[i, 1] ** 2 + s.v[i, 2] ** 2)
        factor = w.keep[i] / (1.0 + w.brake[i] * speed)
        for k in range(3):
            s.v[i, k] *= factor
        ledger[0] += before - kinetic(s, w, i)


@inner
def write_frame(
    s: Spheres, w: World, now: float, book: Floats, ledger: Floats, vectors: Floats, energies: Floats, totals: Floats
) -> None:
    """vectors = [x, v]; energies = kinetic by body; totals = [energy, drift of the balance]. Changes no body."""
    kinetic_sum, potential_sum = 0.0, 0.0
    for i in range(s.x.shape[0]):
        place(s, w, i, now, vectors[0, i], vectors[1, i])
        speed = vectors[1, i, 0] ** 2 + vectors[1, i, 1] ** 2 + vectors[1, i, 2] ** 2
        energies[i] = 0.5 * w.mass[i] * speed
        if s.alive[i]:
            kinetic_sum += energies[i]
            for k in range(3):
                potential_sum -= w.mass[i] * w.fall[k] * vectors[0, i, k]
    totals[0] = kinetic_sum + potential_sum
    scale = max(max(abs(book[ENERGY]), kinetic_sum), max(abs(ledger[0]), 1e-300))
    totals[1] = (totals[0] + ledger[0] - book[ENERGY]) / scale
    book[WORST] = max(book[WORST], abs(totals[1]))


@kernel
def open_book(s: Spheres, w: World, book: Floats) -> None:
    """Note the energy at the start."""
    for i in range(s.x.shape[0]):
        book[ENERGY] += kinetic(s, w, i) + potential(s, w, i)


@kernel
def advance(
    s: Spheres,
    w: World,
    anchor: Floats,  # (n, 3): where the bodies were when the neighbour list was made
    count: Ints,
    book: Floats,
    ledger: Floats,
    tally: Ints,
    interval: float,
    per_frame: int,  # drag steps a frame; 0 without drag
    frames: int,
    threshold: float,
    limit: int,
    vectors: Floats,  # (buffer, 2, n, 3)
    energies: Floats,  # (buffer, n)
    totals: Floats,  # (buffer, 2)
    event_floats: Floats,  # (buffer, 5)
    event_ints: Ints,  # (buffer, 3)
    written: Ints,
) -> int:
    """Work until `limit` pair tests, a full buffer, the end, or a reason to stop; see the codes above."""
    n = s.x.shape[0]
    written[:] = 0
    listed = per_frame > 0
    first, others = np.zeros(1, np.int64), np.zeros(0, np.int64)
    if listed:
        first, others = build(anchor, s.alive, w, book[SKIN])
    if count[FRAME] == 0:
        write_frame(s, w, 0.0, book, ledger, vectors[0], energies[0], totals[0])
        count[FRAME], written[0] = 1, 1
        if not listed:
            predict_all(s, w, 0.0, False, first, others)
    step = interval / per_frame if per_frame > 0 else interval
    work = 0
    while work < limit:
        if count[FRAME] >= frames:
            return DONE
        if written[0] >= vectors.shape[0] or written[1] >= event_ints.shape[0]:
            return BUSY
        begin = (count[FRAME] - 1) * interval + count[SUBSTEP] * step
        end = (count[FRAME] - 1) * interval + (count[SUBSTEP] + 1) * step
        if count[SUBSTEP] + 1 >= per_frame:
            end = count[FRAME] * interval
        if per_frame > 0 and count[OPEN] == 0:
            resist(s, w, ledger)
            reach = fastest(s, w, step) * step
            if outdated(s, w, anchor, book[SKIN], reach):
                anchor[:] = s.x
                book[SKIN] = max(4.0 * reach, w.radius.max())
                first, others = build(anchor, s.alive, w, book[SKIN])
                work += n * n // 2
            work += 4 * n + predict_all(s, w, begin, True, first, others)
            count[OPEN] = 1
            book[BOUND] = (reach / step) ** 2
            count[LISTED] = 1
        i = int(np.argmin(s.due))
        now = s.due[i]
        work += n // 8
        if now <= end:
            count[MEETINGS] += 1
            count[CROWD] += 1
            if now - book[LATELY] > w.contact_time[0]:
                book[LATELY] = now
                count[CROWD] = 0
            elif count[CROWD] > 100_000 + 1_000 * n:
                return COLLAPSED
            other = s.partner[i]
            if other >= 0:
                speed, silent = collide(s, w, i, other, now, ledger, tally)
            else:
                speed, silent = reach_face(s, w, i, -2 - other, now, ledger, tally)
            if not speed < np.inf:
                return BROKEN
            if not silent and speed >= threshold:
                slot = written[1]
                event_floats[slot, 0] = now
                event_floats[slot, 1] = speed
                event_floats[slot, 2:] = s.x[i]
                event_ints[slot, 0] = COLLISION if other >= 0 else WALL
                event_ints[slot, 1] = min(i, other) if other >= 0 else i
                event_ints[slot, 2] = max(i, other) if other >= 0 else NOBODY
                written[1] += 1
            if per_frame > 0:
                for body in (i, other):
                    if body >= 0 and s.v[body, 0] ** 2 + s.v[body, 1] ** 2 + s.v[body, 2] ** 2 > book[BOUND]:
                        count[LISTED] = 0  # faster than the list allows for: look at all until the step ends
            listed = per_frame > 0 and count[LISTED] == 1
            for k in range(n):
                if s.alive[k] and (k in (i, other) or s.partner[k] == i or (other >= 0 and s.partner[k] == other)):
                    work += predict(s, w, k, now, listed, first, others)
            continue
        if per_frame > 0:
            for k in range(n):
                bring(s, w, k, end)
            resist(s, w, ledger)
            count[OPEN] = 0
            work += 2 * n
        count[SUBSTEP] += 1
        if count[SUBSTEP] >= per_frame:
            slot = written[0]
            write_frame(s, w, end, book, ledger, vectors[slot], energies[slot], totals[slot])
            work += 2 * n
            count[FRAME] += 1
            count[SUBSTEP] = 0
            written[0] += 1
    return DONE if count[FRAME] >= frames else BUSY
