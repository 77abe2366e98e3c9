"""The events of a step: found on its polynomial, kept as rows, and what a collision does to the bodies."""

from math import sqrt

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.crossings import (
    COLLISION,
    CONJUNCTION,
    ECLIPSE,
    ESCAPE,
    MERGER,
    TRANSIT,
    Watch,
    crosses,
    holds,
    locate,
    pair_product,
    pair_square,
    signals,
    strength,
)  # fmt: skip
from harmonic_physics.engine.kernels.elementary import power
from harmonic_physics.engine.kernels.flight import (
    ADAPTIVE,
    BEGAN,
    BOUNCED,
    BUSY,
    COLLIDED,
    E0,
    ESCAPED,
    FRESH,
    L0,
    MERGE,
    MERGED,
    METHOD,
    NEXT,
    P0,
    SPAN,
    STOP,
    Flight,
    Floats,
    Settings,
)  # fmt: skip
from harmonic_physics.engine.kernels.gravity import accelerate, invariants
from harmonic_physics.engine.kernels.sights import a_is_nearer
from harmonic_physics.engine.kernels.stride import refresh, retake, switch

STICKS = 1e-3
"""A rebound slower than this share of the bodies' escape speed does not part them: they merge."""
FAR = 1e6
"""Where the shells of swallowed bodies are kept, in units of the universe's size: each alone."""


@inner
def arm(flight: Flight, settings: Settings, watch: Watch) -> None:
    """Note every detector's function at the state as it stands."""
    signals(watch, 0, flight.rows.shape[0], flight.now[0], flight.now[1], settings.gm, flight.last)
    for d in range(flight.rows.shape[0]):
        code, a, b = flight.rows[d]
        if code == COLLISION:
            flight.approach[d] = pair_product(flight.now[0], flight.now[1], a, b)
            flight.last[d] = abs(flight.last[d])  # bodies that have just rebounded are apart


@inner
def quiet(
    x: Floats, v: Floats, gm: Floats, watch: Watch, last: Floats, approach: Floats, fresh: Floats, nearing: Floats
) -> bool:
    """Whether no detector has anything to say of this step: then its functions are noted; `detect` looks closer."""
    signals(watch, 0, fresh.shape[0], x, v, gm, fresh)
    for d in range(fresh.shape[0]):
        code = watch.rows[d, 0]
        if code >= 0 and not ((last[d] > 0.0 and fresh[d] > 0.0) or (last[d] < 0.0 and fresh[d] < 0.0)):
            return False
        if code == COLLISION:
            nearing[d] = pair_product(x, v, watch.rows[d, 1], watch.rows[d, 2])
            if approach[d] < 0.0 < nearing[d]:
                return False
    last[:] = fresh
    approach[:] = nearing
    return True


@kernel
def cut(flight: Flight, settings: Settings, watch: Watch, tau: float) -> None:
    """End the step under way a time tau [own] after its beginning, unless tau < 0; then note the detectors."""
    if tau >= 0.0:
        retake(flight, settings, tau)
    arm(flight, settings, watch)


@inner
def may_happen(flight: Flight, settings: Settings, watch: Watch, d: int, before: float, after: float) -> bool:
    """Whether it is worth looking: a transit on the far side at both ends is none."""
    code = flight.rows[d, 0]
    if not crosses(code, before, after):
        return False
    if code != TRANSIT and code != CONJUNCTION:
        return True
    gm, radii = settings.gm, flight.radii
    return holds(watch, d, flight.start[0], flight.start[1], gm, radii) or holds(
        watch, d, flight.now[0], flight.now[1], gm, radii
    )


@inner
def write_row(row: Floats, time: float, code: int, a: int, b: int, size: float, x: Floats) -> None:
    """Time, kind, bodies, strength, position of the first body."""
    row[0], row[1], row[2], row[3], row[4] = time, code, a, b, size
    row[5:8] = x[a]


@inner
def record(
    flight: Flight, settings: Settings, watch: Watch, d: int, s: float, x: Floats, v: Floats, row: Floats
) -> None:
    """One event at the share s of the step, where the state is x and v."""
    code, a, b = flight.rows[d]
    h = flight.time[SPAN]
    size = strength(watch, d, flight.series, s, h, settings.gm, flight.radii, x, v)
    if code == ECLIPSE and not a_is_nearer(x, a, b, watch.axes[0], watch.shadows):
        a, b = b, a
    if code > ESCAPE + 1:  # a resonance is told by the bodies it is named for
        b = -1
    write_row(row, flight.time[BEGAN] + s * h / settings.scale, code, a, b, size, x)


@inner
def detect(flight: Flight, settings: Settings, watch: Watch, rows: Floats, first: int) -> tuple[int, int]:
    """Write the events of the step under way from row `first` on; returns the next free row and the verdict.

    Where bodies merge or bounce, the step ends at their contact, and what would have come after it has not happened.
    """
    x, v = np.empty_like(flight.now[0]), np.empty_like(flight.now[0])
    slot, verdict, contact, share = first, BUSY, -1, 2.0
    befores, afters = flight.last.copy(), flight.last
    signals(watch, 0, flight.rows.shape[0], flight.now[0], flight.now[1], settings.gm, afters)
    for d in range(flight.rows.shape[0]):
        code, before, after = flight.rows[d, 0], befores[d], afters[d]
        grazing, closing = False, flight.approach[d]
        if code == COLLISION:
            flight.approach[d] = pair_product(flight.now[0], flight.now[1], flight.rows[d, 1], flight.rows[d, 2])
            grazing = closing < 0.0 < flight.approach[d] and after > 0.0
        elif (before > 0.0) == (after > 0.0) and before != 0.0 and after != 0.0:
            continue
        if code < 0 or (not grazing and not may_happen(flight, settings, watch, d, before, after)):
            continue
        refresh(flight, settings)
        h = flight.time[SPAN]
        s = locate(
            watch, d, flight.series, h, settings.gm, flight.radii, before, after, closing, flight.approach[d], x, v
        )
        if s < 0.0:
            continue
        if code == COLLISION and settings.collision >= MERGE:
            if s < share:
                contact, share = d, s
            continue
        record(flight, settings, watch, d, s, x, v, rows[slot])
        slot += 1
        if code == COLLISION and settings.collision == STOP:
            verdict = COLLIDED
        if code == ESCAPE and settings.escape == STOP:
            verdict = ESCAPED
    if contact >= 0:
        slot = forget_after(rows, first, slot, flight.time[BEGAN] + share * flight.time[SPAN] / settings.scale)
        collide(flight, settings, watch, contact, share, rows[slot])
        return slot + 1, BUSY
    return slot, verdict


