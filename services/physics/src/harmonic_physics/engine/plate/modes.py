"""A vibrating plate: Ritz' modes in physical units."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.plate.ritz import solve, trial
from harmonic_physics.engine.systems.plate import PlateBody
from harmonic_physics.engine.vibration.bank import Values, Vibrator
from harmonic_physics.engine.vibration.losses import loaded_by_air, sheet_in_air, softened

Floats = NDArray[np.float64]


class VibratingPlate(Vibrator):
    """One plate. Modes above the highest frequency are left out, by the parameters at the start."""

    def __init__(self, body: PlateBody, highest: float, parameters: Values) -> None:
        self.body, self.plate = body, body
        edges = (body.edges[0], body.edges[1], body.edges[2], body.edges[3])
        self.count = body.functions
        solution = solve(edges, body.width / body.height, body.poisson, self.count)
        values = solution.eigenvalues[: body.modes]
        rate = body.stiffness_speed / body.width**2
        if body.frequency is not None:
            rate = 2 * pi * body.frequency / float(values[0])
        self.rest = rate * values
        self.coefficients = solution.coefficients[: body.modes]
        self.surface_density = body.density * body.thickness
        self.wave_numbers = np.sqrt(values) / body.width
        kept = self.frequencies(parameters) <= 2 * pi * highest
        kept[0] = True
        self.rest, self.coefficients = self.rest[kept], self.coefficients[kept]
        self.wave_numbers = self.wave_numbers[kept]

    def frequencies(self, parameters: Values) -> Floats:
        soft = parameters["stiffness"] * softened(self.plate.softening, parameters["temperature"])
        rest = self.rest * sqrt(soft)
        return loaded_by_air(rest, self.wave_numbers, self.surface_density, parameters["fluid_density"])

    def air(self, omega: Floats, parameters: Values) -> Floats:
        return sheet_in_air(omega, self.surface_density, parameters["fluid_density"], parameters["viscosity"])

    def shape(self, point: Sequence[float]) -> Floats:
        """Sum of c_ij X_i(x) Y_j(y) over sqrt(rho h a b / 4)."""
        edges = self.plate.edges
        x = trial(self.count, (edges[0], edges[1]), np.array([2.0 * point[0] - 1.0]))[0, :, 0]
        y = trial(self.count, (edges[2], edges[3]), np.array([2.0 * point[1] - 1.0]))[0, :, 0]
        found = np.zeros(len(self.rest))
        for i, xi in enumerate(x.tolist()):
            for j, yj in enumerate(y.tolist()):
                found += (xi * yj) * self.coefficients[:, i, j]
        return found * (2.0 / sqrt(self.surface_density * self.plate.width * self.plate.height))

    def place(self, point: Sequence[float]) -> tuple[float, float, float]:
        return (point[0] * self.plate.width, point[1] * self.plate.height, 0.0)
