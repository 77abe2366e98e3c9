"""Operators that modulate one another's phase, at four times the sample rate."""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import kernel

Floats = NDArray[np.float64]
TURN = 2.0 * np.pi


@kernel
def operators(
    cycles: Floats,
    clang: Floats,
    ratios: Floats,
    offsets: Floats,
    levels: Floats,
    scale: Floats,
    links: Floats,
    feedback: Floats,
    heard: Floats,
    state: Floats,
    before: Floats,
) -> Floats:
    """The sum of the heard operators at four times the rate of what is told; shape (4 n,).

    Between two samples phases, levels and scale are straight lines. ``before`` (3 + operators,): cycles, clang, scale
    and levels at the sample before, carried in place.

    ``cycles``, ``clang`` (n,): phase of the note and of its departure from harmonicity; operator i is at
    ratios[i] cycles + offsets[i] clang. ``levels`` (operators, n): their envelopes. ``scale`` (n,): of all indices.
    ``links`` (operators, operators): index in radians by which the row's operator is modulated by the column's, which
    must have a higher number. ``feedback`` (operators,): index of each on itself, by the mean of its last two samples
    (which suppresses hunting: Tomisawa, US patent 4249447). ``state`` (operators, 2): those, carried in place.
    """
    count = len(ratios)
    out = np.zeros(4 * len(cycles))
    now = np.zeros(count)
    for n in range(len(cycles)):
        for part in range(4):
            u = 0.25 * (part + 1)
            turned = before[0] + u * (cycles[n] - before[0])
            apart = before[1] + u * (clang[n] - before[1])
            strength = before[2] + u * (scale[n] - before[2])
            for i in range(count - 1, -1, -1):
                shift = feedback[i] * 0.5 * (state[i, 0] + state[i, 1])
                for j in range(i + 1, count):
                    if links[i, j] != 0.0:
                        shift += links[i, j] * now[j]
                phase = ratios[i] * turned + offsets[i] * apart
                level = before[3 + i] + u * (levels[i, n] - before[3 + i])
                value = level * np.sin(TURN * (phase - np.floor(phase)) + strength * shift)
                state[i, 1] = state[i, 0]
                state[i, 0] = value
                now[i] = value
                out[4 * n + part] += heard[i] * value
        before[0], before[1], before[2] = cycles[n], clang[n], scale[n]
        for i in range(count):
            before[3 + i] = levels[i, n]
    return out


def warm() -> None:
    """Compile for the signature that voices use."""
    line, one, square = np.zeros(2), np.ones(1), np.ones((1, 2))
    operators(line, line, one, one, square, line, np.ones((1, 1)), one, one, np.zeros((1, 2)), np.zeros(4))
