"""What a system declares: its spec, environment, observables, events, presets, cost and start.

A spec module imports neither numpy nor numba, so that catalogues, forms and checks cost nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import Field, JsonValue

from harmonic_contracts.base import Contract
from harmonic_contracts.environment import environment_model
from harmonic_contracts.problems import FieldError
from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, EventKind, Mode, Observable
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.timeline import Timeline

MAX_FRAMES = 200_000
"""Frames of one trajectory."""
MAX_RESULT_BYTES = 256 * 2**20
"""Bytes of all observables of one trajectory."""
MAX_CPU_SECONDS = 600.0
"""Estimated cost of one simulation on one core."""
MAX_EVENTS = 1_000_000
"""Physical events of one trajectory; a run that finds more stops with the time and the reason."""


class Refused(ValueError):
    """The input is refused. `errors` names each field, the reason and the allowed range."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(f"{e.field}: {e.reason}" for e in errors))
        self.errors = list(errors)


class TooLarge(Refused):
    """The run would cost more than is allowed. `estimate` says how much."""

    def __init__(self, errors: Sequence[FieldError], estimate: "Estimate") -> None:
        super().__init__(errors)
        self.estimate = estimate


class Estimate(Contract):
    """What a run will cost, told before it starts."""

    cpu_seconds: float = Field(ge=0.0, description="Time on one core, within about a factor of two [s]")
    steps: int = Field(ge=0, description="Integration steps, or expected collisions")
    frames: int = Field(ge=0)
    result_bytes: int = Field(ge=0, description="Size of the trajectory's arrays")


class EventDeclaration(Contract):
    """A kind of physical event that a system reports."""

    kind: EventKind
    strength_unit: str = Field(description="Unit of an event's strength; `1` where it has no measure")
    description: str


class Preset(Contract):
    """A ready-made universe: a name, a story, and the spec and environment that make it."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    description: str
    spec: dict[str, JsonValue]
    environment: dict[str, float] = {}


class Spec(Contract):
    """What every system's spec has: how long to run and how often to look. Subclasses set unit, range, default."""

    duration: float
    frame_interval: float

    @property
    def frames(self) -> int:
        """Frames at k * frame_interval for k = 0..frames-1, the last one not after `duration`."""
        return int(self.duration / self.frame_interval + 1e-9) + 1


S = TypeVar("S", bound=Spec)


def quantity(
    unit: str,
    description: str,
    *,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    default: Any = ...,
) -> Any:
    """A number of a spec, with unit, range, default and meaning: a form and a JSON Schema come from it."""
    return Field(default, ge=ge, gt=gt, le=le, description=description, json_schema_extra={"unit": unit})


@dataclass(frozen=True)
class Start(Generic[S]):
    """A checked input, ready to run."""

    system: "System[S]"
    spec: S
    environment: dict[str, float]
    estimate: Estimate
    timeline: Timeline = field(default_factory=Timeline)

    def run(self, seed: int, checkpoint: bytes | None = None) -> Run:
        """A run from the beginning, or from the exact state of a checkpoint."""
        return self.system.start(self.spec, self.environment, seed, checkpoint, self.timeline)


class System(ABC, Generic[S]):
    """One kind of physics. An instance is a declaration and holds no state."""

    kind: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    spec: ClassVar[type[Spec]]
    accepts: ClassVar[tuple[str, ...]]
    """Environment parameters that change its motion; any other one is refused."""
    tunable: ClassVar[tuple[str, ...]] = ()
    """Numbers of the spec that scenes and live sessions may change, besides the environment."""
    events: ClassVar[tuple[EventDeclaration, ...]]
    presets: ClassVar[tuple[Preset, ...]]
    equations: ClassVar[str]
    """The equations of motion and the method, in Markdown with LaTeX: for the reference page."""
    accuracy: ClassVar[str]
    """The measured figure, and the test that holds it."""
    references: ClassVar[tuple[str, ...]]
    """Papers and books that the numbers come from."""

    @property
    def environment(self) -> type[Contract]:
        """The model of the accepted parameters, with the registry's units, ranges and defaults."""
        return environment_model(self.accepts)

    @abstractmethod
    def units(self, spec: S) -> tuple[TimeUnit, str]:
        """Unit of time and unit of length."""

    @abstractmethod
    def observables(self, spec: S) -> list[Observable]:
        """What each frame holds, in the order of the run's arrays."""

    @abstractmethod
    def bodies(self, spec: S, environment: dict[str, float], seed: int) -> list[Body]:
        """The bodies by name, in the order of the per-body observables."""

    @abstractmethod
    def estimate(self, spec: S, environment: dict[str, float]) -> Estimate:
        """The cost, from the spec alone, in well under a millisecond a body."""

    def modes(self, spec: S, environment: dict[str, float]) -> list[Mode]:
        """Of a vibrating body: what a bank of resonators needs to sound like it."""
        return []

    @abstractmethod
    def start(
        self, spec: S, environment: dict[str, float], seed: int, checkpoint: bytes | None, timeline: Timeline
    ) -> Run:
        """Begin, or resume bit for bit. Kernels are imported here and not before."""


def result_bytes(frames: int, observables: Sequence[Observable]) -> int:
    """Bytes of the float64 arrays: one time a frame and every observable."""
    numbers = 1
    for observable in observables:
        size = 1
        for axis in observable.shape:
            size *= axis
        numbers += size
    return frames * numbers * 8
