"""Exact modes of a stiff string between simple supports."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.phases import sine_turns
from harmonic_physics.engine.systems.string import StringBody
from harmonic_physics.engine.vibration.bank import Values, Vibrator
from harmonic_physics.engine.vibration.losses import ROOM, wire_in_air

Floats = NDArray[np.float64]
SLACK = 0.01
"""Share of its tension that a string keeps however hot it gets."""


class VibratingString(Vibrator):
    """One string. Modes above the highest frequency are left out, by the parameters at the start."""

    def __init__(self, body: StringBody, highest: float, parameters: Values) -> None:
        self.body, self.string = body, body
        self.n = np.arange(1.0, body.modes + 1)
        kept = self.frequencies(parameters) <= 2 * pi * highest
        kept[0] = True
        self.n = self.n[kept]

    def stretched(self, parameters: Values) -> float:
        """Tension over that of the spec: by `stiffness`, and by heat, T = T0 - E A alpha (theta - 293.15 K)."""
        s = self.string
        heated = s.axial_stiffness * s.expansion * (parameters["temperature"] - ROOM) / s.tension
        return parameters["stiffness"] * max(SLACK, 1.0 - heated)

    def frequencies(self, parameters: Values) -> Floats:
        """2 pi n f0 sqrt(tension + B n^2)."""
        s = self.string
        return 2 * pi * s.frequency * self.n * np.sqrt(self.stretched(parameters) + s.inharmonicity * self.n * self.n)

    def air(self, omega: Floats, parameters: Values) -> Floats:
        s = self.string
        density = s.linear_density / (pi * s.radius * s.radius)
        return wire_in_air(omega, s.radius, density, parameters["fluid_density"], parameters["viscosity"])

    def shape(self, point: Sequence[float]) -> Floats:
        """sqrt(2 / m) sin(n pi x / L)."""
        unit = sqrt(2.0 / (self.string.linear_density * self.string.length))
        return unit * np.array([sine_turns(0.5 * n * point[0]) for n in self.n.tolist()])

    def place(self, point: Sequence[float]) -> tuple[float, float, float]:
        return (point[0] * self.string.length, 0.0, 0.0)

    def antinode(self, index: int) -> tuple[float, float, float]:
        """The first loop of the mode."""
        return (0.5 * self.string.length / float(self.n[index]), 0.0, 0.0)
