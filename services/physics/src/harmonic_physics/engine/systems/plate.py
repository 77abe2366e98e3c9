"""Plates: free, clamped and supported rectangles, with Chladni's figures. Ritz' method in orthonormal polynomials."""

from __future__ import annotations

from math import ceil, fsum, sqrt
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from harmonic_physics.engine.presets import plate as presets
from harmonic_physics.engine.system import Estimate, quantity
from harmonic_physics.engine.vibration.declaration import LOSSES, VibratingSystem
from harmonic_physics.engine.vibration.spec import Body, Point, VibrationSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from harmonic_physics.engine.vibration.bank import Bank

SURFACE_SECONDS = 3e-6
"""Measured, of a trial function at a point of the surface."""
Edge = Literal["free", "supported", "clamped"]
MAX_PLATES = 8


class PlateBody(Body):
    """A thin rectangular plate."""

    edges: list[Edge] = Field(default=["free"] * 4, min_length=4, max_length=4, description="Left, right, bottom, top")
    width: float = quantity("m", "Width", ge=1e-3, le=100, default=0.3)
    height: float = quantity("m", "Height", ge=1e-3, le=100, default=0.3)
    thickness: float = quantity("m", "Thickness", ge=1e-6, le=1, default=1e-3)
    youngs_modulus: float = quantity(
        "Pa", "Young's modulus; brass 1.05e11, steel 2e11", ge=1e5, le=2e12, default=1.05e11
    )
    density: float = quantity("kg/m3", "Of the material; brass 8500, steel 7850", ge=1, le=30_000, default=8500.0)
    poisson: float = quantity("1", "Poisson's ratio", ge=0, le=0.49, default=0.3)
    frequency: float | None = quantity(
        "Hz", "Of the lowest mode in vacuum; if given, it sets the elasticity", ge=1e-3, le=20_000, default=None
    )
    softening: float = quantity("1/K", "Loss of elasticity a kelvin, as a share", ge=0, le=1e-3, default=4e-4)
    modes: int = Field(default=30, ge=1, le=100, description="Modes kept, from the lowest bending one on")
    decay_time: float | None = quantity("s", "Time to fall by 60 dB at low frequencies", ge=1e-3, le=1e6, default=8.0)
    decay_time_1khz: float | None = quantity("s", "The same at 1 kHz", ge=1e-4, le=1e6, default=4.0)
    pickups: list[Point] = Field(
        default=[[0.9, 0.95]], min_length=1, max_length=8, description="Shares of width and height"
    )

    @property
    def stiffness_speed(self) -> float:
        """sqrt(D / (rho h)) [m2/s], D = E h^3 / 12 (1 - nu^2)."""
        return sqrt(self.youngs_modulus / (12.0 * self.density * (1.0 - self.poisson**2))) * self.thickness

    @property
    def functions(self) -> int:
        """Trial functions along each axis: twice as many as the finest mode has half waves, and never below 12."""
        alike = self.edges[0] == self.edges[1] and self.edges[2] == self.edges[3]
        long = max(self.width, self.height) / min(self.width, self.height)
        wanted = 6 + ceil(1.8 * sqrt(self.modes * min(long, 4.0)))
        return max(12, min(wanted, 24 if alike else 16))

    @model_validator(mode="after")
    def _thin(self) -> Self:
        if self.thickness > 0.1 * min(self.width, self.height):
            raise ValueError("the plate is thicker than a tenth of its side: too stubby for the theory of thin plates")
        if not 0.1 <= self.width / self.height <= 10:
            raise ValueError("the sides differ by more than ten times: take a bar")
        return self


class PlateSpec(VibrationSpec):
    """One plate, or a few."""

    plates: list[PlateBody] = Field(min_length=1, max_length=MAX_PLATES)

    @property
    def vibrating(self) -> list[Body]:
        """The plates."""
        return list(self.plates)

    @property
    def dimensions(self) -> int:
        """Across and up."""
        return 2


class Plates(VibratingSystem[PlateSpec]):
    """Bending vibrations of thin plates."""

    kind = "plate"
    title = "Plates"
    description = (
        "Thin plates with free, clamped or supported edges, struck or driven: gongs, thunder sheets, Chladni's figures."
    )
    spec = PlateSpec
    presets = presets.PRESETS
    equations = (
        r"""
$\rho h\,\partial_t^2 w = -D\,\nabla^4 w$, $D = Eh^3/12(1-\nu^2)$ (Kirchhoff 1850). Ritz' method: with $w = \sum
c_{ij}X_i(x)Y_j(y)$
the strain energy $\frac D2\int (\nabla^2 w)^2 - 2(1-\nu)(w_{xx}w_{yy} - w_{xy}^2)$ is a matrix whose eigenvalues are
$\omega^2$; $X_i, Y_j$ are orthonormal polynomials that vanish as the edges demand, and free edges need no condition.
"""
        + LOSSES
    )
    accuracy = (
        "Free square plate, nu = 0.3: the first ten eigenvalues to 1e-6; supported plates to 1e-10 of the exact "
        "pi^2 (m^2 + n^2); clamped square plate to 1e-6 of Leissa's (tests/engine/systems/test_plate.py)."
    )
    references = (
        "W. Ritz, Theorie der Transversalschwingungen einer quadratischen Platte mit freien Raendern, Ann. "
        "Phys. 28 (1909)",
        "A. W. Leissa, The free vibration of rectangular plates, J. Sound Vib. 31 (1973)",
        "E. F. F. Chladni, Entdeckungen ueber die Theorie des Klanges (1787)",
    )

    def estimate(self, spec: PlateSpec, environment: dict[str, float]) -> Estimate:
        """The modes', and the trial functions at every point of the surface that is shown."""
        found = super().estimate(spec, environment)
        surface = spec.surface**2 * fsum(plate.functions**2 for plate in spec.plates) * SURFACE_SECONDS
        return found.model_copy(update={"cpu_seconds": found.cpu_seconds + surface})

    def bank(self, spec: PlateSpec, parameters: dict[str, float]) -> Bank:
        """One vibrator a plate."""
        from harmonic_physics.engine.plate.modes import VibratingPlate
        from harmonic_physics.engine.vibration.bank import bank_of

        return bank_of([VibratingPlate(plate, spec.highest_frequency, parameters) for plate in spec.plates])

    def surfaces(self, spec: PlateSpec, bank: Bank) -> NDArray[np.float64] | None:
        """Shapes over the grid that the spec asks for."""
        from harmonic_physics.engine.vibration.surfaces import centres, shapes_over

        return shapes_over(bank, centres(spec.surface)) if spec.surface else None
