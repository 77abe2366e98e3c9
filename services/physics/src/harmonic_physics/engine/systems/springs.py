"""Masses and springs in one to three dimensions, linear or not: chains, rings, lattices, trees, any graph."""

from math import prod, sqrt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Mode, Observable
from harmonic_physics.engine.presets import springs as presets
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.smooth.cost import estimate
from harmonic_physics.engine.springs.network import Network, network
from harmonic_physics.engine.springs.problem import constants, problem, start
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity
from harmonic_physics.engine.timeline import Timeline

MAX_MASSES, MAX_SPRINGS, MAX_HEARD = 512, 2048, 24
Coordinate = Annotated[float, Field(ge=-1e6, le=1e6)]
Name = Annotated[str, Field(min_length=1, max_length=60)]


class Mass(Contract):
    """A mass of a graph."""

    name: Name
    position: list[Coordinate] = Field(min_length=1, max_length=3, json_schema_extra={"unit": "m"})
    mass: float | None = quantity("kg", "Instead of the common mass", ge=1e-9, le=1e6, default=None)
    fixed: bool = False


class Link(Contract):
    """A spring of a graph, at rest between the places given."""

    one: Name
    other: Name
    stiffness: float | None = quantity("N/m", "Instead of the common stiffness", gt=0, le=1e9, default=None)


class Pluck(Contract):
    """A mass drawn aside at the start."""

    mass: Name = Field(description="Its name: `mass 1`, `mass 2`, ... but in a graph")
    displacement: float = quantity("m", "How far", ge=-1e3, le=1e3)
    axis: int = Field(default=2, ge=0, le=2, description="0, 1 or 2 in space; the last one there is, at most")


