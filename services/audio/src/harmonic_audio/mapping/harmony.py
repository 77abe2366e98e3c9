"""Harmony rules: drone, bass, pad and arpeggio become notes of the progression's chords."""

from itertools import pairwise

import numpy as np

from harmonic_audio.harmony import pitches_of, voiced
from harmonic_audio.harmony.patterns import arpeggio
from harmonic_audio.mapping.chords import Timeline, timeline
from harmonic_audio.mapping.entries import entry
from harmonic_audio.mapping.meter import TempoMap
from harmonic_audio.mapping.motion import Floats, SoundClock
from harmonic_audio.mapping.notes import NoteColumns
from harmonic_audio.mapping.parts import Parts
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.harmony import Arpeggio, Bass, Drone, HarmonyRule, Pad

CAUSE = "harmony"
SHORTEST_S = 0.02
Strokes = list[tuple[float, float, float]]
"""Onset, end and frequency of each note."""


def apply_harmony(document: Soundscape, clock: SoundClock, tempo: TempoMap, parts: Parts) -> None:
    """Add the voices, notes and legend of all harmony rules; nothing where there is none."""
    if not document.harmony:
        return
    chords = timeline(document)
    for rule in document.harmony:
        voice = parts.add_voice(rule.name, rule.instrument, rule.gain_db)
        strokes = strokes_of(rule, chords, document, tempo)
        parts.notes.append(_columns(rule, strokes, voice, parts.number_of(rule.name), clock))
        heights = [frequency for _, _, frequency in strokes]
        parts.legend.append(
            entry(
                rule.name,
                "pitch",
                "progression",
                sound=(min(heights), max(heights)),
                text=f"{rule.name}: {rule.kind} of the chords {', '.join(_names(chords))}, by the harmony alone",
            )
        )


def strokes_of(rule: HarmonyRule, chords: Timeline, document: Soundscape, tempo: TempoMap) -> Strokes:
    """The notes of a rule over the whole length: at least one."""
    match rule:
        case Drone():
            return _drone(rule, chords, document, tempo)
        case Bass():
            return _bass(rule, chords, tempo)
        case Pad():
            return _pad(rule, chords, tempo)
        case Arpeggio():
            return _arpeggio(rule, chords, tempo)


def _names(chords: Timeline) -> list[str]:
    return list(dict.fromkeys(chords.chords[n].name for n in chords.number.tolist()))[:12]


def _beats(start_s: float, end_s: float, beats: float | None, tempo: TempoMap) -> list[tuple[float, float]]:
    """Strokes that many beats apart from start to end, each with the beginning of the next; one where it is None."""
    if beats is None:
        return [(start_s, end_s)]
    first, last = tempo.beat_of(np.array([start_s, end_s])).tolist()
    count = max(1, int(np.ceil((last - first) / beats - 1e-6)))
    times = tempo.second_of(first + beats * np.arange(count + 1)).tolist()
    return [(a, min(b, end_s)) for a, b in pairwise(times)]


def _stretches(chords: Timeline) -> list[tuple[float, float, int]]:
    return list(zip(chords.starts_s.tolist(), chords.ends_s.tolist(), chords.number.tolist(), strict=True))


def _drone(rule: Drone, chords: Timeline, document: Soundscape, tempo: TempoMap) -> Strokes:
    beats = None if rule.bars is None else rule.bars * document.beats_per_bar
    strokes = _beats(0.0, document.length_s, beats, tempo)
    heights = [chords.tuning.degree_hz(degree, rule.octave) for degree in rule.degrees]
    return [(a, b, hertz) for a, b in strokes for hertz in heights]


def _bass(rule: Bass, chords: Timeline, tempo: TempoMap) -> Strokes:
    tonic, made = chords.tuning.tonic_hz(rule.octave), []
    for start, end, number in _stretches(chords):
        chord = chords.chords[number]
        tones = {"bass": chord.bass, "root": chord.root, "fifth": chord.step(4), "octave": chord.bass * chord.period}
        for place, (a, b) in enumerate(_beats(start, end, rule.beats, tempo)):
            tone = rule.figure[place % len(rule.figure)]
            height = _within(tones[tone], chord.period) * (chord.period if tone == "octave" else 1.0)
            made.append((a, a + rule.legato * (b - a), tonic * height))
    return made


def _within(ratio: float, period: float) -> float:
    """A ratio brought into the period above the tonic."""
    return float(ratio * period ** -np.floor(np.log(ratio) / np.log(period) + 1e-9))


def _pad(rule: Pad, chords: Timeline, tempo: TempoMap) -> Strokes:
    before: Floats | None = None
    known: dict[tuple[int, bytes], Floats] = {}
    made = []
    for start, end, number in _stretches(chords):
        step = (number, b"" if before is None else before.tobytes())
        if step not in known:
            chord = chords.chords[number]
            known[step] = voiced(chord, chords.tuning, rule.voices, rule.low_hz, rule.high_hz, before)
        before = known[step]
        for a, b in _beats(start, end, rule.beats, tempo):
            made += [(a, a + rule.legato * (b - a), hertz) for hertz in before.tolist()]
    return made


def _arpeggio(rule: Arpeggio, chords: Timeline, tempo: TempoMap) -> Strokes:
    made = []
    for place, (start, end, number) in enumerate(_stretches(chords)):
        ladder = pitches_of(chords.chords[number], chords.tuning, rule.low_hz, rule.high_hz).tolist()
        strokes = _beats(start, end, rule.beats, tempo)
        order = arpeggio(rule.order, len(ladder), len(strokes), rule.seed + place).tolist()
        made += [(a, a + rule.legato * (b - a), ladder[tone]) for (a, b), tone in zip(strokes, order, strict=True)]
    return made


def _columns(rule: HarmonyRule, strokes: Strokes, voice: int, number: int, clock: SoundClock) -> NoteColumns:
    onset, end, frequency = (np.array(column, dtype=np.float64) for column in zip(*strokes, strict=True))
    count = len(onset)
    nobody = np.full(count, -1, dtype=np.int64)
    return NoteColumns(
        onset_s=onset,
        duration_s=np.maximum(end - onset, SHORTEST_S),
        frequency_hz=np.clip(frequency, 16.0, 20_000.0),
        loudness=np.full(count, rule.loudness / np.sqrt(_together(rule))),
        pan=np.full(count, rule.pan),
        brightness=np.full(count, rule.brightness),
        voice=np.full(count, voice, dtype=np.int64),
        cause_kind=np.full(count, CAUSE),
        cause_a=nobody,
        cause_b=nobody,
        cause_time=clock.universe_time(onset),
        strength=np.full(count, np.nan),
        rule=np.full(count, number, dtype=np.int64),
    )


def _together(rule: HarmonyRule) -> int:
    """How many of the rule's notes sound at once; together they are as loud as one."""
    return len(rule.degrees) if isinstance(rule, Drone) else rule.voices if isinstance(rule, Pad) else 1
