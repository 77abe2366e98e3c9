"""Exact modes of circular and rectangular membranes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.bessel import bessel, zeros_below
from harmonic_physics.engine.kernels.phases import sine_turns
from harmonic_physics.engine.systems.membrane import MembraneBody
from harmonic_physics.engine.vibration.bank import Values, Vibrator
from harmonic_physics.engine.vibration.losses import loaded_by_air, sheet_in_air, softened

Floats = NDArray[np.float64]
LEAST_TENSION = 0.05


@lru_cache(maxsize=64)
def circular(count: int) -> tuple[tuple[float, int, bool], ...]:
    """The lowest modes of a disc: (zero of J_m, m, whether the sine), each pair once as cosine and once as sine."""
    limit = 2.0 * sqrt(count) + 4.0
    while True:
        found: list[tuple[float, int, bool]] = []
        room, m = np.empty(200), 0
        while (hits := zeros_below(m, limit, room)) > 0:
            found += [(zero, m, False) for zero in room[:hits].tolist()]
            found += [(zero, m, True) for zero in room[:hits].tolist() if m]
            m += 1
        if len(found) >= count:
            return tuple(sorted(found)[:count])
        limit *= 1.3


def rectangular(count: int, ratio: float) -> list[tuple[float, int, int]]:
    """The lowest modes of a rectangle of width over height `ratio`: (k a / pi, m, n)."""
    most = count + 1
    found = [(sqrt(m * m + (n * ratio) ** 2), m, n) for m in range(1, most + 1) for n in range(1, most // m + 2)]
    extra = [(sqrt(m * m + (n * ratio) ** 2), m, n) for n in range(1, most + 1) for m in range(1, most // n + 2)]
    return sorted(set(found) | set(extra))[:count]


class Skin(Vibrator):
    """What both shapes share: frequencies from wave numbers, loss to the air, and the air's mass."""

    wave_numbers: Floats

    def __init__(self, body: MembraneBody) -> None:
        self.body, self.skin = body, body

    def keep(self, highest: float, parameters: Values) -> NDArray[np.bool_]:
        """Which modes are not above the highest frequency; the lowest always is kept."""
        kept = self.frequencies(parameters) <= 2 * pi * highest
        kept[0] = True
        return kept

    def frequencies(self, parameters: Values) -> Floats:
        slack = softened(self.skin.slackening, parameters["temperature"], LEAST_TENSION)
        speed = self.skin.speed * sqrt(parameters["stiffness"] * slack)
        rest = speed * self.wave_numbers
        return loaded_by_air(rest, self.wave_numbers, self.skin.surface_density, parameters["fluid_density"])

    def air(self, omega: Floats, parameters: Values) -> Floats:
        return sheet_in_air(omega, self.skin.surface_density, parameters["fluid_density"], parameters["viscosity"])

    def place(self, point: Sequence[float]) -> tuple[float, float, float]:
        return (point[0] * self.skin.width, point[1] * self.skin.tall, 0.0)


class Disc(Skin):
    """A circular skin: J_m(k r) cos m theta and sin m theta."""

    def __init__(self, body: MembraneBody, highest: float, parameters: Values) -> None:
        super().__init__(body)
        self.modes = list(circular(body.modes))
        self.wave_numbers = np.array([mode[0] for mode in self.modes]) / (0.5 * body.width)
        kept = self.keep(highest, parameters)
        self.modes = [mode for mode, keep in zip(self.modes, kept.tolist(), strict=True) if keep]
        self.wave_numbers = self.wave_numbers[kept]

    def shape(self, point: Sequence[float]) -> Floats:
        """Unit modal mass: sigma pi R^2 J_{m+1}(j)^2 / 2 over the pair's factor is 1."""
        x, y = 2.0 * point[0] - 1.0, 2.0 * point[1] - 1.0
        r = min(1.0, sqrt(x * x + y * y))
        c, s = (x / r, y / r) if r > 0.0 else (1.0, 0.0)
        found = np.empty(len(self.modes))
        area = pi * (0.5 * self.skin.width) ** 2
        for k, (zero, m, odd) in enumerate(self.modes):
            turned = (1.0, 0.0)
            for _ in range(m):  # cos m theta, sin m theta by turning m times
                turned = (turned[0] * c - turned[1] * s, turned[0] * s + turned[1] * c)
            share = 1.0 if m == 0 else 0.5
            unit = 1.0 / sqrt(share * self.skin.surface_density * area) / abs(bessel(m + 1, zero))
            found[k] = unit * bessel(m, zero * r) * turned[1 if odd else 0]
        return found


class Rectangle(Skin):
    """A rectangular skin: sin m pi x / a sin n pi y / b."""

    def __init__(self, body: MembraneBody, highest: float, parameters: Values) -> None:
        super().__init__(body)
        self.modes = rectangular(body.modes, body.width / body.tall)
        self.wave_numbers = np.array([mode[0] for mode in self.modes]) * pi / body.width
        kept = self.keep(highest, parameters)
        self.modes = [mode for mode, keep in zip(self.modes, kept.tolist(), strict=True) if keep]
        self.wave_numbers = self.wave_numbers[kept]

    def shape(self, point: Sequence[float]) -> Floats:
        unit = 2.0 / sqrt(self.skin.surface_density * self.skin.width * self.skin.tall)
        sines = [sine_turns(0.5 * m * point[0]) * sine_turns(0.5 * n * point[1]) for _, m, n in self.modes]
        return unit * np.array(sines)


def vibrator(body: MembraneBody, highest: float, parameters: Values) -> Skin:
    """The skin of this shape. An outline lends the modes of a rectangle to nothing but its losses."""
    return (Disc if body.shape == "circle" else Rectangle)(body, highest, parameters)
