"""Hard spheres in a box: exact collision times, gravity, drag, fields, charges, heat bath, four kinds of wall."""

from math import fsum, pi, prod, sqrt
from typing import Self

from pydantic import Field, model_validator

from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.particles.input import (
    MAX_BODIES,
    MAX_FILLING,
    Boundary,
    Components,
    ForceField,
    Particle,
    Swarm,
    overlapping,
)
from harmonic_physics.engine.particles.reference import ACCURACY, EQUATIONS, REFERENCES
from harmonic_physics.engine.presets.particles import PRESETS
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity, result_bytes
from harmonic_physics.engine.timeline import Timeline


class ParticlesSpec(Spec):
    """A box with bodies. The last axis is the vertical: the environment's gravity pulls towards its 0."""

    duration: float = quantity("s", "How long to simulate", gt=0, le=3600)
    frame_interval: float = quantity("s", "Time between frames", ge=1e-5, le=3600)
    size: Components = Field(
        min_length=2, max_length=3, description="Width, (depth,) height: two for 2-D", json_schema_extra={"unit": "m"}
    )
    boundaries: list[Boundary] = Field(
        default=["bounce"],
        min_length=1,
        max_length=6,
        description="One for all faces, one an axis, or one a face: low and high of each axis in turn",
    )
    bodies: list[Particle] = Field(default=[], max_length=MAX_BODIES)
    random: list[Swarm] = Field(default=[], max_length=20)
    gravity_vector: Components | None = Field(
        default=None,
        min_length=2,
        max_length=3,
        description="Uniform acceleration in any direction, added to the environment's gravity",
        json_schema_extra={"unit": "m/s2"},
    )
    fields: list[ForceField] = Field(default=[], max_length=16)
    field_strength: float = quantity("1", "Factor of all fields", ge=-100, le=100, default=1.0)
    coulomb_constant: float = quantity("N.m2/C2", "Of the force between charges", ge=0, le=1e12, default=8.9875517923e9)
    charge_softening: float = quantity("m", "Length below which Coulomb's law is flattened", ge=0, le=100, default=0.0)
    buoyancy: float = quantity("1", "Share of the displaced fluid's weight that lifts bodies", ge=0, le=1, default=0.0)
    thermostat: float = quantity("1/s", "Coupling to a heat bath of the temperature", ge=0, le=1e3, default=0.0)
    boltzmann: float = quantity(
        "J/K", "Boltzmann's constant: raise it for bodies that are no atoms", ge=0, le=1, default=1.380649e-23
    )
    time_step: float = quantity(
        "s", "Longest step of drag and forces, which is shortened for light bodies", ge=1e-5, le=0.1, default=2e-3
    )
    contact_time: float = quantity(
        "s", "A slow contact sooner than this after the last one loses no energy", ge=1e-6, le=0.1, default=1e-3
    )
    event_threshold: float = quantity("m/s", "Contacts slower than this are not reported", ge=0, le=1e4, default=0.0)

    @property
    def dimensions(self) -> int:
        """2 or 3."""
        return len(self.size)

    @property
    def faces(self) -> list[tuple[Boundary, Boundary]]:
        """The boundaries at the low and the high end of each axis."""
        given, d = self.boundaries, self.dimensions
        if len(given) == 2 * d:
            return [(given[2 * k], given[2 * k + 1]) for k in range(d)]
        return [(each, each) for each in (given * d if len(given) == 1 else given)]

    @property
    def wraps(self) -> list[bool]:
        """Whether each axis is wrapped."""
        return [low == "wrap" for low, _ in self.faces]

    @property
    def count(self) -> int:
        """Bodies in all."""
        return len(self.bodies) + sum(swarm.count for swarm in self.random)

    @property
    def charged(self) -> bool:
        """Whether any two bodies attract or repel each other."""
        return any(body.charge for body in self.bodies) or any(swarm.charge for swarm in self.random)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        d = self.dimensions
        if not 1 <= self.count <= MAX_BODIES:
            raise ValueError(f"there are {self.count} bodies: give 1 to {MAX_BODIES}, in bodies or random")
        if len(self.boundaries) not in (1, d, 2 * d):
            raise ValueError(f"boundaries has {len(self.boundaries)} entries: give 1, {d} (axes) or {2 * d} (faces)")
        if any((low == "wrap") != (high == "wrap") for low, high in self.faces):
            raise ValueError("a wrapped face needs a wrapped one opposite")
        if any(not 1e-3 <= length <= 1e4 for length in self.size):
            raise ValueError("each length of size must be 0.001 to 10000 m")
        self._vectors()
        self._names()
        self._room()
        for body in self.bodies:
            self._inside(body)
        pair = overlapping(self.bodies, self.size, self.wraps)
        if pair:
            raise ValueError(f"{pair[0]} and {pair[1]} overlap at the start: move them apart")
        self._not_crowded()
        return self

    def _vectors(self) -> None:
        d = self.dimensions
        if self.gravity_vector is not None:
            if len(self.gravity_vector) != d:
                raise ValueError(f"gravity_vector needs {d} components, as size has")
            if any(abs(component) > 1e3 for component in self.gravity_vector):
                raise ValueError("each component of gravity_vector must be -1000 to 1000 m/s2")
        for index, field in enumerate(self.fields):
            if field.kind == "vortex" and field.direction is not None and len(field.direction) != 3:
                raise ValueError(f"fields.{index}: the axis of a vortex has 3 components")
            for vector in (field.centre, None if field.kind == "vortex" else field.direction):
                if vector is not None and len(vector) != d:
                    raise ValueError(f"fields.{index}: centre and direction need {d} components, as size has")

    def _names(self) -> None:
        names = [body.name for body in self.bodies]
        names += [f"{swarm.name}{k + 1}" for swarm in self.random for k in range(swarm.count)]
        if len(set(names)) < len(names):
            raise ValueError("two bodies have the same name: give each its own")

    def _room(self) -> None:
        largest = max([b.radius for b in self.bodies] + [s.radius_max for s in self.random])
        if any(length < 4 * largest for length in self.size):
            raise ValueError(
                f"the box is too small: each length must be at least 4 times the largest radius, {4 * largest:g} m"
            )

    def _inside(self, body: Particle) -> None:
        if len(body.position) != self.dimensions or len(body.velocity or body.position) != self.dimensions:
            raise ValueError(f"{body.name}: position and velocity need {self.dimensions} components, as size has")
        if any(abs(component) > 1e4 for component in [*body.position, *(body.velocity or [])]):
            raise ValueError(f"{body.name}: positions and velocities must be -10000 to 10000")
        for place, length, (low, high) in zip(body.position, self.size, self.faces, strict=True):
            least = {"bounce": body.radius, "absorb": body.radius, "wrap": 0.0, "none": -1e4}[low]
            most = {"bounce": length - body.radius, "absorb": length - body.radius, "wrap": length, "none": 1e4}[high]
            if not least <= place <= most:
                raise ValueError(f"{body.name} is not inside the box: each coordinate must be {least:g} to {most:g} m")

    def _not_crowded(self) -> None:
        power = self.dimensions
        unit = pi if power == 2 else 4 / 3 * pi
        filled = unit * fsum(body.radius**power for body in self.bodies)
        filled += unit * fsum(swarm.count * swarm.radius_max**power for swarm in self.random)
        if self.random and filled > MAX_FILLING[self.dimensions] * prod(self.size):
            raise ValueError(
                f"the bodies would fill {filled / prod(self.size):.0%} of the box: at most "
                f"{MAX_FILLING[self.dimensions]:.0%} can be placed at random"
            )


