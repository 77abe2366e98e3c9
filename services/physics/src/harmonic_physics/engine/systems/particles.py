"""Hard spheres in a box: exact collision times, gravity, drag, restitution, friction, four kinds of wall."""

from math import fsum, pi, prod, sqrt
from typing import Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.presets import particles as presets
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity, result_bytes

Boundary = Literal["none", "wrap", "bounce", "absorb"]
MAX_BODIES = 1000
MAX_FILLING = {2: 0.4, 3: 0.25}
"""Share of the box that randomly placed bodies may fill, well below where random placing saturates."""
Components = list[float]


class Particle(Contract):
    """A body with a place and a velocity of its own."""

    name: str = Field(min_length=1, max_length=60)
    position: Components = Field(min_length=2, max_length=3, json_schema_extra={"unit": "m"})
    velocity: Components | None = Field(default=None, min_length=2, max_length=3, json_schema_extra={"unit": "m/s"})
    radius: float = quantity("m", "Radius", ge=1e-6, le=100, default=0.05)
    mass: float | None = quantity("kg", "Mass; without it, density times volume", ge=1e-12, le=1e6, default=None)


class Swarm(Contract):
    """Bodies placed at random without overlap, with Maxwellian velocities, by the simulation's seed."""

    name: str = Field(default="p", min_length=1, max_length=40, description="Bodies are named p1, p2, ...")
    count: int = Field(ge=1, le=MAX_BODIES)
    radius_min: float = quantity("m", "Smallest radius", ge=1e-6, le=100, default=0.02)
    radius_max: float = quantity("m", "Largest radius", ge=1e-6, le=100, default=0.02)
    mass: float | None = quantity(
        "kg", "Mass of each; without it, density times volume", ge=1e-12, le=1e6, default=None
    )
    speed: float = quantity("m/s", "Root mean square speed", ge=0, le=1e4, default=1.0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.radius_max < self.radius_min:
            raise ValueError("radius_max is less than radius_min: swap them")
        return self


class ParticlesSpec(Spec):
    """A box with bodies. The last axis is the vertical: gravity pulls towards its 0."""

    duration: float = quantity("s", "How long to simulate", gt=0, le=3600)
    frame_interval: float = quantity("s", "Time between frames", ge=1e-5, le=3600)
    size: Components = Field(
        min_length=2, max_length=3, description="Width, (depth,) height: two for 2-D", json_schema_extra={"unit": "m"}
    )
    boundaries: list[Boundary] = Field(
        default=["bounce"], min_length=1, max_length=3, description="Of both faces of each axis, or one for all"
    )
    bodies: list[Particle] = Field(default=[], max_length=MAX_BODIES)
    random: list[Swarm] = Field(default=[], max_length=20)
    time_step: float = quantity(
        "s", "Longest step of drag, which is shortened for light bodies", ge=1e-5, le=0.1, default=2e-3
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
    def faces(self) -> list[Boundary]:
        """The boundary of each axis."""
        return self.boundaries * self.dimensions if len(self.boundaries) == 1 else self.boundaries

    @property
    def count(self) -> int:
        """Bodies in all."""
        return len(self.bodies) + sum(swarm.count for swarm in self.random)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not 1 <= self.count <= MAX_BODIES:
            raise ValueError(f"there are {self.count} bodies: give 1 to {MAX_BODIES}, in bodies or random")
        if len(self.boundaries) not in (1, self.dimensions):
            raise ValueError(f"boundaries has {len(self.boundaries)} entries: give 1, or {self.dimensions} as size has")
        if any(not 1e-3 <= length <= 1e4 for length in self.size):
            raise ValueError("each length of size must be 0.001 to 10000 m")
        names = [body.name for body in self.bodies]
        names += [f"{swarm.name}{k + 1}" for swarm in self.random for k in range(swarm.count)]
        if len(set(names)) < len(names):
            raise ValueError("two bodies have the same name: give each its own")
        largest = max([b.radius for b in self.bodies] + [s.radius_max for s in self.random])
        if any(length < 4 * largest for length in self.size):
            raise ValueError(
                f"the box is too small: each length must be at least 4 times the largest radius, {4 * largest:g} m"
            )
        for body in self.bodies:
            self._inside(body)
        self._apart()
        self._not_crowded()
        return self

    def _inside(self, body: Particle) -> None:
        if len(body.position) != self.dimensions or len(body.velocity or body.position) != self.dimensions:
            raise ValueError(f"{body.name}: position and velocity need {self.dimensions} components, as size has")
        if any(abs(component) > 1e4 for component in [*body.position, *(body.velocity or [])]):
            raise ValueError(f"{body.name}: positions and velocities must be -10000 to 10000")
        for place, length, face in zip(body.position, self.size, self.faces, strict=True):
            margin = body.radius if face in ("bounce", "absorb") else 0.0
            if face != "none" and not margin <= place <= length - margin:
                raise ValueError(
                    f"{body.name} is not inside the box: each coordinate must be {margin:g} to {length - margin:g} m"
                )

    def _apart(self) -> None:
        by_place = sorted(self.bodies, key=lambda body: body.position[0])
        widest = max((body.radius for body in self.bodies), default=0.0)
        wrapped = [length if face == "wrap" else None for length, face in zip(self.size, self.faces, strict=True)]
        for index, here in enumerate(by_place):
            for there in by_place[index + 1 :]:
                if wrapped[0] is None and there.position[0] - here.position[0] > here.radius + widest:
                    break
                square = 0.0
                for p, q, length in zip(here.position, there.position, wrapped, strict=True):
                    gap = abs(p - q)
                    square += min(gap, length - gap) ** 2 if length is not None else gap**2
                if square < (here.radius + there.radius) ** 2:
                    raise ValueError(f"{here.name} and {there.name} overlap at the start: move them apart")

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
        "Hard spheres in two or three dimensions: gas, billiards, bouncing balls, rain. Collisions timed exactly."
    )
    spec = ParticlesSpec
    accepts = (
        "gravity",
        "friction",
        "elasticity",
        "air_resistance",
        "density",
        "fluid_density",
        "viscosity",
        "time_scale",
    )
    events = (
        EventDeclaration(kind="collision", strength_unit="m/s", description="Two bodies touch; their closing speed"),
        EventDeclaration(kind="wall", strength_unit="m/s", description="A body reaches a wall; its normal speed"),
    )
    presets = presets.PRESETS

    def units(self, spec: ParticlesSpec) -> tuple[TimeUnit, str]:
        """Seconds and metres."""
        return "s", "m"

    def observables(self, spec: ParticlesSpec) -> list[Observable]:
        """Vectors have three components; in 2-D the third is 0."""
        n = spec.count
        return [
            Observable(name="position", unit="m", shape=[n, 3], per_body=True, description="Centre"),
            Observable(name="velocity", unit="m/s", shape=[n, 3], per_body=True, description="0 once absorbed"),
            Observable(name="kinetic_energy", unit="J", shape=[n], per_body=True, description="m v^2 / 2"),
            Observable(name="energy", unit="J", shape=[], description="Kinetic and potential, of bodies still there"),
            Observable(name="energy_error", unit="1", shape=[], description="Drift of energy plus what left, relative"),
        ]

    def bodies(self, spec: ParticlesSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """Names, masses (kg) and radii (m), random ones by the seed."""
        from harmonic_physics.engine.particles.start import place

        placed = place(spec, environment, seed)
        rows = zip(placed.names, placed.masses.tolist(), placed.radii.tolist(), strict=True)
        return [Body(name=name, mass=mass, radius=radius) for name, mass, radius in rows]

    def estimate(self, spec: ParticlesSpec, environment: dict[str, float]) -> Estimate:
        """Collisions by kinetic theory, drag steps by the lightest body."""
        from harmonic_physics.engine.particles.cost import cost

        seconds, steps = cost(spec, environment)
        size = result_bytes(spec.frames, self.observables(spec))
        return Estimate(cpu_seconds=seconds, steps=steps, frames=spec.frames, result_bytes=size)

    def start(self, spec: ParticlesSpec, environment: dict[str, float], seed: int, checkpoint: bytes | None) -> Run:
        """The seed places the random bodies."""
        from harmonic_physics.engine.particles.run import ParticlesRun

        return ParticlesRun(spec, environment, seed, checkpoint)


def volume(radius: float) -> float:
    """Of a sphere; in 2-D too, where spheres move in a plane."""
    return 4 / 3 * pi * radius**3


def fastest_fall(spec: ParticlesSpec, gravity: float) -> float:
    """A speed that bodies reach by falling through the box."""
    return sqrt(2 * gravity * spec.size[-1])
