"""Waves in the plane: a ripple tank or a room seen from above, with walls, slits, lenses and absorbing borders."""

from __future__ import annotations

from math import ceil, sqrt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.presets import wave_field as presets
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity, result_bytes
from harmonic_physics.engine.timeline import Timeline

Metre = Annotated[float, Field(ge=-1e5, le=1e5)]
Place = tuple[Metre, Metre]
Side = Literal["absorb", "reflect", "hold"]
COURANT = 0.7
"""c step / dx, of at most 1 / sqrt 2: chosen for the user, and kept under every change of parameters."""
MAX_CELLS = 250_000
MAX_DROPS = 5000


class Patch(Contract):
    """A rectangle or a disc of the plane."""

    shape: Literal["rectangle", "circle"] = "rectangle"
    centre: Place = Field(description="Middle", json_schema_extra={"unit": "m"})
    width: float = quantity("m", "Width, or diameter", gt=0, le=1e5)
    height: float = quantity("m", "Height of a rectangle", gt=0, le=1e5, default=1.0)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        u, v = x - self.centre[0], y - self.centre[1]
        if self.shape == "circle":
            return u * u + v * v <= 0.25 * self.width**2
        return abs(u) <= 0.5 * self.width and abs(v) <= 0.5 * self.height


class Wall(Patch):
    """A rigid obstacle, with gaps across its height where it is open: slits."""

    gaps: list[Place] = Field(
        default=[], max_length=50, description="Open stretches, from and to, along y", json_schema_extra={"unit": "m"}
    )


class Lens(Patch):
    """A part of the plane where waves travel at another speed."""

    speed: float = quantity("1", "Over the speed elsewhere", ge=0.1, le=2.0, default=0.7)


class Tone(Contract):
    """A source that swings at one frequency."""

    position: Place = Field(json_schema_extra={"unit": "m"})
    to: Place | None = Field(
        default=None, description="Other end of a line of sources", json_schema_extra={"unit": "m"}
    )
    frequency: float = quantity("Hz", "Of the waves' own time", ge=1e-4, le=20_000)
    amplitude: float = quantity("1/s", "How much level it brings a second at its loudest", gt=0, le=1e6, default=1.0)
    width: float = quantity("m", "Of the bell that it is spread over; 0 is one cell", ge=0, le=1e4, default=0.0)
    start: float = quantity("s", "When it begins", ge=0, le=1e6, default=0.0)
    length: float = quantity("s", "How long it lasts", gt=0, le=1e6, default=1e6)


class Drop(Contract):
    """Something that falls into the plane and lifts a bell of it at once; again and again, if so wanted."""

    position: Place = Field(json_schema_extra={"unit": "m"})
    time: float = quantity("s", "When", ge=0, le=1e6, default=0.0)
    level: float = quantity("1", "Height of the bell", ge=-1e6, le=1e6, default=1.0)
    width: float = quantity("m", "Of the bell (one standard deviation)", gt=0, le=1e4, default=0.05)
    count: int = Field(default=1, ge=1, le=MAX_DROPS)
    interval: float = quantity("s", "From the first to the second", ge=1e-4, le=1e6, default=1.0)
    ratio: float = quantity("1", "Each interval over the one before", ge=0.1, le=10, default=1.0)


class Rain(Contract):
    """Drops at random places, one in each stretch of 1 / rate at a random moment of it, by the simulation's seed."""

    rate: float = quantity("Hz", "Drops a second", gt=0, le=1000)
    level: float = quantity("1", "Height of each", ge=-1e6, le=1e6, default=0.5)
    width: float = quantity("m", "Of each bell", gt=0, le=1e4, default=0.04)


class Probe(Contract):
    """A place where the level is watched: a body of this universe."""

    name: str = Field(min_length=1, max_length=60)
    position: Place = Field(json_schema_extra={"unit": "m"})