@inner
def forget_after(rows: Floats, first: int, last: int, moment: float) -> int:
    """Keep the rows first..last - 1 that are not later than the moment; returns the next free one."""
    slot = first
    for k in range(first, last):
        if rows[k, 0] <= moment:
            rows[slot] = rows[k]
            slot += 1
    return slot


@inner
def collide(flight: Flight, settings: Settings, watch: Watch, d: int, share: float, row: Floats) -> None:
    """Cut the step at the contact, and merge the two bodies or let them bounce; the book follows what is lost."""
    a, b = flight.rows[d, 1], flight.rows[d, 2]
    retake(flight, settings, share * flight.time[SPAN])
    x, v = flight.now[0], flight.now[1]
    distance = sqrt(pair_square(x, a, b))
    closing = abs(pair_product(x, v, a, b)) / distance
    escape = sqrt(2.0 * (settings.gm[a] + settings.gm[b]) / distance)
    merges = settings.collision == MERGE or settings.elasticity * closing < STICKS * escape
    moment = flight.time[BEGAN] + flight.time[SPAN] / settings.scale
    write_row(row, moment, MERGER if merges else COLLISION, a, b, closing, x)
    before, after = np.empty(10), np.empty(10)
    invariants(x, v, flight.masses, settings.gm, settings.soft, before)
    if merges:
        merge(flight, settings, a, b)
    else:
        bounce(flight, settings, a, b, distance)
    invariants(x, v, flight.masses, settings.gm, settings.soft, after)
    flight.book[E0] += (after[0] + after[1]) - (before[0] + before[1])
    for k in range(3):
        flight.book[L0 + k] += after[2 + k] - before[2 + k]
        flight.book[P0 + k] += after[6 + k] - before[6 + k]
    if flight.count[METHOD] != ADAPTIVE:
        switch(flight)
    flight.time[SPAN], flight.count[FRESH] = 0.0, 0
    arm(flight, settings, watch)


@inner
def bounce(flight: Flight, settings: Settings, a: int, b: int, distance: float) -> None:
    """Newton's law of restitution along the line of centres; the next step is short if they fall back soon."""
    x, v = flight.now[0], flight.now[1]
    ma, mb = flight.masses[a], flight.masses[b]
    pull = np.empty_like(x)
    accelerate(x.reshape(x.size), settings.gm, settings.soft, pull.reshape(x.size))
    speed, back = 0.0, 0.0
    for k in range(3):
        n = (x[b, k] - x[a, k]) / distance
        speed += (v[b, k] - v[a, k]) * n
        back += (pull[b, k] - pull[a, k]) * n
    change = -(1.0 + settings.elasticity) * speed
    for k in range(3):
        n = (x[b, k] - x[a, k]) / distance
        v[a, k] -= change * mb / (ma + mb) * n
        v[b, k] += change * ma / (ma + mb) * n
    flight.count[BOUNCED] += 1
    if back < 0.0:
        flight.time[NEXT] = 1.2 * settings.elasticity * speed / back  # 0.6 of the time until they would touch again


@inner
def merge(flight: Flight, settings: Settings, a: int, b: int) -> None:
    """The heavier takes the lighter in: mass, momentum, volume; the lighter is then where its heir is."""
    heir, gone = (a, b) if flight.masses[a] >= flight.masses[b] else (b, a)
    x, v, masses, radii = flight.now[0], flight.now[1], flight.masses, flight.radii
    whole, size = masses[heir] + masses[gone], np.max(np.abs(x))
    for k in range(3):
        x[heir, k] = (masses[heir] * x[heir, k] + masses[gone] * x[gone, k]) / whole
        v[heir, k] = (masses[heir] * v[heir, k] + masses[gone] * v[gone, k]) / whole
    flight.now[2, heir], flight.now[3, heir] = 0.0, 0.0
    flight.now[:, gone] = 0.0
    flight.now[0, gone, 0] = FAR * (gone + 1) * size
    masses[heir], masses[gone] = whole, 0.0
    settings.gm[heir], settings.gm[gone] = settings.g * whole, 0.0
    radii[heir] = power(radii[heir] ** 3 + radii[gone] ** 3, 1.0 / 3.0)
    radii[gone] = 0.0
    flight.count[MERGED] += 1
    for i in range(masses.shape[0]):
        if flight.heirs[i] == gone:
            flight.heirs[i] = heir
    for d in range(flight.rows.shape[0]):
        code, p, q = flight.rows[d]
        if p == gone or (q == gone and (code in (CONJUNCTION, COLLISION, ECLIPSE))):
            flight.rows[d, 0] = -1
