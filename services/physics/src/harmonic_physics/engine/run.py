"""A run in progress: it advances in short calls, hands out frames and events, and can be frozen to bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TICK_SECONDS = 0.05
"""Work of one `advance`, about: short enough for progress and cancel, long enough to cost nothing."""


class Stopped(Exception):
    """The run left its domain of validity. It says when (in the universe's own time) and why."""

    def __init__(self, time: float, unit: str, reason: str) -> None:
        super().__init__(f"stopped at t = {time:.9g} {unit}: {reason}")
        self.time, self.reason = time, reason


@dataclass
class Events:
    """Events as columns, in order of time. `kind` indexes the system's declared events; -1 is no second body.

    Shapes: all (n,), `position` (n, 3); units: the universe's own time and length, strength as declared.
    """

    time: NDArray[np.float64]
    kind: NDArray[np.int32]
    body_a: NDArray[np.int32]
    body_b: NDArray[np.int32]
    strength: NDArray[np.float64]
    position: NDArray[np.float64]


def events_of(rows: NDArray[np.float64]) -> Events:
    """Events from rows (n, 8): time, index of the kind, body a, body b, strength, position."""
    whole = rows[:, 1:4].astype("int32")
    kind, body_a, body_b = (whole[:, column].copy() for column in range(3))
    return Events(rows[:, 0].copy(), kind, body_a, body_b, rows[:, 4].copy(), rows[:, 5:].copy())


@dataclass
class Chunk:
    """What one `advance` brought: consecutive frames, and the events found. Either may be empty."""

    time: NDArray[np.float64]
    arrays: dict[str, NDArray[np.float64]]
    events: Events


@dataclass
class Quality:
    """What a run knows of itself: goes into the certificate."""

    method: str
    steps: int
    invariants: dict[str, float]
    notes: list[str] = field(default_factory=list)
    order: int | None = None


class Run(Protocol):
    """One simulation under way. Not thread-safe; kernels release the GIL."""

    frames: int

    @property
    def done(self) -> bool:
        """Whether every frame has been handed out."""

    @property
    def progress(self) -> float:
        """Share of the universe's time that is behind, 0..1."""

    def advance(self) -> Chunk:
        """Work for about TICK_SECONDS. Raises Stopped. How the work is cut never changes a bit of it."""

    def checkpoint(self) -> bytes:
        """The exact numerical state, without what has been handed out."""

    def quality(self) -> Quality:
        """Method, steps and the largest relative drift of each invariant so far."""