class WaveFieldSpec(Spec):
    """The plane, what stands in it, and what moves it."""

    duration: float = quantity("s", "How long to simulate", gt=0, le=3600)
    frame_interval: float = quantity("s", "Time between frames; 1/48000 s is sound", ge=1e-5, le=3600)
    width: float = quantity("m", "Of the plane", ge=1e-3, le=1e5, default=2.0)
    height: float = quantity("m", "Of the plane", ge=1e-3, le=1e5, default=1.5)
    cells: int = Field(default=160, ge=16, le=1000, description="Across the width; as many a metre upwards")
    medium: Literal["water", "air", "plain"] = Field(
        default="water", description="water: sqrt(gravity depth); air: 331.3 sqrt(T / 273.15); plain: `speed`"
    )
    depth: float = quantity("m", "Of shallow water", ge=1e-5, le=1e4, default=0.01)
    speed: float = quantity("m/s", "Of waves in a plain medium", ge=1e-4, le=1e5, default=1.0)
    damping: float = quantity("1/s", "Rate at which levels fade by themselves", ge=0, le=1e4, default=0.0)
    gain: float = quantity("1", "All tones, times this", ge=0, le=100, default=1.0)
    sides: list[Side] = Field(
        default=["absorb"] * 4,
        min_length=4,
        max_length=4,
        description="Left, right, bottom, top: absorb, rigid, level 0",
    )
    layer: int = Field(default=16, ge=4, le=64, description="Cells of an absorbing border")
    walls: list[Wall] = Field(default=[], max_length=100)
    lenses: list[Lens] = Field(default=[], max_length=50)
    tones: list[Tone] = Field(default=[], max_length=50)
    drops: list[Drop] = Field(default=[], max_length=500)
    rain: Rain | None = None
    probes: list[Probe] = Field(min_length=1, max_length=64)
    threshold: float = quantity("1", "Smallest level that counts as an event", gt=0, le=1e6, default=0.05)
    loudness_time: float = quantity("s", "Over which the loudness at a probe is a mean", ge=1e-4, le=1e4, default=0.25)
    picture: int = Field(default=24, ge=0, le=128, description="Points across of the picture of the field; 0: none")

    @property
    def dx(self) -> float:
        """Side of a cell [m]."""
        return self.width / self.cells

    @property
    def rows(self) -> int:
        """Cells upwards."""
        return max(4, round(self.height / self.dx))

    @property
    def picture_rows(self) -> int:
        """Points upwards of the picture."""
        return max(1, min(128, round(self.picture * self.height / self.width))) if self.picture else 0

    @property
    def fastest(self) -> float:
        """Highest speed over that of the medium."""
        return max([1.0, *(lens.speed for lens in self.lenses)])

    def speed_in(self, environment: dict[str, float]) -> float:
        """Of waves in the medium [m/s]."""
        if self.medium == "water":
            return sqrt(environment["gravity"] * self.depth)
        if self.medium == "air":
            return 331.3 * sqrt(environment["temperature"] / 273.15)
        return self.speed

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.cells * self.rows > MAX_CELLS:
            raise ValueError(f"{self.cells} x {self.rows} cells are too many: at most {MAX_CELLS} in all")
        names = [probe.name for probe in self.probes]
        if len(set(names)) < len(names):
            raise ValueError("two probes have the same name: give each its own")
        spots = [probe.position for probe in self.probes] + [drop.position for drop in self.drops]
        spots += [end for tone in self.tones for end in (tone.position, tone.to or tone.position)]
        if any(not (0.0 <= x <= self.width and 0.0 <= y <= self.height) for x, y in spots):
            raise ValueError("a probe, tone or drop lies outside the plane: it spans 0..width by 0..height")
        if any(wall.holds(*probe.position) and not wall.gaps for wall in self.walls for probe in self.probes):
            raise ValueError("a probe lies inside a wall: move it out")
        across = (self.sides[0] == "absorb") + (self.sides[1] == "absorb")
        upwards = (self.sides[2] == "absorb") + (self.sides[3] == "absorb")
        if across * self.layer > self.cells // 2 or upwards * self.layer > self.rows // 2:
            raise ValueError(
                "the absorbing borders leave less than half of the plane: take a thinner layer, or more cells"
            )
        if self.rain is not None and self.rain.rate * self.duration > MAX_DROPS:
            raise ValueError(f"so much rain is more than {MAX_DROPS} drops: lower the rate, or the duration")
        return self


