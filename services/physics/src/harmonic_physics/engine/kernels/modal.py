"""Damped modes in closed form: their state at any time, their sound at audio rate, their energy, their zeros.

A mode of unit modal mass obeys q'' + 2 d q' + w^2 q = 0, so with l = -d + i e, e^2 = w^2 - d^2,
q(t) = exp(-d t) (q cos et + (v + d q)/e sin et). Times are counted from an anchor, never accumulated.
`render` walks equidistant frames with SIMD lanes over time: sixteen frames a recursion
q[n + 16] = 2 Re(l^16) q[n] - |l^16|^2 q[n - 16], begun anew from the closed form for each block.
Columns of `modes` (m, 2): damped frequency e / 2 pi in Hz, decay rate d.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.phases import TWO_PI, exponential, round_half, sincos_turns, whole_turns_dropped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LANES = 16


@inner
def moved(q: float, v: float, frequency: float, decay: float, t: float) -> tuple[float, float]:
    """(q, v) a time t later."""
    sine, cosine = sincos_turns(whole_turns_dropped(frequency, t))
    fade = exponential(-decay * t)
    e = TWO_PI * frequency
    rate = (v + decay * q) / e
    shifted = fade * (q * cosine + rate * sine)
    return shifted, fade * e * (rate * cosine - q * sine) - decay * shifted


@kernel
def move(q: Floats, v: Floats, modes: Floats, t: float, q_out: Floats, v_out: Floats) -> None:
    """All modes (m,) a time t later."""
    for k in range(q.shape[0]):
        q_out[k], v_out[k] = moved(q[k], v[k], modes[k, 0], modes[k, 1], t)


@inner
def squared(modes: Floats, k: int) -> float:
    """w^2 of a mode."""
    e = TWO_PI * modes[k, 0]
    return float(e * e + modes[k, 1] * modes[k, 1])


@kernel
def energies(q: Floats, v: Floats, modes: Floats, first: int, last: int) -> float:
    """Stored energy of modes first..last-1, in order."""
    total = 0.0
    for k in range(first, last):
        total += 0.5 * (v[k] * v[k] + squared(modes, k) * q[k] * q[k])
    return total


@kernel
def energy_at(q: Floats, v: Floats, modes: Floats, first: int, last: int, t: float) -> float:
    """Stored energy of modes first..last-1, a time t later."""
    total = 0.0
    for k in range(first, last):
        x, y = moved(q[k], v[k], modes[k, 0], modes[k, 1], t)
        total += 0.5 * (y * y + squared(modes, k) * x * x)
    return total


@kernel
def fall_time(q: Floats, v: Floats, modes: Floats, first: int, last: int, level: float, t: float) -> float:
    """Time in (0, t] at which the energy has fallen to `level`: it never rises, so bisection finds the one root."""
    low, high = 0.0, t
    for _ in range(64):
        middle = 0.5 * (low + high)
        if energy_at(q, v, modes, first, last, middle) > level:
            low = middle
        else:
            high = middle
    return high


@kernel
def dissipated(q: Floats, v: Floats, modes: Floats, t: float) -> float:
    """The integral of 2 d v^2 over all modes, in closed form: what damping takes within t.

    With v = Re(V exp(l s)): v^2 = (|V|^2 exp(-2 d s) + Re(V^2 exp(2 l s))) / 2.
    """
    total = 0.0
    for k in range(q.shape[0]):
        d = modes[k, 1]
        if d == 0.0:
            continue
        e = TWO_PI * modes[k, 0]
        # q = Re(Q exp(l s)), Q = q - i (v + d q) / e, V = l Q
        qi = -(v[k] + d * q[k]) / e
        vr, vi = -d * q[k] - e * qi, e * q[k] - d * qi
        sine, cosine = sincos_turns(whole_turns_dropped(2.0 * modes[k, 0], t))
        fade = exponential(-2.0 * d * t)
        s = d * t  # 1 - exp(-2 s), without cancellation where it is small
        gone = 1.0 - fade if s > 1e-3 else 2.0 * s * (1.0 - s * (1.0 - s * (2.0 / 3.0 - s * (1.0 / 3.0))))
        steady = 0.5 * (vr * vr + vi * vi) * gone
        # the oscillating part: d Re(V^2 (exp(2 l t) - 1) / (2 l)), 1 / l = (-d - i e) / w^2
        sr, si = vr * vr - vi * vi, 2.0 * vr * vi
        gr, gi = fade * cosine - 1.0, fade * sine
        pr, pi = sr * gr - si * gi, sr * gi + si * gr
        total += steady + 0.5 * d * (-d * pr + e * pi) / (d * d + e * e)
    return total


@kernel
def render(
    q: Floats, v: Floats, modes: Floats, bodies: Ints, bands: Ints, weights: Floats, start: float, step: float,
    heard: Floats, stored: Floats, bright: Floats, x: Floats, y: Floats,
) -> None:  # fmt: skip
    """Add frames at start + n step after the anchor: heard (bodies, pickups, n), stored (bodies, bands, n) energy,
    bright (bodies, n) energy times frequency. weights (pickups, m); x, y (n + 32,) are room to work in."""
    n = heard.shape[2]
    for k in range(q.shape[0]):
        b = bodies[k]
        frequency, decay = modes[k, 0], modes[k, 1]
        q0, v0 = moved(q[k], v[k], frequency, decay, start)
        for i in range(min(n, 2 * LANES)):
            x[i], y[i] = moved(q0, v0, frequency, decay, i * step)
        cosine = sincos_turns(whole_turns_dropped(frequency, LANES * step))[1]
        fade = exponential(-decay * (LANES * step))
        one, two = 2.0 * fade * cosine, fade * fade
        recur(one, two, n - 2 * LANES, x)
        recur(one, two, n - 2 * LANES, y)
        for p in range(weights.shape[0]):
            w = weights[p, k]
            out = heard[b, p]
            for i in range(n):
                out[i] += w * x[i]
        w2 = squared(modes, k)
        energy, light = stored[b, bands[k]], bright[b]
        for i in range(n):
            e = 0.5 * (y[i] * y[i] + w2 * x[i] * x[i])
            energy[i] += e
            light[i] += frequency * e


@kernel
def sound(q: Floats, v: Floats, modes: Floats, weights: Floats, step: float, out: Floats, x: Floats) -> None:
    """Add the displacement at one pickup at n step after the anchor, in blocks of x's length: out (n,), x (block,)."""
    block, frames = x.shape[0], out.shape[0]
    first = 0
    while first < frames:
        n = min(block, frames - first)
        piece = out[first : first + n]
        for k in range(q.shape[0]):
            frequency, decay = modes[k, 0], modes[k, 1]
            w = weights[k]
            q0, v0 = moved(w * q[k], w * v[k], frequency, decay, first * step)
            seeds(q0, v0, frequency, decay, step, min(n, 2 * LANES), x)
            cosine = sincos_turns(whole_turns_dropped(frequency, LANES * step))[1]
            fade = exponential(-decay * (LANES * step))
            one, two = 2.0 * fade * cosine, fade * fade
            recur(one, two, n - 2 * LANES, x)
            for i in range(n):
                piece[i] += x[i]
        first += n


