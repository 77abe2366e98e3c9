"""Lines of notes: an observable is sampled on the beat, or glides as one long note."""

from dataclasses import dataclass

import numpy as np

from harmonic_audio.mapping.conditions import holding
from harmonic_audio.mapping.entries import cents_moved, in_words
from harmonic_audio.mapping.legend import muted
from harmonic_audio.mapping.meter import TempoMap
from harmonic_audio.mapping.motion import Floats, Ints, MappingError, Motion, SoundClock
from harmonic_audio.mapping.notes import NoteColumns
from harmonic_audio.mapping.parts import Parts, channel_columns, channel_entries, rule_entry, tapped
from harmonic_audio.mapping.pitch import quantised, to_chords
from harmonic_audio.mapping.selection import Source, body_fact, followed
from harmonic_audio.mapping.sources import Reading, reading_of
from harmonic_audio.mapping.values import between, fraction
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.rules import SampledNotes
from harmonic_audio.soundscape.scaling import Observed, Scaling
from harmonic_contracts.score import ControlCurve, ControlPoint

GLIDE_POINTS_PER_S = 50.0


@dataclass(frozen=True)
class LineRows:
    """Samples of one line: times of the universe, and the body that the line belongs to (-1 for none)."""

    motion: Motion
    clock: SoundClock
    time: Floats
    body: Ints

    def __len__(self) -> int:
        return len(self.time)

    def field(self, source: Source, period: float | None = None) -> Floats:
        """For each sample, the number that a rule's source names. Raises MappingError for what only events have."""
        if isinstance(source, Observed):
            return reading_of(source, self.motion, self.clock, period, most=None).of_body(self.time, self.body)
        if source == "time":
            return self.time
        if source == "body_index":
            return np.where(self.body >= 0, self.body.astype(np.float64), np.nan)
        if source in ("body_mass", "body_radius"):
            return np.append(body_fact(source, self.motion), np.nan)[self.body]
        raise MappingError(f"a line of an observable has no {source}: only events have; name an observable instead")

    def universe(self, source: Source) -> Floats:
        """All frames of an observable; of a field what the line has."""
        if isinstance(source, Observed):
            return reading_of(source, self.motion, self.clock, most=None).everything()
        return self.field(source)


def shares(scaling: Scaling, values: Floats, reading: Reading) -> Floats:
    """Fractions of samples (times, lines), each line a series."""
    if scaling.within == "series":
        return fraction(values.T, scaling, np.arange(values.shape[1])).T
    return fraction(values, scaling, universe=reading.everything() if scaling.within == "universe" else None)


