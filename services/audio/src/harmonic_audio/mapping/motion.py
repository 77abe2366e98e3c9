"""What the mapping reads: frames and events of a trajectory as numpy columns, and the clock from it to the sound."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from harmonic_contracts.trajectory import TrajectoryHeader

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class EventColumns:
    """Physical events in order of time, one row each. ``body_b`` is -1 where only one body took part."""

    time: Floats
    """(n,) in the trajectory's time unit."""
    kind: Ints
    """(n,) index into the header's event_kinds."""
    body_a: Ints
    body_b: Ints
    strength: Floats
    position: Floats
    """(n, 3) in the trajectory's length unit; NaN where it has none."""

    def __len__(self) -> int:
        return len(self.time)

    def take(self, rows: NDArray[np.intp]) -> "EventColumns":
        """The rows named, in that order."""
        return EventColumns(
            self.time[rows],
            self.kind[rows],
            self.body_a[rows],
            self.body_b[rows],
            self.strength[rows],
            self.position[rows],
        )

    @classmethod
    def empty(cls) -> "EventColumns":
        """No events."""
        none, index = np.zeros(0), np.zeros(0, dtype=np.int64)
        return cls(none, index, index, index, none, np.zeros((0, 3)))


@dataclass(frozen=True)
class Motion:
    """A trajectory as the mapping reads it."""

    header: TrajectoryHeader
    time: Floats
    """(frames,) ascending, in the header's time unit."""
    events: EventColumns
    arrays: Mapping[str, Floats] = field(default_factory=dict)
    """Observable name -> (frames, *shape)."""

    @property
    def span(self) -> tuple[float, float]:
        """First and last time of the frames; of the events where there are no frames. Raises MappingError on none."""
        times = self.time if len(self.time) > 1 else self.events.time
        if len(times) < 2 or not times[-1] > times[0]:
            raise MappingError("the trajectory spans no time: it needs two frames or two events at different times")
        return float(times[0]), float(times[-1])

    def body_name(self, index: int) -> str:
        """The body's name."""
        return self.header.bodies[index].name


@dataclass(frozen=True)
class SoundClock:
    """The whole span of the trajectory, laid onto the length of the sound: linearly, or by a table of times."""

    start: float
    end: float
    length_s: float
    universe: Floats | None = None
    """Ascending times of the universe from start to end; None where time runs evenly."""
    sound: Floats | None = None
    """Their seconds of sound, from 0 to the length."""

    def seconds(self, time: Floats) -> Floats:
        """Seconds of sound of times of the universe."""
        if self.universe is not None and self.sound is not None:
            return np.interp(time, self.universe, self.sound)
        return np.clip((np.asarray(time) - self.start) / (self.end - self.start), 0.0, 1.0) * self.length_s

    def universe_time(self, seconds: Floats) -> Floats:
        """Times of the universe of seconds of sound."""
        if self.universe is not None and self.sound is not None:
            return np.interp(seconds, self.sound, self.universe)
        return self.start + np.asarray(seconds) / self.length_s * (self.end - self.start)


class MappingError(ValueError):
    """The trajectory cannot be mapped by this soundscape; the message says what to change."""
