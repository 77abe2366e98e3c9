"""A quantum particle on a line or in the plane: packets, wells, barriers, slits, and measurements."""

from __future__ import annotations

from math import ceil, log2
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.presets import quantum as presets
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity, result_bytes
from harmonic_physics.engine.timeline import Timeline

Coordinate = Annotated[float, Field(ge=-1e4, le=1e4)]
Vector = list[Coordinate]
MAX_POINTS = 2**16


class Packet(Contract):
    """A Gaussian packet of least uncertainty; several are superposed."""

    centre: Vector = Field(default=[0.0], min_length=1, max_length=2)
    momentum: Vector = Field(default=[0.0], min_length=1, max_length=2)
    width: float = quantity(
        "1", "Standard deviation of its density along each axis", ge=1e-3, le=1e3, default=0.7071067811865476
    )
    amplitude: float = quantity("1", "Before all are normalised together", ge=-1e3, le=1e3, default=1.0)


class Potential(Contract):
    """A part of the potential energy; parts are added."""

    kind: Literal["harmonic", "block", "slope", "double_well"] = Field(
        description="harmonic: w^2 r^2 / 2; block: a height within a stretch of x (or a rectangle); slope: along x; "
        "double_well: height ((x / width)^2 - 1)^2"
    )
    frequency: float = quantity("1", "Angular frequency of the harmonic well", ge=0, le=1e3, default=1.0)
    centre: Vector = Field(default=[0.0], min_length=1, max_length=2)
    width: float = quantity("1", "Of a block along x, or half the distance of the wells", ge=1e-3, le=1e4, default=1.0)
    extent: float | None = quantity("1", "Of a block along y; without it, all of it", ge=1e-3, le=1e4, default=None)
    height: float = quantity(
        "1",
        "Energy of a block (below 0: a well), or slope, or of the middle of two wells",
        ge=-1e5,
        le=1e5,
        default=1.0,
    )
    gaps: list[tuple[Coordinate, Coordinate]] = Field(
        default=[], max_length=20, description="Stretches of y where a block is open: slits"
    )


class Detector(Contract):
    """A stretch of x, or a rectangle, whose probability is watched: a body of this universe."""

    name: str = Field(min_length=1, max_length=60)
    low: Vector = Field(min_length=1, max_length=2)
    high: Vector = Field(min_length=1, max_length=2)


class Measurement(Contract):
    """The place is measured again and again: it comes out by chance, and the packet collapses around it."""

    start: float = quantity("1", "First time", ge=0, le=1e6, default=1.0)
    interval: float = quantity("1", "From one to the next", ge=1e-3, le=1e6, default=1.0)
    resolution: float = quantity("1", "Standard deviation of the apparatus", ge=1e-2, le=1e3, default=0.5)


class QuantumSpec(Spec):
    """The particle, in units of hbar = mass = 1, on a periodic stretch or square around 0."""

    duration: float = quantity("1", "How long to simulate", gt=0, le=1e5)
    frame_interval: float = quantity("1", "Time between frames", ge=1e-4, le=1e3)
    dimensions: Literal[1, 2] = 1
    size: float = quantity("1", "Length of the stretch, or side of the square", ge=0.1, le=1e4, default=40.0)
    points: int = Field(default=512, ge=32, le=8192, description="Along each axis: a power of two")
    time_step: float = quantity("1", "Longest step", ge=1e-5, le=1.0, default=0.01)
    order: Literal[2, 4] = Field(default=2, description="Of the splitting: Strang, or Yoshida's triple of it")
    packets: list[Packet] = Field(default=[Packet()], min_length=1, max_length=20)
    potentials: list[Potential] = Field(default=[], max_length=50)
    strength: float = quantity("1", "All potentials, times this", ge=-10, le=10, default=1.0)
    tilt: float = quantity("1", "A force along x, besides", ge=-1e3, le=1e3, default=0.0)
    absorb: float = quantity(
        "1", "Share of the size, at each border, that swallows the packet; 0: it comes round", ge=0, le=0.3, default=0.0
    )
    detectors: list[Detector] = Field(default=[], max_length=24)
    measurement: Measurement | None = None
    threshold: float = quantity(
        "1", "Probability in a detector that counts as an arrival", ge=1e-6, le=1.0, default=0.2
    )
    picture: int = Field(
        default=64,
        ge=0,
        le=256,
        description="Points of the density shown (along each axis, at most 64 in the plane); 0: none",
    )

    @property
    def cells(self) -> int:
        """Points in all."""
        return self.points if self.dimensions == 1 else self.points * self.points

    @property
    def shown(self) -> int:
        """Points of the picture along an axis."""
        return min(self.picture, self.points, 64 if self.dimensions == 2 else 256)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if 2 ** round(log2(self.points)) != self.points:
            raise ValueError(f"points is {self.points}: take a power of two")
        if self.cells > MAX_POINTS:
            raise ValueError(f"{self.cells} points are too many: at most {MAX_POINTS} in all")
        vectors = [v for p in self.packets for v in (p.centre, p.momentum)] + [p.centre for p in self.potentials]
        vectors += [v for d in self.detectors for v in (d.low, d.high)]
        if any(len(vector) not in (self.dimensions, 1) for vector in vectors):
            raise ValueError(f"a place in this space has {self.dimensions} coordinate(s)")
        fastest = 3.141592653589793 * self.points / self.size
        for packet in self.packets:
            if any(abs(p) + 4 / (2 * packet.width) > fastest for p in packet.momentum):
                raise ValueError(f"a packet is faster than the grid resolves ({fastest:.4g}): take more points")
            if any(abs(c) + 4 * packet.width > 0.5 * self.size for c in packet.centre):
                raise ValueError("a packet reaches over the border: take a larger size, or a narrower packet")
        if all(packet.amplitude == 0.0 for packet in self.packets):
            raise ValueError("every packet has amplitude 0: give at least one a size")
        if self.order == 4 and self.absorb > 0:
            raise ValueError(
                "the splitting of order 4 steps back in time, where an absorbing border would feed: take order 2"
            )
        names = [detector.name for detector in self.detectors]
        if len(set(names)) < len(names):
            raise ValueError("two detectors have the same name: give each its own")
        if any(low >= high for d in self.detectors for low, high in zip(d.low, d.high, strict=False)):
            raise ValueError("a detector ends before it begins: swap low and high")
        return self

    @property
    def watched(self) -> list[str]:
        """Names of the detectors; without any, the two halves of space."""
        return [detector.name for detector in self.detectors] or ["left", "right"]