class SpringsSpec(Spec):
    """A network, how its masses may move, and how it is set going."""

    duration: float = quantity("s", "How long to simulate", gt=0, le=1e7)
    frame_interval: float = quantity("s", "Time between frames", ge=1e-6, le=1e5)
    shape: Literal["chain", "ring", "lattice", "tree", "graph"] = "chain"
    count: int = Field(default=16, ge=1, le=MAX_MASSES, description="Moving masses of a chain or ring")
    size: list[Annotated[int, Field(ge=1, le=64)]] = Field(
        default=[6, 6], min_length=2, max_length=3, description="Masses along each axis of a lattice"
    )
    diagonals: bool = Field(
        default=False, description="Whether a lattice has springs across its cells: it resists shear"
    )
    depth: int = Field(default=4, ge=1, le=8, description="Levels of a tree below its root")
    branching: int = Field(default=2, ge=1, le=4, description="Children of each mass of a tree")
    nodes: list[Mass] = Field(default=[], max_length=MAX_MASSES, description="Of a graph")
    links: list[Link] = Field(default=[], max_length=MAX_SPRINGS, description="Of a graph")
    ends: Literal["fixed", "first", "free"] = Field(
        default="fixed", description="Of a chain: walls at both ends, at the first, or none; of a lattice: its rim"
    )
    motion: Literal["along", "across", "space"] = Field(
        default="along", description="One displacement a mass, drawn along or across the network; or all directions"
    )
    dimensions: int = Field(default=3, ge=1, le=3, description="Directions of motion in space; the last one is up")
    spacing: float = quantity("m", "Between neighbours at rest", ge=1e-6, le=1e4, default=1.0)
    mass: float = quantity("kg", "Of each", ge=1e-9, le=1e6, default=1.0)
    stiffness: float = quantity("N/m", "Of each spring", gt=0, le=1e9, default=1.0)
    stretch: float = quantity(
        "1", "In space: part of its length by which a spring is stretched at rest", ge=0, le=0.95, default=0.0
    )
    alpha: float = quantity("1/m", "Quadratic term of the springs", ge=-1e6, le=1e6, default=0.0)
    beta: float = quantity("1/m2", "Cubic term of the springs", ge=-1e9, le=1e9, default=0.0)
    damping: float = quantity("1/s", "Of every mass, over its mass", ge=0, le=1e4, default=0.0)
    inner_damping: float = quantity(
        "s", "Of every spring, over its stiffness: high notes die first", ge=0, le=10, default=0.0
    )
    drive: float = quantity("N", "Push on the driven mass", ge=-1e6, le=1e6, default=0.0)
    drive_frequency: float = quantity("Hz", "Its frequency", ge=0, le=1e5, default=1.0)
    driven_mass: Name | None = Field(
        default=None, description="The first moving one without it; also where modes are struck"
    )
    start_mode: int = Field(default=0, ge=0, le=256, description="Start in this normal mode, from 1; 0 is none")
    start_amplitude: float = quantity("m", "Its largest displacement", ge=-1e3, le=1e3, default=0.0)
    plucks: list[Pluck] = Field(default=[], max_length=64)
    kick: float = quantity("m/s", "Largest random velocity at the start", ge=0, le=1e4, default=0.0)
    heard_masses: list[Name] = Field(
        default=[], max_length=MAX_HEARD, description="Told by events; evenly chosen without it"
    )
    least_speed: float = quantity("m/s", "Crossings slower than this are not told", ge=0, le=1e4, default=1e-6)
    mode_energies: int = Field(
        default=0, ge=0, le=16, description="Modes whose energies are shown, and their peaks told"
    )

    @property
    def axes(self) -> int:
        """Coordinates of a mass."""
        return self.dimensions if self.motion == "space" else 1

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._sizes()
        self._graph()
        net = network(self)
        if not net.free:
            raise ValueError("no mass can move: make it larger, or let its ends free")
        if len(net.springs) > MAX_SPRINGS:
            raise ValueError(f"the network has {len(net.springs)} springs; at most {MAX_SPRINGS} are allowed")
        self._reach(net)
        moving = {net.names[i] for i in net.free}
        named = [*self.heard_masses, *(p.mass for p in self.plucks), *([self.driven_mass] if self.driven_mass else [])]
        for name in named:
            if name not in moving:
                raise ValueError(f"there is no moving mass {name!r}: there are {', '.join(sorted(moving)[:5])}, ...")
        return self

    def _sizes(self) -> None:
        b = self.branching
        tree = self.depth + 1 if b == 1 else (b ** (self.depth + 1) - 1) // (b - 1)
        many = {"lattice": prod(self.size), "tree": tree}
        if many.get(self.shape, 0) > MAX_MASSES:
            raise ValueError(f"the {self.shape} has {many[self.shape]} masses; at most {MAX_MASSES} are allowed")
        if self.shape == "ring" and (self.count < 3 or self.motion == "space"):
            raise ValueError("a ring has three masses at least, and they move along or across it")
        if (self.start_mode or self.mode_energies) and many.get(self.shape, self.count) * self.axes > 256:
            raise ValueError("modes are worked out for up to 256 freedoms: set start_mode and mode_energies to 0")

    def _graph(self) -> None:
        if (self.shape == "graph") != bool(self.nodes):
            raise ValueError("give `nodes` and `links` with the shape graph, and only then")
        names = [node.name for node in self.nodes]
        if len(set(names)) < len(names):
            raise ValueError("two masses have the same name: give each its own")
        for link in self.links:
            if link.one not in names or link.other not in names or link.one == link.other:
                raise ValueError(f"the link from {link.one!r} to {link.other!r} does not join two of the masses")

    def _reach(self, net: Network) -> None:
        if self.motion != "space":
            return
        for spring in net.springs:
            a, b = net.places[spring.one][: self.axes], net.places[spring.other][: self.axes]
            if a == b or (
                self.axes < 3 and net.places[spring.one][self.axes :] != net.places[spring.other][self.axes :]
            ):
                one, other = net.names[spring.one], net.names[spring.other]
                raise ValueError(f"{one} and {other} are not apart within {self.axes} dimensions: use more of them")

    def driven(self, net: Network) -> int:
        """The mass that the drive pushes and where modes are struck."""
        return net.names.index(self.driven_mass) if self.driven_mass else net.free[0]

    def heard(self, net: Network) -> list[int]:
        """The masses whose crossings are told."""
        if self.heard_masses:
            return [net.names.index(name) for name in self.heard_masses]
        many = min(8, len(net.free))
        return [net.free[((2 * k + 1) * len(net.free)) // (2 * many)] for k in range(many)]


class Springs(System[SpringsSpec]):
    """Masses joined by springs."""

    kind = "springs"
    title = "Masses and springs"
    description = (
        "Chains, rings, lattices, trees and any graph of masses and springs, with their modes and what they trade."
    )
    spec = SpringsSpec
    accepts = ("gravity", "time_scale")
    tunable = ("alpha", "beta", "damping", "inner_damping", "drive", "drive_frequency")
    events = (
        EventDeclaration(
            kind="zero_crossing", strength_unit="m/s", description="A mass passes its rest, upwards; its speed"
        ),
        EventDeclaration(
            kind="extremum", strength_unit="J", description="The leading mode is at its fullest; its energy"
        ),
        EventDeclaration(kind="resonance", strength_unit="J", description="One mode overtakes the others; its energy"),
    )
    presets = presets.PRESETS
    equations = r"""$m_i \ddot u_i = \sum_j k_{ij} (d + \alpha d^2 + \beta d^3) - c\,m_i \dot u_i - \eta k_{ij} \dot
d + \dots$ with $d$
the stretch of a spring: $u_j - u_i$, or in space its length less that at ease. Taylor series of order 22, adaptive
steps. Modes: $K y = \omega^2 M y$ of the network made linear at rest, by Jacobi's rotations.
"""
    accuracy = (
        "A chain's modes equal 2 sqrt(k / m) sin(pi n / 2 (N + 1)) to 1e-12; energy less work is kept to 1e-12. "
        "The alpha chain "
        "of Fermi, Pasta and Ulam comes home after 146.5 periods: the 157 of 1955 hold the error of its step, "
        "with which the "
        "same equations give them within 2 % (tests/engine/systems/test_springs.py)."
    )
    references = (
        "E. Fermi, J. Pasta and S. Ulam, Studies of nonlinear problems, Los Alamos report LA-1940 (1955).",
        "J. Ford, The Fermi-Pasta-Ulam problem, Physics Reports 213 (1992) 271-310.",
        "G. H. Golub and C. F. Van Loan, Matrix Computations (2013), section 8.5.",
    )

    def units(self, spec: SpringsSpec) -> tuple[TimeUnit, str]:
        """Seconds and metres."""
        return "s", "m"

    def observables(self, spec: SpringsSpec) -> list[Observable]:
        """Displacements and places of all masses, and energies."""
        n = len(network(spec).names)
        found = [
            Observable(
                name="displacement", unit="m", shape=[n], per_body=True, description="From rest, along the last axis"
            ),
            Observable(name="position", unit="m", shape=[n, 3], per_body=True),
            Observable(name="speed", unit="m/s", shape=[n], per_body=True),
            Observable(name="energy", unit="J", shape=[], description="Kinetic and stored"),
        ]
        if spec.mode_energies:
            text = "Of the slowest modes, as if the springs were linear"
            found.append(Observable(name="mode_energy", unit="J", shape=[spec.mode_energies], description=text))
        return found

    def bodies(self, spec: SpringsSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """The masses, fixed ones too."""
        net = network(spec)
        return [Body(name=name, mass=mass) for name, mass in zip(net.names, net.masses, strict=True)]

    def modes(self, spec: SpringsSpec, environment: dict[str, float]) -> list[Mode]:
        """Of the linear network: struck at the driven mass, heard at the first sixteen of the heard, along the last
        axis."""
        from harmonic_physics.engine.springs.modes import shapes, vibrating

        net = network(spec)
        speed = environment.get("time_scale", 1.0)
        body = spec.driven(net)
        at = [net.free.index(i) * spec.axes + spec.axes - 1 for i in (body, *spec.heard(net)[:16])]
        found = []
        for mode in vibrating(shapes(spec)):
            decay = 0.5 * (spec.damping + spec.inner_damping * mode.square)
            square = mode.square - decay * decay
            if square > 0.0:
                first, *others = (float(mode.shape[k]) for k in at)
                frequency, rate = speed * sqrt(square) / 6.283185307179586, speed * decay
                found.append(Mode(body=body, frequency=frequency, decay_rate=rate, excitation=first, pickups=others))
        return found

    def estimate(self, spec: SpringsSpec, environment: dict[str, float]) -> Estimate:
        """From the equations and how quickly they turn."""
        values = environment | {name: float(getattr(spec, name)) for name in self.tunable}
        speed, found = environment["time_scale"], problem(spec)
        far = [0.1 * spec.spacing * ((k % 3) - 1) for k in range(len(network(spec).free) * spec.axes)]
        begin = [p + d for p, d in zip(start(spec), [*far, *far, 0.0, 0.0], strict=True)]
        turns = 2.0 if spec.motion == "space" else 1.1 if spec.alpha or spec.beta else 4.0  # as far as springs are bent
        return estimate(found, begin, constants(spec, values), spec, self.observables(spec), speed, turns)

    def start(
        self,
        spec: SpringsSpec,
        environment: dict[str, float],
        seed: int,
        checkpoint: bytes | None,
        timeline: Timeline,
    ) -> Run:
        """The seed makes the kicks."""
        from harmonic_physics.engine.springs.run import SpringsRun

        return SpringsRun(self, spec, environment, seed, checkpoint, timeline)