class Particles(System[ParticlesSpec]):
    """Spheres that bounce off each other and the walls."""

    kind = "particles"
    title = "Particles in a box"
    description = (
        "Hard spheres in two or three dimensions: gas, billiards, bouncing balls, rain, charged clouds, winds. "
        "Collisions timed exactly."
    )
    spec = ParticlesSpec
    accepts = (
        "gravity",
        "friction",
        "elasticity",
        "air_resistance",
        "density",
        "temperature",
        "fluid_density",
        "viscosity",
        "time_scale",
    )
    tunable = ("field_strength", "coulomb_constant", "buoyancy", "thermostat")
    events = (
        EventDeclaration(kind="collision", strength_unit="m/s", description="Two bodies touch; their closing speed"),
        EventDeclaration(kind="wall", strength_unit="m/s", description="A body reaches a wall; its normal speed"),
    )
    presets = PRESETS
    equations = EQUATIONS
    accuracy = ACCURACY
    references = REFERENCES

    def units(self, spec: ParticlesSpec) -> tuple[TimeUnit, str]:
        """Seconds and metres."""
        return "s", "m"

    def observables(self, spec: ParticlesSpec) -> list[Observable]:
        """Vectors have three components; in 2-D the third is 0. Velocities are by the universe's own time."""
        n = spec.count
        return [
            Observable(name="position", unit="m", shape=[n, 3], per_body=True, description="Centre"),
            Observable(name="velocity", unit="m/s", shape=[n, 3], per_body=True, description="0 once absorbed"),
            Observable(name="kinetic_energy", unit="J", shape=[n], per_body=True, description="m v^2 / 2"),
            Observable(name="energy", unit="J", shape=[], description="Kinetic and potential, of bodies still there"),
            Observable(name="momentum", unit="kg.m/s", shape=[3], description="Of all bodies together"),
            Observable(name="energy_error", unit="1", shape=[], description="Drift of energy plus what left, relative"),
        ]

    def bodies(self, spec: ParticlesSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """Names, masses (kg) and radii (m), random ones by the seed."""
        from harmonic_physics.engine.particles.start import place

        placed = place(spec, environment, seed)
        rows = zip(placed.names, placed.masses.tolist(), placed.radii.tolist(), strict=True)
        return [Body(name=name, mass=mass, radius=radius) for name, mass, radius in rows]

    def estimate(self, spec: ParticlesSpec, environment: dict[str, float]) -> Estimate:
        """Collisions by kinetic theory, steps by the lightest body."""
        from harmonic_physics.engine.particles.cost import cost

        seconds, steps = cost(spec, environment)
        size = result_bytes(spec.frames, self.observables(spec))
        return Estimate(cpu_seconds=seconds, steps=steps, frames=spec.frames, result_bytes=size)

    def start(
        self,
        spec: ParticlesSpec,
        environment: dict[str, float],
        seed: int,
        checkpoint: bytes | None,
        timeline: Timeline,
    ) -> Run:
        """The seed places the random bodies and shakes them in the bath."""
        from harmonic_physics.engine.particles.run import ParticlesRun

        return ParticlesRun(self, spec, environment, seed, checkpoint, timeline)


def volume(radius: float) -> float:
    """Of a sphere; in 2-D too, where spheres move in a plane."""
    return 4 / 3 * pi * radius**3


def fastest_fall(spec: ParticlesSpec, gravity: float) -> float:
    """A speed that bodies reach by falling through the box, along gravity or fields."""
    pulls = [gravity] + [abs(component) for component in spec.gravity_vector or []]
    pulls += [abs(spec.field_strength * field.strength) for field in spec.fields]
    return sqrt(2 * fsum(pulls) * max(spec.size))