class Quantum(System[QuantumSpec]):
    """Schroedinger's equation."""

    kind = "quantum"
    title = "Quantum particle"
    description = "A wave packet on a line or in the plane: oscillating, tunnelling, interfering, measured."
    spec = QuantumSpec
    accepts = ("time_scale",)
    tunable = ("strength", "tilt")
    events = (
        EventDeclaration(
            kind="measurement", strength_unit="1", description="The place is measured; density found there"
        ),
        EventDeclaration(
            kind="turning_point", strength_unit="1", description="The mean place turns round; how far out"
        ),
        EventDeclaration(kind="zero_crossing", strength_unit="1", description="The mean place passes 0; its speed"),
        EventDeclaration(kind="arrival", strength_unit="1", description="A detector first holds the threshold"),
        EventDeclaration(kind="extremum", strength_unit="1", description="A detector holds most for now; how much"),
    )
    presets = presets.PRESETS
    equations = r"""
$i\,\partial_t\psi = \left(-\tfrac12\nabla^2 + V\right)\psi$ with $\hbar = m = 1$ on a periodic grid:
$\psi(t+h) = e^{-ihV/2}\,F^{-1}e^{-ihk^2/2}F\,e^{-ihV/2}\,\psi(t)$ (Strang; three of them after Yoshida for order 4),
$F$ the
Fourier transform, in a fixed order of operations. A measurement of place with resolution $w$ draws $x_0$ by
$|\psi|^2$ blurred by $w$, and multiplies $\psi$ by $e^{-(x-x_0)^2/4w^2}$.
"""
    accuracy = (
        "Norm to 1e-12 over ten thousand steps; orders 2 and 4 as declared; a coherent state's mean place to "
        "1e-5 at a step of "
        "0.005; tunnelling through a square barrier within 1 % of the exact law (tests/engine/systems/test_quantum.py)."
    )
    references = (
        "M. D. Feit, J. A. Fleck, A. Steiger, Solution of the Schroedinger equation by a spectral method, J. "
        "Comput. Phys. 47 (1982)",
        "G. Strang, On the construction and comparison of difference schemes, SIAM J. Numer. Anal. 5 (1968)",
        "H. Yoshida, Construction of higher order symplectic integrators, Phys. Lett. A 150 (1990)",
        "D. H. Bailey, FFTs in external or hierarchical memory, J. Supercomputing 4 (1990)",
    )

    def units(self, spec: QuantumSpec) -> tuple[TimeUnit, str]:
        """Pure numbers: hbar = m = 1."""
        return "1", "1"

    def observables(self, spec: QuantumSpec) -> list[Observable]:
        """Means, spread, energy, norm, probabilities in the detectors, and the density."""
        d, n = spec.dimensions, len(spec.watched)
        found = [
            Observable(name="probability", unit="1", shape=[n], per_body=True, description="In each detector"),
            Observable(name="position", unit="1", shape=[d], description="Mean place"),
            Observable(name="momentum", unit="1", shape=[d], description="Mean momentum"),
            Observable(name="spread", unit="1", shape=[], description="Standard deviation of place, all axes together"),
            Observable(name="energy", unit="1", shape=[], description="Mean of kinetic and potential energy"),
            Observable(name="norm", unit="1", shape=[], description="Probability that the particle is still there"),
        ]
        if spec.picture:
            shape = [spec.shown] * d
            found.append(
                Observable(name="density", unit="1", shape=shape, description="Means over stretches, or blocks")
            )
        return found

    def bodies(self, spec: QuantumSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """The detectors."""
        return [Body(name=name) for name in spec.watched]

    def estimate(self, spec: QuantumSpec, environment: dict[str, float]) -> Estimate:
        """Two transforms a stage of a step."""
        each = ceil(spec.frame_interval * environment["time_scale"] / spec.time_step)
        steps = max(1, each) * (spec.frames - 1)
        stages = 3 if spec.order == 4 else 1
        a_step = 3e-6 + stages * spec.cells * log2(spec.cells) * 2.5e-9 + 2.5e-9 * spec.cells
        size = result_bytes(spec.frames, self.observables(spec))
        cpu = 0.01 + steps * a_step + spec.frames * (1e-4 + 4e-8 * spec.cells)
        return Estimate(cpu_seconds=cpu, steps=steps, frames=spec.frames, result_bytes=size)

    def start(
        self, spec: QuantumSpec, environment: dict[str, float], seed: int, checkpoint: bytes | None, timeline: Timeline
    ) -> Run:
        """The seed decides what measurements find."""
        from harmonic_physics.engine.quantum.run import QuantumRun

        return QuantumRun(self, spec, environment, seed, checkpoint, timeline)
