"""Sums of partials whose pitch moves at every sample, in double precision, from phases that are exact.

Harmonics share one phase: Clenshaw's recursion sums a_k sin(k x) with a product and two sums each (Clenshaw, Math.
Tables Aids Comput. 9 (1955) 118). Phases are in cycles. Partials fade between 0.40 and 0.46 of the sample rate.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import inner, kernel

Floats = NDArray[np.float64]
TAPER_FROM, TAPER_TO = 0.40, 0.46
PIECE = 256
STEP = 8


@inner
def circle(cycles: float) -> tuple[float, float]:
    """cos and sin of 2 pi cycles: polynomials in the square, interpolated at Chebyshev's points, good to 1e-11."""
    x = cycles - np.floor(cycles + 0.5)
    t = x * x
    c = 0.2437498023858064
    c = c * t - 1.6968620513109494
    c = c * t + 7.89915473617536
    c = c * t - 26.425615415608217
    c = c * t + 60.244586090463194
    c = c * t - 85.45681452618882
    c = c * t + 64.93939395749398
    c = c * t - 19.73920880156809
    c = c * t + 0.999999999999057
    s = -0.6207367777824402
    s = s * t + 3.781282164156437
    s = s * t - 15.086552631575614
    s = s * t + 42.057751863590966
    s = s * t - 76.7058000303764
    s = s * t + 81.6052474139701
    s = s * t - 41.34170221825741
    s = s * t + 6.283185307136348
    return c, x * s


@inner
def sine(cycles: float) -> float:
    """sin(2 pi cycles)."""
    return circle(cycles)[1]


@inner
def fade(share: float) -> float:
    """1 below the taper, 0 above it, a raised cosine between."""
    at = min(max((share - TAPER_FROM) / (TAPER_TO - TAPER_FROM), 0.0), 1.0)
    return 0.5 + 0.5 * sine(0.25 + 0.5 * at)


