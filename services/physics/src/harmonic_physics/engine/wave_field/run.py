"""A run of waves in the plane."""

from __future__ import annotations

from bisect import bisect_left
from math import ceil
from typing import cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.instants import Instants
from harmonic_physics.engine.kernels import acoustics as kernel
from harmonic_physics.engine.kernels import signals
from harmonic_physics.engine.kernels.phases import exp
from harmonic_physics.engine.stepping import SteppedRun
from harmonic_physics.engine.systems.wave_field import COURANT, WaveFieldSpec
from harmonic_physics.engine.wave_field import plane
from harmonic_physics.engine.wave_field.plane import Fall, falls

Floats = NDArray[np.float64]
Five = tuple[Floats, Floats, Floats, Floats, Floats]
KINDS = {signals.CREST: "extremum", signals.ARRIVAL: "arrival", signals.CROSSING: "zero_crossing"}
STEPS_A_CALL = 256


class WaveRun(SteppedRun[WaveFieldSpec]):
    """Pressure and flow on a staggered grid."""

    method = "leapfrog on a staggered grid with perfectly matched layers, order 2"

    def setup(self) -> None:
        spec = self.spec
        self.plan = falls(spec, self.seed)
        self.speeds, self.open_x, self.open_y, self.ends = plane.medium(spec)
        closed = (self.open_x[:, 1:] + self.open_x[:, :-1]) + (self.open_y[1:] + self.open_y[:-1])
        self.bounds, self.cells, self.weights = plane.sources(spec, (closed == 0.0).astype(np.float64))
        self.live = (closed > 0.0).astype(np.float64)
        self.probes, self.shares = plane.probes(spec)
        self.seconds_a_step = 2e-6 + 5e-9 * spec.cells * spec.rows
        self.conserves = "absorb" not in spec.sides and not spec.tones and spec.damping == 0.0

    def prepare(self) -> None:
        speed = self.spec.speed_in(self.parameters)
        self.medium = (speed**2 * self.speeds, self.open_x, self.open_y, self.ends)
        self.losses = plane.losses(self.spec, speed)
        self.longest = COURANT * self.spec.dx / max(speed * self.spec.fastest, 1e-12)
        gain = self.parameters["gain"]
        rows = [[t.frequency, gain * t.amplitude, t.start, t.start + t.length] for t in self.spec.tones]
        self.tones = np.array(rows).reshape(-1, 4)

    def begin(self) -> None:
        rows, columns, count = self.spec.rows, self.spec.cells, len(self.spec.probes)
        shapes = {"px": (rows, columns), "py": (rows, columns), "p": (rows, columns)}
        for name, shape in (shapes | {"mx": (rows, columns + 1), "my": (rows + 1, columns)}).items():
            self.state[name] = np.zeros(shape)
        self.state["clock"], self.state["given"] = np.zeros(2), np.zeros(1)
        self.state["recent_times"], self.state["recent"] = np.zeros(4), np.zeros((4, count))
        self.state["seen"], self.state["loudness"] = np.zeros((3, count)), np.zeros(count)
        self.state["next"] = np.zeros(1, np.int64)
        interval = self.spec.frame_interval
        self.state["clock"][1] = self.parameters["time_scale"] * interval / self.substeps(interval)
        self.reached = 0.0
        self._let_fall()

    def substeps(self, span: float) -> int:
        """As many as the Courant number demands, whatever the time scale."""
        return max(1, ceil(span * self.parameters["time_scale"] / self.longest - 1e-9))

    def march(self, time: float, h: float, count: int) -> None:
        """Steps are never cut: what fell within one is added at its end, as far as it has spread by then."""
        at, done = Instants(self, h), 0
        while done < count:
            ahead, until = self._ahead(), count
            if ahead <= at(count):
                until = done + 1 + bisect_left(range(done + 1, count), True, key=lambda k: at(k) >= ahead)
            self._leap(h, np.array([at(done + k + 1) for k in range(until - done)]))
            done = until
            self.reached = at(done)
            self._let_fall()

    def _ahead(self) -> float:
        index = int(self.state["next"][0])
        return self.plan[index].time if index < len(self.plan) else np.inf

    def _let_fall(self) -> None:
        while self._ahead() <= self.reached:
            self._strike(self.plan[int(self.state["next"][0])])
            self.state["next"][0] += 1

    def _leap(self, h: float, ends: Floats) -> None:
        scale = self.parameters["time_scale"]
        for first in range(0, len(ends), STEPS_A_CALL):
            now = ends[first : first + STEPS_A_CALL]
            levels = np.empty((len(now), len(self.spec.probes)))
            kernel.wave_walk(
                len(now), scale * h, self.spec.dx, self.parameters["damping"], self._field(), self.medium, self.losses,
                self._floats("clock"), scale, self.tones, self.bounds, self.cells, self.weights, self.probes,
                self.shares, now - 0.5 * h, levels,
            )  # fmt: skip
            self._listen(h, now, levels)

    def _strike(self, fall: Fall) -> None:
        scale, before = self.parameters["time_scale"], self._energy() if self.conserves else 0.0
        age = scale * (self.reached - fall.time)
        bell = fall.level * plane.bell(self.spec, fall.position, fall.width) * self.live
        room = (np.empty_like(bell), np.empty_like(self.open_x), np.empty_like(self.open_y))
        kernel.lift(
            bell, age, age - 0.5 * float(self.state["clock"][1]), self.spec.dx, self._field(), self.medium, room
        )
        if self.conserves:
            self._floats("given")[0] += self._energy() - before
        where = (fall.position[0], fall.position[1], 0.0)
        self.emit(fall.time, "strike", strength=abs(fall.level), position=where)

    def observe(self) -> dict[str, Floats]:
        field = self._floats("p")
        level = np.array([self._level(k) for k in range(len(self.spec.probes))])
        seen = {"level": level, "loudness": np.sqrt(self._floats("loudness")), "energy": np.array(self._energy())}
        if self.spec.picture:
            seen["field"] = np.empty((self.spec.picture_rows, self.spec.picture))
            kernel.shrunk(field, seen["field"])
        return seen

    def invariants(self) -> dict[str, float]:
        return {"energy": self._energy() - float(self.state["given"][0])} if self.conserves else {}

    def scales(self) -> dict[str, float]:
        """Against what has been given at the start, or one drop of the field's own size."""
        return {name: float(self.state["given"][0]) or self.spec.dx**2 for name in self.invariants()}

    def notes(self) -> list[str]:
        """What the steps are bound by."""
        said = [f"Courant number at most {COURANT}: no step of the waves' own time is longer than {self.longest:.6g} s"]
        return (
            said if self.conserves else [*said, "sources, losses or borders: energy is not conserved, and not watched"]
        )

    def _listen(self, h: float, ends: Floats, levels: Floats) -> None:
        """Loudness and events of a few steps."""
        keep = exp(-h / self.spec.loudness_time)
        loudness = self._floats("loudness")
        for row in levels:
            loudness *= keep
            loudness += (1.0 - keep) * row * row
        rows = np.empty((3 * levels.size, 4))
        recent = (self._floats("recent_times"), self._floats("recent"), self._floats("seen"))
        found = signals.watch(ends, levels, *recent, self.spec.threshold, rows)
        for time, kind, k, size in rows[:found].tolist():
            x, y = self.spec.probes[int(k)].position
            self.emit(time, KINDS[int(kind)], int(k), strength=size, position=(x, y, 0.0))

    def _level(self, k: int) -> float:
        flat, level = self.state["p"].reshape(-1), 0.0
        for cell, share in zip(self.probes[k].tolist(), self.shares[k].tolist(), strict=True):
            level += share * float(flat[cell])
        return level

    def _energy(self) -> float:
        """Times c^2 of the medium, so that a level counts for itself."""
        _, _, p, mx, my = self._field()
        last = float(self.state["clock"][1])
        speed2 = self.spec.speed_in(self.parameters) ** 2
        return speed2 * kernel.wave_energy(last, self.spec.dx, p, mx, my, *self.medium)

    def _field(self) -> Five:
        return cast(Five, tuple(self.state[name] for name in ("px", "py", "p", "mx", "my")))

    def _floats(self, name: str) -> Floats:
        return cast(Floats, self.state[name])
