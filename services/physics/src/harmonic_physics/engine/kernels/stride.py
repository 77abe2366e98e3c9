"""One step of either method, taken, or taken again up to a moment inside it."""

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.dense import collocation, evaluate, hermite
from harmonic_physics.engine.kernels.flight import (
    ADAPTIVE,
    BEGAN,
    BUSY,
    COLLAPSED,
    FRESH,
    GRID,
    KNOWN,
    LAST,
    LOW,
    METHOD,
    NEXT,
    REACHED,
    SPAN,
    STEPS,
    SWITCH,
    SWITCHED,
    SYMPLECTIC,
    Flight,
    Floats,
    Settings,
)  # fmt: skip
from harmonic_physics.engine.kernels.gravity import compose
from harmonic_physics.engine.kernels.radau import converge, finish, first_step, longest_step, predict

SAFE = 0.25
"""A step is taken again where the next one would be shorter than this much of it (Rein and Spiegel 2015, 2.3)."""
TURN = 6.283185307179586
STEPS_A_TURN = 12.0
"""A pair that turns in fewer symplectic steps than this is an encounter."""


@inner
def too_close(x: Floats, gm: Floats, h: float) -> bool:
    """Whether some pair turns faster than 12 steps resolve: r^3 < G (m1 + m2) (12 h / 2 pi)^2, squared."""
    reach = (STEPS_A_TURN * h / TURN) ** 2
    n = gm.shape[0]
    for i in range(n):
        for j in range(i + 1, n):
            square = 0.0
            for k in range(3):
                square += (x[3 * j + k] - x[3 * i + k]) ** 2
            bound = (gm[i] + gm[j]) * reach
            if square * square * square < bound * bound:
                return True
    return False


@inner
def flat(state: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """x, v and their compensations, each (3 n,), as views."""
    rows = state.reshape(4, 3 * state.shape[1])
    return rows[0], rows[1], rows[2], rows[3]


@inner
def switch(flight: Flight) -> None:
    """From here on with adaptive steps."""
    flight.count[METHOD], flight.count[SWITCHED], flight.count[KNOWN], flight.count[GRID] = ADAPTIVE, 1, 0, -1
    flight.time[SWITCH] = flight.time[REACHED]
    flight.time[NEXT] = 0.0


@inner
def expect(flight: Flight, h: float, b: Floats, e: Floats) -> None:
    """b and e as the last step lets expect them; nothing, where nothing is known or h is far longer."""
    b[:], e[:] = flight.radau[0], flight.radau[1]
    q = h / flight.time[LAST] if flight.count[KNOWN] > 0 else np.inf
    if q <= 20.0:
        predict(b, e, q, flight.count[KNOWN] > 1)
    else:
        b[:], e[:] = 0.0, 0.0


@inner
def adaptive(flight: Flight, settings: Settings) -> int:
    """One accepted step."""
    time, count, a0 = flight.time, flight.count, flight.pull
    room = np.empty((30, a0.shape[0]))
    b, e, at, g, two = room[:7], room[7:14], room[14:21], room[21:28], room[28:]
    h = time[NEXT]
    if h <= 0.0:
        h = first_step(flight.now[0], settings.gm, settings.soft)
    while True:
        if not h / settings.scale > 1e-15 * abs(time[REACHED]) + 1e-30:
            return COLLAPSED
        expect(flight, h, b, e)
        settled = converge(flight.now, settings.gm, settings.soft, h, a0, b, at, g, two)
        limit = longest_step(flight.now[0], settings.gm, settings.soft, b, h)
        if settled and limit >= SAFE * h:
            break
        h = min(limit, 0.5 * h)
    flight.start[:] = flight.now
    finish(flight.now, h, a0, b, at)
    flight.radau[0], flight.radau[1] = b, e
    time[LAST], time[NEXT], time[SPAN], time[BEGAN] = h, min(limit, 4.0 * h), h, time[REACHED]
    y = h / settings.scale - time[LOW]
    time[REACHED] = time[BEGAN] + y
    time[LOW] = (time[REACHED] - time[BEGAN]) - y
    count[FRESH] = 0
    count[KNOWN] += 1
    count[STEPS] += 1
    return BUSY


@inner
def retake(flight: Flight, settings: Settings, tau: float) -> None:
    """The step under way again, but only a time tau [universe's own] of it: exact, where a change cuts it."""
    time, count = flight.time, flight.count
    flight.now[:] = flight.start
    if tau > 0.0 and count[METHOD] == SYMPLECTIC:
        x, v, cx, cv = flat(flight.now)
        pull = np.empty_like(x)
        compose(x, v, cx, cv, settings.gm, settings.soft, tau, settings.drift, settings.kick, pull)
    elif tau > 0.0:
        a0, b, power = flight.pull, flight.radau[0], 1.0
        at, g, trial = np.empty_like(b), np.empty_like(b), np.empty_like(b)
        for j in range(7):
            power *= tau / time[SPAN]
            b[j] *= power
        converge(flight.now, settings.gm, settings.soft, tau, a0, b, at, g, trial)
        finish(flight.now, tau, a0, b, at)
    time[REACHED], time[LOW], time[SPAN] = time[BEGAN] + tau / settings.scale, 0.0, tau
    time[NEXT] = 0.0
    count[GRID], count[KNOWN], count[FRESH] = -1, 0, 0


@inner
def refresh(flight: Flight, settings: Settings) -> None:
    """`series` is of the step under way."""
    h = flight.time[SPAN]
    if flight.count[FRESH] == 1 or h <= 0.0:
        return
    if flight.count[METHOD] == SYMPLECTIC:
        hermite(flight.start, flight.now, settings.gm, settings.soft, h, flight.series)
    else:
        collocation(flight.start, flight.pull, flight.radau[0], h, flight.series)
    flight.count[FRESH] = 1


@inner
def look(flight: Flight, settings: Settings, moment: float, x: Floats, v: Floats) -> None:
    """State at a moment of the step under way [run's time]; a swallowed body is where its heir is."""
    time = flight.time
    if time[SPAN] == 0.0 or abs(moment - time[REACHED]) <= settings.slack:
        x[:], v[:] = flight.now[0], flight.now[1]
    else:
        refresh(flight, settings)
        s = (moment - time[BEGAN]) * settings.scale / time[SPAN]
        evaluate(flight.series, s, time[SPAN], x, v)
    for i in range(x.shape[0]):
        x[i], v[i] = x[flight.heirs[i]], v[flight.heirs[i]]
