"""A run of an attractor: copies from close starts, and the Lyapunov exponents of the first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.attractor.formulas import problem, start
from harmonic_physics.engine.attractor.models import LETTERS
from harmonic_physics.engine.kernels.taylor import BEGIN
from harmonic_physics.engine.smooth.problem import Problem
from harmonic_physics.engine.smooth.run import SmoothRun
from harmonic_physics.engine.systems.attractor import AttractorSpec

Floats = NDArray[np.float64]


class AttractorRun(SmoothRun[AttractorSpec]):
    """Nothing but the start of the copies is random."""

    stops_at = "a value is no longer finite: the motion runs away"

    def problem(self) -> Problem:
        return problem(self.spec)

    def constants(self) -> dict[str, float]:
        return {name: self.parameters[name] for name in LETTERS} | dict(self.spec.constants)

    def initial(self) -> list[float]:
        size = len(self.spec.all_starts())
        chance = np.random.Generator(np.random.PCG64(self.seed))
        offsets = self.spec.spread * (2.0 * chance.random((self.spec.copies, size)) - 1.0)
        offsets[0] = 0.0
        return start(self.spec, offsets.tolist())

    def exponents(self) -> Floats:
        """Of the first copy, largest first, from the steps so far [1 / universe time]."""
        begun = float(self.state["clock"][BEGIN])
        sums = np.array(self.state["sums"], dtype=np.float64)
        return sums / begun if begun > 0.0 else np.zeros_like(sums)

    def observe(self) -> dict[str, Floats]:
        return self._with_exponents(super().observe(), ())

    def interpolate(self, start: float, h: float, times: Floats) -> dict[str, Floats]:
        return self._with_exponents(super().interpolate(start, h, times), (len(times),))

    def _with_exponents(self, shown: dict[str, Floats], frames: tuple[int, ...]) -> dict[str, Floats]:
        if self.spec.lyapunov:
            exponents = self.exponents()
            shown["lyapunov"] = np.broadcast_to(exponents, (*frames, len(exponents))).copy()
        return shown
