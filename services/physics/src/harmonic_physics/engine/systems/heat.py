"""Heat that spreads, and Gray and Scott's reaction, on a line or in the plane: slow textures and growing patterns."""

from __future__ import annotations

from math import ceil
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.presets import heat as presets
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity, result_bytes
from harmonic_physics.engine.timeline import Timeline

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Place = list[Share]
MAX_CELLS = 100_000
MAX_SPARKS = 5000
STABLE = 0.45
"""Of h (4 D / dx^2 + rates / 2) in the plane: under half of what Heun's method bears."""


class Spark(Contract):
    """Something that heats a bell of the field at once (or sows the second substance), perhaps again and again."""

    centre: Place = Field(default=[0.5, 0.5], min_length=1, max_length=2, description="As shares of the extent")
    time: float = quantity("s", "When", ge=0, le=1e6, default=0.0)
    level: float = quantity("K", "Height of the bell; a share of 1 for the reaction", ge=-1e6, le=1e6, default=50.0)
    width: float = quantity("1", "Standard deviation, as a share of the width", ge=1e-4, le=1, default=0.05)
    count: int = Field(default=1, ge=1, le=MAX_SPARKS)
    interval: float = quantity("s", "From the first to the second", ge=1e-4, le=1e6, default=1.0)
    ratio: float = quantity("1", "Each interval over the one before", ge=0.1, le=10, default=1.0)


class Wave(Contract):
    """A sine over the extent at the start: what diffusion takes away at a known rate."""

    half_waves: int = Field(default=1, ge=1, le=1000, description="Half waves across the width")
    amplitude: float = quantity("K", "Its height", ge=-1e6, le=1e6, default=10.0)


class Probe(Contract):
    """A place where the level is watched: a body of this universe."""

    name: str = Field(min_length=1, max_length=60)
    position: Place = Field(min_length=1, max_length=2, description="As shares of the extent")


class HeatSpec(Spec):
    """The field, what spreads in it, and who watches."""

    duration: float = quantity("s", "How long to simulate", gt=0, le=1e6)
    frame_interval: float = quantity("s", "Time between frames", ge=1e-4, le=1e5)
    equation: Literal["diffusion", "gray_scott"] = "diffusion"
    dimensions: Literal[1, 2] = 2
    width: float = quantity("m", "Of the field, and its height in the plane", ge=1e-3, le=1e6, default=1.0)
    points: int = Field(default=64, ge=8, le=4096, description="Cells across (and up)")
    edge: Literal["insulated", "held", "periodic"] = Field(
        default="insulated", description="held: at the medium's temperature (at rest, in a reaction)"
    )
    diffusivity: float = quantity("m2/s", "Of heat, or of the first substance", ge=0, le=1e6, default=1e-3)
    second_diffusivity: float = quantity("m2/s", "Of the second substance", ge=0, le=1e6, default=5e-4)
    loss: float = quantity("1/s", "Cooling towards the medium (Newton)", ge=0, le=1e3, default=0.0)
    feed: float = quantity("1", "Of the first substance", ge=0, le=0.2, default=0.037)
    kill: float = quantity("1", "Of the second substance", ge=0, le=0.2, default=0.06)
    rate: float = quantity("1/s", "Units of the reaction's time a second", ge=0, le=1e4, default=1.0)
    sparks: list[Spark] = Field(default=[], max_length=500)
    waves: list[Wave] = Field(default=[], max_length=20)
    noise: float = quantity(
        "1", "Seeded scatter of the start, as a share of 1 (reaction) or in K", ge=0, le=1e3, default=0.0
    )
    probes: list[Probe] = Field(min_length=1, max_length=64)
    threshold: float = quantity(
        "K", "Above the medium; or concentration of the second substance", ge=-1e6, le=1e6, default=5.0
    )
    hysteresis: float = quantity(
        "1",
        "A passage counts after the level has been so far on the other side, as a share of the threshold",
        ge=1e-6,
        le=1,
        default=0.02,
    )
    picture: int = Field(default=32, ge=0, le=128, description="Points across of the picture of the field; 0: none")

    @property
    def rows(self) -> int:
        """Cells upwards."""
        return 1 if self.dimensions == 1 else self.points

    @property
    def dx(self) -> float:
        """Side of a cell [m]."""
        return self.width / self.points

    @property
    def shown(self) -> int:
        """Points of the picture along an axis."""
        return min(self.picture, self.points)

    @property
    def fastest(self) -> float:
        """Rate [1/s] of the stiffest part: of the finest ripple, or of the reaction."""
        spread = max(self.diffusivity, self.second_diffusivity if self.equation == "gray_scott" else 0.0)
        if self.equation == "gray_scott":
            return self.rate * (4.0 * spread * self.dimensions / 2 / self.dx**2 + 1.0)
        return 4.0 * spread * self.dimensions / 2 / self.dx**2 + 0.5 * self.loss

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.points * self.rows > MAX_CELLS:
            raise ValueError(f"{self.points} x {self.rows} cells are too many: at most {MAX_CELLS} in all")
        names = [probe.name for probe in self.probes]
        if len(set(names)) < len(names):
            raise ValueError("two probes have the same name: give each its own")
        if any(len(p.position) != self.dimensions for p in self.probes):
            raise ValueError(f"a probe in this field has {self.dimensions} coordinate(s)")
        return self


