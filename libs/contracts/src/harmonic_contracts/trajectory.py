"""The trajectory: frames of named observables with units, and the physical events found on the way.

The header is this contract; the file format that carries header, frames and events is in the chassis.
Arrays are float64. Frame times are in `time_unit`; an observable of shape S has an array of shape (frames, *S).
"""

from typing import Literal

from pydantic import Field, JsonValue

from harmonic_contracts.base import Passed
from harmonic_contracts.quantities import TimeUnit

TRAJECTORY_MEDIA_TYPE = "application/vnd.harmonic.trajectory+zip"
FORMAT_VERSION = 1

EventKind = Literal[
    "arrival",
    "break",
    "close_approach",
    "collision",
    "conjunction",
    "contact",
    "eclipse",
    "escape",
    "extremum",
    "flip",
    "lobe_change",
    "measurement",
    "merger",
    "perihelion",
    "pluck",
    "resonance",
    "sensor",
    "sleep",
    "slip",
    "strike",
    "synchrony",
    "threshold",
    "transit",
    "turning_point",
    "wake",
    "wall",
    "wrap",
    "zero_crossing",
]


class Observable(Passed):
    """A named quantity of every frame."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    unit: str
    shape: list[int] = Field(
        description="Shape of one frame; [] for a scalar. The first axis of a per-body one is bodies"
    )
    per_body: bool = False
    description: str = ""


class Body(Passed):
    """A body of the universe as a listener or viewer needs it."""

    name: str
    mass: float | None = None
    radius: float | None = None


class Mode(Passed):
    """A mode of a vibrating body: struck at the excitation's shape, heard at the pickups', falling as exp(-d t)."""

    body: int = Field(ge=0, description="Index of the body that vibrates")
    frequency: float = Field(gt=0.0, description="Frequency of the damped oscillation [Hz]")
    decay_rate: float = Field(ge=0.0, description="d, the amplitude falls as exp(-d t) [1/s]")
    excitation: float = Field(description="Shape at the point of excitation, of a mode normalised to unit modal mass")
    pickups: list[float] = Field(max_length=16, description="Shape at each pickup")


class Certificate(Passed):
    """What the run says of its own quality."""

    method: str
    engine_version: str
    steps: int
    invariants: dict[str, float] = Field(description="Largest relative drift of each conserved quantity")
    notes: list[str] = []
    order: int | None = Field(default=None, description="Declared order of convergence, which tests measure")
    frames_digest: str | None = Field(
        default=None,
        description="SHA-256 over the SHA-256 of each column: time, observables and event columns, in their order",
    )


class TrajectoryHeader(Passed):
    """Everything of a trajectory but its numbers. Holds no ids, times of day, hosts or paths."""

    format_version: Literal[1] = 1
    system: str
    time_unit: TimeUnit
    length_unit: str
    frames: int = Field(ge=0)
    bodies: list[Body]
    observables: list[Observable]
    event_kinds: list[str] = Field(description="Names of the kinds; the events' `kind` column indexes this list")
    modes: list[Mode] = Field(default=[], max_length=4096, description="Of vibrating bodies")
    certificate: Certificate
    spec: dict[str, JsonValue] = Field(description="The system spec that was simulated, with defaults filled in")
    environment: dict[str, float] = {}
    seed: int = 0


class PhysicalEvent(Passed):
    """Something that happened at an exact time."""

    time: float
    kind: str
    bodies: list[str]
    strength: float = Field(
        ge=0.0, description="How strong, in `strength_unit` of the system; 1 where it has no measure"
    )
    position: tuple[float, float, float] | None = None
