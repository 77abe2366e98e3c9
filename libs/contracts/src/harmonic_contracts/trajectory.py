"""The trajectory: frames of named observables with units, and the physical events found on the way.

The header is this contract; the file format that carries header, frames and events is in the chassis.
Arrays are float64. Frame times are in `time_unit`; an observable of shape S has an array of shape (frames, *S).
"""

from typing import Literal

from pydantic import Field, JsonValue

from harmonic_contracts.base import Contract
from harmonic_contracts.quantities import TimeUnit

TRAJECTORY_MEDIA_TYPE = "application/vnd.harmonic.trajectory+zip"
FORMAT_VERSION = 1

EventKind = Literal[
    "transit", "perihelion", "conjunction", "collision", "wall", "escape", "zero_crossing", "resonance", "extremum"
]


class Observable(Contract):
    """A named quantity of every frame."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    unit: str
    shape: list[int] = Field(
        description="Shape of one frame; [] for a scalar. The first axis of a per-body one is bodies"
    )
    per_body: bool = False
    description: str = ""


class Body(Contract):
    """A body of the universe as a listener or viewer needs it."""

    name: str
    mass: float | None = None
    radius: float | None = None


class Certificate(Contract):
    """What the run says of its own quality."""

    method: str
    engine_version: str
    steps: int
    invariants: dict[str, float] = Field(description="Largest relative drift of each conserved quantity")
    notes: list[str] = []


class TrajectoryHeader(Contract):
    """Everything of a trajectory but its numbers. Holds no ids, times of day, hosts or paths."""

    format_version: Literal[1] = 1
    system: str
    time_unit: TimeUnit
    length_unit: str
    frames: int = Field(ge=0)
    bodies: list[Body]
    observables: list[Observable]
    event_kinds: list[str] = Field(description="Names of the kinds; the events' `kind` column indexes this list")
    certificate: Certificate
    spec: dict[str, JsonValue] = Field(description="The system spec that was simulated, with defaults filled in")
    environment: dict[str, float] = {}
    seed: int = 0


class PhysicalEvent(Contract):
    """Something that happened at an exact time."""

    time: float
    kind: str
    bodies: list[str]
    strength: float = Field(
        ge=0.0, description="How strong, in `strength_unit` of the system; 1 where it has no measure"
    )
    position: tuple[float, float, float] | None = None