class Heat(System[HeatSpec]):
    """Diffusion and reaction."""

    kind = "heat"
    title = "Heat and reaction"
    description = (
        "Heat that spreads and fades, and Gray-Scott patterns that grow, divide and die: slow textures with probes."
    )
    spec = HeatSpec
    accepts = ("temperature", "time_scale")
    tunable = ("diffusivity", "second_diffusivity", "loss", "feed", "kill", "rate")
    events = (
        EventDeclaration(kind="strike", strength_unit="K", description="A spark; its height"),
        EventDeclaration(kind="threshold", strength_unit="K/s", description="A probe passes the threshold; how fast"),
        EventDeclaration(
            kind="extremum", strength_unit="K", description="A probe is highest for now; how far above the threshold"
        ),
    )
    presets = presets.PRESETS
    equations = r"""
Diffusion (Fourier 1822): $\partial_t u = D\nabla^2 u - \lambda(u - T)$; a sine of wave number $k$ decays as
$e^{-(Dk^2+\lambda)t}$. Reaction (Gray and Scott 1984, Pearson 1993), at a rate $r$: $\partial_t u = r(D_u\nabla^2 u -
uv^2 + F(1-u))$,
$\partial_t v = r(D_v\nabla^2 v + uv^2 - (F+k)v)$. Five-point Laplacian, Heun's method, steps below 0.45 of what it
bears.
"""
    accuracy = (
        "A sine decays at the rate of the grid's own law to 2e-4, which is Fourier's to (k dx)^2 / 12; heat in "
        "an insulated "
        "field to 1e-13; order 2 in time (tests/engine/systems/test_heat.py)."
    )
    references = (
        "J. Fourier, Theorie analytique de la chaleur (1822)",
        "P. Gray, S. K. Scott, Chem. Eng. Sci. 39 (1984)",
        "J. E. Pearson, Complex patterns in a simple system, Science 261 (1993)",
    )

    def units(self, spec: HeatSpec) -> tuple[TimeUnit, str]:
        """Seconds and metres; levels in K, or shares of 1."""
        return "s", "m"

    def observables(self, spec: HeatSpec) -> list[Observable]:
        """Level at each probe, mean, contrast, and a small picture."""
        unit = "K" if spec.equation == "diffusion" else "1"
        found = [
            Observable(name="level", unit=unit, shape=[len(spec.probes)], per_body=True, description="At each probe"),
            Observable(name="mean", unit=unit, shape=[], description="Over the field"),
            Observable(name="contrast", unit=unit, shape=[], description="Standard deviation over the field"),
        ]
        if spec.picture:
            shape = [spec.shown] * spec.dimensions
            found.append(
                Observable(name="field", unit=unit, shape=shape, description="Means over blocks, rows upwards")
            )
        return found

    def bodies(self, spec: HeatSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """The probes."""
        return [Body(name=probe.name) for probe in spec.probes]

    def estimate(self, spec: HeatSpec, environment: dict[str, float]) -> Estimate:
        """Cells times the steps that stability demands."""
        span = spec.frame_interval * environment["time_scale"]
        steps = max(1, ceil(span * spec.fastest / STABLE)) * (spec.frames - 1)
        cells = spec.points * spec.rows
        a_step = 1.5e-6 + cells * (2.2e-9 if spec.equation == "gray_scott" else 1.2e-9)
        size = result_bytes(spec.frames, self.observables(spec))
        cpu = 0.02 + steps * a_step + spec.frames * (5e-5 + 3e-9 * cells)
        return Estimate(cpu_seconds=cpu, steps=steps, frames=spec.frames, result_bytes=size)

    def start(
        self, spec: HeatSpec, environment: dict[str, float], seed: int, checkpoint: bytes | None, timeline: Timeline
    ) -> Run:
        """The seed scatters the start."""
        from harmonic_physics.engine.heat.run import HeatRun

        return HeatRun(self, spec, environment, seed, checkpoint, timeline)
