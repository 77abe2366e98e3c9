"""A run of oscillators with a swing."""

from __future__ import annotations

import numpy as np

from harmonic_physics.engine.kernels.kuramoto import lorentz_quantile
from harmonic_physics.engine.oscillators.frequencies import natural
from harmonic_physics.engine.oscillators.networks import pairs
from harmonic_physics.engine.oscillators.smooth import constants, problem, start
from harmonic_physics.engine.smooth.problem import Problem
from harmonic_physics.engine.smooth.run import SmoothRun
from harmonic_physics.engine.systems.oscillators import OscillatorsSpec


class SwingRun(SmoothRun[OscillatorsSpec]):
    """The seed shuffles the frequencies, places the starts and rewires a small world."""

    stops_at = "a value is no longer finite: take smaller drives or couplings"

    def problem(self) -> Problem:
        spec = self.spec
        chance = np.random.Generator(np.random.PCG64(self.seed))
        own = np.array(natural(spec, lorentz_quantile))
        self.frequencies = (own if spec.frequencies else chance.permutation(own)).tolist()
        self.shares = chance.random(spec.count).tolist()
        edges = [] if spec.network == "all" or spec.model == "metronomes" else pairs(spec, chance)
        return problem(spec, edges)

    def constants(self) -> dict[str, float]:
        return constants(self.spec, self.parameters, self.frequencies)

    def initial(self) -> list[float]:
        return start(self.spec, self.shares, self.frequencies)

    def scales(self) -> dict[str, float]:
        speeds = [self.spec.amplitude * 6.283185307179586 * f for f in self.frequencies]
        kept = self.invariants()
        return {name: max(abs(kept[name]), 0.5 * float(np.dot(speeds, speeds))) for name in kept}
