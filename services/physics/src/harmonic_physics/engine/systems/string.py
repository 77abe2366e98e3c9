"""Strings: plucked, struck and bowed. Exact modes; SAV for bow and stretching; finite differences beside them."""

from __future__ import annotations

from math import ceil, fsum
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_contracts.trajectory import Observable
from harmonic_physics.engine.presets import string as presets
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.system import Estimate, EventDeclaration, quantity, result_bytes
from harmonic_physics.engine.timeline import Timeline
from harmonic_physics.engine.vibration.declaration import LOSSES, RINGING_EVENTS, VibratingSystem
from harmonic_physics.engine.vibration.spec import MAX_BODIES, Body, Point, VibrationSpec

if TYPE_CHECKING:
    from harmonic_physics.engine.vibration.bank import Bank

Method = Literal["modes", "nonlinear", "finite_differences"]


class StringBody(Body):
    """A stiff string between two simple supports."""

    frequency: float = quantity("Hz", "Of the fundamental, without stiffness", ge=1e-3, le=10_000)
    length: float = quantity("m", "Length", ge=0.01, le=1000, default=0.65)
    linear_density: float = quantity("kg/m", "Mass of a metre", ge=1e-6, le=100, default=4e-3)
    radius: float = quantity("m", "Of the section", ge=1e-5, le=1, default=4e-4)
    inharmonicity: float = quantity("1", "B of f_n = n f0 sqrt(1 + B n^2)", ge=0, le=0.1, default=1e-4)
    axial_stiffness: float = quantity(
        "N",
        "E A: what stretching costs; it couples the modes (`nonlinear`) and detunes with heat",
        ge=0,
        le=1e8,
        default=4e4,
    )
    expansion: float = quantity("1/K", "Thermal expansion", ge=0, le=1e-3, default=1.2e-5)
    pickups: list[Point] = Field(default=[[0.12]], min_length=1, max_length=8, description="Shares of the length")

    @property
    def tension(self) -> float:
        """T = rho A (2 L f0)^2 [N]."""
        return self.linear_density * (2.0 * self.length * self.frequency) ** 2


class Bow(Contract):
    """A bow on one string from a start to an end; its speed and force are `bow_speed` and `bow_force` of the spec."""

    body: str = Field(min_length=1, max_length=60, description="Name of the string")
    position: float = quantity("1", "Share of the length", ge=0.001, le=0.999, default=0.13)
    start: float = quantity("s", "When it is set on", ge=0, le=1e6, default=0.0)
    length: float = quantity("s", "How long it stays", gt=0, le=1e6, default=10.0)
    direction: Literal[1, -1] = Field(default=1, description="Down-bow or up-bow")


class StringSpec(VibrationSpec):
    """Up to 24 strings: a chord, a harp, a lyre."""

    method: Method = Field(
        default="modes",
        description="modes: linear and exact; nonlinear: bow and tension modulation; finite_differences: a grid "
        "in space",
    )
    strings: list[StringBody] = Field(min_length=1, max_length=MAX_BODIES)
    bows: list[Bow] = Field(default=[], max_length=200)
    bow_speed: float = quantity("m/s", "Of the hair", ge=0, le=10, default=0.2)
    bow_force: float = quantity("N", "Pressed on the string", ge=0, le=100, default=0.5)
    bow_grip: float = quantity("s2/m2", "Steepness of the friction curve", ge=1e-2, le=1e5, default=20.0)
    sample_rate: float = quantity(
        "Hz", "Steps a second of nonlinear and finite differences", ge=10, le=768_000, default=48_000.0
    )

    @property
    def vibrating(self) -> list[Body]:
        """The strings."""
        return list(self.strings)

    @model_validator(mode="after")
    def _method_fits(self) -> Self:
        names = [string.name for string in self.strings]
        if self.bows and self.method != "nonlinear":
            raise ValueError("a bow rubs: set method to nonlinear")
        if self.drives and self.method != "modes":
            raise ValueError("drives go with the method modes")
        for bow in self.bows:
            if bow.body not in names:
                raise ValueError(f"there is no string {bow.body!r} to bow: there are {', '.join(names)}")
        return self

    @property
    def steps(self) -> int:
        """Steps of a stepping method in all."""
        return max(1, ceil(self.frame_interval * self.sample_rate)) * (self.frames - 1)


