"""Molecules: Lennard-Jones atoms in a periodic box, as gas, liquid or crystal, with or without a heat bath."""

from math import pi, sqrt
from typing import Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.presets import molecules as presets
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity, result_bytes
from harmonic_physics.engine.timeline import Timeline

MAX_ATOMS = 50_000
MAX_TAGGED = 256
BINS = 60
"""Of the pair distribution g(r)."""


class MoleculesSpec(Spec):
    """Reduced units: sigma, epsilon and the atom's mass are 1; time in sigma sqrt(m / epsilon), 2.16 ps for argon."""

    duration: float = quantity("1", "How long to simulate", gt=0, le=1e5)
    frame_interval: float = quantity("1", "Time between frames", ge=1e-4, le=1e5)
    dimensions: Literal[2, 3] = Field(default=2, description="2: a plane; 3: space")
    count: int = Field(default=400, ge=16, le=MAX_ATOMS, description="Atoms")
    density: float = quantity("1", "Atoms in sigma^d", ge=1e-3, le=1.3, default=0.7)
    thermostat: Literal["none", "langevin", "bussi"] = Field(
        default="bussi", description="none keeps the energy; langevin kicks each atom; bussi rescales all"
    )
    coupling: float = quantity("1", "Rate at which the bath works", ge=0, le=100, default=1.0)
    well_depth: float = quantity("K", "Depth of the atoms' attraction; argon's by default", ge=1, le=1e4, default=119.8)
    initial_temperature: float | None = quantity(
        "K", "Of the crystal at the start; without it, the medium's", ge=0, le=1e5, default=None
    )
    time_step: float = quantity("1", "Longest step", ge=1e-5, le=0.02, default=0.004)
    cutoff: float = quantity("1", "Reach of the forces", ge=1.2, le=5, default=2.5)
    skin: float = quantity("1", "How much farther the neighbour lists reach", ge=0.05, le=1, default=0.35)
    truncation: Literal["shifted_force", "truncated"] = Field(
        default="shifted_force", description="Whether force and energy are smooth at the cutoff, or plainly cut"
    )
    tagged: int = Field(default=24, ge=1, le=MAX_TAGGED, description="Atoms that are told one by one")
    encounter: float = quantity(
        "1", "Encounters of tagged atoms closer than this are told", ge=0.5, le=1.2, default=1.0
    )
    order_threshold: float = quantity(
        "1", "Bond order at which melting or freezing is told", ge=0.01, le=1, default=0.35
    )

    @property
    def box(self) -> tuple[float, float, float]:
        """Lengths of the box; a plane has no third. A triangular lattice fits the plane, a cube the space."""
        volume = self.count / self.density
        if self.dimensions == 3:
            side = volume ** (1 / 3)
            return side, side, side
        columns, rows = self.lattice[:2]
        aspect = rows * sqrt(3) / 2 / columns
        width = sqrt(volume / aspect)
        return width, volume / width, 0.0

    @property
    def lattice(self) -> tuple[int, int, int]:
        """Sites of the crystal at the start: columns and even rows of triangles, or cells of fcc."""
        if self.dimensions == 3:
            cells = 1
            while 4 * cells**3 < self.count:
                cells += 1
            return cells, cells, cells
        rows = max(2, 2 * round(sqrt(self.count / (sqrt(3) / 2)) / 2))
        return -(-self.count // rows), rows, 1

    @property
    def told(self) -> int:
        """Tagged atoms, at most all."""
        return min(self.tagged, self.count)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        shortest = min(self.box[: self.dimensions])
        if shortest < self.cutoff + self.skin:
            raise ValueError(f"the box is {shortest:.3g} wide: cutoff plus skin must be at most that; take more atoms")
        return self


class Molecules(System[MoleculesSpec]):
    """Atoms that attract at a distance and repel when close."""

    kind = "molecules"
    title = "Molecules"
    description = (
        "Lennard-Jones atoms in two or three dimensions, up to 50,000: gases, drops, liquids, crystals that melt and "
        "freeze. Temperature, pressure and structure of the whole, and the encounters of tagged atoms."
    )
    spec = MoleculesSpec
    accepts = ("temperature", "time_scale")
    tunable = ("coupling", "well_depth")
    events = (
        EventDeclaration(
            kind="collision",
            strength_unit="epsilon",
            description="A tagged atom and another are closest; their repulsion above the bottom of the well",
        ),
        EventDeclaration(
            kind="threshold", strength_unit="1", description="The crystal melts or freezes; its bond order"
        ),
    )
    presets = presets.PRESETS
    equations = (
        "$$u(r) = 4\\epsilon\\left[(\\sigma/r)^{12} - (\\sigma/r)^6\\right], \\qquad "
        "u_{sf}(r) = u(r) - u(r_c) - (r - r_c)\\,u'(r_c), \\quad r < r_c$$\n\n"
        "Velocity Verlet (BAOAB with a bath); neighbour lists by clusters of 16 atoms with a skin. Baths: Langevin, or "
        "stochastic velocity rescaling (Bussi, Donadio, Parrinello 2007). Pressure by the virial; order by $|\\psi_6|$ "
        "in the plane and Steinhardt's $Q_6$ in space."
    )
    accuracy = (
        "The melt of LAMMPS's benchmark (32,000 atoms): potential energy -6.7733681 and pressure -5.0197073 to all "
        "printed digits. Energy drift with the shifted force below 1e-6 an atom and unit of time; order 2.0 "
        "(tests/engine/systems/test_molecules.py)."
    )
    references = (
        "S. D. Stoddard, J. Ford, Phys. Rev. A 8 (1973) 1504",
        "S. Pall, B. Hess, Comput. Phys. Commun. 184 (2013) 2641",
        "G. Bussi, D. Donadio, M. Parrinello, J. Chem. Phys. 126 (2007) 014101",
        "B. Leimkuhler, C. Matthews, Appl. Math. Res. Express 2013 (2013) 34",
        "P. J. Steinhardt, D. R. Nelson, M. Ronchetti, Phys. Rev. B 28 (1983) 784",
    )

    def units(self, spec: MoleculesSpec) -> tuple[TimeUnit, str]:
        """Reduced time, and sigma."""
        return "1", "sigma"

    def observables(self, spec: MoleculesSpec) -> list[Observable]:
        """Bodies are the tagged atoms."""
        n = spec.told
        return [
            Observable(name="position", unit="sigma", shape=[n, 3], per_body=True, description="In the box"),
            Observable(name="velocity", unit="sigma/tau", shape=[n, 3], per_body=True, description="Of tagged atoms"),
            Observable(name="kinetic_energy", unit="epsilon", shape=[n], per_body=True, description="Of tagged atoms"),
            Observable(name="bond_energy", unit="epsilon", shape=[n], per_body=True, description="Half of its pairs'"),
            Observable(name="temperature", unit="K", shape=[], description="From all velocities"),
            Observable(name="pressure", unit="epsilon/sigma^d", shape=[], description="By the virial"),
            Observable(name="potential_energy", unit="epsilon", shape=[], description="An atom"),
            Observable(name="energy", unit="epsilon", shape=[], description="Kinetic and potential, an atom"),
            Observable(name="heat", unit="epsilon", shape=[], description="Brought by the bath so far, an atom"),
            Observable(name="order", unit="1", shape=[], description="Bond order: |psi_6| in 2-D, Q_6 in 3-D"),
            Observable(
                name="pair_distribution", unit="1", shape=[BINS], description="g(r) in equal bins up to the cutoff"
            ),
        ]

    def bodies(self, spec: MoleculesSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """The tagged atoms."""
        return [Body(name=f"atom {k + 1}", mass=1.0, radius=0.5) for k in range(spec.told)]

    def estimate(self, spec: MoleculesSpec, environment: dict[str, float]) -> Estimate:
        """Steps times the measured cost of a list entry."""
        from harmonic_physics.engine.molecules.cost import seconds_a_step, steps

        count = steps(spec, environment["time_scale"])
        size = result_bytes(spec.frames, self.observables(spec))
        seconds = count * seconds_a_step(spec) + spec.frames * (1e-4 + 2e-6 * spec.count * spec.density)
        return Estimate(cpu_seconds=seconds, steps=count, frames=spec.frames, result_bytes=size)

    def start(
        self,
        spec: MoleculesSpec,
        environment: dict[str, float],
        seed: int,
        checkpoint: bytes | None,
        timeline: Timeline,
    ) -> Run:
        """The seed throws the velocities and the bath's kicks."""
        from harmonic_physics.engine.molecules.run import MoleculesRun

        return MoleculesRun(self, spec, environment, seed, checkpoint, timeline)


def ball(dimensions: int, radius: float) -> float:
    """Volume or area of a ball."""
    return pi * radius**2 if dimensions == 2 else 4 / 3 * pi * radius**3
