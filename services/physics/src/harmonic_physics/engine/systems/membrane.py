"""Drums: circular and rectangular membranes by exact modes, and any outline by finite differences."""

from __future__ import annotations

from math import ceil, fsum, pi, sqrt
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.trajectory import Mode, Observable
from harmonic_physics.engine.presets import membrane as presets
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.system import Estimate, quantity, result_bytes
from harmonic_physics.engine.timeline import Timeline
from harmonic_physics.engine.vibration.declaration import LOSSES, VibratingSystem
from harmonic_physics.engine.vibration.spec import MAX_BODIES, Body, Point, VibrationSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from harmonic_physics.engine.vibration.bank import Bank

MAX_CELLS = 300_000
FIRST_ZERO = 2.404825557695773


class MembraneBody(Body):
    """A stretched skin, fixed at its rim."""

    shape: Literal["circle", "rectangle", "outline"] = "circle"
    width: float = quantity("m", "Diameter of a circle, else width", ge=1e-3, le=1000, default=0.35)
    height: float | None = quantity("m", "Height; without it, as wide", ge=1e-3, le=1000, default=None)
    outline: list[Point] = Field(
        default=[], max_length=200, description="Corners of an outline, as shares of width and height"
    )
    surface_density: float = quantity("kg/m2", "Mass of a square metre", ge=1e-4, le=1000, default=0.26)
    tension: float = quantity("N/m", "Across a metre of cut", ge=1e-6, le=1e7, default=3000.0)
    frequency: float | None = quantity(
        "Hz", "Of the lowest mode in vacuum, instead of the tension (for an outline: as if it were a circle as wide)",
        ge=1e-4, le=10_000, default=None,
    )  # fmt: skip
    slackening: float = quantity("1/K", "Loss of tension a kelvin, as a share", ge=0, le=0.05, default=2e-3)
    decay_time: float | None = quantity("s", "Time to fall by 60 dB at low frequencies", ge=1e-3, le=1e6, default=1.5)
    decay_time_1khz: float | None = quantity("s", "The same at 1 kHz", ge=1e-4, le=1e6, default=0.5)
    pickups: list[Point] = Field(
        default=[[0.6, 0.55]], min_length=1, max_length=8, description="Shares of width and height"
    )

    @property
    def tall(self) -> float:
        """Height in m."""
        return self.width if self.height is None or self.shape == "circle" else self.height

    @property
    def speed(self) -> float:
        """Of transverse waves [m/s]."""
        if self.frequency is None:
            return sqrt(self.tension / self.surface_density)
        if self.shape == "rectangle":
            return 2.0 * self.frequency / sqrt(1.0 / self.width**2 + 1.0 / self.tall**2)
        return pi * self.frequency * self.width / FIRST_ZERO

    @model_validator(mode="after")
    def _has_an_outline(self) -> Self:
        if self.shape == "outline" and len(self.outline) < 3:
            raise ValueError("an outline has at least three corners")
        if any(len(corner) != 2 for corner in self.outline):
            raise ValueError("a corner of an outline has two coordinates")
        return self

    def holds(self, point: Point) -> bool:
        """Whether a point is on a circular skin, rim included."""
        return self.shape != "circle" or (point[0] - 0.5) ** 2 + (point[1] - 0.5) ** 2 <= 0.25 * (1 + 1e-12)


class MembraneSpec(VibrationSpec):
    """One drum, or a set of them."""

    method: Literal["modes", "finite_differences"] = Field(
        default="modes", description="modes: exact; finite_differences: a square grid, for any outline"
    )
    membranes: list[MembraneBody] = Field(min_length=1, max_length=MAX_BODIES)
    sample_rate: float = quantity("Hz", "Steps a second of finite differences", ge=10, le=192_000, default=24_000.0)

    @property
    def vibrating(self) -> list[Body]:
        """The skins."""
        return list(self.membranes)

    @property
    def dimensions(self) -> int:
        """Across and up."""
        return 2

    @model_validator(mode="after")
    def _playable(self) -> Self:
        by_name = {body.name: body for body in self.membranes}
        spots = [(body, point) for body in self.membranes for point in body.pickups]
        spots += [(by_name[each.body], each.position) for each in self.excitations]
        spots += [(by_name[each.body], each.position) for each in self.drives]
        if any(not body.holds(point) for body, point in spots):
            raise ValueError(
                "a pickup or an excitation lies off the circular skin: keep within half its width of [0.5, 0.5]"
            )
        if self.method == "modes" and any(body.shape == "outline" for body in self.membranes):
            raise ValueError("an outline has no exact modes: set method to finite_differences")
        if self.method == "finite_differences":
            if self.drives:
                raise ValueError("drives go with the method modes")
            if any(self.cells(body) > MAX_CELLS for body in self.membranes):
                raise ValueError(f"a grid of more than {MAX_CELLS} cells: lower sample_rate, or raise the tension")
        return self

    def spacing(self, body: MembraneBody) -> float:
        """Of the grid [m]: stable while c k sqrt 2 <= dx, with two per cent to spare; at least 8 cells across."""
        least = body.speed * sqrt(2.0) / (0.98 * self.sample_rate)
        return body.width / max(8, int(body.width / least))

    def cells(self, body: MembraneBody) -> int:
        """Of the grid."""
        dx = self.spacing(body)
        return (round(body.width / dx) + 1) * (int(body.tall / dx) + 2)

    @property
    def steps(self) -> int:
        """Of finite differences in all."""
        return max(1, ceil(self.frame_interval * self.sample_rate)) * (self.frames - 1)


