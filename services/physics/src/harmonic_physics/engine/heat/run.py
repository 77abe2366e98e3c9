"""A run of heat, or of a reaction."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels import diffusion as kernel
from harmonic_physics.engine.kernels import signals
from harmonic_physics.engine.kernels.acoustics import shrunk
from harmonic_physics.engine.kernels.phases import exp, sine_turns
from harmonic_physics.engine.kernels.randomness import fill_uniform
from harmonic_physics.engine.played import PlayedRun
from harmonic_physics.engine.systems.heat import STABLE, HeatSpec, Spark

Floats = NDArray[np.float64]
EDGES = {"insulated": kernel.INSULATED, "held": kernel.HELD, "periodic": kernel.PERIODIC}
STEPS_A_CALL = 128


@dataclass(frozen=True)
class Flash:
    """One spark at its own time."""

    time: float
    spark: Spark


def flashes(spec: HeatSpec) -> list[Flash]:
    """Every spark within the duration, in order of time."""
    found: list[Flash] = []
    for spark in spec.sparks:
        time, interval = spark.time, spark.interval
        for _ in range(spark.count):
            if time > spec.duration:
                break
            found.append(Flash(time, spark))
            time, interval = time + interval, interval * spark.ratio
    return sorted(found, key=lambda flash: flash.time)


class HeatRun(PlayedRun[HeatSpec, Flash]):
    """One field of heat, or two substances."""

    def setup(self) -> None:
        spec = self.spec
        self.plan = flashes(spec)
        self.reacts = spec.equation == "gray_scott"
        self.method = f"{'reaction-diffusion' if self.reacts else 'diffusion'}: five-point Laplacian, Heun, order 2"
        self.edge = EDGES[spec.edge]
        self.seen_field = "v" if self.reacts else "u"
        rows = [[*p.position, 0.0][:2] for p in spec.probes]
        self.probes = np.array([[x * spec.points - 0.5, y * spec.rows - 0.5 * (spec.rows > 1)] for x, y in rows])
        self.probes = np.maximum(self.probes, 0.0)
        self.seconds_a_step = 1.5e-6 + spec.points * spec.rows * (5e-9 if self.reacts else 2.5e-9)
        self.closed = not self.reacts and spec.edge != "held" and spec.loss == 0.0

    def prepare(self) -> None:
        p, dx2 = self.parameters, self.spec.dx**2
        self.spread, self.spread_2 = p["diffusivity"] / dx2, p["second_diffusivity"] / dx2
        across = 4.0 if self.spec.dimensions == 2 else 2.0
        if self.reacts:
            self.stiff = p["rate"] * (across * max(self.spread, self.spread_2) + 1.0)
        else:
            self.stiff = across * self.spread + 0.5 * p["loss"]

    def begin(self) -> None:
        spec = self.spec
        shape = (spec.rows + 2, spec.points + 2)
        self.state["u"] = np.full(shape, 1.0 if self.reacts else self.parameters["temperature"])
        if self.reacts:
            self.state["v"] = np.zeros(shape)
        field = self.state[self.seen_field]
        for wave in spec.waves:
            turns = [0.5 * wave.half_waves * (i + 0.5) / spec.points for i in range(spec.points)]
            field[1:-1, 1:-1] += wave.amplitude * np.array([sine_turns(t - round(t)) for t in turns])
        if spec.noise > 0.0:
            scatter = np.empty(spec.rows * spec.points)
            fill_uniform(self.seed, 0, scatter)
            field[1:-1, 1:-1] += spec.noise * scatter.reshape(spec.rows, spec.points)
        count = 2 * len(spec.probes)
        self.state["given"] = np.zeros(1)
        self.state["history_times"], self.state["history"] = np.full(4, np.nan), np.zeros((4, count))
        self.state["watch"] = np.zeros((3, count))
        super().begin()

    def substeps(self, span: float) -> int:
        """As many as the stiffest ripple demands."""
        return max(1, ceil(span * self.parameters["time_scale"] * self.stiff / STABLE - 1e-9))

    def leap(self, h: float, count: int) -> None:
        p, own = self.parameters, h * self.parameters["time_scale"]
        u = self._floats("u")
        room = np.zeros((6 if self.reacts else 3, *u.shape))
        for first in range(0, count, STEPS_A_CALL):
            n = min(STEPS_A_CALL, count - first)
            out = np.empty((n, len(self.probes)))
            if self.reacts:
                kernel.reaction_walk(
                    n, own * p["rate"], u, self._floats("v"), self.edge, self.spread, self.spread_2, p["feed"],
                    p["kill"], room, self.probes, out,
                )  # fmt: skip
            else:
                kernel.warm_walk(n, own, u, self.edge, self.spread, p["loss"], p["temperature"], room, self.probes, out)
            self._listen(np.array([self.instant(first + k + 1) for k in range(n)]), out)

    def strike(self, moment: Flash) -> None:
        """Add the bell; a reaction's second substance takes the place of the first."""
        spec, spark = self.spec, moment.spark
        x, y = [*spark.centre, 0.5][:2]
        columns = np.array([bell_at(((i + 0.5) / spec.points - x) / spark.width) for i in range(spec.points)])
        rows = np.ones(1)
        if spec.dimensions == 2:
            rows = np.array([bell_at(((j + 0.5) / spec.rows - y) / spark.width) for j in range(spec.rows)])
        bell = spark.level * rows[:, None] * columns[None, :]
        before = self._moments()[0]
        self.state[self.seen_field][1:-1, 1:-1] += bell
        if self.reacts:
            self.state["u"][1:-1, 1:-1] = np.maximum(0.0, self.state["u"][1:-1, 1:-1] - bell)
        self._floats("given")[0] += self._moments()[0] - before
        where = (x * spec.width, y * spec.width if spec.dimensions == 2 else 0.0, 0.0)
        self.emit(moment.time, "strike", strength=abs(spark.level), position=where)

    def observe(self) -> dict[str, Floats]:
        field, out = self._floats(self.seen_field), np.empty((1, len(self.probes)))
        kernel.listened(field, self.probes, out[0])
        mean, contrast = self._moments()
        seen = {"level": out[0], "mean": np.array(mean), "contrast": np.array(contrast)}
        if self.spec.picture:
            side = self.spec.shown
            small = np.empty((1 if self.spec.dimensions == 1 else side, side))
            shrunk(np.ascontiguousarray(field[1:-1, 1:-1]), small)
            seen["field"] = small[0] if self.spec.dimensions == 1 else small
        return seen

    def invariants(self) -> dict[str, float]:
        return {"heat": self._moments()[0] - float(self.state["given"][0])} if self.closed else {}

    def notes(self) -> list[str]:
        """What bounds the steps."""
        return [
            f"no step is longer than {STABLE / self.stiff:.6g} s of the field's own time" if self.stiff else "at rest"
        ]

    def _listen(self, times: Floats, levels: Floats) -> None:
        """Passages of the threshold either way, and what is highest for now."""
        spec = self.spec
        size = max(abs(spec.threshold), 1e-12)
        above = levels - spec.threshold - (0.0 if self.reacts else self.parameters["temperature"])
        columns = np.ascontiguousarray(np.concatenate([above, -above], axis=1) / size)
        rows = np.empty((3 * columns.size + 8, 4))
        history = (self._floats("history_times"), self._floats("history"), self._floats("watch"))
        found = signals.watch(times, columns, *history, spec.hysteresis, rows)
        count = len(self.probes)
        for time, kind, column, strength in rows[:found].tolist():
            k = int(column) % count
            x, y = [*spec.probes[k].position, 0.0][:2]
            if int(kind) == signals.CROSSING:
                self.emit(
                    time, "threshold", k, strength=strength * size, position=(x * spec.width, y * spec.width, 0.0)
                )
            elif int(kind) == signals.CREST and column < count:
                self.emit(time, "extremum", k, strength=strength * size, position=(x * spec.width, y * spec.width, 0.0))

    def _moments(self) -> tuple[float, float]:
        out = np.empty(2)
        kernel.moments(self._floats(self.seen_field), out)
        return float(out[0]), float(out[1])

    def _floats(self, name: str) -> Floats:
        return cast(Floats, self.state[name])


def bell_at(distance: float) -> float:
    """exp(-d^2 / 2). The square is a product: Python's `**` is the C library's, which differs with the processor."""
    return exp(-0.5 * (distance * distance))