@inner
def recur(one: float, two: float, count: int, x: Floats) -> None:
    """x[n] = one x[n - 16] - two x[n - 32], for `count` frames after the first 32."""
    for i in range(count):
        x[i + 2 * LANES] = one * x[i + LANES] - two * x[i]


@inner
def seeds(q: float, v: float, frequency: float, decay: float, step: float, count: int, x: Floats) -> None:
    """x[i] = q at i step, by one rotation a frame."""
    sine, cosine = sincos_turns(whole_turns_dropped(frequency, step))
    fade = exponential(-decay * step)
    real, imaginary = q, -(v + decay * q) / (TWO_PI * frequency)
    c, s = fade * cosine, fade * sine
    for i in range(count):
        x[i] = real
        real, imaginary = c * real - s * imaginary, s * real + c * imaginary


@kernel
def zeros(q: float, v: float, frequency: float, decay: float, after: float, until: float, out: Floats) -> int:
    """Times in (after, until] from the anchor at which a mode passes 0, into out; how many. None is told twice."""
    if q == 0.0 and v == 0.0:
        return 0
    first = first_zero(q, v, frequency, decay)
    index = max(0.0, round_half(2.0 * (after * frequency - first)) - 1.0)
    count = 0
    while count < out.shape[0]:
        time = (first + 0.5 * index) / frequency
        if time > until:
            break
        if time > after:
            out[count] = time
            count += 1
        index += 1.0
    return count


@inner
def first_zero(q: float, v: float, frequency: float, decay: float) -> float:
    """Turns after the anchor, in (0, 0.5], at which the mode first passes 0; by Newton's method on the flow itself."""
    rate = (v + decay * q) / (TWO_PI * frequency)
    if q == 0.0:
        return 0.5
    low, high = 0.0, 0.5
    positive = q > 0.0
    for _ in range(60):
        u = 0.5 * (low + high)
        sine, cosine = sincos_turns(u)
        if (q * cosine + rate * sine > 0.0) == positive:
            low = u
        else:
            high = u
    return high


@kernel
def spread(q: Floats, shapes: Floats, bodies: Ints, out: Floats) -> None:
    """Add displacements over a grid of points: shapes (m, points), out (bodies, points)."""
    for k in range(q.shape[0]):
        row = out[bodies[k]]
        for i in range(row.shape[0]):
            row[i] += q[k] * shapes[k, i]


@kernel
def ratio_of(decibels: float) -> float:
    """10^(decibels / 10)."""
    return exponential(0.23025850929940458 * decibels)
