"""Bars that ring: marimba, glockenspiel, chimes, tines. Euler-Bernoulli's exact modes for every way to hold the
ends."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from harmonic_physics.engine.presets import bar as presets
from harmonic_physics.engine.system import quantity
from harmonic_physics.engine.vibration.declaration import LOSSES, VibratingSystem
from harmonic_physics.engine.vibration.spec import MAX_BODIES, Body, Point, VibrationSpec

if TYPE_CHECKING:
    from harmonic_physics.engine.vibration.bank import Bank

Ends = Literal["free", "clamped_free", "supported", "clamped", "clamped_supported"]


class BarBody(Body):
    """A uniform bar of rectangular section."""

    ends: Ends = Field(default="free", description="How it is held; free lies on cords at its nodes")
    length: float = quantity("m", "Length", ge=1e-3, le=100, default=0.3)
    width: float = quantity("m", "Width of the section", ge=1e-4, le=10, default=0.04)
    thickness: float = quantity("m", "Thickness, in the direction of motion", ge=1e-5, le=1, default=0.01)
    youngs_modulus: float = quantity(
        "Pa", "Young's modulus; rosewood 1.6e10, steel 2e11", ge=1e5, le=2e12, default=2e11
    )
    density: float = quantity("kg/m3", "Of the material; rosewood 900, steel 7850", ge=1, le=30_000, default=7850.0)
    frequency: float | None = quantity(
        "Hz", "Of the lowest mode; if given, the length is set to make it", ge=1e-3, le=20_000, default=None
    )
    partials: list[float] = Field(
        default=[], max_length=10, description="Frequencies of the first modes over the lowest, where an "
"undercut tunes "
        "them; empty for a uniform bar", json_schema_extra={"unit": "1"},
    )  # fmt: skip
    softening: float = quantity("1/K", "Loss of elasticity a kelvin, as a share", ge=0, le=1e-3, default=2.6e-4)
    modes: int = Field(default=12, ge=1, le=120, description="Modes kept, from the lowest on")
    pickups: list[Point] = Field(default=[[0.05]], min_length=1, max_length=8, description="Shares of the length")

    @model_validator(mode="after")
    def _slender(self) -> Self:
        if self.frequency is None and self.thickness > 0.2 * self.length:
            raise ValueError("the bar is thicker than a fifth of its length: too stubby for this theory of bending")
        if any(not 0.05 <= ratio <= 1000 for ratio in self.partials):
            raise ValueError("partials must lie between 0.05 and 1000")
        return self

    @property
    def stiffness_speed(self) -> float:
        """sqrt(E I / (rho A)) [m2/s] of a rectangular section."""
        return sqrt(self.youngs_modulus / self.density / 12.0) * self.thickness


class BarSpec(VibrationSpec):
    """One bar, or a whole instrument of them."""

    bars: list[BarBody] = Field(min_length=1, max_length=MAX_BODIES)

    @property
    def vibrating(self) -> list[Body]:
        """The bars."""
        return list(self.bars)


class Bars(VibratingSystem[BarSpec]):
    """Transverse vibrations of bars."""

    kind = "bar"
    title = "Bars"
    description = (
        "Marimba, glockenspiel, chimes and tines: bars free, clamped or supported at their ends, struck or plucked."
    )
    spec = BarSpec
    presets = presets.PRESETS
    equations = (
        r"""
$\rho A\,\partial_t^2 u = -EI\,\partial_x^4 u$ (Euler and Bernoulli), so that $\omega_n = \beta_n^2\sqrt{EI/(\rho
A)}/L^2$ with the
roots of $\cos\beta\cosh\beta = 1$ (free, clamped), $\cos\beta\cosh\beta = -1$ (clamped-free), $\tan\beta = \tanh\beta$
(clamped-supported) or $\sin\beta = 0$ (supported), found to the last bit.
"""
        + LOSSES
    )
    accuracy = (
        "Roots to 4e-16 of the transcendental equations, shapes orthonormal to 1e-12 "
        "(tests/engine/systems/test_bar.py)."
    )
    references = (
        "S. P. Timoshenko, Vibration Problems in Engineering (1937), section 53",
        "A. W. Leissa and M. S. Qatu, Vibrations of Continuous Systems (2011), chapter 4",
        "N. H. Fletcher and T. D. Rossing, The Physics of Musical Instruments (1998), sections 2.16-2.19",
    )

    def bank(self, spec: BarSpec, parameters: dict[str, float]) -> Bank:
        """One vibrator a bar."""
        from harmonic_physics.engine.bar.modes import VibratingBar
        from harmonic_physics.engine.vibration.bank import bank_of

        return bank_of([VibratingBar(bar, spec.highest_frequency, parameters) for bar in spec.bars])
