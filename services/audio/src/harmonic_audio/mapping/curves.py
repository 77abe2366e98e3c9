"""Curve rules: an observable evolves sample by sample, with points as dense as the stated tolerance asks for."""

import numpy as np

from harmonic_audio.mapping.conditions import holding
from harmonic_audio.mapping.entries import entry
from harmonic_audio.mapping.motion import Floats, Ints, MappingError, Motion, SoundClock
from harmonic_audio.mapping.observables import LineRows, curve_of
from harmonic_audio.mapping.parts import Parts
from harmonic_audio.mapping.sources import Reading, name_of_source, reading_of, unit_of
from harmonic_audio.mapping.transforms import between
from harmonic_audio.mapping.values import Placement
from harmonic_audio.soundscape.channels import BOUNDS
from harmonic_audio.soundscape.rules import CurveRule
from harmonic_contracts.score import LegendEntry

FINER = 8
"""Into so many parts a curve's coarsest step may be cut, beside at the frames."""
MOST_PLACES = 100_000
JUST_BEFORE_S = 1e-4
MOST_POINTS = 20_000


def apply_curve(rule: CurveRule, motion: Motion, clock: SoundClock, parts: Parts) -> None:
    """Add the rule's control curves and legend. Raises MappingError where its voice does not exist."""
    voices = _voices_of(rule, parts)
    reading = reading_of(rule, motion, clock, rule.period)
    places, coarse = _places(rule, reading.times, clock)
    lines = _lines_of(voices, reading, parts, everybody=rule.voice == "*")
    if not lines:
        raise MappingError(f"no voice belongs to a body of {rule.observable}: name a voice instead of {rule.voice!r}")
    output, limits = _outputs(rule, reading, places, motion, clock)
    worst = 0.0
    for voice, line in lines.items():
        values = output.mean(axis=1) if line is None else output[:, line]
        kept, error = points(places, values, coarse, rule.tolerance, rule.low, rule.high, rule.spacing)
        worst = max(worst, error)
        parts.curves.append(curve_of(voice, rule.target, places[kept], values[kept]))
    parts.legend.append(_told(rule, motion, limits, worst))


def _voices_of(rule: CurveRule, parts: Parts) -> list[int]:
    if rule.voice == "*":
        return list(range(len(parts.voices)))
    names = [voice.name for voice in parts.voices]
    if rule.voice in names:
        return [names.index(rule.voice)]
    made = [index for index, by in parts.made_by.items() if by == rule.voice]
    if not made:
        there = ", ".join(dict.fromkeys([*names, *parts.made_by.values()])) or "none"
        raise MappingError(f"a curve of {rule.observable} names voice {rule.voice!r}; the voices are {there}")
    return made


def _lines_of(voices: list[int], reading: Reading, parts: Parts, *, everybody: bool) -> dict[int, int | None]:
    """For each voice the line that it follows: its own body's; None for the mean of all."""
    found: dict[int, int | None] = {}
    for voice in voices:
        body = parts.bodies.get(voice)
        if reading.bodies == [None]:
            if not everybody or body is not None:
                found[voice] = 0
        elif body in reading.bodies:
            found[voice] = reading.bodies.index(body)
        elif not everybody:
            found[voice] = None
    return found


def _places(rule: CurveRule, times: Floats, clock: SoundClock) -> tuple[Floats, Ints]:
    """Times where a point may stand, and which of them are on the coarse grid: seconds of sound, ascending."""
    count = int(np.ceil(clock.length_s / rule.resolution_s))
    fine = np.linspace(0.0, clock.length_s, count * FINER + 1)
    frames = clock.seconds(times[:: max(1, len(times) // MOST_PLACES)])
    if rule.kinds is not None:
        # A held value jumps: a place just before each event keeps the step where it is.
        frames = np.concatenate([frames, frames - JUST_BEFORE_S])
    frames = frames[(frames > 0.0) & (frames < clock.length_s)]
    places = np.unique(np.concatenate([fine, frames]))
    # Frames nearer than a microsecond to the grid would only make steps of no width.
    far = np.concatenate([[True], np.diff(places) > 1e-6])
    places = places[far]
    return places, np.unique(np.clip(np.searchsorted(places, fine[::FINER] - 1e-6), 0, len(places) - 1))


def _outputs(
    rule: CurveRule, reading: Reading, places: Floats, motion: Motion, clock: SoundClock
) -> tuple[Floats, tuple[float, float] | None]:
    """Values of the target at the places, (places, lines), and the data's limits."""
    times = clock.universe_time(places)
    data = reading.at(times)
    whole = reading.everything() if rule.within == "universe" else data
    fits = [Placement.of(rule, whole if rule.within != "series" else data[:, [line]]) for line in range(data.shape[1])]
    share = np.stack([fit.fraction(data[:, line]) for line, fit in enumerate(fits)], axis=1)
    if rule.period is not None and rule.target != "azimuth_deg":
        share = share - np.floor(share)
    output = np.clip(between(rule.low, rule.high, share, rule.spacing), *BOUNDS[rule.target])
    for line, body in enumerate(reading.bodies if rule.only_while else []):
        rows = LineRows(motion, clock, times, np.full(len(times), -1 if body is None else body))
        held = holding(rule.only_while, rows, times, motion, clock)
        output[~held, line] = rule.low
    ends = fits[0].data(np.array([0.0, 1.0])) if rule.within != "series" and rule.period is None else None
    return output, None if ends is None else (float(ends[0]), float(ends[1]))


def points(
    places: Floats, values: Floats, coarse: Ints, tolerance: float, low: float, high: float, spacing: str = "linear"
) -> tuple[Ints, float]:
    """Which places a curve needs, and how far it then misses the values at all places at most.

    The error is a share of low to high (of their ratio, in logarithms, where the spacing is geometric). Beginning with
    the coarse places, each stretch that misses by more than the tolerance gets a point where it misses most.
    """
    measured = np.log(values) if spacing == "geometric" else values
    width = abs(np.log(high / low)) if spacing == "geometric" else abs(high - low)
    width = width if width > 0.0 else 1.0
    kept = np.zeros(len(places), dtype=bool)
    kept[coarse] = kept[0] = kept[-1] = True
    while True:
        rows = np.flatnonzero(kept)
        drawn = np.interp(places, places[rows], values[rows])
        miss = np.abs((np.log(drawn) if spacing == "geometric" else drawn) - measured) / width
        if miss.max() <= tolerance or len(rows) >= MOST_POINTS:
            return rows, float(miss.max())
        worst = np.maximum.reduceat(miss, rows)
        own = worst[np.cumsum(kept) - 1]
        kept |= (miss == own) & (own > tolerance)


def _told(rule: CurveRule, motion: Motion, limits: tuple[float, float] | None, error: float) -> LegendEntry:
    whose = "each body" if rule.voice == "*" else rule.voice
    made = entry(
        whose,
        rule.target,
        name_of_source(rule),
        data=(0.0, rule.period) if rule.period is not None else limits,
        data_unit=unit_of(rule, motion),
        # Limits are already in the order of fractions: the first is heard at the low end.
        sound=(rule.low, rule.high) if rule.period is None or rule.polarity == "up" else (rule.high, rule.low),
        transform=rule.transform,
    )
    words = f"{made.text}, evolving; straight between its points within {100.0 * error:.2g} % of the range"
    return made.model_copy(update={"text": words})
