"""The whole mapping: soundscape and motion in, score out."""

import numpy as np

from harmonic_audio.mapping import legend
from harmonic_audio.mapping.events import Parts, apply_event_rule
from harmonic_audio.mapping.form import on_grid
from harmonic_audio.mapping.motion import Motion, SoundClock
from harmonic_audio.mapping.notes import NoteColumns, joined, thinned
from harmonic_audio.mapping.observables import apply_curve, apply_sampled_notes
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.rules import SampledNotes
from harmonic_contracts.score import Cause, ControlCurve, KeyMark, Note, Score, TempoMark


def map_to_score(document: Soundscape, motion: Motion) -> Score:
    """The score of a motion under a soundscape. Raises MappingError where the two do not fit each other."""
    start, end = motion.span
    clock = SoundClock(start, end, document.length_s)
    parts = Parts(legend=[legend.time_line(document, start, end, motion.header.time_unit)])
    for rule in document.events:
        apply_event_rule(rule, motion, clock, document, parts)
    curves: list[ControlCurve] = []
    for line in document.observables:
        if isinstance(line, SampledNotes):
            curves += apply_sampled_notes(line, motion, clock, document, parts)
    for line in document.observables:
        if not isinstance(line, SampledNotes):
            curves += apply_curve(line, motion, clock, parts)
    notes = _arranged(document, parts)
    tonic_hz = document.key.tuned().tonic_hz()
    return Score(
        title=document.title,
        duration_s=document.length_s + document.tail_s,
        voices=parts.voices,
        notes=[] if notes is None else _as_notes(notes, motion),
        curves=curves,
        tempo_map=[TempoMark(time_s=0.0, bpm=document.tempo_bpm, beats_per_bar=document.beats_per_bar)],
        key_map=[KeyMark(time_s=0.0, tonic=document.key.tonic, scale=document.key.scale, tonic_hz=tonic_hz)],
        legend=parts.legend,
    )


def _arranged(document: Soundscape, parts: Parts) -> NoteColumns | None:
    """All notes: audible, on the grid, thinned and in order."""
    if not parts.notes:
        return None
    notes = joined(parts.notes)
    notes = notes.take(np.flatnonzero(notes.loudness > 0.0))
    if document.grid is not None:
        moved = on_grid(notes.onset_s, document.grid, document.tempo_bpm)
        notes = NoteColumns(**{**notes.__dict__, "onset_s": np.clip(moved, 0.0, document.length_s)})
    kept = thinned(notes, document.density.notes_per_s, document.density.total)
    if len(kept) < len(notes):
        parts.legend.append(legend.thinned_line(len(notes), len(kept), document))
    return kept.ordered()


def _as_notes(notes: NoteColumns, motion: Motion) -> list[Note]:
    names = [body.name for body in motion.header.bodies]
    columns = [getattr(notes, name).tolist() for name in NoteColumns.__dataclass_fields__]
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
        )
        for onset, duration, frequency, loudness, pan, brightness, voice, kind, a, b, time in zip(*columns, strict=True)
    ]
