"""Charges: ions, electrons, drops and dust in electric and magnetic fields: drifts, traps, mirrors, the cyclotron."""

from math import fsum
from typing import Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.presets import charges as presets
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity, result_bytes
from harmonic_physics.engine.timeline import Timeline

MAX_PARTICLES = 128
Vector = list[float]
Axis = Literal["x", "y", "z", "none"]


def vector(unit: str, description: str) -> Vector:
    """Three components, 0 by default."""
    return Field(
        default=[0.0, 0.0, 0.0], min_length=3, max_length=3, description=description, json_schema_extra={"unit": unit}
    )


class Charge(Contract):
    """One particle. With a radius it feels the medium's drag (Stokes) and buoyancy."""

    name: str = Field(min_length=1, max_length=40)
    mass: float = quantity("kg", "Mass", ge=1e-31, le=1.0, default=1.67262192e-27)
    charge: float = quantity("C", "Charge", ge=-1.0, le=1.0, default=1.602176634e-19)
    radius: float = quantity("m", "Radius; 0: no drag, no buoyancy", ge=0, le=0.1, default=0.0)
    position: Vector = vector("m", "Where it begins")
    velocity: Vector = vector("m/s", "How it begins")

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if any(not abs(c) <= 1e4 for c in self.position) or any(not abs(c) <= 3e7 for c in self.velocity):
            raise ValueError(
                f"{self.name}: positions must be -1e4 to 1e4 m, and speeds at most 3e7 m/s: no relativity here"
            )
        return self


class Cloud(Contract):
    """Particles placed at random in a ball by the seed, with thermal velocities of the medium's temperature."""

    name: str = Field(default="ion ", min_length=1, max_length=30, description="Particles are named ion 1, ion 2, ...")
    count: int = Field(ge=1, le=MAX_PARTICLES)
    mass: float = quantity("kg", "Mass of each", ge=1e-31, le=1.0, default=6.6335e-26)
    charge: float = quantity("C", "Charge of each", ge=-1.0, le=1.0, default=1.602176634e-19)
    radius: float = quantity("m", "Radius of each; 0: no drag, no buoyancy", ge=0, le=0.1, default=0.0)
    spread: float = quantity("m", "Radius of the ball", ge=0, le=1e3, default=1e-3)