def apply_sampled_notes(
    rule: SampledNotes, motion: Motion, clock: SoundClock, document: Soundscape, tempo: TempoMap, parts: Parts
) -> None:
    """Add the rule's voices, notes, pitch curves of gliding voices, and legend to the parts."""
    if rule.mute:
        parts.legend.append(muted(rule.name))
        return
    at, length = _times(rule, clock, tempo)
    reading = reading_of(rule, motion, clock, rule.period)
    values = reading.at(clock.universe_time(at))
    ends = min(rule.low_hz, rule.high_hz), max(rule.low_hz, rule.high_hz)
    exact = between(*ends, shares(rule, values, reading), "geometric")
    frequency = _quantised(rule, exact, at, document)
    for line, body in enumerate(reading.bodies):
        name = rule.name if body is None else f"{rule.name} {motion.body_name(body)}"
        instrument = rule.instruments[line * len(rule.instruments) // len(reading.bodies)]
        voice = parts.add_voice(name, instrument, rule.gain_db, rule.name, body, rule.patch)
        rows = LineRows(motion, clock, clock.universe_time(at), np.full(len(at), -1 if body is None else body))
        notes = _line(rule, at, frequency[:, line], length, voice, rows, parts.number_of(rule.name))
        held = holding(rule.only_while, rows, rows.time, motion, clock)
        if rule.glide:
            parts.curves.append(curve_of(voice, "frequency_hz", at, frequency[:, line]))
            notes = _runs(notes, held, clock.length_s)
        else:
            taken = np.flatnonzero(held)
            sounding = LineRows(motion, clock, rows.time[taken], rows.body[taken])
            notes = tapped(rule.taps, notes.take(taken), sounding, clock.length_s)
        parts.notes.append(notes)
        if line == 0:
            _tell(rule, rows, values, (exact, frequency), motion, float(length[0]), parts)


def _times(rule: SampledNotes, clock: SoundClock, tempo: TempoMap) -> tuple[Floats, Floats]:
    """Onsets of the samples and distances to the next, in seconds of sound."""
    if rule.glide:
        count = int(np.ceil(clock.length_s * GLIDE_POINTS_PER_S))
        step = float(clock.length_s / count)
        return np.arange(count, dtype=np.float64) * step, np.full(count, step, dtype=np.float64)
    last = float(tempo.beat_of(np.array([clock.length_s - 1e-9]))[0])
    beats = np.arange(0.0, last, rule.beats)
    at = tempo.second_of(beats)
    return at, tempo.second_of(beats + rule.beats) - at


def _quantised(rule: SampledNotes, exact: Floats, at: Floats, document: Soundscape) -> Floats:
    if rule.glide:
        return exact
    if rule.quantise != "chord":
        return quantised(exact, rule.quantise, document.key.tuned())
    return np.stack([to_chords(column, at, document) for column in exact.T], axis=1)


def _line(
    rule: SampledNotes, at: Floats, hz: Floats, length: Floats, voice: int, rows: LineRows, number: int
) -> NoteColumns:
    count = len(at)
    return NoteColumns(
        onset_s=at,
        duration_s=length * (1.0 if rule.glide else rule.legato),
        frequency_hz=hz,
        loudness=np.clip(followed(rule.loudness, rows), 0.0, 1.0),
        pan=np.clip(followed(rule.pan, rows), -1.0, 1.0),
        brightness=np.clip(followed(rule.brightness, rows), 0.0, 1.0),
        voice=np.full(count, voice, dtype=np.int64),
        cause_kind=np.array([f"observable:{rule.observable}"] * count),
        cause_a=rows.body,
        cause_b=np.full(count, -1, dtype=np.int64),
        cause_time=rows.time,
        strength=np.full(count, np.nan),
        rule=np.full(count, number, dtype=np.int64),
        sound=channel_columns(rule.sound, rows),
    )


def _runs(notes: NoteColumns, held: np.ndarray[tuple[int], np.dtype[np.bool_]], length_s: float) -> NoteColumns:
    """One note for each stretch of samples in which the conditions hold, with what holds at its beginning."""
    edges = np.diff(np.concatenate([[False], held, [False]]).astype(np.int8))
    first, after = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    ends = np.append(notes.onset_s, length_s)[after]
    made = notes.take(first)
    made.duration_s[:] = ends - made.onset_s
    return made


def _tell(
    rule: SampledNotes,
    rows: LineRows,
    values: Floats,
    pitch: tuple[Floats, Floats],
    motion: Motion,
    step: float,
    parts: Parts,
) -> None:
    """The legend: ``pitch`` is the exact one and the one that is heard."""
    every = _Every(values.ravel(), motion, rows.clock)
    ends = min(rule.low_hz, rule.high_hz), max(rule.low_hz, rule.high_hz)
    made = rule_entry(rule.name, "pitch", "line", rule, rule, ends, every, motion)
    error = cents_moved(*pitch)
    made = made.model_copy(update={"error": error, "error_unit": "cents"} if error else {})
    how = ", gliding" if rule.glide else f", a note every {step:.3g} s"
    parts.legend.append(made.model_copy(update={"text": in_words(made) + how}))
    said = {"loudness": rule.loudness, "pan": rule.pan, "brightness": rule.brightness, **dict(rule.sound)}
    parts.legend.extend(channel_entries(rule.name, "line", said, rows, motion))


@dataclass(frozen=True)
class _Every:
    """Samples of all lines of a rule, for its legend."""

    values: Floats
    motion: Motion
    clock: SoundClock

    @property
    def body(self) -> Ints:
        return np.full(len(self.values), -1, dtype=np.int64)

    def field(self, source: Source, period: float | None = None) -> Floats:
        return self.values

    def universe(self, source: Source) -> Floats:
        assert isinstance(source, Observed)
        return reading_of(source, self.motion, self.clock, most=None).everything()

    def __len__(self) -> int:
        return len(self.values)


def curve_of(voice: int, target: str, at: Floats, values: Floats) -> ControlCurve:
    """A control curve through the points, straight between them."""
    points = [ControlPoint(time_s=time, value=value) for time, value in zip(at.tolist(), values.tolist(), strict=True)]
    return ControlCurve.model_validate({"voice": voice, "target": target, "points": points})
