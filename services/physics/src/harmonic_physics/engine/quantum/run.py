"""A run of a quantum particle."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels import schroedinger as kernel
from harmonic_physics.engine.kernels import signals
from harmonic_physics.engine.kernels.acoustics import shrunk
from harmonic_physics.engine.kernels.fourier import transform
from harmonic_physics.engine.kernels.phases import exp
from harmonic_physics.engine.kernels.randomness import fill_normal, fill_uniform
from harmonic_physics.engine.played import PlayedRun
from harmonic_physics.engine.quantum.space import Space
from harmonic_physics.engine.systems.quantum import QuantumSpec

Floats = NDArray[np.float64]
Two = tuple[Floats, Floats]
OUTER = 1.0 / (2.0 - 2.0 ** (1.0 / 3.0))
"""Yoshida's weight of the first and last of three steps of order 2 that make one of order 4."""
STEPS_A_CALL = 128
LEAST_SWING = 1e-3
"""Swings of the mean place smaller than this share of the size are no events."""


@dataclass(frozen=True)
class Look:
    """A measurement at its own time; `index` is the address of its chance."""

    time: float
    index: int


class QuantumRun(PlayedRun[QuantumSpec, Look]):
    """psi on a grid."""

    def setup(self) -> None:
        spec = self.spec
        self.space = Space(spec)
        self.shape = self.space.potential(spec)
        self.loss, self.ranges = self.space.losses(spec), self.space.ranges(spec)
        self.room = (np.empty_like(self.shape), np.empty_like(self.shape))
        self.plan = []
        if spec.measurement is not None:
            start, step = spec.measurement.start, spec.measurement.interval
            count = max(0, int((spec.duration - start) / step + 1e-9) + 1)
            self.plan = [Look(start + k * step, k) for k in range(min(count, 100_000))]
        self.stages = np.array([0, 1, 0] if spec.order == 4 else [0], np.int64)
        self.weights = [OUTER, 1.0 - 2.0 * OUTER] if spec.order == 4 else [1.0]
        self.method = f"split steps of order {spec.order}, spectral in space"
        points = float(len(self.shape))
        self.seconds_a_step = 3e-6 + len(self.stages) * points * np.log2(points) * 4e-9
        self.phases: dict[float, tuple[Two, Two]] = {}

    def prepare(self) -> None:
        self.energies = self.parameters["strength"] * self.shape - self.parameters["tilt"] * self.space.x
        self.phases.clear()

    def begin(self) -> None:
        self.state["real"], self.state["imaginary"] = self.space.first(self.spec)
        self.state["history_times"] = np.full(4, np.nan)
        signals_in_all = 2 * self.spec.dimensions + len(self.spec.watched)
        self.state["history"], self.state["seen"] = np.zeros((4, signals_in_all)), np.zeros((3, signals_in_all))
        super().begin()

    def substeps(self, span: float) -> int:
        """None longer than `time_step` of the particle's own time."""
        return max(1, ceil(span * self.parameters["time_scale"] / self.spec.time_step - 1e-9))

    def leap(self, h: float, count: int) -> None:
        potential, kinetic = self._phases(h * self.parameters["time_scale"])
        s = self.space
        for first in range(0, count, STEPS_A_CALL):
            n = min(STEPS_A_CALL, count - first)
            out = np.empty((n, 3 + len(self.ranges)))
            kernel.split_walk(
                n, *self._psi(), *self.room, s.n1, s.n2, s.line, s.table, potential, kinetic, self.stages,
                s.rows, s.columns, s.cell, self.ranges, out,
            )  # fmt: skip
            self._listen(np.array([self.instant(first + k + 1) for k in range(n)]), out)

    def strike(self, moment: Look) -> None:
        """Measure the place: by the density, blurred by the apparatus; then only what agrees with the outcome is
        left."""
        assert self.spec.measurement is not None
        real, imaginary = self._psi()
        chance, blur, width = np.empty(1), np.empty(2), self.spec.measurement.resolution
        fill_uniform(self.seed, 2 * moment.index, chance)
        fill_normal(self.seed, 2 * moment.index + 1, blur)
        k = kernel.picked(real, imaginary, float(chance[0]))
        density = float(real[k] ** 2 + imaginary[k] ** 2)
        x, y = float(self.space.x[k] + width * blur[0]), float(self.space.y[k])
        y = 0.0 if self.space.line else y + width * float(blur[1])
        rows = np.array([exp(max(-600.0, -0.25 * ((a - x) / width) ** 2)) for a in self.space.rows.tolist()])
        columns = np.array([exp(max(-600.0, -0.25 * ((a - y) / width) ** 2)) for a in self.space.columns.tolist()])
        filtered = rows if self.space.line else (rows[:, None] * columns[None, :]).ravel()
        real *= filtered
        imaginary *= filtered
        norm = self._look()[0]
        real /= sqrt(norm)
        imaginary /= sqrt(norm)
        self.state["history_times"][:] = np.nan
        self.emit(moment.time, "measurement", self._detector(k), strength=density, position=(x, y, 0.0))

    def observe(self) -> dict[str, Floats]:
        now, d = self._look(), self.spec.dimensions
        real, imaginary = self._psi()
        momentum, kinetic = self._spectrum()
        place = (self.space.x - now[1]) ** 2 + (self.space.y - (0.0 if d == 1 else now[2])) ** 2
        seen = {
            "probability": now[3:].copy(),
            "position": now[1 : 1 + d].copy(),
            "momentum": momentum[:d].copy(),
            "spread": np.sqrt(np.array(kernel.weighed(real, imaginary, place))),
            "energy": np.array(kinetic + kernel.weighed(real, imaginary, self.energies)),
            "norm": np.array(now[0]),
        }
        if self.spec.picture:
            n = self.spec.points
            density = (real * real + imaginary * imaginary).reshape((1, n) if d == 1 else (n, n))
            small = np.empty((1, self.spec.shown) if d == 1 else (self.spec.shown, self.spec.shown))
            shrunk(density, small)
            seen["density"] = small[0] if d == 1 else small
        return seen

    def invariants(self) -> dict[str, float]:
        if self.spec.absorb > 0.0:
            return {}
        norm = {"norm": float(self._look()[0])}
        if self.spec.measurement is not None:
            return norm
        return norm | {"energy": self._spectrum()[1] + kernel.weighed(*self._psi(), self.energies)}

    def notes(self) -> list[str]:
        """What is not conserved, and why."""
        if self.spec.absorb > 0.0:
            return ["the borders absorb: the norm falls, and is an observable"]
        return ["measurements change the energy: it is not watched"] if self.spec.measurement is not None else []

    def _listen(self, times: Floats, out: Floats) -> None:
        """Turnings and crossings of the mean place, arrivals and greatest probabilities of the detectors."""
        d = self.spec.dimensions
        means = out[:, 1 : 1 + d] / self.spec.size
        columns = np.concatenate([means, -means, out[:, 3:]], axis=1)
        scaled = np.ones(columns.shape[1])
        scaled[: 2 * d] = self.spec.threshold / LEAST_SWING  # one threshold for both kinds of signal
        history = cast(Two, (self.state["history_times"], self.state["history"]))
        rows = np.empty((3 * columns.size + 8, 4))
        seen = cast(Floats, self.state["seen"])
        found = signals.watch(times, np.ascontiguousarray(columns * scaled), *history, seen, self.spec.threshold, rows)
        for time, kind, column, size in rows[:found].tolist():
            self._report(time, int(kind), int(column), size, self.spec.size * LEAST_SWING / self.spec.threshold)

    def _report(self, time: float, kind: int, column: int, size: float, unit: float) -> None:
        d = self.spec.dimensions
        if column >= 2 * d:
            if kind != signals.CROSSING:
                self.emit(time, "arrival" if kind == signals.ARRIVAL else "extremum", column - 2 * d, strength=size)
        elif kind == signals.CREST:
            side = size * unit * (1.0 if column < d else -1.0)
            where = (side, 0.0, 0.0) if column % d == 0 else (0.0, side, 0.0)
            self.emit(time, "turning_point", strength=size * unit, position=where)
        elif kind == signals.CROSSING:
            self.emit(time, "zero_crossing", strength=size * unit)

    def _phases(self, h: float) -> tuple[Two, Two]:
        """Of half a step of the potential and a whole one of flight, for every kind of stage."""
        if h not in self.phases:
            if len(self.phases) > 16:
                self.phases.clear()
            shape = (len(self.weights), len(self.energies))
            potential, kinetic = (np.empty(shape), np.empty(shape)), (np.empty(shape), np.empty(shape))
            none = np.zeros_like(self.energies)
            for k, weight in enumerate(self.weights):
                kernel.phases(self.energies, self.loss, 0.5 * weight * h, 1.0, potential[0][k], potential[1][k])
                scale = 1.0 / len(none)
                kernel.phases(self.space.kinetic, none, weight * h, scale, kinetic[0][k], kinetic[1][k])
            self.phases[h] = (potential, kinetic)
        return self.phases[h]

    def _look(self) -> Floats:
        out = np.empty(3 + len(self.ranges))
        s = self.space
        kernel.look(*self._psi(), s.rows, s.columns, s.cell, self.ranges, out)
        return out

    def _spectrum(self) -> tuple[Floats, float]:
        """Mean momentum (2,) and kinetic energy."""
        s, out = self.space, np.empty(4)
        real, imaginary = (array.copy() for array in self._psi())
        transform(real, imaginary, *self.room, s.n1, s.n2, s.line, s.table, False)
        kernel.spectrum(real, imaginary, s.kx, s.ky, s.kinetic, out)
        return out[1:3], float(out[3])

    def _detector(self, point: int) -> int:
        """The first detector that holds a point of the grid, or -1."""
        row, column = divmod(point, len(self.space.columns))
        for index, (first, last, left, right) in enumerate(self.ranges.tolist()):
            if first <= row < last and left <= column < right:
                return index
        return -1

    def _psi(self) -> Two:
        return cast(Two, (self.state["real"], self.state["imaginary"]))
