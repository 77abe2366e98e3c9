"""Schroedinger's equation by split steps: half a step of the potential, one of free flight, half a one of the
potential.

Strang (1968) for the splitting, Feit, Fleck and Steiger (1982) for this use of it. Each part is exact and turns phases
only, so that the norm is kept to rounding. hbar = m = 1.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.fourier import backward, forward
from harmonic_physics.engine.kernels.phases import TWO_PI, exponential, round_half, sincos_turns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def phases(energies: Floats, losses: Floats, h: float, factor: float, real: Floats, imaginary: Floats) -> None:
    """factor exp(-(i energy + loss) h) of every point."""
    for k in range(energies.shape[0]):
        turns = energies[k] * h / TWO_PI
        sine, cosine = sincos_turns(turns - round_half(turns))
        size = factor * exponential(-losses[k] * h)
        real[k], imaginary[k] = size * cosine, -size * sine


@inner
def turn(a: Floats, b: Floats, real: Floats, imaginary: Floats) -> None:
    """a + i b times real + i imaginary, point by point."""
    for k in range(a.shape[0]):
        x, y = a[k], b[k]
        a[k] = x * real[k] - y * imaginary[k]
        b[k] = x * imaginary[k] + y * real[k]


@kernel
def split_walk(
    count: int, a: Floats, b: Floats, c: Floats, d: Floats, n1: int, n2: int, line: bool, table: tuple[Floats, ...],
    potential: tuple[Floats, Floats], kinetic: tuple[Floats, Floats], stages: Ints, x: Floats, y: Floats, cell: float,
    ranges: Ints, out: Floats,
) -> None:  # fmt: skip
    """`count` steps in place. potential and kinetic hold phases (stages, points) of each kind of stage; a step goes
    through `stages`. After each step, into out: norm, means of x and of y, and the probability in each range (first
    and last row, first and last column)."""
    for n in range(count):
        for i in range(stages.shape[0]):
            s = stages[i]
            turn(a, b, potential[0][s], potential[1][s])
            forward(a, b, c, d, n1, n2, line, table)
            turn(a, b, kinetic[0][s], kinetic[1][s])
            backward(a, b, c, d, n1, n2, line, table)
            turn(a, b, potential[0][s], potential[1][s])
        look(a, b, x, y, cell, ranges, out[n])


@kernel
def look(a: Floats, b: Floats, x: Floats, y: Floats, cell: float, ranges: Ints, out: Floats) -> None:
    """Norm, means and probabilities of one state; x (rows,), y (columns,) are the coordinates of the two axes."""
    n2 = y.shape[0]
    norm, mean_x, mean_y = 0.0, 0.0, 0.0
    for i in range(x.shape[0]):
        row, across = 0.0, 0.0
        for j in range(n2):
            p = a[i * n2 + j] * a[i * n2 + j] + b[i * n2 + j] * b[i * n2 + j]
            row += p
            across += p * y[j]
        norm += row
        mean_x += row * x[i]
        mean_y += across
    out[0] = cell * norm
    out[1], out[2] = mean_x / norm, mean_y / norm
    for r in range(ranges.shape[0]):
        inside = 0.0
        for i in range(ranges[r, 0], ranges[r, 1]):
            for j in range(ranges[r, 2], ranges[r, 3]):
                inside += a[i * n2 + j] * a[i * n2 + j] + b[i * n2 + j] * b[i * n2 + j]
        out[3 + r] = cell * inside


@kernel
def spectrum(a: Floats, b: Floats, kx: Floats, ky: Floats, energies: Floats, out: Floats) -> None:
    """Of a transform: sum of squares, means of both momenta and of the kinetic energy."""
    total, px, py, kinetic = 0.0, 0.0, 0.0, 0.0
    for k in range(a.shape[0]):
        p = a[k] * a[k] + b[k] * b[k]
        total += p
        px += p * kx[k]
        py += p * ky[k]
        kinetic += p * energies[k]
    out[0], out[1], out[2], out[3] = total, px / total, py / total, kinetic / total


@kernel
def weighed(a: Floats, b: Floats, weights: Floats) -> float:
    """Mean of a function of place over the density."""
    total, mean = 0.0, 0.0
    for k in range(a.shape[0]):
        p = a[k] * a[k] + b[k] * b[k]
        total += p
        mean += p * weights[k]
    return mean / total


@kernel
def picked(a: Floats, b: Floats, share: float) -> int:
    """The point at which the summed density reaches a share of its whole."""
    total = 0.0
    for k in range(a.shape[0]):
        total += a[k] * a[k] + b[k] * b[k]
    wanted, so_far = share * total, 0.0
    for k in range(a.shape[0]):
        so_far += a[k] * a[k] + b[k] * b[k]
        if so_far >= wanted:
            return k
    return int(a.shape[0]) - 1
