"""How vibrating bodies are described: their losses, who plucks, strikes or drives them when, and what is looked at."""

from abc import abstractmethod
from math import fsum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_physics.engine.system import Spec, quantity

MAX_BODIES = 24
MAX_STROKES = 5000
MAX_MODES = 4096
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Point = list[Share]


def place(default: list[float], description: str) -> Any:
    """A point of a body, as shares of its extent."""
    return Field(default=default, min_length=1, max_length=2, description=description, json_schema_extra={"unit": "1"})


class Body(Contract):
    """What every vibrating body has."""

    name: str = Field(min_length=1, max_length=60)
    modes: int = Field(default=40, ge=1, le=400, description="Modes kept, from the lowest on")
    decay_time: float | None = quantity(
        "s", "Time to fall by 60 dB at low frequencies; null for no loss but the air's", ge=1e-3, le=1e6, default=6.0
    )
    decay_time_1khz: float | None = quantity(
        "s", "The same at 1 kHz: loss grows with the square of frequency", ge=1e-4, le=1e6, default=3.0
    )
    pickups: list[Point] = Field(
        min_length=1, max_length=8, description="Points looked at, as shares of the body's extent"
    )

    @model_validator(mode="after")
    def _losses_grow(self) -> Self:
        low, high = self.decay_time, self.decay_time_1khz
        if low is not None and (high is None or high > low):
            raise ValueError("decay_time_1khz is longer than decay_time: losses do not fall with frequency")
        return self


class Excitation(Contract):
    """A pluck or a strike, once or again and again."""

    body: str = Field(min_length=1, max_length=60, description="Name of the body")
    kind: Literal["pluck", "strike"] = "pluck"
    time: float = quantity("s", "When", ge=0, le=1e6, default=0.0)
    position: Point = place([0.2], "Where, as shares of the body's extent")
    amplitude: float = quantity("m | N.s", "Height of a pluck in m, impulse of a strike in N s", gt=0, le=1e6)
    contact_time: float = quantity(
        "s", "How long a hammer touches: softer is longer and darker", ge=0, le=10, default=5e-4
    )
    count: int = Field(default=1, ge=1, le=MAX_STROKES, description="How many times")
    interval: float = quantity("s", "From the first to the second", ge=1e-4, le=1e6, default=1.0)
    ratio: float = quantity(
        "1", "Each interval over the one before: below 1 as a bouncing ball", ge=0.1, le=10, default=1.0
    )
    fade: float = quantity("1", "Each amplitude over the one before", gt=0, le=10, default=1.0)


class Drive(Contract):
    """A steady harmonic force at one point, from a start to an end."""

    body: str = Field(min_length=1, max_length=60)
    position: Point = place([0.5, 0.5], "Where, as shares of the body's extent")
    frequency: float = quantity("Hz", "Of the force", gt=0, le=20_000)
    force: float = quantity("N", "Its amplitude", gt=0, le=1e6)
    start: float = quantity("s", "When it begins", ge=0, le=1e6, default=0.0)
    length: float = quantity("s", "How long it lasts", gt=0, le=1e6)


class VibrationSpec(Spec):
    """Bodies that vibrate, and what happens to them."""

    duration: float = quantity("s", "How long to simulate", gt=0, le=3600)
    frame_interval: float = quantity("s", "Time between frames; 1/48000 s is sound", ge=1e-5, le=3600)
    excitations: list[Excitation] = Field(default=[], max_length=500)
    drives: list[Drive] = Field(default=[], max_length=32)
    band_edges: list[Annotated[float, Field(gt=0, le=96_000)]] = Field(
        default=[200.0, 800.0, 3200.0],
        max_length=7,
        description="Between the bands of energy",
        json_schema_extra={"unit": "Hz"},
    )
    surface: int = Field(
        default=0, ge=0, le=64, description="Points a side of a grid on which each sheet is shown; 0: none"
    )
    highest_frequency: float = quantity("Hz", "Modes above it are left out", ge=0.01, le=96_000, default=20_000.0)
    fall: float = quantity(
        "dB", "A threshold event each time the energy has fallen so far", ge=0.5, le=100, default=12.0
    )
    falls: int = Field(default=4, ge=0, le=100, description="At most so many of them after each excitation")
    slow_below: float = quantity("Hz", "Modes slower than this report their zero crossings", ge=0, le=50, default=12.0)
    damping: float = quantity("1", "All losses, times this", ge=0, le=100, default=1.0)
    stiffness: float = quantity(
        "1", "Tension (or elasticity, where nothing is stretched), times this", ge=0.05, le=20, default=1.0
    )

    @property
    @abstractmethod
    def vibrating(self) -> list[Body]:
        """The bodies, in order."""

    @property
    def dimensions(self) -> int:
        """Coordinates of a point on a body."""
        return 1

    @property
    def strokes(self) -> int:
        """Plucks and strikes in all."""
        return int(fsum(each.count for each in self.excitations))

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [body.name for body in self.vibrating]
        if len(set(names)) < len(names):
            raise ValueError("two bodies have the same name: give each its own")
        played: list[Excitation | Drive] = [*self.excitations, *self.drives]
        for each in played:
            if each.body not in names:
                raise ValueError(f"there is no body {each.body!r} to play: there are {', '.join(names)}")
        if len({len(body.pickups) for body in self.vibrating}) != 1:
            raise ValueError("give every body the same number of pickups")
        points = [point for body in self.vibrating for point in body.pickups]
        points += [each.position for each in played]
        if any(len(point) != self.dimensions for point in points):
            raise ValueError(f"a point of these bodies has {self.dimensions} coordinate(s)")
        if self.strokes > MAX_STROKES:
            raise ValueError(f"{self.strokes} plucks and strikes are too many: at most {MAX_STROKES}")
        if fsum(body.modes for body in self.vibrating) > MAX_MODES:
            raise ValueError(f"keep at most {MAX_MODES} modes in all")
        if self.band_edges != sorted(set(self.band_edges)):
            raise ValueError("band_edges must rise")
        return self


class Stroke(Contract):
    """One pluck or strike at its own time."""

    time: float
    body: int
    kind: Literal["pluck", "strike"]
    position: Point
    amplitude: float
    contact_time: float


def strokes(spec: VibrationSpec) -> list[Stroke]:
    """Every pluck and strike within the duration, in order of time."""
    index = {body.name: k for k, body in enumerate(spec.vibrating)}
    found: list[Stroke] = []
    for each in spec.excitations:
        time, interval, amplitude = each.time, each.interval, each.amplitude
        for _ in range(each.count):
            if time > spec.duration:
                break
            found.append(
                Stroke.model_construct(
                    time=time,
                    body=index[each.body],
                    kind=each.kind,
                    position=each.position,
                    amplitude=amplitude,
                    contact_time=each.contact_time,
                )
            )
            time, interval, amplitude = time + interval, interval * each.ratio, amplitude * each.fade
    return sorted(found, key=lambda stroke: (stroke.time, stroke.body))