class WaveField(System[WaveFieldSpec]):
    """The wave equation in two dimensions."""

    kind = "wave_field"
    title = "Wave field"
    description = (
        "Waves in the plane, with obstacles, slits, lenses, sources, rain and absorbing borders; probes hear them."
    )
    spec = WaveFieldSpec
    accepts = ("gravity", "temperature", "time_scale")
    tunable = ("damping", "gain")
    events = (
        EventDeclaration(kind="strike", strength_unit="1", description="A drop falls into the plane; its height"),
        EventDeclaration(
            kind="arrival", strength_unit="1", description="The first wave reaches a probe; the threshold"
        ),
        EventDeclaration(kind="extremum", strength_unit="1", description="A crest passes a probe; its height"),
        EventDeclaration(kind="zero_crossing", strength_unit="1/s", description="A probe rises through rest; how fast"),
    )
    presets = presets.PRESETS
    equations = r"""
$\partial_t p = -c^2\,\nabla\!\cdot m - \delta p + s$, $\partial_t m = -\nabla p$: sound seen from above, or shallow
water with
$c = \sqrt{gH}$. Leapfrog on a staggered grid (Yee 1966), Courant number at most 0.7; absorbing borders are perfectly
matched layers, $p = p_x + p_y$ with a loss $\sigma_x(x)$ of the first part and $\sigma_y(y)$ of the second (Berenger
1994).
Crests, arrivals and crossings are roots of the cubic through the last four levels of a probe.
"""
    accuracy = (
        "Closed and undamped, energy to 1e-12; a wave of ten cells at right angles to the border comes back "
        "below 1e-3; "
        "eigenfrequencies of a rigid box by the scheme's own dispersion to 1e-5 "
        "(tests/engine/systems/test_wave_field.py)."
    )
    references = (
        "K. S. Yee, IEEE Trans. Antennas Propag. 14 (1966)",
        "J.-P. Berenger, A perfectly matched layer for the absorption of electromagnetic waves, J. Comput. "
        "Phys. 114 (1994)",
        "J. Virieux, P-SV wave propagation in heterogeneous media, Geophysics 51 (1986)",
    )

    def units(self, spec: WaveFieldSpec) -> tuple[TimeUnit, str]:
        """Seconds and metres; levels are pure numbers."""
        return "s", "m"

    def observables(self, spec: WaveFieldSpec) -> list[Observable]:
        """Level and loudness at each probe, energy of the field, and a small picture of it."""
        n = len(spec.probes)
        found = [
            Observable(name="level", unit="1", shape=[n], per_body=True, description="Of the field at each probe"),
            Observable(
                name="loudness", unit="1", shape=[n], per_body=True, description="Root of the mean square level"
            ),
            Observable(
                name="energy", unit="m2", shape=[], description="Half the integral of p^2 / c^2 + m^2, times c^2"
            ),
        ]
        if spec.picture:
            shape = [spec.picture_rows, spec.picture]
            found.append(Observable(name="field", unit="1", shape=shape, description="Means over blocks, rows upwards"))
        return found

    def bodies(self, spec: WaveFieldSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """The probes."""
        return [Body(name=probe.name) for probe in spec.probes]

    def estimate(self, spec: WaveFieldSpec, environment: dict[str, float]) -> Estimate:
        """Cells times steps; the Courant number says how many of these."""
        speed = max(1e-6, spec.speed_in(environment) * spec.fastest * environment["time_scale"])
        steps = max(1, ceil(spec.frame_interval * speed / (COURANT * spec.dx))) * (spec.frames - 1)
        cells = spec.cells * spec.rows
        size = result_bytes(spec.frames, self.observables(spec))
        cpu = 0.02 + steps * (2e-6 + 5e-9 * cells) + spec.frames * (5e-5 + 4e-9 * cells)
        return Estimate(cpu_seconds=cpu, steps=steps, frames=spec.frames, result_bytes=size)

    def start(
        self,
        spec: WaveFieldSpec,
        environment: dict[str, float],
        seed: int,
        checkpoint: bytes | None,
        timeline: Timeline,
    ) -> Run:
        """The seed places the rain."""
        from harmonic_physics.engine.wave_field.run import WaveRun

        return WaveRun(self, spec, environment, seed, checkpoint, timeline)