class ChargesSpec(Spec):
    """Fields are of the laboratory; z is up, and the axis of traps and mirrors."""

    duration: float = quantity("s", "How long to simulate", gt=0, le=1e5)
    frame_interval: float = quantity("s", "Time between frames", ge=1e-15, le=1e5)
    particles: list[Charge] = Field(default=[], max_length=MAX_PARTICLES)
    clouds: list[Cloud] = Field(default=[], max_length=10)
    magnetic: Vector = vector("T", "Uniform magnetic field")
    electric: Vector = vector("V/m", "Uniform electric field")
    mirror_length: float = quantity(
        "m", "Where the field on the axis has doubled; 0: no mirror", ge=0, le=1e6, default=0.0
    )
    trap_voltage: float = quantity("V", "Of the static quadrupole (Penning trap)", ge=-1e6, le=1e6, default=0.0)
    rf_voltage: float = quantity("V", "Of the oscillating quadrupole (Paul trap)", ge=0, le=1e6, default=0.0)
    rf_frequency: float = quantity("Hz", "Of the oscillating quadrupole", gt=0, le=1e12, default=1e6)
    trap_size: float = quantity("m", "Characteristic length d of both quadrupoles", ge=1e-6, le=1e3, default=5e-3)
    gap_voltage: float = quantity("V", "Across the gap of a cyclotron, at x = 0", ge=0, le=1e7, default=0.0)
    gap_width: float = quantity("m", "Of the gap", ge=1e-6, le=10, default=5e-3)
    gap_frequency: float = quantity("Hz", "Of the gap's voltage", gt=0, le=1e12, default=1e7)
    gap_phase: float = quantity("rad", "Of the gap's voltage at the start", ge=-10, le=10, default=0.0)
    interaction: bool = Field(default=False, description="Whether the particles repel and attract each other")
    softening: float = quantity("m", "Of that interaction", ge=0, le=1, default=1e-7)
    approach: float = quantity(
        "m", "Closest approaches of interacting pairs within it are told", ge=0, le=1e4, default=1e-3
    )
    wall_radius: float = quantity("m", "A sphere at which particles are lost; 0: none", ge=0, le=1e6, default=0.0)
    crossing_axis: Axis = Field(default="x", description="Crossings of the plane through 0 across this axis are told")
    turning_axis: Axis = Field(default="z", description="Turnings of the motion along this axis are told")
    magnetic_factor: float = quantity("1", "Of all magnetic fields", ge=-10, le=10, default=1.0)
    electric_factor: float = quantity("1", "Of the uniform electric field", ge=-10, le=10, default=1.0)
    time_step: float | None = quantity(
        "s", "Longest step; without it, a 64th of the fastest turn or swing", gt=0, le=1e3, default=None
    )

    @property
    def count(self) -> int:
        """Particles in all."""
        return len(self.particles) + int(fsum(cloud.count for cloud in self.clouds))

    @property
    def names(self) -> list[str]:
        """Of all particles, in order."""
        return [p.name for p in self.particles] + [f"{c.name}{k + 1}" for c in self.clouds for k in range(c.count)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not 1 <= self.count <= MAX_PARTICLES:
            raise ValueError(f"there are {self.count} particles: give 1 to {MAX_PARTICLES}, in particles or clouds")
        if len(set(self.names)) < self.count:
            raise ValueError("two particles have the same name: give each its own")
        if any(not abs(c) <= 100 for c in self.magnetic) or any(not abs(c) <= 1e9 for c in self.electric):
            raise ValueError("magnetic must be -100 to 100 T, and electric -1e9 to 1e9 V/m")
        if self.wall_radius and any(fsum(c * c for c in p.position) >= self.wall_radius**2 for p in self.particles):
            raise ValueError("a particle begins outside wall_radius: move it in, or make the wall wider")
        return self


class Charges(System[ChargesSpec]):
    """Lorentz force on particles, and their own repulsion."""

    kind = "charges"
    title = "Charges in fields"
    description = (
        "Ions, electrons, oil drops and dust in uniform, crossed, quadrupole and mirror fields: drifts, Penning and "
        "Paul traps, magnetic bottles, the cyclotron, Millikan's drops, Coulomb crystals."
    )
    spec = ChargesSpec
    accepts = ("gravity", "temperature", "fluid_density", "viscosity", "time_scale")
    tunable = ("magnetic_factor", "electric_factor", "trap_voltage", "rf_voltage")
    events = (
        EventDeclaration(
            kind="zero_crossing", strength_unit="m/s", description="The plane (or gap) is crossed; the speed"
        ),
        EventDeclaration(kind="turning_point", strength_unit="m/s", description="The motion turns back; the speed"),
        EventDeclaration(
            kind="close_approach", strength_unit="m/s", description="Two are closest; their relative speed"
        ),
        EventDeclaration(kind="wall", strength_unit="m/s", description="A particle is lost at the wall; its speed"),
    )
    presets = presets.PRESETS
    equations = (
        "$$m\\ddot x = q\\,(E(x, t) + \\dot x \\times B(x)) + \\sum_j \\frac{q q_j}{4\\pi\\epsilon_0}"
        "\\frac{x - x_j}{|x - x_j|^3} - (m - \\rho V)\\,g\\,e_z - 6\\pi\\eta r\\,\\dot x$$\n\n"
        "Boris' push with the exact rotation angle (tangent), drag by its exact decay; not relativistic. Quadrupoles: "
        "$\\phi = (U + V\\cos\\Omega t)(z^2 - \\rho^2/2)/(2d^2)$; mirror: "
        "$B_z = B_0(1 + (z^2 - \\rho^2/2)/L^2)$, $B_\\rho = -B_0 z\\rho/L^2$; gap: "
        "$E_x = V\\cos(\\omega t)\\,\\mathrm{sech}^2(x/w)/2w$."
    )
    accuracy = (
        "Speed without electric field constant to 1e-12 over 100,000 steps; E x B drift to 1e-4; orbits in the "
        "Penning trap as of the closed form (tests/engine/systems/test_charges.py)."
    )
    references = (
        "J. P. Boris, Proc. 4th Conf. Numerical Simulation of Plasmas (1970) 3",
        "H. Qin et al., Phys. Plasmas 20 (2013) 084503",
        "S. Zenitani, T. Umeda, Phys. Plasmas 25 (2018) 112110",
        "L. S. Brown, G. Gabrielse, Rev. Mod. Phys. 58 (1986) 233",
    )

    def units(self, spec: ChargesSpec) -> tuple[TimeUnit, str]:
        """Seconds and metres."""
        return "s", "m"

    def observables(self, spec: ChargesSpec) -> list[Observable]:
        """Of each particle, and of all."""
        n = spec.count
        return [
            Observable(name="position", unit="m", shape=[n, 3], per_body=True, description="Where it is"),
            Observable(name="velocity", unit="m/s", shape=[n, 3], per_body=True, description="0 once lost"),
            Observable(name="speed", unit="m/s", shape=[n], per_body=True, description="Size of the velocity"),
            Observable(name="kinetic_energy", unit="J", shape=[n], per_body=True, description="m v^2 / 2"),
            Observable(name="magnetic_moment", unit="J/T", shape=[n], per_body=True, description="m v_perp^2 / (2 B)"),
            Observable(name="energy", unit="J", shape=[], description="Kinetic and, of static fields, potential"),
            Observable(name="cloud_size", unit="m", shape=[], description="Root mean square distance from the middle"),
            Observable(name="alive", unit="1", shape=[], description="Particles not lost"),
        ]

    def bodies(self, spec: ChargesSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """Names, masses [kg] and radii [m]."""
        singles = [Body(name=p.name, mass=p.mass, radius=p.radius or None) for p in spec.particles]
        clouds = [
            Body(name=f"{c.name}{k + 1}", mass=c.mass, radius=c.radius or None)
            for c in spec.clouds
            for k in range(c.count)
        ]
        return singles + clouds

    def estimate(self, spec: ChargesSpec, environment: dict[str, float]) -> Estimate:
        """Steps times the measured cost of a push and of the look for events."""
        from harmonic_physics.engine.charges.cost import seconds_a_step, steps

        count = steps(spec, environment["time_scale"])
        size = result_bytes(spec.frames, self.observables(spec))
        seconds = count * seconds_a_step(spec) + spec.frames * 6e-5
        return Estimate(cpu_seconds=seconds, steps=count, frames=spec.frames, result_bytes=size)

    def start(
        self, spec: ChargesSpec, environment: dict[str, float], seed: int, checkpoint: bytes | None, timeline: Timeline
    ) -> Run:
        """The seed places the clouds."""
        from harmonic_physics.engine.charges.run import ChargesRun

        return ChargesRun(self, spec, environment, seed, checkpoint, timeline)
