"""Taylor steps on a tape: the series of a step are kept until time has passed it, so that frames and events between are
read from them and never shorten a step. Only a branch of |x|, sign, min or max does.

Jorba and Zou 2005, section 3: order p fixed, steps from the last two coefficients; the state is a compensated sum.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.elementary import exponential, logarithm
from harmonic_physics.engine.kernels.roots import horner, roots
from harmonic_physics.engine.kernels.series import evaluate, expand, sign_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NO_ROOM, NOT_FINITE, TOO_SHORT = -2, -3, -4
"""Why there is no step: too many events in it; a value is not finite; time no longer moves."""
BEGIN, BEGIN_LOW, LENGTH, NOW = range(4)
"""Slots of `clock`: where the step's series begin (a compensated sum), how far they reach, the time now."""
REGISTER, OF_SLOPE, DIRECTION, GUARD, STRENGTH, KIND, BODY_A, BODY_B, X, Y, Z = range(11)
"""Columns of `watched`: what an event is; registers after GUARD are of the table of values, -1 is none."""
ROOM = 64
"""Events of one function in one step."""
NUDGE = 1e-13
"""Share of a step by which it goes beyond a branch, so that the next one begins on the other side."""
BLIND = 1e-9
"""Share of a step at whose beginning an event is told by the change of its sign alone."""


@inner
def size_of(series: Floats, weights: Floats, k: int) -> float:
    """The largest coefficient k of the state; NaN if one is not finite."""
    largest = 0.0
    for s in range(weights.shape[0]):
        if not abs(series[s, k]) < np.inf:
            return np.nan
        largest = max(largest, weights[s] * abs(series[s, k]))
    return largest


@inner
def step_length(series: Floats, weights: Floats, longest: float) -> float:
    """h at which the last two terms are e^-2p of the largest of the first four: Jorba and Zou's, for a state of 0 too.

    c_p h^p = e^-2p c_m h^m gives h = (c_m / c_p)^(1 / (p - m)) e^(-2 p / (p - m)). NaN where a coefficient is not
    finite.
    """
    order = series.shape[1] - 1
    h = longest
    for p in range(order - 1, order + 1):
        last = size_of(series, weights, p)
        if last != last:
            return np.nan
        if last == 0.0:
            continue
        reach = 0.0
        for m in range(4):
            first = size_of(series, weights, m)
            if first > 0.0:
                reach = max(reach, exponential((logarithm(first) - logarithm(last) - 2.0 * p) / (p - m)))
        h = min(h, reach)
    return h


@inner
def scaled(series: Floats, h: float, slope: int, p: Floats) -> None:
    """p(s) = the series at s h, or its slope there (times h): on [0, 1]."""
    n = p.shape[0]
    power = 1.0
    p[n - 1] = 0.0
    for k in range(n):
        if slope == 0:
            p[k] = series[k] * power
        elif k > 0:
            p[k - 1] = series[k] * power * k
        power *= h


@inner
def until_branch(series: Floats, kinks: Ints, h: float, time: float, p: Floats, found: Floats) -> float:
    """The step, cut just behind the first change of a branch."""
    least = 4.5e-16 * abs(time)
    for i in range(kinks.shape[0]):
        scaled(series[kinks[i]], h, 0, p)
        here, soon = sign_of(p[0]), sign_of(horner(p, NUDGE))
        if here != soon and soon != 0.0:
            h = max(NUDGE * h, least)
        elif roots(p, found) > 0:
            h = found[0] * h * (1.0 + NUDGE) + least
    return h


@inner
def seek(
    series: Floats, watched: Ints, sides: Ints, h: float, p: Floats, found: Floats, hits: Floats
) -> int:  # fmt: skip
    """Every event of the step as rows (share of the step, index) in `hits`, in order; `sides` are those at its end.

    A side is the sign of an event's function, 0 before it was first known. Returns the number, or NO_ROOM.
    """
    count = 0
    for e in range(watched.shape[0]):
        scaled(series[watched[e, REGISTER]], h, watched[e, OF_SLOPE], p)
        number = roots(p, found)
        first = 0
        while first < number and found[first] < BLIND:
            first += 1
        side = sides[e]
        for r in range(first - 1, number):  # before the first root: the side on which the step begins
            end = found[r + 1] if r + 1 < number else 1.0
            begin = found[r] if r >= first else BLIND
            now = int(sign_of(horner(p, 0.5 * (begin + end))))
            if now != 0 and now != side:
                if side != 0 and (watched[e, DIRECTION] == 0 or watched[e, DIRECTION] == now):
                    if count == hits.shape[0]:
                        return NO_ROOM
                    share = found[r] if r >= first else 0.0
                    slot = count
                    while slot > 0 and hits[slot - 1, 0] > share:
                        hits[slot] = hits[slot - 1]
                        slot -= 1
                    hits[slot, 0], hits[slot, 1] = share, e
                    count += 1
                side = now
        sides[e] = side
    return count


@inner
def begin_step(
    series: Floats, tape: Ints, rates: Ints, kinks: Ints, watched: Ints, weights: Floats, speed: float,
    longest: float, state: Floats, clock: Floats, sides: Ints, after: Ints, hits: Floats,
) -> int:  # fmt: skip
    """The series from the state at the step's beginning, the step's length, and its events. Returns their number.

    `sides` at the beginning, `after` at the end. Negative: see the codes NO_ROOM, NOT_FINITE, TOO_SHORT.
    """
    for s in range(rates.shape[0]):
        series[s, 0] = state[s, 0]
    expand(series, tape, rates, speed)
    h = step_length(series, weights, longest)
    if not h >= 0.0:
        return NOT_FINITE
    p, found = np.empty(series.shape[1]), np.empty(ROOM)
    h = until_branch(series, kinks, h, clock[BEGIN], p, found)
    if h <= 2.3e-16 * abs(clock[BEGIN]) or h < 1e-290:
        return TOO_SHORT
    clock[LENGTH] = h
    after[:] = sides
    return seek(series, watched, after, h, p, found, hits)


