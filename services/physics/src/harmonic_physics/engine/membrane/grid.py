"""Membranes of any outline on a square grid."""

from __future__ import annotations

from math import asin, ceil, log2, pi, sin, sqrt
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels import sheets as kernel
from harmonic_physics.engine.kernels.phases import exp
from harmonic_physics.engine.membrane.modes import LEAST_TENSION
from harmonic_physics.engine.systems.membrane import MembraneBody, MembraneSpec
from harmonic_physics.engine.vibration.losses import own_decay, sheet_in_air, softened
from harmonic_physics.engine.vibration.plan import Moment
from harmonic_physics.engine.vibration.played import PlayedRun

if TYPE_CHECKING:
    from harmonic_physics.engine.vibration.bank import Values

Floats = NDArray[np.float64]
HAND = 0.08
"""Width of what strikes or pulls a skin on a grid, as a share of its width (one standard deviation of a bell)."""


class SkinRun(PlayedRun[MembraneSpec]):
    """Skins by finite differences."""

    method = "finite differences: leapfrog of the five-point Laplacian, order 2"

    def setup(self) -> None:
        super().setup()
        self.skins = self.spec.membranes
        self.dx = [self.spec.spacing(body) for body in self.skins]
        self.inside = [mask(body, dx) for body, dx in zip(self.skins, self.dx, strict=True)]
        self.seconds_a_step = 1.2e-9 * max(each.size for each in self.inside) * len(self.skins)

    def prepare(self) -> None:
        self.speeds2 = [self._speed2(body, self.parameters) for body in self.skins]
        self.losses = [self._loss(k) for k in range(len(self.skins))]

    def begin(self) -> None:
        for k, inside in enumerate(self.inside):
            self.state[f"u{k}"], self.state[f"w{k}"] = np.zeros_like(inside), np.zeros_like(inside)
        self.state["last"] = np.zeros(len(self.skins))
        super().begin()

    def substeps(self, span: float) -> int:
        """So many that all are stable: k^2 8 c2 + 16 s1 k <= 4 with two per cent to spare, and none beyond the rate."""
        longest = 1.0 / self.spec.sample_rate
        for c2, dx, (_, s1) in zip(self.speeds2, self.dx, self.losses, strict=True):
            a, b = 2.0 * c2 / dx**2, 4.0 * s1
            longest = min(longest, 0.98 * (sqrt(b * b + 4.0 * a) - b) / (2.0 * a))
        return max(1, ceil(span / longest - 1e-9))

    def leap(self, h: float, count: int) -> None:
        for k, inside in enumerate(self.inside):
            u, w = self._skin(k)
            last, (s0, s1) = float(self.state["last"][k]), self.losses[k]
            c2 = self.speeds2[k] / self.dx[k] ** 2
            self.state["last"][k] = kernel.sheet_walk(count, h, u, w, inside, last, c2, s0, s1, np.empty_like(u))

    def strike(self, moment: Moment) -> None:
        """A bell-shaped push of the stroke's impulse, or a bell pulled to its height, around the point."""
        assert moment.stroke is not None
        stroke = moment.stroke
        body, dx = self.skins[stroke.body], self.dx[stroke.body]
        bell = self._bell(stroke.body, stroke.position)
        u, w = self._skin(stroke.body)
        if stroke.kind == "strike":
            total = 0.0
            for value in bell.ravel().tolist():
                total += value
            w += bell * (stroke.amplitude / (body.surface_density * dx * dx * total))
        else:
            u += bell * stroke.amplitude
        where = (stroke.position[0] * body.width, stroke.position[1] * body.tall, 0.0)
        self.emit(moment.time, stroke.kind, stroke.body, strength=stroke.amplitude, position=where)

    def observe(self) -> dict[str, Floats]:
        heard = np.array([[self._at(k, point) for point in body.pickups] for k, body in enumerate(self.skins)])
        energy = np.array([self._energy(k) for k in range(len(self.skins))])
        seen = {"displacement": heard if heard.shape[1] > 1 else heard[:, 0].copy(), "energy": energy}
        side = self.spec.surface
        if side:
            grid = [[(i + 0.5) / side, (j + 0.5) / side] for j in range(side) for i in range(side)]
            rows = [[self._at(k, point) for point in grid] for k in range(len(self.skins))]
            seen["surface"] = np.array(rows).reshape(len(self.skins), side, side)
        return seen

    def notes(self) -> list[str]:
        """The printed bound of dispersion of each skin."""
        return [
            f"{body.name}: {int(inside.sum())} points on the skin; modes with eight half waves across are flat by at "
            f"most {bound(dx * 8 / body.width, 1.0 / self.spec.sample_rate, sqrt(c2) / dx):.2f} cent"
            for body, inside, dx, c2 in zip(self.skins, self.inside, self.dx, self.speeds2, strict=True)
        ]

    def _skin(self, k: int) -> tuple[Floats, Floats]:
        return cast(Floats, self.state[f"u{k}"]), cast(Floats, self.state[f"w{k}"])

    def _bell(self, k: int, point: list[float]) -> Floats:
        body, dx, inside = self.skins[k], self.dx[k], self.inside[k]
        rows = np.array(
            [exp(-0.5 * ((j * dx - point[1] * body.tall) / (HAND * body.width)) ** 2) for j in range(inside.shape[0])]
        )
        columns = np.array(
            [exp(-0.5 * ((i * dx - point[0] * body.width) / (HAND * body.width)) ** 2) for i in range(inside.shape[1])]
        )
        bell: Floats = rows[:, None] * columns[None, :] * inside
        return bell

    def _at(self, k: int, point: list[float]) -> float:
        """Between grid points, bilinear."""
        body, u = self.skins[k], self.state[f"u{k}"]
        x, y = point[0] * body.width / self.dx[k], point[1] * body.tall / self.dx[k]
        i, j = min(int(x), u.shape[1] - 2), min(int(y), u.shape[0] - 2)
        fx, fy = x - i, y - j
        low = (1 - fx) * float(u[j, i]) + fx * float(u[j, i + 1])
        high = (1 - fx) * float(u[j + 1, i]) + fx * float(u[j + 1, i + 1])
        return float((1 - fy) * low + fy * high)

    def _energy(self, k: int) -> float:
        u, w = self._skin(k)
        dx = self.dx[k]
        mass = self.skins[k].surface_density * dx * dx
        return max(0.0, kernel.sheet_energy(u, w, float(self.state["last"][k]), self.speeds2[k] / dx**2, mass))

    def _speed2(self, body: MembraneBody, parameters: Values) -> float:
        """c^2, with the air's mass as at the lowest mode."""
        slack = softened(body.slackening, parameters["temperature"], LEAST_TENSION)
        air = 2.0 * parameters["fluid_density"] / (self._lowest(body) * body.surface_density)
        return body.speed**2 * parameters["stiffness"] * slack / (1.0 + air)

    def _loss(self, k: int) -> tuple[float, float]:
        """s0 and s1 / dx^2 of the body's own two decay times, and the air's drag at the lowest mode."""
        body, c2 = self.skins[k], self.speeds2[k]
        omega = np.array([0.0, 2e3 * pi, sqrt(c2) * self._lowest(body)])
        low, high, _ = own_decay(body, omega).tolist()
        air = sheet_in_air(omega, body.surface_density, self.parameters["fluid_density"], self.parameters["viscosity"])
        damping = self.parameters["damping"]
        return damping * (low + float(air[2])), damping * (high - low) * c2 / (2e3 * pi) ** 2 / self.dx[k] ** 2

    @staticmethod
    def _lowest(body: MembraneBody) -> float:
        """Wave number of the lowest mode, about."""
        return pi * sqrt(1.0 / body.width**2 + 1.0 / body.tall**2)


def mask(body: MembraneBody, dx: float) -> Floats:
    """1 on the skin, 0 on its rim and off it: (rows, columns) of points dx apart from the lower left corner."""
    columns, rows = round(body.width / dx) + 1, int(body.tall / dx + 1e-9) + 2
    found = np.zeros((rows, columns))
    for j in range(1, rows - 1):
        for i in range(1, columns - 1):
            found[j, i] = float(_on(body, i * dx / body.width, j * dx / body.tall))
    return found


def _on(body: MembraneBody, x: float, y: float) -> bool:
    if body.shape == "circle":
        return (x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.25
    if body.shape == "rectangle":
        return 0.0 < x < 1.0 and 0.0 < y < 1.0 - 1e-9
    crossings = False  # of the ray to the right with the outline: odd inside
    corners = body.outline
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            crossings = not crossings
    return crossings


def bound(half_waves_a_step: float, k: float, rate: float) -> float:
    """Cents by which a wave along the grid is flat: sin(w k / 2) = k c / dx sin(kappa dx / 2)."""
    phase = 0.5 * pi * half_waves_a_step
    omega = 2.0 / k * asin(min(1.0, k * rate * sin(phase)))
    return abs(1200.0 * log2(omega / (2.0 * rate * phase)))
