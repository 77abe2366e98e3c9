"""The numbers of a pendulum's equations, from its spec and the parameters that may change."""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, fsum, pi, radians, sin
from typing import TYPE_CHECKING

from harmonic_physics.engine.pendulum import chain, magnets
from harmonic_physics.engine.smooth.problem import Problem

if TYPE_CHECKING:
    from harmonic_physics.engine.systems.pendulum import PendulumSpec


def problem(spec: PendulumSpec) -> Problem:
    """The equations of the chain, or of the bob over magnets."""
    return magnets.problem(spec) if spec.magnets else chain.problem(spec)


def start(spec: PendulumSpec) -> list[float]:
    """The state at time 0."""
    return magnets.start(spec) if spec.magnets else chain.start(spec)


def constants(spec: PendulumSpec, values: Mapping[str, float]) -> dict[str, float]:
    """Every parameter of the equations; `values` are the environment and the tunable fields."""
    found = {name: values[name] for name in ("gravity", "damping", "torque")}
    found |= {
        "drive amplitude": values["drive_amplitude"],
        "drive rate": 2.0 * pi * values["drive_frequency"],
        "torque rate": 2.0 * pi * values["torque_frequency"],
        "drive across": cos(radians(spec.drive_direction)),
        "drive up": sin(radians(spec.drive_direction)),
    }
    for i, bob in enumerate(spec.bobs):
        volume = 4.0 / 3.0 * pi * bob.radius**3
        found |= {
            f"length {i}": bob.length,
            f"mass {i}": bob.mass,
            f"weight {i}": bob.mass - values["fluid_density"] * volume,
            f"area {i}": 0.5 * values["fluid_density"] * values["air_resistance"] * pi * bob.radius**2,
        }
    if spec.magnets:
        found["pass"] = magnets.lowest_pass(spec, values["gravity"], found["weight 0"])
    return found


def energy_scale(spec: PendulumSpec, values: Mapping[str, float], energy: float) -> float:
    """What the drift of the energy is measured against: it may itself be close to zero."""
    reach = [bob.mass * bob.length for bob in spec.bobs]
    return max(abs(energy), values["gravity"] * fsum(reach))