@inner
def place(series: Floats, state: Floats, t: float, out: Floats) -> None:
    """out (n, 2): the state a time t after the step's beginning, as a compensated sum."""
    for s in range(state.shape[0]):
        change = horner(series[s, 1:], t) * t - state[s, 1]
        value = state[s, 0] + change
        out[s, 1] = (value - state[s, 0]) - change
        out[s, 0] = value


@inner
def orthonormalise(state: Floats, first: int, size: int, sums: Floats) -> None:
    """Make the tangent vectors at state[first:] orthonormal, and add the logarithms of their lengths to `sums`.

    Modified Gram and Schmidt, as G. Benettin et al., Meccanica 15 (1980) 9-30, for all exponents at once.
    """
    for i in range(size):
        row = first + i * size
        for j in range(i):
            other = first + j * size
            along = 0.0
            for k in range(size):
                along += state[row + k, 0] * state[other + k, 0]
            for k in range(size):
                state[row + k, 0] -= along * state[other + k, 0]
        square = 0.0
        for k in range(size):
            square += state[row + k, 0] * state[row + k, 0]
        length = sqrt(square)
        sums[i] += logarithm(length)
        for k in range(size):
            state[row + k, 0] /= length
            state[row + k, 1] = 0.0


@kernel
def move_on(series: Floats, state: Floats, clock: Floats) -> None:
    """Let the next step begin where this one ends."""
    h = clock[LENGTH]
    place(series, state, h, state)
    y = h - clock[BEGIN_LOW]
    t = clock[BEGIN] + y
    clock[BEGIN_LOW] = (t - clock[BEGIN]) - y
    clock[BEGIN] = t


@kernel
def stride(
    found: int, until: float, most: int, series: Floats, tape: Ints, rates: Ints, kinks: Ints, watched: Ints,
    weights: Floats, speed: float, longest: float, state: Floats, clock: Floats, sides: Ints, after: Ints, hits: Floats,
    tangents: Ints, sums: Floats,
) -> tuple[int, int]:  # fmt: skip
    """Steps until one reaches `until` or has events, at most `most`: (events of the step held or a code, steps taken).

    `found` says how many events the step held has; -1: none is held yet. tangents: [first register, size] or [0, 0].
    """
    taken = 0
    while True:
        if found < 0:
            found = begin_step(
                series, tape, rates, kinks, watched, weights, speed, longest, state, clock, sides, after, hits
            )
            taken += 1
            if found < 0:
                return found, taken
        reach = clock[BEGIN] + clock[LENGTH]
        if reach >= until or taken >= most or (found > 0 and reach > clock[NOW]):
            return found, taken
        move_on(series, state, clock)
        if tangents[1] > 0:
            orthonormalise(state, tangents[0], tangents[1], sums)
        sides[:] = after
        clock[NOW] = max(clock[NOW], clock[BEGIN])
        found = -1


@kernel
def look(values: Floats, tape: Ints, state: Floats) -> None:
    """The table of values (registers, 1) at a state (n, 2)."""
    for s in range(state.shape[0]):
        values[s, 0] = state[s, 0]
    evaluate(values, tape)


@kernel
def read(
    series: Floats, state: Floats, begin: float, times: Floats, values: Floats, tape: Ints, wanted: Ints, out: Floats
) -> None:
    """out (times, wanted): values at times within the step."""
    there = np.empty_like(state)
    for i in range(times.shape[0]):
        place(series, state, times[i] - begin, there)
        for s in range(state.shape[0]):
            values[s, 0] = there[s, 0]
        evaluate(values, tape)
        for j in range(wanted.shape[0]):
            out[i, j] = values[wanted[j], 0]


@kernel
def tell(
    series: Floats, state: Floats, clock: Floats, after: float, until: float, hits: Floats, count: int,
    watched: Ints, least: Floats, values: Floats, tape: Ints, rows: Floats,
) -> int:  # fmt: skip
    """Rows (time, kind, a, b, strength, position) of the step's events in (after, until] that hold. Their number."""
    there = np.empty_like(state)
    n = 0
    for i in range(count):
        share, e = hits[i, 0], int(hits[i, 1])
        time = clock[BEGIN] + share * clock[LENGTH]
        if not after < time <= until:
            continue
        place(series, state, share * clock[LENGTH], there)
        for s in range(state.shape[0]):
            values[s, 0] = there[s, 0]
        evaluate(values, tape)
        if watched[e, GUARD] >= 0 and not values[watched[e, GUARD], 0] > 0.0:
            continue
        strength = abs(values[watched[e, STRENGTH], 0]) if watched[e, STRENGTH] >= 0 else 1.0
        if not strength >= least[e]:
            continue
        rows[n, 0], rows[n, 1], rows[n, 2], rows[n, 3] = time, watched[e, KIND], watched[e, BODY_A], watched[e, BODY_B]
        rows[n, 4] = strength
        for k in range(3):
            rows[n, 5 + k] = values[watched[e, X + k], 0] if watched[e, X + k] >= 0 else 0.0
        n += 1
    return n
