"""Gravitating bodies: planets, moons, stars, comets. The method is chosen from the orbits; event times are exact."""

from math import fsum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.orbits.words import ACCURACY, EQUATIONS, REFERENCES
from harmonic_physics.engine.presets.choreographies import CHOREOGRAPHIES
from harmonic_physics.engine.presets.orbits import PRESETS
from harmonic_physics.engine.presets.orbits_beyond import BEYOND
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity, result_bytes
from harmonic_physics.engine.timeline import Timeline

Length = Annotated[float, Field(ge=-1e9, le=1e9)]
Speed = Annotated[float, Field(ge=-1e5, le=1e5)]
Side = Annotated[float, Field(ge=-1.0, le=1.0)]
Coordinate = tuple[Length, Length, Length]
Kind = Literal["transit", "perihelion", "conjunction", "eclipse"]
Factors = dict[str, Annotated[int, Field(ge=-20, le=20)]]


class Elements(Contract):
    """A Jacobi orbit: about the centre of mass of the bodies listed before. Shape, place, and one way to say where."""

    period: float | None = quantity("d", "Osculating period, instead of the axis", ge=1e-6, le=1e7, default=None)
    semi_major_axis: float | None = quantity(
        "AU", "Semi-major axis, instead of the period", ge=1e-9, le=1e5, default=None
    )
    eccentricity: float = quantity("1", "0 is a circle", ge=0, le=0.999, default=0.0)
    inclination: float = quantity("deg", "From the reference plane", ge=-180, le=180, default=0.0)
    ascending_node: float = quantity("deg", "Longitude of the ascending node", ge=-360, le=360, default=0.0)
    argument_of_periapsis: float = quantity("deg", "From the ascending node", ge=-360, le=360, default=0.0)
    mean_anomaly: float | None = quantity("deg", "Phase at the start", ge=-360, le=360, default=None)
    transit_time: float | None = quantity(
        "d", "Instead of the mean anomaly: time of a crossing of `line_of_sight`", ge=-1e7, le=1e7, default=None
    )

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.period is None) == (self.semi_major_axis is None):
            raise ValueError("give either period or semi_major_axis")
        if self.mean_anomaly is not None and self.transit_time is not None:
            raise ValueError("give either mean_anomaly or transit_time")
        return self


class OrbitBody(Contract):
    """A body: the first of a list with elements is the primary and has none."""

    name: str = Field(min_length=1, max_length=60)
    mass: float = quantity("Msun", "Mass", ge=1e-18, le=1e12)
    radius: float = quantity("AU", "For collisions; 0 is a point", ge=0, le=1e3, default=0.0)
    elements: Elements | None = None
    position: Coordinate | None = Field(default=None, json_schema_extra={"unit": "AU"})
    velocity: tuple[Speed, Speed, Speed] | None = Field(default=None, json_schema_extra={"unit": "AU/d"})


class ResonantAngle(Contract):
    """sum p_i L_i + q_i P_i, with mean longitudes L and longitudes of periapsis P: constant on average in a resonance.

    Jacobi orbits, as for elements. The factors add up to 0, as d'Alembert's rule asks.
    """

    name: str = Field(min_length=1, max_length=60)
    longitudes: Factors = Field(description="Factor of each body's mean longitude", min_length=1, max_length=10)
    periapses: Factors = Field(default={}, description="Factor of each longitude of periapsis", max_length=10)
    aim: float = quantity("deg", "The value whose crossing is an event", ge=-360, le=360, default=0.0)

    @model_validator(mode="after")
    def _invariant(self) -> Self:
        if fsum([*self.longitudes.values(), *self.periapses.values()]) != 0:
            raise ValueError("the factors of a resonant angle add up to 0: a turn of the whole leaves it as it is")
        return self


class OrbitsSpec(Spec):
    """Bodies by Jacobi elements or by vectors, in AU, days and solar masses (or in natural units, G = 1)."""

    duration: float = quantity("d", "How long to simulate", gt=0, le=1e8)
    frame_interval: float = quantity("d", "Time between frames", gt=0, le=1e7)
    units: Literal["astronomical", "natural"] = "astronomical"
    bodies: list[OrbitBody] = Field(min_length=2, max_length=100)
    line_of_sight: tuple[Side, Side, Side] = Field(
        default=(1.0, 0.0, 0.0), description="The fixed direction whose crossing is a transit"
    )
    centre: Literal["primary", "barycentre"] = Field(
        default="primary", description="Where transits, perihelia and conjunctions are seen from"
    )
    events: list[Kind] = Field(
        default=["transit", "perihelion", "conjunction"], max_length=4, description="Kinds to report"
    )
    eclipses_from: Literal["line_of_sight", "primary"] = Field(
        default="line_of_sight", description="Discs before discs as a far observer sees them, or shadows in its light"
    )
    resonances: list[ResonantAngle] = Field(default=[], max_length=10, description="Angles to follow and report")
    method: Literal["auto", "symplectic", "adaptive"] = Field(
        default="auto", description="Symplectic for regular motion, adaptive for encounters and long ellipses"
    )
    gravity_factor: float = quantity("1", "Times Newton's constant, from the start on", ge=0.01, le=100.0, default=1.0)
    softening: float = quantity("AU", "Plummer's length: gravity is weaker nearer than this", ge=0, le=1e3, default=0.0)
    steps_per_period: int = Field(
        default=100, ge=30, le=10_000, description="Symplectic steps in the shortest turn at periapsis"
    )
    energy_tolerance: float = quantity("1", "Relative energy error that stops the run", ge=1e-13, le=1e-3, default=1e-6)
    on_collision: Literal["stop", "report", "merge", "bounce"] = Field(
        default="stop", description="What bodies do that touch; those that bounce too slowly to part merge"
    )
    on_escape: Literal["stop", "report"] = "report"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [body.name for body in self.bodies]
        if len(set(names)) < len(names):
            raise ValueError("two bodies have the same name: give each its own")
        if max(abs(component) for component in self.line_of_sight) < 1e-3:
            raise ValueError("line_of_sight has no direction: give at least one component of 0.001 or more")
        first, *others = self.bodies
        if any(body.elements for body in self.bodies):
            if first.elements or any(body.elements is None for body in others):
                raise ValueError("with elements, the first body has none and every other one has them")
            if any(body.position or body.velocity for body in self.bodies):
                raise ValueError("give elements, or positions and velocities, not both")
        elif any(body.position is None or body.velocity is None for body in self.bodies):
            raise ValueError("every body needs a position and a velocity, or (all but the first) elements")
        self._apart()
        self._resonant(names)
        return self

    def _resonant(self, names: list[str]) -> None:
        for resonance in self.resonances:
            for name in [*resonance.longitudes, *resonance.periapses]:
                if name not in names[1:]:
                    raise ValueError(f"the resonant angle {resonance.name} names {name}, which is no orbiting body")

    def _apart(self) -> None:
        placed = [(body.name, body.position, body.radius) for body in self.bodies if body.position is not None]
        for index, (name, here, radius) in enumerate(placed):
            for other, there, other_radius in placed[index + 1 :]:
                square = fsum((p - q) ** 2 for p, q in zip(here, there, strict=True))
                if square <= (radius + other_radius) ** 2:
                    raise ValueError(f"{name} and {other} overlap at the start: move them apart")


