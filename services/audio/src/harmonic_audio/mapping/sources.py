"""Reading observables: which number, of which bodies, smoothed and differentiated, at any times of the universe."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from harmonic_audio.mapping.event_series import event_series
from harmonic_audio.mapping.motion import Floats, Ints, MappingError, Motion, SoundClock
from harmonic_audio.mapping.series import SMOOTHINGS, derivative, resampled
from harmonic_audio.mapping.transforms import unwrapped
from harmonic_audio.soundscape.scaling import Observed

MOST_LINES = 64
MOST_NUMBERS = 4_000_000
"""Numbers of a trajectory in memory at once."""
REDUCTIONS: dict[str, Callable[..., Floats]] = {
    "mean": np.mean,
    "min": np.min,
    "max": np.max,
    "sum": np.sum,
    "range": np.ptp,
}
Bodies = list[int | None]


@dataclass(frozen=True)
class Reading:
    """An observable made ready to be read: its lines, and its frames where they had to be worked on as a whole."""

    observed: Observed
    motion: Motion
    taken: Bodies
    """The bodies that are read; [None] for a number of the whole system."""
    frames: Floats | None
    """(frames, lines); None where the frames are read as they lie in the trajectory."""
    times: Floats
    """(frames,) of the universe."""

    @property
    def bodies(self) -> Bodies:
        """The body of each line; [None] where the line is no single body's."""
        return self.taken if self.observed.over == "body" else [None]

    def at(self, times: Floats) -> Floats:
        """Values at times of the universe; shape (times, lines)."""
        if self.frames is not None:
            return resampled(self.times, self.frames, times, self._how)
        before, weight = self._between(times)
        low, high = (_lines(self.observed, self.motion, rows, self.taken) for rows in (before, before + 1))
        return _finite(self.observed, low + (high - low) * weight[:, np.newaxis])

    def of_body(self, times: Floats, body: Ints) -> Floats:
        """At each time, the value of its own body; shape (times,). Bodies that were not chosen have NaN."""
        if self.bodies == [None]:
            return self.at(times)[:, 0]
        place = np.full(len(self.motion.header.bodies) + 1, -1, dtype=np.int64)
        place[[one for one in self.bodies if one is not None]] = np.arange(len(self.bodies))
        line, out = place[body], np.full(len(times), np.nan)
        rows = np.flatnonzero(line >= 0)
        before, weight = self._between(times[rows])
        if self.frames is None:
            array = self.motion.arrays[self.observed.observable]
            low, high = (
                _number(self.observed, array[frame, body[rows]][:, np.newaxis])[:, 0] for frame in (before, before + 1)
            )
            out[rows] = _finite(self.observed, low + (high - low) * weight)
        else:
            for one in np.unique(line[rows]).tolist():
                own = np.flatnonzero(line == one)
                out[own] = resampled(self.times, self.frames[:, one], times[own], self._how)
        return out

    def everything(self) -> Floats:
        """All frames of all lines."""
        if self.frames is not None:
            return self.frames
        every = np.arange(len(self.motion.time))
        return _finite(self.observed, _lines(self.observed, self.motion, every, self.taken))

    @property
    def _how(self) -> str:
        return self.observed.interpolation if self.observed.kinds is None else "hold"

    def _between(self, times: Floats) -> tuple[Ints, Floats]:
        """For each time the frame before it, and how far it lies towards the next one."""
        time = self.motion.time
        before = np.clip(np.searchsorted(time, times, side="right"), 1, len(time) - 1) - 1
        return before, np.clip((times - time[before]) / (time[before + 1] - time[before]), 0.0, 1.0)


def reading_of(
    observed: Observed, motion: Motion, clock: SoundClock, period: float | None = None, most: int | None = MOST_LINES
) -> Reading:
    """An observable as declared. Raises MappingError where the trajectory has not what is named, or not in numbers.

    At most ``most`` bodies where each is a line of its own. With a ``period`` the data are angles, and run on without
    jumps.
    """
    if observed.kinds is not None:
        return _of_events(observed, observed.kinds, motion, clock, most)
    bodies = _bodies(observed, motion)
    taken = bodies[:most] if observed.over == "body" else bodies
    if len(motion.time) < 2:
        raise MappingError(f"the observable {observed.observable!r} has fewer than two frames: there is no motion")
    plain = observed.smoothing is None and not observed.derivative and observed.interpolation == "linear"
    if plain and period is None:
        return Reading(observed, motion, taken, None, motion.time)
    frames = _finite(observed, _lines(observed, motion, np.arange(len(motion.time)), taken))
    if period is not None:
        frames = unwrapped(frames, period)
    return Reading(observed, motion, taken, _along_time(observed, motion.time, frames, clock), motion.time)