class Strings(VibratingSystem[StringSpec]):
    """Transverse vibrations of stretched strings."""

    kind = "string"
    title = "Strings"
    description = "Stiff, damped strings: plucked, struck or bowed, alone or up to 24 together as a chord or a harp."
    spec = StringSpec
    tunable = ("damping", "stiffness", "bow_speed", "bow_force")
    events = (
        *RINGING_EVENTS,
        EventDeclaration(
            kind="slip", strength_unit="m/s", description="The string slips off the bow; sliding speed a step later"
        ),
    )
    presets = presets.PRESETS
    equations = (
        r"""
$\mu\,\partial_t^2 u = T\,\partial_x^2 u - EI\,\partial_x^4 u$ between simple supports:
$f_n = n f_0\sqrt{1 + B n^2}$, $B = \pi^2\kappa^2/(cL)^2$ (Fletcher 1964). With `nonlinear`, stretching adds the
potential
$V = \frac{EA}{8L}\left(\int u_x^2\,dx\right)^2$ (Kirchhoff 1876, Carrier 1945) and a bow the force
$-F_B\sqrt{2a}\,v\,e^{-av^2+1/2}$ at relative speed $v$ (Bilbao 2009). $V = \psi^2/2$ makes the energy a square
(SAV): one step is the exact rotation of ($\dot q$ along $\nabla\psi$, $\psi$), the exact friction of a frozen slope,
the
exact linear modes, and the first two again in reverse. No part of it can add stored energy, so none is ever added.
"""
        + LOSSES
    )
    accuracy = (
        "Partials of `modes` within 1e-9 cent of the law, measured from the sound within 1e-3 cent; SAV: order "
        "2, stored "
        "energy never rises undriven; finite differences within the dispersion bound that they print "
        "(tests/engine/systems/test_string.py)."
    )
    references = (
        "H. Fletcher, Normal vibration frequencies of a stiff piano string, JASA 36 (1964)",
        "S. Bilbao, Numerical Sound Synthesis (2009), chapters 6 to 8",
        "S. Bilbao, M. Ducceschi, C. Webb, Large-scale real-time modular physical modeling sound synthesis, DAFx-19",
        "M. Ducceschi, S. Bilbao, Real-time simulation of the struck piano string with geometrically exact "
        "nonlinearity (2022)",
    )

    def bank(self, spec: StringSpec, parameters: dict[str, float]) -> Bank:
        """One vibrator a string."""
        from harmonic_physics.engine.string.modes import VibratingString
        from harmonic_physics.engine.vibration.bank import bank_of

        return bank_of([VibratingString(string, spec.highest_frequency, parameters) for string in spec.strings])

    def observables(self, spec: StringSpec) -> list[Observable]:
        """Finite differences have no modes, so neither bands nor brightness."""
        found = super().observables(spec)
        return found[:2] if spec.method == "finite_differences" else found

    def estimate(self, spec: StringSpec, environment: dict[str, float]) -> Estimate:
        """Closed form by frames; the stepping methods by steps."""
        if spec.method == "modes":
            return super().estimate(spec, environment)
        if spec.method == "nonlinear":
            a_step = fsum(3e-8 + 6e-9 * string.modes for string in spec.strings)
        else:
            from harmonic_physics.engine.string.dispersion import grid

            a_step = fsum(3e-8 + 1.5e-9 * grid(string, spec.sample_rate).points for string in spec.strings)
        size = result_bytes(spec.frames, self.observables(spec))
        cpu = 0.02 + spec.steps * a_step + spec.frames * 1e-4 + spec.strokes * 1e-4
        return Estimate(cpu_seconds=cpu, steps=spec.steps, frames=spec.frames, result_bytes=size)

    def start(
        self, spec: StringSpec, environment: dict[str, float], seed: int, checkpoint: bytes | None, timeline: Timeline
    ) -> Run:
        """The method decides which run."""
        if spec.method == "nonlinear":
            from harmonic_physics.engine.string.bowed import NonlinearRun

            return NonlinearRun(self, spec, environment, seed, checkpoint, timeline)
        if spec.method == "finite_differences":
            from harmonic_physics.engine.string.grid import GridRun

            return GridRun(self, spec, environment, seed, checkpoint, timeline)
        return super().start(spec, environment, seed, checkpoint, timeline)
