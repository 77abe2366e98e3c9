"""Space as arrays: places, momenta, potential energy, the first state, and the tables of its transforms."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.fourier import roots_of_unity
from harmonic_physics.engine.kernels.phases import cosine_turns, exp, sine_turns
from harmonic_physics.engine.systems.quantum import Potential, QuantumSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SWALLOW = 40.0
"""Greatest loss of an absorbing border, times its thickness, over the unit of time."""


class Space:
    """The grid of a spec. Flat arrays run over x first and y within; on a line the two are cut from one."""

    def __init__(self, spec: QuantumSpec) -> None:
        n, self.line = spec.points, spec.dimensions == 1
        self.n1 = 2 ** ((n.bit_length() - 1) // 2) if self.line else n
        self.n2 = n // self.n1 if self.line else n
        self.dx = spec.size / n
        self.cell = self.dx if self.line else self.dx**2
        self.axis: Floats = (np.arange(n) - n // 2).astype(np.float64) * self.dx
        turns = np.arange(n)
        self.momenta = (2 * pi / spec.size) * np.where(turns < n // 2, turns, turns - n)
        self.x: Floats
        self.columns: Floats
        if self.line:
            self.x, self.y = self.axis, np.zeros(n)
            self.kx, self.ky = self.momenta, np.zeros(n)
            self.rows, self.columns = self.axis, np.zeros(1)
        else:
            self.x, self.y = np.repeat(self.axis, n), np.tile(self.axis, n)
            self.kx, self.ky = (
                np.tile(self.momenta, n),
                np.repeat(self.momenta, n),
            )  # transposed, as `forward` leaves it
            self.rows, self.columns = self.axis, self.axis
        self.kinetic = 0.5 * (self.kx * self.kx + self.ky * self.ky)
        self.table = self._table()

    def _table(self) -> tuple[Floats, ...]:
        between = np.outer(np.arange(self.n1), np.arange(self.n2)).ravel() if self.line else np.zeros(1, np.int64)
        found: list[Floats] = []
        for n in (self.n1, self.n2):
            real, imaginary = np.empty(n), np.empty(n)
            roots_of_unity(n, real, imaginary)
            found += [real, imaginary]
        whole = self.n1 * self.n2
        real, imaginary = np.empty(whole), np.empty(whole)
        roots_of_unity(whole, real, imaginary)
        return (*found, real[between % whole].copy(), imaginary[between % whole].copy())

    def potential(self, spec: QuantumSpec) -> Floats:
        """Energy of every point, without strength and tilt."""
        total = np.zeros_like(self.x)
        for part in spec.potentials:
            total += self._part(part)
        return total

    def _part(self, part: Potential) -> Floats:
        u = self.x - part.centre[0]
        v = self.y - part.centre[1] if len(part.centre) > 1 else self.y
        if part.kind == "harmonic":
            found: Floats = 0.5 * part.frequency**2 * (u * u + v * v)
        elif part.kind == "slope":
            found = part.height * u
        elif part.kind == "double_well":
            found = part.height * ((u / part.width) ** 2 - 1.0) ** 2
        else:
            inside = self._covered(u, part.width)
            if part.extent is not None:
                inside = inside * self._covered(v, part.extent)
            for low, high in part.gaps:
                inside = inside * ~((self.y >= low) & (self.y <= high))
            found = part.height * inside
        return found

    def _covered(self, u: Floats, width: float) -> Floats:
        """Share of each cell that a stretch of this width covers: edges between points keep their place."""
        half = 0.5 * self.dx
        return np.clip((np.minimum(u + half, 0.5 * width) - np.maximum(u - half, -0.5 * width)) / self.dx, 0.0, 1.0)

    def losses(self, spec: QuantumSpec) -> Floats:
        """Of the absorbing borders: growing with the square of the depth."""
        if spec.absorb == 0.0:
            return np.zeros_like(self.x)
        thick = spec.absorb * spec.size
        found = np.zeros_like(self.x)
        for place in (self.x, self.y):
            depth = np.maximum(0.0, np.abs(place) - (0.5 * spec.size - thick)) / thick
            found += SWALLOW / thick * depth * depth
        return found

    def first(self, spec: QuantumSpec) -> tuple[Floats, Floats]:
        """The superposed packets, normalised: exp(-(x - c)^2 / 4 w^2 + i p x)."""
        real, imaginary = np.zeros_like(self.x), np.zeros_like(self.x)
        for packet in spec.packets:
            c, p = (*packet.centre, 0.0)[:2], (*packet.momentum, 0.0)[:2]
            for k in range(len(self.x)):
                u, v = float(self.x[k]) - c[0], float(self.y[k]) - c[1]
                size = packet.amplitude * exp(-(u * u + v * v) / (4.0 * packet.width**2))
                turns = (p[0] * u + p[1] * v) / (2 * pi)
                real[k] += size * cosine_turns(turns - round(turns))
                imaginary[k] += size * sine_turns(turns - round(turns))
        total = 0.0
        for value in (real * real + imaginary * imaginary).tolist():
            total += value
        scale = 1.0 / sqrt(total * self.cell)
        return real * scale, imaginary * scale

    def ranges(self, spec: QuantumSpec) -> Ints:
        """First and last row, first and last column of each detector; without any, the two halves."""
        n, most = len(self.axis), len(self.columns)
        if not spec.detectors:
            return np.array([[0, n // 2, 0, most], [n // 2, n, 0, most]], np.int64)
        found = []
        for detector in spec.detectors:
            row = [int(np.searchsorted(self.axis, detector.low[0])), int(np.searchsorted(self.axis, detector.high[0]))]
            if self.line:
                found.append([*row, 0, 1])
            else:
                low, high = detector.low[-1], detector.high[-1]
                found.append([*row, int(np.searchsorted(self.axis, low)), int(np.searchsorted(self.axis, high))])
        return np.array(found, np.int64)