def _of_events(observed: Observed, kinds: list[str], motion: Motion, clock: SoundClock, most: int | None) -> Reading:
    """The same for a field of events."""
    names = [body.name for body in motion.header.bodies]
    chosen = range(len(names)) if observed.bodies == "all" else [names.index(n) for n in observed.bodies if n in names]
    bodies = [*chosen][: most if observed.over == "body" else None]
    times, frames = event_series(observed.observable, kinds, bodies, motion)
    if observed.over != "body":
        frames = np.asarray(REDUCTIONS[observed.over](frames, axis=1, keepdims=True), dtype=np.float64)
    return Reading(observed, motion, [*bodies], _along_time(observed, times, frames, clock), times)


def _along_time(observed: Observed, times: Floats, frames: Floats, clock: SoundClock) -> Floats:
    """Smoothed, then differentiated, as declared."""
    if observed.smoothing is not None:
        width = observed.smoothing.width
        if observed.smoothing.time == "sound":
            width *= (clock.end - clock.start) / clock.length_s
        frames = SMOOTHINGS[observed.smoothing.kind](times, frames, width)
    for _ in range(observed.derivative):
        frames = derivative(times, frames)
    return frames


def unit_of(observed: Observed, motion: Motion) -> str:
    """Unit of what is read: the observable's, per time where it is differentiated."""
    if observed.kinds is not None:
        if observed.observable.startswith("position_"):
            return motion.header.length_unit
        return motion.header.time_unit if observed.observable == "time" else ""
    unit = next(known.unit for known in motion.header.observables if known.name == observed.observable)
    if not observed.derivative:
        return unit
    power = "" if observed.derivative == 1 else "^2"
    return f"{unit}/{motion.header.time_unit}{power}"


def name_of_source(observed: Observed) -> str:
    """How the legend names it, e.g. `observable:position.x (mean)`."""
    part = "" if observed.component == "value" else f".{observed.component}"
    part = part if observed.element is None else f"[{observed.element}]"
    rate = "" if not observed.derivative else " rate" if observed.derivative == 1 else " acceleration"
    over = "" if observed.over == "body" else f" ({observed.over})"
    whole = "observable:" if observed.kinds is None else f"{'/'.join(observed.kinds)}."
    return f"{whole}{observed.observable}{part}{rate}{over}"


def _bodies(observed: Observed, motion: Motion) -> Bodies:
    declared = {known.name: known for known in motion.header.observables}
    if observed.observable not in declared or observed.observable not in motion.arrays:
        there = ", ".join(sorted(declared)) or "none"
        raise MappingError(f"the soundscape names the observable {observed.observable!r}; the trajectory has {there}")
    if not declared[observed.observable].per_body:
        return [None]
    names = [body.name for body in motion.header.bodies]
    wanted = observed.bodies
    chosen: Sequence[int] = (
        range(len(names)) if wanted == "all" else [names.index(name) for name in wanted if name in names]
    )
    if not chosen:
        raise MappingError(f"none of {', '.join(wanted)} is a body; the bodies are {', '.join(names[:20])}")
    return [*chosen]


def _lines(observed: Observed, motion: Motion, rows: Ints, taken: Bodies) -> Floats:
    """(rows, lines) of the frames named, a bounded stretch at a time."""
    array = motion.arrays[observed.observable]
    step = max(1, MOST_NUMBERS // max(1, int(np.prod(array.shape[1:]))))
    pieces = [_some(observed, array[rows[at : at + step]], taken) for at in range(0, len(rows), step)]
    return np.concatenate(pieces) if pieces else np.zeros((0, len(taken)))


def _some(observed: Observed, frames: Floats, taken: Bodies) -> Floats:
    if taken == [None]:
        values = _number(observed, frames[:, np.newaxis])
    else:
        values = _number(observed, frames[:, [body for body in taken if body is not None]])
    if observed.over == "body":
        return values
    return np.asarray(REDUCTIONS[observed.over](values, axis=1, keepdims=True), dtype=np.float64)


def _number(observed: Observed, frames: Floats) -> Floats:
    """(rows, lines, *shape) -> (rows, lines)."""
    if frames.ndim == 2 and observed.element is None:
        return np.asarray(frames, dtype=np.float64)
    flat = frames.reshape(frames.shape[0], frames.shape[1], -1)
    if observed.element is not None:
        if observed.element >= flat.shape[-1]:
            raise MappingError(
                f"the observable {observed.observable!r} has {flat.shape[-1]} elements a line: there is no number"
                f" {observed.element}; they count from 0"
            )
        return np.asarray(flat[..., observed.element], dtype=np.float64)
    if observed.component in ("norm", "value"):
        return np.asarray(np.sqrt(np.sum(flat * flat, axis=-1)))
    axis = "xyz".index(observed.component)
    if axis >= flat.shape[-1]:
        raise MappingError(f"the observable {observed.observable!r} has no component {observed.component!r}")
    return np.asarray(flat[..., axis], dtype=np.float64)


def _finite(observed: Observed, values: Floats) -> Floats:
    if not np.isfinite(values).all():
        raise MappingError(f"the observable {observed.observable!r} has values that are not finite")
    return np.asarray(values)
