"""Sounding only while something holds: bounds with hysteresis on fields and observables."""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mapping.motion import Floats, Ints, Motion, SoundClock
from harmonic_audio.mapping.selection import Rows
from harmonic_audio.mapping.sources import reading_of
from harmonic_audio.soundscape.scaling import Condition, Observed

Flags = NDArray[np.bool_]


def holding(conditions: list[Condition], rows: Rows, time: Floats, motion: Motion, clock: SoundClock) -> Flags:
    """For each row, whether all conditions hold at its time (of the universe)."""
    held = np.ones(len(time), dtype=bool)
    for condition in conditions:
        if isinstance(condition.source, Observed):
            one = _of_observable(condition, condition.source, time, rows.body, motion, clock)
        else:
            one = _of_field(condition, rows)
        held &= ~one if condition.outside else one
    return held


def latched(values: Floats, above: float, below: float, hysteresis: float) -> Flags:
    """Along the first axis: on within the bounds, off beyond them by the hysteresis, between them as it was before.

    Off at first. Unknown values (NaN) are off.
    """
    on, keep = _inside(values, above, below, 0.0), _inside(values, above, below, hysteresis)
    decided = on | ~keep
    number = np.arange(len(values)).reshape(-1, *([1] * (values.ndim - 1)))
    last = np.maximum.accumulate(np.where(decided, number, 0), axis=0)
    return np.take_along_axis(on, last, axis=0)


def _inside(values: Floats, above: float, below: float, wider: float) -> Flags:
    with np.errstate(invalid="ignore"):
        return np.asarray((values > above - wider) & (values < below + wider))


def _bounds(condition: Condition, data: Floats) -> tuple[float, float]:
    above = -np.inf if condition.above is None else condition.above
    below = np.inf if condition.below is None else condition.below
    known = data[np.isfinite(data)]
    if condition.percentile and known.size:
        above = above if condition.above is None else float(np.percentile(known, above))
        below = below if condition.below is None else float(np.percentile(known, below))
    return above, below


def _of_field(condition: Condition, rows: Rows) -> Flags:
    """Each body's events are latched in their order; with `any` and `all` those of all bodies in theirs."""
    assert not isinstance(condition.source, Observed)
    values = rows.field(condition.source)
    above, below = _bounds(condition, values)
    if condition.of != "body":
        return latched(values, above, below, condition.hysteresis)
    order = np.argsort(rows.body, kind="stable")
    held = np.zeros(len(values), dtype=bool)
    for own in np.split(order, np.flatnonzero(np.diff(rows.body[order])) + 1):
        held[own] = latched(values[own], above, below, condition.hysteresis)
    return held


def _of_observable(
    condition: Condition, source: Observed, time: Floats, body: Ints, motion: Motion, clock: SoundClock
) -> Flags:
    """At each time the value between frames decides; where it is in the hysteresis, the state at the frame before."""
    reading = reading_of(source, motion, clock, most=None)
    own = condition.of == "body" and reading.bodies != [None]
    everything = reading.everything() if condition.percentile or condition.hysteresis > 0.0 else np.zeros((1, 1))
    above, below = _bounds(condition, everything)
    values = reading.of_body(time, body)[:, np.newaxis] if own else reading.at(time)
    held = _inside(values, above, below, 0.0)
    if condition.hysteresis > 0.0:
        state = latched(everything, above, below, condition.hysteresis)
        frame = np.clip(np.searchsorted(reading.times, time, side="right") - 1, 0, len(reading.times) - 1)
        before = state[frame]
        if own:
            place = np.zeros(len(motion.header.bodies) + 1, dtype=np.int64)
            place[[one for one in reading.bodies if one is not None]] = np.arange(len(reading.bodies))
            before = np.take_along_axis(before, place[body][:, np.newaxis], axis=1)
        held |= before & _inside(values, above, below, condition.hysteresis)
    return np.asarray(held.all(axis=1) if condition.of == "all" else held.any(axis=1))