class Membranes(VibratingSystem[MembraneSpec]):
    """Transverse vibrations of stretched skins."""

    kind = "membrane"
    title = "Membranes"
    description = (
        "Drums: circular and rectangular skins with their exact modes, or any outline on a grid; struck anywhere."
    )
    spec = MembraneSpec
    presets = presets.PRESETS
    equations = (
        r"""
$\sigma\,\partial_t^2 u = T\,\nabla^2 u$ with $u = 0$ at the rim. Circle: $\omega_{mn} = j_{mn}\,c/R$ with the zeros
of the
Bessel functions, shapes $J_m(j_{mn}r/R)\cos m\theta$ and $\sin m\theta$; rectangle:
$\omega_{mn} = \pi c\sqrt{m^2/a^2 + n^2/b^2}$. The air that moves along adds $2\rho/k$ to the surface density and lowers
the low modes most (Lamb 1920), as a kettledrum's. Finite differences: the leapfrog of the five-point Laplacian.
"""
        + LOSSES
    )
    accuracy = (
        "Ratios to the Bessel zeros to 1e-13, shapes orthonormal to 1e-12; finite differences within the printed bound "
        "(tests/engine/systems/test_membrane.py)."
    )
    references = (
        "Rayleigh, The Theory of Sound (1894), chapter IX",
        "H. Lamb, On the vibrations of an elastic plate in contact with water, Proc. R. Soc. A 98 (1920)",
        "N. H. Fletcher and T. D. Rossing, The Physics of Musical Instruments (1998), chapters 3 and 18",
        "S. Bilbao, Numerical Sound Synthesis (2009), chapter 11",
    )

    def bank(self, spec: MembraneSpec, parameters: dict[str, float]) -> Bank:
        """One vibrator a skin."""
        from harmonic_physics.engine.membrane.modes import vibrator
        from harmonic_physics.engine.vibration.bank import bank_of

        return bank_of([vibrator(body, spec.highest_frequency, parameters) for body in spec.membranes])

    def surfaces(self, spec: MembraneSpec, bank: Bank) -> NDArray[np.float64] | None:
        """Shapes over the grid that the spec asks for; 0 off the skin."""
        from harmonic_physics.engine.vibration.surfaces import centres, shapes_over

        points = centres(spec.surface)
        on = [[body.holds([x, y]) for x, y in points] for body in spec.membranes]
        return shapes_over(bank, points, on) if spec.surface else None

    def observables(self, spec: MembraneSpec) -> list[Observable]:
        """Finite differences have no modes, so neither bands nor brightness."""
        found = super().observables(spec)
        return [found[0], found[1], *found[4:]] if spec.method == "finite_differences" else found

    def modes(self, spec: MembraneSpec, environment: dict[str, float]) -> list[Mode]:
        """None of a grid."""
        return [] if spec.method == "finite_differences" else super().modes(spec, environment)

    def estimate(self, spec: MembraneSpec, environment: dict[str, float]) -> Estimate:
        """Closed form by frames, finite differences by cells and steps."""
        if spec.method == "modes":
            return super().estimate(spec, environment)
        a_step = fsum(1e-7 + 1.2e-9 * spec.cells(body) for body in spec.membranes)
        size = result_bytes(spec.frames, self.observables(spec))
        cpu = 0.02 + spec.steps * a_step + spec.frames * 1e-4
        return Estimate(cpu_seconds=cpu, steps=spec.steps, frames=spec.frames, result_bytes=size)

    def start(
        self, spec: MembraneSpec, environment: dict[str, float], seed: int, checkpoint: bytes | None, timeline: Timeline
    ) -> Run:
        """The method decides which run."""
        if spec.method == "finite_differences":
            from harmonic_physics.engine.membrane.grid import SkinRun

            return SkinRun(self, spec, environment, seed, checkpoint, timeline)
        return super().start(spec, environment, seed, checkpoint, timeline)
