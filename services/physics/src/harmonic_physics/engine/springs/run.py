"""A run of masses and springs."""

from __future__ import annotations

import numpy as np

from harmonic_physics.engine.smooth.problem import Problem
from harmonic_physics.engine.smooth.run import SmoothRun
from harmonic_physics.engine.springs.modes import shapes, vibrating
from harmonic_physics.engine.springs.network import network
from harmonic_physics.engine.springs.problem import constants, problem, start
from harmonic_physics.engine.systems.springs import SpringsSpec


class SpringsRun(SmoothRun[SpringsSpec]):
    """The seed makes the kicks."""

    stops_at = "a value is no longer finite: take smaller displacements, or springs that hold (alpha, beta)"

    def problem(self) -> Problem:
        wanted = self.spec.mode_energies or self.spec.start_mode
        self.modes = vibrating(shapes(self.spec)) if wanted else []
        return problem(self.spec, self.modes[: self.spec.mode_energies])

    def constants(self) -> dict[str, float]:
        return constants(self.spec, self.parameters)

    def initial(self) -> list[float]:
        spec, freedoms = self.spec, len(network(self.spec).free) * self.spec.axes
        shape = np.zeros(freedoms)
        if spec.start_mode and len(self.modes) >= spec.start_mode:
            shape = np.array(self.modes[spec.start_mode - 1].shape)
            shape = shape / np.abs(shape).max()
        chance = np.random.Generator(np.random.PCG64(self.seed))
        kicks = 2.0 * chance.random(freedoms) - 1.0 if spec.kick else np.zeros(freedoms)
        return start(spec, shape.tolist(), kicks.tolist())

    def scales(self) -> dict[str, float]:
        top = max((s.stiffness for s in network(self.spec).springs), default=1.0)
        largest = max([abs(self.spec.start_amplitude), *(abs(p.displacement) for p in self.spec.plucks)])
        return {"energy": max(abs(self.invariants()["energy"]), 1e-3 * top * largest**2)}
