"""Galaxies: up to 100,000 stars under their own gravity, in rigid haloes that move; discs, spheres and mergers."""

from math import fsum
from typing import Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.presets import galaxy as presets
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity, result_bytes
from harmonic_physics.engine.timeline import Timeline

MAX_BODIES = 100_000
MAX_TRACERS = 256
SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Parts of the mass inside the Lagrangian radii."""
ARMS = (2, 3, 4)
Vector = list[float]


def _vector(unit: str, description: str) -> Vector:
    return Field(
        default=[0.0, 0.0, 0.0], min_length=3, max_length=3, description=description, json_schema_extra={"unit": unit}
    )


class Galaxy(Contract):
    """Stars of equal mass in a disc or a sphere, and the rigid halo that carries them."""

    name: str = Field(min_length=1, max_length=40)
    form: Literal["disc", "plummer"] = Field(default="disc", description="Exponential disc, or Plummer's sphere")
    count: int = Field(default=2000, ge=10, le=MAX_BODIES, description="Stars")
    mass: float = quantity("Msun", "Mass of all stars", ge=1, le=1e13, default=4e10)
    scale: float = quantity("kpc", "Scale length of the disc, or Plummer's radius", ge=1e-3, le=1e3, default=3.0)
    thickness: float = quantity("1", "Height of the disc over its scale length", ge=0.01, le=1, default=0.1)
    toomre_q: float = quantity("1", "Warmth of the disc: Toomre's Q at 2.5 scale lengths", ge=0, le=10, default=1.2)
    halo_mass: float = quantity("Msun", "Mass of the rigid halo, a Plummer sphere; 0: none", ge=0, le=1e14, default=0.0)
    halo_scale: float = quantity("kpc", "Plummer's radius of the halo", ge=1e-3, le=1e3, default=10.0)
    position: Vector = _vector("kpc", "Of the centre")
    velocity: Vector = _vector("km/s", "Of the centre")
    inclination: float = quantity("deg", "Of the disc to the xy plane; above 90: backwards", ge=0, le=180, default=0.0)
    node: float = quantity("deg", "Where the disc rises through the xy plane", ge=-360, le=360, default=0.0)

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if any(not abs(c) <= 1e4 for c in [*self.position, *self.velocity]):
            raise ValueError(f"{self.name}: positions and velocities must be -10000 to 10000")
        return self


class GalaxySpec(Spec):
    """One to four galaxies. Stars are drawn by the seed; some of them, the tracers, are told one by one."""

    duration: float = quantity("yr", "How long to simulate", gt=0, le=1e11)
    frame_interval: float = quantity("yr", "Time between frames", ge=1e2, le=1e11)
    galaxies: list[Galaxy] = Field(min_length=1, max_length=4)
    tracers: int = Field(default=64, ge=1, le=MAX_TRACERS, description="Stars told one by one, shared out evenly")
    softening: float = quantity("kpc", "Plummer softening of the stars", ge=1e-3, le=100, default=0.2)
    opening_angle: float = quantity("1", "Reach of a cell over its distance, of the tree", ge=0.1, le=1, default=0.6)
    gravity_factor: float = quantity("1", "Newton's constant over its true value", ge=0, le=10, default=1.0)
    time_step: float | None = quantity(
        "yr", "Longest step; without it, a twentieth of the shortest dynamical time", gt=0, le=1e10, default=None
    )

    @property
    def count(self) -> int:
        """Stars in all."""
        return int(fsum(galaxy.count for galaxy in self.galaxies))

    @property
    def tracers_of(self) -> list[int]:
        """Tracers of each galaxy."""
        share = max(1, self.tracers // len(self.galaxies))
        return [min(share, galaxy.count) for galaxy in self.galaxies]

    @property
    def bodies_told(self) -> int:
        """Centres and tracers."""
        return len(self.galaxies) + int(fsum(self.tracers_of))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.count > MAX_BODIES:
            raise ValueError(f"there are {self.count} stars: at most {MAX_BODIES}")
        names = [galaxy.name for galaxy in self.galaxies]
        if len(set(names)) < len(names):
            raise ValueError("two galaxies have the same name: give each its own")
        return self


class GalaxySystem(System[GalaxySpec]):
    """Softened gravity of many stars: direct sums of few, a tree of many."""

    kind = "galaxy"
    title = "Galaxy"
    description = (
        "Discs, star clusters and merging galaxies of up to 100,000 stars: arms, bars, tides. Some stars are told one "
        "by one, and the whole by its radii, bar and arms."
    )
    spec = GalaxySpec
    accepts = ("time_scale",)
    tunable = ("softening", "gravity_factor")
    events = (
        EventDeclaration(kind="transit", strength_unit="km/s", description="A tracer passes its first meridian"),
        EventDeclaration(kind="perihelion", strength_unit="km/s", description="A tracer is closest to its centre"),
        EventDeclaration(kind="close_approach", strength_unit="km/s", description="Two centres are closest"),
        EventDeclaration(kind="extremum", strength_unit="1", description="A bar is strongest for now; its A2/A0"),
        EventDeclaration(kind="escape", strength_unit="km/s", description="A tracer's energy becomes positive"),
    )
    presets = presets.PRESETS
    equations = (
        "$$\\ddot x_i = \\sum_j \\frac{G m_j (x_j - x_i)}{(|x_j - x_i|^2 + \\epsilon^2)^{3/2}}"
        " + \\sum_c \\frac{G M_c (X_c - x_i)}{(|X_c - x_i|^2 + a_c^2)^{3/2}}$$\n\n"
        "with rigid haloes $c$ that feel the opposite pull. Leapfrog (kick, drift, kick). Up to 2,048 stars by direct "
        "sum; more by an octree with quadrupoles, a cell being taken as a whole when its reach is less than "
        "`opening_angle` times its distance. Discs start on circular orbits in the measured field with Toomre's "
        "dispersions (Hernquist 1993), spheres with Plummer's distribution (Aarseth, Henon and Wielen 1974)."
    )
    accuracy = (
        "Direct sums agree with quadruple precision to 1e-14; the tree's median force error at `opening_angle` 0.6 is "
        "below 6e-4 and its 99th percentile below 6e-3 (tests/engine/systems/test_galaxy.py)."
    )
    references = (
        "J. Barnes, P. Hut, Nature 324 (1986) 446",
        "J. Barnes, J. Comput. Phys. 87 (1990) 161",
        "L. Hernquist, ApJS 86 (1993) 389",
        "S. J. Aarseth, M. Henon, R. Wielen, A&A 37 (1974) 183",
        "A. Toomre, ApJ 139 (1964) 1217",
    )

    def units(self, spec: GalaxySpec) -> tuple[TimeUnit, str]:
        """Julian years and kiloparsecs."""
        return "yr", "kpc"

    def observables(self, spec: GalaxySpec) -> list[Observable]:
        """Bodies are the centres of the galaxies, then the tracers."""
        n, g = spec.bodies_told, len(spec.galaxies)
        return [
            Observable(name="position", unit="kpc", shape=[n, 3], per_body=True, description="Of centres and tracers"),
            Observable(name="velocity", unit="km/s", shape=[n, 3], per_body=True, description="Of centres and tracers"),
            Observable(name="radius", unit="kpc", shape=[n], per_body=True, description="From its own galaxy's centre"),
            Observable(
                name="lagrangian_radii",
                unit="kpc",
                shape=[g, len(SHARES)],
                description="Holding 10, 25, 50, 75 and 90 % of each galaxy's stars",
            ),
            Observable(name="bar_strength", unit="1", shape=[g], description="A2/A0 of each galaxy, 0 to 1"),
            Observable(name="bar_angle", unit="rad", shape=[g], description="Of the bar in the galaxy's first plane"),
            Observable(
                name="spiral_strength", unit="1", shape=[g, len(ARMS)], description="Best log-spiral of 2, 3, 4 arms"
            ),
            Observable(name="separation", unit="kpc", shape=[g], description="Of each centre from the first"),
            Observable(name="virial_ratio", unit="1", shape=[], description="-2 T / W; 1 in equilibrium"),
            Observable(name="kinetic_energy", unit="Msun.km2/s2", shape=[], description="Of all"),
            Observable(name="energy", unit="Msun.km2/s2", shape=[], description="Kinetic and potential"),
            Observable(name="momentum", unit="Msun.km/s", shape=[3], description="Of all; 0 at the start"),
            Observable(name="angular_momentum", unit="Msun.kpc.km/s", shape=[3], description="About the origin"),
        ]

    def bodies(self, spec: GalaxySpec, environment: dict[str, float], seed: int) -> list[Body]:
        """Centres with their halo's mass, then tracers, from the innermost outwards [Msun, kpc]."""
        centres = [Body(name=g.name, mass=g.halo_mass or None, radius=g.halo_scale) for g in spec.galaxies]
        stars = [
            Body(name=f"{galaxy.name} {k + 1}", mass=galaxy.mass / galaxy.count)
            for galaxy, count in zip(spec.galaxies, spec.tracers_of, strict=True)
            for k in range(count)
        ]
        return centres + stars

    def estimate(self, spec: GalaxySpec, environment: dict[str, float]) -> Estimate:
        """Steps times the measured cost of a step."""
        from harmonic_physics.engine.galaxy.cost import seconds_a_step, steps

        count = steps(spec, environment["time_scale"])
        seconds = count * seconds_a_step(spec) + 4 * seconds_a_step(spec) + spec.frames * (1e-4 + 1.5e-7 * spec.count)
        size = result_bytes(spec.frames, self.observables(spec))
        return Estimate(cpu_seconds=seconds, steps=count, frames=spec.frames, result_bytes=size)

    def start(
        self, spec: GalaxySpec, environment: dict[str, float], seed: int, checkpoint: bytes | None, timeline: Timeline
    ) -> Run:
        """The seed draws the stars."""
        from harmonic_physics.engine.galaxy.run import GalaxyRun

        return GalaxyRun(self, spec, environment, seed, checkpoint, timeline)
