"""A run of a pendulum."""

from __future__ import annotations

from harmonic_physics.engine.pendulum.values import constants, energy_scale, problem, start
from harmonic_physics.engine.smooth.problem import Problem
from harmonic_physics.engine.smooth.run import SmoothRun
from harmonic_physics.engine.systems.pendulum import PendulumSpec


class PendulumRun(SmoothRun[PendulumSpec]):
    """Nothing is random here."""

    stops_at = "a value is no longer finite: take smaller speeds or forces"

    def problem(self) -> Problem:
        return problem(self.spec)

    def constants(self) -> dict[str, float]:
        return constants(self.spec, self.parameters)

    def initial(self) -> list[float]:
        return start(self.spec)

    def scales(self) -> dict[str, float]:
        return {"energy": energy_scale(self.spec, self.parameters, self.invariants()["energy"])}
