"""The whole mapping: soundscape and motion in, score out."""

from collections.abc import Generator
from dataclasses import replace

import numpy as np

from harmonic_audio.mapping import legend
from harmonic_audio.mapping.bodies import apply_audified, with_modes
from harmonic_audio.mapping.curves import apply_curve
from harmonic_audio.mapping.events import apply_event_rule
from harmonic_audio.mapping.harmony import CAUSE as HARMONY
from harmonic_audio.mapping.harmony import apply_harmony
from harmonic_audio.mapping.meter import TempoMap, metric_weight, musical_clock, on_grid, tempo_map
from harmonic_audio.mapping.motion import Floats, Motion, SoundClock
from harmonic_audio.mapping.notes import COLUMNS, NoteColumns, joined, ranked, rarity, thinned
from harmonic_audio.mapping.observables import apply_sampled_notes
from harmonic_audio.mapping.parts import Parts
from harmonic_audio.mapping.sources import name_of_source
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.rules import AudifiedRule, CurveRule, EventRule, SampledNotes
from harmonic_contracts.score import Cause, KeyMark, Note, Score, Sound

HARMONY_FIRST = 1e6
"""Salience of harmony: events stand on its chords, so that it is thinned last."""
NOTES_A_STEP = 1_000
NOTES_SHARE = 0.5
"""Progress when all rules are applied."""


def map_to_score(document: Soundscape, motion: Motion) -> Score:
    """The score of a motion under a soundscape. Raises MappingError where the two do not fit each other."""
    steps = map_in_steps(document, motion)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            score: Score = done.value
            return score


def map_in_steps(document: Soundscape, motion: Motion) -> Generator[float, None, Score]:
    """The same in steps of some tens of milliseconds: yields progress 0..1, returns the score."""
    start, end = motion.span
    clock = SoundClock(start, end, document.length_s)
    tempo = tempo_map(document.tempo_bpm, document.tempo, motion, clock)
    parts = Parts(legend=[legend.time_line(document, start, end, motion.header.time_unit)])
    if document.tempo is not None:
        ends = float(tempo.bpm.min()), float(tempo.bpm.max())
        parts.legend.append(legend.tempo_line(document.tempo, *ends, name_of_source(document.tempo.source)))
        if document.tempo.timing == "musical":
            clock = musical_clock(clock, tempo)
    lines = sorted(document.observables, key=lambda rule: isinstance(rule, CurveRule))
    rules: list[EventRule | SampledNotes | AudifiedRule | CurveRule] = [*document.events, *lines]
    for number, rule in enumerate(rules):
        if isinstance(rule, SampledNotes):
            apply_sampled_notes(rule, motion, clock, document, tempo, parts)
        elif isinstance(rule, EventRule):
            apply_event_rule(rule, motion, clock, document, parts)
        elif isinstance(rule, AudifiedRule):
            apply_audified(rule, motion, clock, parts)
        else:
            apply_curve(rule, motion, clock, parts)
        yield NOTES_SHARE * (number + 1) / len(rules)
    apply_harmony(document, clock, tempo, parts)
    notes = _arranged(document, parts, tempo)
    made = yield from _as_notes(notes, motion)
    tonic_hz = document.key.tuned().tonic_hz()
    return Score(
        title=document.title,
        duration_s=document.length_s + document.tail_s,
        voices=with_modes(parts, motion),
        notes=made,
        curves=parts.curves,
        tempo_map=tempo.marks(document.beats_per_bar),
        key_map=[KeyMark(time_s=0.0, tonic=document.key.tonic, scale=document.key.scale, tonic_hz=tonic_hz)],
        legend=[entry.text for entry in parts.legend],
        legend_entries=parts.legend,
        time_unit=motion.header.time_unit,
    )


def _arranged(document: Soundscape, parts: Parts, tempo: TempoMap) -> NoteColumns | None:
    """All notes: audible, on the grid, thinned and in order."""
    if not parts.notes:
        return None
    notes = joined(parts.notes)
    notes = notes.take(np.flatnonzero(notes.loudness > 0.0))
    if document.grid is not None:
        moved = np.clip(on_grid(notes.onset_s, document.grid, tempo).values, 0.0, document.length_s)
        parts.legend.append(legend.grid_line(float(np.max(np.abs(moved - notes.onset_s), initial=0.0))))
        notes = replace(notes, onset_s=moved)
    density = document.density
    kept = thinned(notes, density.notes_per_s, density.total, _salience(document, notes, tempo))
    if len(kept) < len(notes):
        counts = {
            name: (int(np.sum(notes.rule == number)), int(np.sum(kept.rule == number)))
            for number, name in enumerate(parts.rules)
        }
        parts.legend.extend(legend.thinned_lines(counts, document))
    return kept.ordered()


def _salience(document: Soundscape, notes: NoteColumns, tempo: TempoMap) -> Floats:
    """How much each note is worth keeping, by the declared weights; the harmony's before all others."""
    weights = document.density.salience
    found = weights.loudness * notes.loudness + np.where(notes.cause_kind == HARMONY, HARMONY_FIRST, 0.0)
    if weights.strength > 0.0:
        found = found + weights.strength * ranked(notes.strength, notes.rule)
    if weights.rarity > 0.0:
        found = found + weights.rarity * rarity(notes)
    if weights.metre > 0.0:
        found = found + weights.metre * metric_weight(notes.onset_s, tempo, document.beats_per_bar)
    return found


def _as_notes(notes: NoteColumns | None, motion: Motion) -> Generator[float, None, list[Note]]:
    made: list[Note] = []
    for first in range(0, 0 if notes is None else len(notes), NOTES_A_STEP):
        assert notes is not None
        made += _some_notes(notes.take(np.arange(first, min(first + NOTES_A_STEP, len(notes)))), motion)
        yield NOTES_SHARE + (1.0 - NOTES_SHARE) * len(made) / len(notes)
    return made


def _some_notes(notes: NoteColumns, motion: Motion) -> list[Note]:
    names = [body.name for body in motion.header.bodies]
    columns = [getattr(notes, name).tolist() for name in COLUMNS]
    return [
        Note(
            onset_s=onset,
            duration_s=duration,
            frequency_hz=frequency,
            loudness=loudness,
            pan=pan,
            brightness=brightness,
            voice=voice,
            cause=Cause(kind=kind, bodies=[names[body] for body in (a, b) if body >= 0], time=time),
            sound=sound,
        )
        for (onset, duration, frequency, loudness, pan, brightness, voice, kind, a, b, time, _, _), sound in zip(
            zip(*columns, strict=True), _sounds(notes), strict=True
        )
    ]


def _sounds(notes: NoteColumns) -> list[Sound | None]:
    """What each note says beside its instrument; None where it says nothing."""
    if not notes.sound:
        return [None] * len(notes)
    rows = zip(*(column.tolist() for column in notes.sound.values()), strict=True)
    said = [{name: value for name, value in zip(notes.sound, row, strict=True) if value == value} for row in rows]
    return [Sound(**channels) if channels else None for channels in said]
