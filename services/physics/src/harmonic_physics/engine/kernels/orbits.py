"""The walk of an orbit run: steps, the events in them, frames read from them, and the watch over validity."""

from math import floor, sqrt

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.crossings import Watch, pair_square
from harmonic_physics.engine.kernels.elementary import arc_tangent_2
from harmonic_physics.engine.kernels.encounters import detect, quiet
from harmonic_physics.engine.kernels.flight import (
    ADAPTIVE,
    BEGAN,
    BROKEN,
    BUSY,
    DRIFTED,
    E0,
    E_SCALE,
    ENCOUNTER,
    ERRORS,
    FRESH,
    FULL,
    GRID,
    L0,
    L_SCALE,
    LOW,
    METHOD,
    P0,
    P_SCALE,
    REACHED,
    READ,
    SPAN,
    STEPS,
    WORST,
    Flight,
    Floats,
    Ints,
    Settings,
)
from harmonic_physics.engine.kernels.gravity import compose, invariants
from harmonic_physics.engine.kernels.longitudes import resonance_phasor
from harmonic_physics.engine.kernels.stride import adaptive, flat, look, switch, too_close

FULL_TURN = 6.283185307179586
QUIET, EVENTFUL, CLOSE = range(3)
"""How a glide ends."""


@kernel
def quantities(x: Floats, v: Floats, m: Floats, gm: Floats, soft: float, out: Floats) -> None:
    """The invariants of a state, as `gravity.invariants` lists them."""
    invariants(x, v, m, gm, soft, out)


@inner
def audit(flight: Flight, settings: Settings) -> None:
    """Drift of energy, angular momentum and momentum at the end of the step under way."""
    book, inv = flight.book, np.empty(10)
    invariants(flight.now[0], flight.now[1], flight.masses, settings.gm, settings.soft, inv)
    book[ERRORS] = (inv[0] + inv[1] - book[E0]) / book[E_SCALE]
    spin, drift = 0.0, 0.0
    for k in range(3):
        spin += (inv[2 + k] - book[L0 + k]) ** 2
        drift += (inv[6 + k] - book[P0 + k]) ** 2
    book[ERRORS + 1] = sqrt(spin) / book[L_SCALE]
    book[ERRORS + 2] = sqrt(drift) / book[P_SCALE]
    for k in range(3):
        book[WORST + k] = max(book[WORST + k], abs(book[ERRORS + k]))


@inner
def wind(angles: Floats, angle: float) -> None:
    """Follow a resonant angle through its turns."""
    if angles[4] > 0.0:
        angle += FULL_TURN * floor((angles[0] - angle) / FULL_TURN + 0.5)
        angles[1], angles[2] = min(angles[1], angle), max(angles[2], angle)
    else:
        angles[1], angles[2] = angle, angle
    angles[0] = angle
    angles[3] += angle
    angles[4] += 1.0


@inner
def write_frame(
    flight: Flight, settings: Settings, watch: Watch, moment: float, vectors: Floats, scalars: Floats
) -> None:
    """vectors = [x, v]; scalars = [distances..., energy error, angular momentum error, resonant angles (deg)...]."""
    x, v = vectors[0], vectors[1]
    look(flight, settings, moment, x, v)
    n = x.shape[0]
    for i in range(n):
        scalars[i] = sqrt(pair_square(x, i, watch.centre))
    audit(flight, settings)
    scalars[n], scalars[n + 1] = flight.book[ERRORS], flight.book[ERRORS + 1]
    for r in range(flight.angles.shape[0]):
        c, s = resonance_phasor(x, v, settings.gm, watch.longitudes[r], watch.periapses[r])
        angle = arc_tangent_2(s, c)
        wind(flight.angles[r], angle)
        scalars[n + 2 + r] = (angle if angle >= 0.0 else angle + FULL_TURN) * 57.29577951308232
    v *= settings.scale


@inner
def glide(flight: Flight, settings: Settings, watch: Watch, until: float, fresh: Floats, nearing: Floats) -> int:
    """Symplectic steps along the grid of equal ones, up to a time, an event, or a pair that comes too close.

    Everything is at hand outside the loop: this is where a quiet universe spends its time.
    """
    now, start, time, count, last, approach = (
        flight.now, flight.start, flight.time, flight.count, flight.last, flight.approach,
    )  # fmt: skip
    gm, soft, scale, step, drift, kick = (
        settings.gm, settings.soft, settings.scale, settings.step, settings.drift, settings.kick,
    )  # fmt: skip
    x, v, cx, cv = flat(now)
    places, speeds, pull = now[0], now[1], np.empty_like(x)
    while time[REACHED] < until:
        if count[GRID] >= 0:
            place, span = count[GRID] + 1, step
        else:
            place = floor(time[REACHED] / step + 1e-6) + 1
            span = place * step - time[REACHED]
        start[:] = now
        compose(x, v, cx, cv, gm, soft, span * scale, drift, kick, pull)
        if too_close(x, gm, step * scale):
            now[:] = start
            return CLOSE
        time[BEGAN], time[REACHED], time[LOW], time[SPAN] = time[REACHED], place * step, 0.0, span * scale
        count[GRID], count[FRESH] = place, 0
        count[STEPS] += 1
        if not quiet(places, speeds, gm, watch, last, approach, fresh, nearing):
            return EVENTFUL
    return QUIET


@inner
def next_stop(times: Floats, index: int, goal: float, slack: float) -> float:
    """The time that has to be reached next, less the slack."""
    return (times[index] if index < times.shape[0] else goal) - slack


@kernel
def walk(
    flight: Flight,
    settings: Settings,
    watch: Watch,
    goal: float,
    times: Floats,  # (frames,)
    vectors: Floats,  # (frames, 2, n, 3)
    scalars: Floats,  # (frames, n + 2 + resonances)
    rows: Floats,  # (room, 8)
    written: Ints,  # frames and events so far
) -> int:
    """Go on until every frame is written and the goal is reached, or there is a reason to stop.

    FULL: there is no more room for events: call again.
    """
    fresh, nearing = np.zeros_like(flight.last), np.zeros_like(flight.last)
    while True:
        while written[0] < times.shape[0] and times[written[0]] <= flight.time[REACHED] + settings.slack:
            frame = written[0]
            write_frame(flight, settings, watch, times[frame], vectors[frame], scalars[frame])
            written[0] += 1
            error = abs(flight.book[ERRORS])
            if not error < np.inf:
                return BROKEN
            if error > settings.tolerance:
                return DRIFTED
        if flight.time[REACHED] + settings.slack >= goal and written[0] == times.shape[0]:
            flight.time[READ] = goal
            return BUSY
        if written[1] + flight.rows.shape[0] >= rows.shape[0]:
            return FULL
        if flight.count[METHOD] == ADAPTIVE:
            verdict = adaptive(flight, settings)
            if verdict != BUSY:
                return verdict
            calm = quiet(flight.now[0], flight.now[1], settings.gm, watch, flight.last, flight.approach, fresh, nearing)
        else:
            until = next_stop(times, written[0], goal, settings.slack)
            outcome = glide(flight, settings, watch, until, fresh, nearing)
            calm = outcome != EVENTFUL
            if outcome == CLOSE and settings.adapts == 0:
                return ENCOUNTER
            if outcome == CLOSE:
                switch(flight)
        if not calm:
            written[1], verdict = detect(flight, settings, watch, rows, written[1])
            if verdict != BUSY:
                return verdict