@inner
def _clenshaw(cycles: Floats, amplitudes: Floats, count: int, twice: Floats, one: Floats, two: Floats,
              out: Floats) -> None:  # fmt: skip
    """out = sum of a_k sin(2 pi k cycles), k = 1..count; amplitudes are 0 from there to a multiple of STEP."""
    size = len(cycles)
    for n in range(size):
        cosine, out[n] = circle(cycles[n])
        twice[n] = 2.0 * cosine
        one[n] = 0.0
        two[n] = 0.0
    for k in range((count + STEP - 1) // STEP * STEP - 1, -1, -STEP):
        a, b, c, d = amplitudes[k], amplitudes[k - 1], amplitudes[k - 2], amplitudes[k - 3]
        e, f, g, h = amplitudes[k - 4], amplitudes[k - 5], amplitudes[k - 6], amplitudes[k - 7]
        for n in range(size):
            w, p, q = twice[n], one[n], two[n]
            q = (a - q) + w * p
            p = (b - p) + w * q
            q = (c - q) + w * p
            p = (d - p) + w * q
            q = (e - q) + w * p
            p = (f - p) + w * q
            q = (g - q) + w * p
            one[n] = (h - p) + w * q
            two[n] = q
    for n in range(size):
        out[n] *= one[n]


@inner
def _faded(cycles: Floats, share: Floats, amplitudes: Floats, twice: Floats, one: Floats, two: Floats,
           out: Floats) -> None:  # fmt: skip
    """The same where partials come and go: share (n,) is frequency over sample rate."""
    for n in range(len(cycles)):
        cosine, out[n] = circle(cycles[n])
        twice[n] = 2.0 * cosine
        one[n] = 0.0
        two[n] = 0.0
    for k in range(len(amplitudes) - 1, -1, -1):
        for n in range(len(cycles)):
            now = (amplitudes[k] * fade((k + 1) * share[n]) - two[n]) + twice[n] * one[n]
            two[n] = one[n]
            one[n] = now
    for n in range(len(cycles)):
        out[n] *= one[n]


@inner
def _piece(cycles: Floats, share: Floats, low: float, high: float, amplitudes: Floats, work: Floats,
           out: Floats) -> None:  # fmt: skip
    """A piece of a sum of harmonics whose frequency over the rate stays between low and high."""
    size = len(cycles)
    twice, one, two = work[0, :size], work[1, :size], work[2, :size]
    if len(amplitudes) * high <= TAPER_FROM:
        _clenshaw(cycles, amplitudes, len(amplitudes), twice, one, two, out)
    else:
        there = min(len(amplitudes), max(int(TAPER_TO / max(low, 1e-9)), 0))
        _faded(cycles, share, amplitudes[:there], twice, one, two, out)


@kernel
def harmonics(cycles: Floats, share: Floats, amplitudes: Floats, out: Floats) -> None:
    """out (n,) = sum over k of a_k sin(2 pi k cycles), amplitudes (K,) with K a multiple of 8.

    ``share`` (n,): frequency over sample rate.
    """
    work = np.empty((3, PIECE))
    for begin in range(0, len(cycles), PIECE):
        end = min(begin + PIECE, len(cycles))
        low, high = np.min(share[begin:end]), np.max(share[begin:end])
        _piece(cycles[begin:end], share[begin:end], low, high, amplitudes, work, out[begin:end])


@kernel
def vibrating(first: float, rate: float, hertz: float, vibrato_hz: float, depth: float, turn: float,
              amplitudes: Floats, out: Floats) -> None:  # fmt: skip
    """Harmonics under a steady vibrato, f (1 + d sin(2 pi (v t + turn))), from its integral in closed form.

    ``first``: samples from the onset to out[0]; ``turn`` in cycles; amplitudes (K,), K a multiple of 8.
    """
    work, near = np.empty((6, PIECE)), np.empty((2, PIECE))
    slow = vibrato_hz / rate
    swing = hertz * depth / (2.0 * np.pi * vibrato_hz) if vibrato_hz > 0.0 and depth > 0.0 else 0.0
    begun = circle(turn)[0]
    for n in range(PIECE):
        near[0, n], near[1, n] = circle(slow * n)
    low, high = hertz * (1.0 - depth) / rate, hertz * (1.0 + depth) / rate
    for begin in range(0, len(out), PIECE):
        size = min(PIECE, len(out) - begin)
        cycles, share = work[3, :size], work[4, :size]
        at = first + begin
        c, s = circle(slow * at + turn)
        whole = hertz / rate * at
        base = whole - np.floor(whole) + swing * begun
        for n in range(size):
            cycles[n] = (base + hertz / rate * n) - swing * (c * near[0, n] - s * near[1, n])
        if len(amplitudes) * high > TAPER_FROM:
            for n in range(size):
                share[n] = hertz / rate * (1.0 + depth * (s * near[0, n] + c * near[1, n]))
        made = work[5, :size]
        _piece(cycles, share, low, high, amplitudes, work, made)
        for n in range(size):
            out[begin + n] = made[n]


@kernel
def partials(cycles: Floats, bent: Floats, share: Floats, ratios: Floats, bends: Floats, amplitudes: Floats,
             turns: Floats, out: Floats) -> None:  # fmt: skip
    """out (n,) = sum of a_k sin(2 pi (r_k cycles + b_k bent + turn_k)), any ratios (K,).

    ``bent`` (n,) is the phase by which partials leave their ratios: with harmonicity h it is the integral of (1 - h) f.
    ``share`` (n,): frequency of the note over the sample rate.
    """
    out[:] = 0.0
    highest = 0.0
    for n in range(len(share)):
        highest = max(highest, abs(share[n]))
    for k in range(len(ratios)):
        r, b, a, turn = ratios[k], bends[k], amplitudes[k], turns[k]
        if (r + abs(b)) * highest <= TAPER_FROM:
            for n in range(len(out)):
                out[n] += a * sine(r * cycles[n] + b * bent[n] + turn)
        else:
            for n in range(len(out)):
                out[n] += a * fade((r + abs(b)) * share[n]) * sine(r * cycles[n] + b * bent[n] + turn)


def warm() -> None:
    """Compile for the signatures that voices use."""
    one = np.zeros(8)
    harmonics(one, one, one, np.zeros(8))
    vibrating(0.0, 48_000.0, 440.0, 5.0, 0.01, 0.0, one, np.zeros(8))
    partials(one, one, one, one, one, one, one, np.zeros(8))
