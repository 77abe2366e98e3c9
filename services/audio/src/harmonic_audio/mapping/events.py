"""Event rules: physical events become notes."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mapping import legend
from harmonic_audio.mapping.form import coincidence_gain, entry_level, far_enough
from harmonic_audio.mapping.motion import Floats, Ints, Motion, SoundClock
from harmonic_audio.mapping.notes import NoteColumns
from harmonic_audio.mapping.pitch import pitches
from harmonic_audio.mapping.selection import Selection, select
from harmonic_audio.mapping.values import value_of
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.rules import EventRule, ValueRule
from harmonic_audio.synthesis.instruments import INSTRUMENTS, natural_duration
from harmonic_contracts.score import Voice

MOST_VOICES_A_RULE = 64
SHORTEST_S, LONGEST_HELD_S = 0.02, 30.0
Names = NDArray[np.str_]


@dataclass
class Parts:
    """What the rules have made so far."""

    voices: list[Voice] = field(default_factory=list)
    notes: list[NoteColumns] = field(default_factory=list)
    legend: list[str] = field(default_factory=list)

    def add_voice(self, name: str, instrument: str, gain_db: float) -> int:
        """The index of a new voice; a name in use already gets the instrument's added."""
        taken = {voice.name for voice in self.voices}
        unique = name if name not in taken else f"{name} ({instrument})"
        self.voices.append(Voice(name=unique, instrument=instrument, gain_db=gain_db))
        return len(self.voices) - 1


def apply_event_rule(rule: EventRule, motion: Motion, clock: SoundClock, document: Soundscape, parts: Parts) -> None:
    """Add the rule's voices, notes and legend to the parts."""
    selection = select(rule, motion, clock)
    rows = far_enough(selection, rule.smallest_gap_s)
    if not len(rows):
        parts.legend.append(legend.silent_rule(rule))
        return
    voice, instrument = _voices(rule, selection, parts)
    loudness = _loudness(rule, selection)
    columns = pitches(rule.pitch, selection, document)
    made = [
        _notes(rule, selection, frequency, loudness / len(columns) ** 0.5, voice, instrument) for frequency in columns
    ]
    parts.notes.extend(notes.take(rows) for notes in made)
    parts.legend.extend(legend.event_rule(rule, selection, columns, voice, parts.voices, document))
    if len(rows) < len(selection.events):
        left = len(selection.events) - len(rows)
        parts.legend.append(
            f"{rule.name}: {left} events sooner than {rule.smallest_gap_s:g} s after the last are left out"
        )


def _voices(rule: EventRule, selection: Selection, parts: Parts) -> tuple[Ints, Names]:
    """For each event its voice, and for each event its instrument's name."""
    count = len(selection.bodies)
    by_rank = [rule.instruments[rank * len(rule.instruments) // count] for rank in range(count)]
    if rule.voices == "body" and count <= MOST_VOICES_A_RULE:
        names = [selection.motion.body_name(int(body)) for body in selection.bodies]
        taken = {voice.name for voice in parts.voices}
        labels = [f"{rule.name} {name}" if name in taken else name for name in names]
        made = [parts.add_voice(label, tone, rule.gain_db) for label, tone in zip(labels, by_rank, strict=True)]
    else:
        single = len(set(by_rank)) == 1
        shared = {
            tone: parts.add_voice(rule.name if single else f"{rule.name} {tone}", tone, rule.gain_db)
            for tone in dict.fromkeys(by_rank)
        }
        made = [shared[tone] for tone in by_rank]
    return np.array(made, dtype=np.int64)[selection.rank], np.array(by_rank)[selection.rank]


def _loudness(rule: EventRule, selection: Selection) -> Floats:
    loudness = _value(rule.loudness, selection)
    if rule.entries is not None:
        loudness = loudness * entry_level(rule.entries, selection)
    if rule.coincidence is not None:
        loudness = loudness * coincidence_gain(rule.coincidence, selection)
    return np.clip(loudness, 0.0, 1.0)


def _value(rule: float | ValueRule, selection: Selection) -> Floats:
    if isinstance(rule, ValueRule):
        return value_of(rule, selection.field(rule.source))
    return np.full(len(selection.events), float(rule))


def _notes(
    rule: EventRule, selection: Selection, frequency: Floats, loudness: Floats, voice: Ints, instrument: Names
) -> NoteColumns:
    events, header = selection.events, selection.motion.header
    kinds = np.array(header.event_kinds)[events.kind]
    return NoteColumns(
        onset_s=selection.onset_s,
        duration_s=_durations(rule, selection, frequency, instrument),
        frequency_hz=frequency,
        loudness=loudness,
        pan=np.clip(_value(rule.pan, selection), -1.0, 1.0),
        brightness=np.clip(_value(rule.brightness, selection), 0.0, 1.0),
        voice=voice,
        cause_kind=kinds,
        cause_a=events.body_a,
        cause_b=events.body_b,
        cause_time=events.time,
    )


def _durations(rule: EventRule, selection: Selection, frequency: Floats, instrument: Names) -> Floats:
    if rule.duration_s is not None:
        return np.clip(_value(rule.duration_s, selection), SHORTEST_S, 60.0)
    gap = selection.per_body({body: 1.0 / selection.notes_per_s(body) for body in selection.rates})
    natural = np.empty(len(frequency))
    for name in set(instrument.tolist()):
        rows = instrument == name
        tone = INSTRUMENTS[name]
        natural[rows] = natural_duration(tone, frequency[rows]) if tone.family == "struck" else gap[rows]
    return np.asarray(np.clip(natural, SHORTEST_S, LONGEST_HELD_S))
