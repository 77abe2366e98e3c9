"""Event rules: physical events become notes."""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mapping import legend
from harmonic_audio.mapping.conditions import holding
from harmonic_audio.mapping.form import coincidence_gain, entry_level, far_enough
from harmonic_audio.mapping.motion import Floats, Ints, Motion, SoundClock
from harmonic_audio.mapping.notes import NoteColumns
from harmonic_audio.mapping.parts import Parts, channel_columns, tapped
from harmonic_audio.mapping.pitch import pitches
from harmonic_audio.mapping.selection import Selection, followed, scaled_data, select
from harmonic_audio.mapping.values import fraction
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.rules import EventRule
from harmonic_audio.synthesis.instruments import INSTRUMENTS, natural_duration

__all__ = ["Parts", "apply_event_rule"]

MOST_VOICES_A_RULE = 64
SHORTEST_S, LONGEST_HELD_S = 0.02, 30.0
Names = NDArray[np.str_]


def apply_event_rule(rule: EventRule, motion: Motion, clock: SoundClock, document: Soundscape, parts: Parts) -> None:
    """Add the rule's voices, notes and legend to the parts."""
    if rule.mute:
        parts.legend.append(legend.muted(rule.name))
        return
    whole = select(rule, motion, clock)
    selection = _at_its_time(rule, _while_it_sounds(rule, whole))
    if len(selection) < len(whole):
        parts.legend.append(legend.held_back(rule.name, len(whole) - len(selection)))
    rows = far_enough(selection, rule.smallest_gap_s)
    if not len(rows):
        if not len(whole):
            parts.legend.append(legend.silent_rule(rule))
        return
    voice, instrument = _voices(rule, selection, parts)
    columns = pitches(rule.pitch, selection, document)
    for notes in _notes(rule, selection, columns, voice, instrument, parts.number_of(rule.name)):
        kept, sounding = notes.take(rows), selection.take(rows)
        parts.notes.append(tapped(rule.taps, kept, sounding, clock.length_s))
    parts.legend.extend(legend.event_rule(rule, selection, columns, voice, parts.voices, document))
    if len(rows) < len(selection.events):
        parts.legend.append(legend.too_soon(rule, len(selection.events) - len(rows)))


def _while_it_sounds(rule: EventRule, selection: Selection) -> Selection:
    if not rule.only_while or not len(selection):
        return selection
    held = holding(rule.only_while, selection, selection.events.time, selection.motion, selection.clock)
    return selection.take(np.flatnonzero(held))


def _at_its_time(rule: EventRule, selection: Selection) -> Selection:
    """With the rule's onsets where it sets them; no later than the length of the sound."""
    if (rule.onset_s is None and rule.delay_s == 0.0) or not len(selection):
        return selection
    onset = selection.onset_s if rule.onset_s is None else followed(rule.onset_s, selection)
    onset = onset + np.maximum(followed(rule.delay_s, selection), 0.0)
    return selection.at_onsets(np.clip(onset, 0.0, selection.clock.length_s))


def _voices(rule: EventRule, selection: Selection, parts: Parts) -> tuple[Ints, Names]:
    """For each event its voice, and for each event its instrument's name."""
    if rule.instrument_by is not None:
        return _voices_by_data(rule, selection, parts)
    count = len(selection.bodies)
    by_rank = [rule.instruments[rank * len(rule.instruments) // count] for rank in range(count)]
    if rule.voices == "body" and count <= MOST_VOICES_A_RULE:
        bodies = selection.bodies.tolist()
        names = [selection.motion.body_name(body) for body in bodies]
        taken = {voice.name for voice in parts.voices}
        labels = [f"{rule.name} {name}" if name in taken else name for name in names]
        made = [
            parts.add_voice(label, tone, rule.gain_db, rule.name, body, rule.patch)
            for label, tone, body in zip(labels, by_rank, bodies, strict=True)
        ]
    else:
        shared = _shared(rule, list(dict.fromkeys(by_rank)), parts)
        made = [shared[tone] for tone in by_rank]
    return np.array(made, dtype=np.int64)[selection.rank], np.array(by_rank)[selection.rank]


def _voices_by_data(rule: EventRule, selection: Selection, parts: Parts) -> tuple[Ints, Names]:
    by = rule.instrument_by
    assert by is not None
    data, series, whole = scaled_data(by, by.source, selection)
    count = len(rule.instruments)
    chosen = np.minimum((fraction(data, by, series, whole) * count).astype(np.int64), count - 1)
    used = [rule.instruments[index] for index in np.unique(chosen).tolist()]
    shared = _shared(rule, list(dict.fromkeys(used)), parts)
    tones = np.array(rule.instruments)[chosen]
    return np.array([shared[tone] for tone in tones.tolist()], dtype=np.int64), tones


def _shared(rule: EventRule, tones: list[str], parts: Parts) -> dict[str, int]:
    """One voice for each instrument."""
    alone = len(tones) == 1
    return {
        tone: parts.add_voice(
            rule.name if alone else f"{rule.name} {tone}", tone, rule.gain_db, rule.name, patch=rule.patch
        )
        for tone in tones
    }


def _loudness(rule: EventRule, selection: Selection) -> Floats:
    loudness = followed(rule.loudness, selection)
    if rule.entries is not None:
        loudness = loudness * entry_level(rule.entries, selection)
    if rule.coincidence is not None:
        loudness = loudness * coincidence_gain(rule.coincidence, selection)
    return np.clip(loudness, 0.0, 1.0)


def _notes(
    rule: EventRule, selection: Selection, columns: list[Floats], voice: Ints, instrument: Names, number: int
) -> list[NoteColumns]:
    """One set of notes for each column of pitches; those of a chord share its loudness."""
    events = selection.events
    kinds = np.array(selection.motion.header.event_kinds)[events.kind]
    loudness = _loudness(rule, selection) / len(columns) ** 0.5
    pan = np.clip(followed(rule.pan, selection), -1.0, 1.0)
    brightness = np.clip(followed(rule.brightness, selection), 0.0, 1.0)
    sound = channel_columns(rule.sound, selection)
    return [
        NoteColumns(
            onset_s=selection.onset_s,
            duration_s=_durations(rule, selection, frequency, instrument),
            frequency_hz=frequency,
            loudness=loudness,
            pan=pan,
            brightness=brightness,
            voice=voice,
            cause_kind=kinds,
            cause_a=events.body_a,
            cause_b=events.body_b,
            cause_time=events.time,
            strength=events.strength,
            rule=np.full(len(events), number, dtype=np.int64),
            sound=sound,
        )
        for frequency in columns
    ]


def _durations(rule: EventRule, selection: Selection, frequency: Floats, instrument: Names) -> Floats:
    if rule.duration_s is not None:
        return np.clip(followed(rule.duration_s, selection), SHORTEST_S, 60.0)
    gap = selection.per_body({body: 1.0 / selection.notes_per_s(body) for body in selection.rates})
    natural = np.empty(len(frequency))
    for name in set(instrument.tolist()):
        rows = instrument == name
        tone = INSTRUMENTS[name]
        natural[rows] = natural_duration(tone, frequency[rows]) if tone.family == "struck" else gap[rows]
    return np.asarray(np.clip(natural, SHORTEST_S, LONGEST_HELD_S))