class Orbits(System[OrbitsSpec]):
    """Newtonian gravity between all bodies."""

    kind = "orbits"
    title = "Orbits"
    description = "Planets, moons, stars and comets under their mutual gravity, with transits, perihelia, conjunctions."
    spec = OrbitsSpec
    accepts = ("time_scale", "elasticity")
    tunable = ("gravity_factor", "softening")
    events = (
        EventDeclaration(kind="transit", strength_unit="1", description="A body crosses the line of sight"),
        EventDeclaration(kind="perihelion", strength_unit="AU/d", description="Nearest to the centre; its speed"),
        EventDeclaration(kind="conjunction", strength_unit="1", description="Two bodies in line, from the centre"),
        EventDeclaration(kind="collision", strength_unit="AU/d", description="Two bodies touch; closing speed"),
        EventDeclaration(kind="escape", strength_unit="AU/d", description="A body leaves unbound; its speed"),
        EventDeclaration(kind="eclipse", strength_unit="1", description="A disc hides another; the share hidden"),
        EventDeclaration(kind="resonance", strength_unit="deg/d", description="A resonant angle passes its aim"),
        EventDeclaration(kind="merger", strength_unit="AU/d", description="Two bodies become one; closing speed"),
    )
    presets = (*PRESETS, *BEYOND, *CHOREOGRAPHIES)
    equations = EQUATIONS
    accuracy = ACCURACY
    references = REFERENCES

    def units(self, spec: OrbitsSpec) -> tuple[TimeUnit, str]:
        """Days and astronomical units, or pure numbers."""
        return ("d", "AU") if spec.units == "astronomical" else ("1", "1")

    def observables(self, spec: OrbitsSpec) -> list[Observable]:
        """Barycentric vectors, distances from the centre, both drifts, and the resonant angles that were asked for."""
        n = len(spec.bodies)
        time, length = self.units(spec)
        speed = "1" if time == "1" else f"{length}/{time}"
        observables = [
            Observable(name="position", unit=length, shape=[n, 3], per_body=True, description="From the barycentre"),
            Observable(
                name="velocity", unit=speed, shape=[n, 3], per_body=True, description="Of the barycentric frame"
            ),
            Observable(name="distance", unit=length, shape=[n], per_body=True, description="From the centre"),
            Observable(name="energy_error", unit="1", shape=[], description="(E - E0) / |E0|, at the step's end"),
            Observable(
                name="angular_momentum_error", unit="1", shape=[], description="|L - L0| / sum |L_i|, at the step's end"
            ),
        ]
        if spec.resonances:
            names = ", ".join(resonance.name for resonance in spec.resonances)
            shape = [len(spec.resonances)]
            observables.append(Observable(name="resonance_angle", unit="deg", shape=shape, description=names))
        return observables

    def bodies(self, spec: OrbitsSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """Names, masses (solar) and radii (AU; none for a point)."""
        return [Body(name=b.name, mass=b.mass, radius=b.radius or None) for b in spec.bodies]

    def estimate(self, spec: OrbitsSpec, environment: dict[str, float]) -> Estimate:
        """Steps from the shortest turn and the method, cost from the pairs."""
        from harmonic_physics.engine.orbits.start import begin

        initial = begin(spec, environment)
        steps = max(1, round((spec.frames - 1) * spec.frame_interval * initial.steps_a_time))
        size = result_bytes(spec.frames, self.observables(spec))
        cpu = 0.005 + steps * initial.step_seconds + spec.frames * initial.frame_seconds
        return Estimate(cpu_seconds=cpu, steps=steps, frames=spec.frames, result_bytes=size)

    def start(
        self, spec: OrbitsSpec, environment: dict[str, float], seed: int, checkpoint: bytes | None, timeline: Timeline
    ) -> Run:
        """Nothing is random here: the seed changes nothing."""
        from harmonic_physics.engine.orbits.run import OrbitsRun

        return OrbitsRun(self, spec, environment, seed, checkpoint, timeline)
