"""A run of a rotor."""

from __future__ import annotations

from math import fsum, sqrt

from harmonic_physics.engine.rotor.problem import constants, problem, start
from harmonic_physics.engine.smooth.problem import Problem
from harmonic_physics.engine.smooth.run import SmoothRun
from harmonic_physics.engine.systems.rotor import RotorSpec


class RotorRun(SmoothRun[RotorSpec]):
    """Nothing is random here."""

    stops_at = "a value is no longer finite: take smaller speeds"

    def problem(self) -> Problem:
        return problem(self.spec)

    def constants(self) -> dict[str, float]:
        return constants(self.spec, self.parameters)

    def initial(self) -> list[float]:
        return start(self.spec)

    def scales(self) -> dict[str, float]:
        now = self.invariants()
        size = sqrt(fsum(now[f"angular_momentum_{axis}"] ** 2 for axis in "xyz"))
        energy = max(abs(now["energy"]), constants(self.spec, self.parameters)["weight"])
        return {name: energy if name == "energy" else size for name in now}
