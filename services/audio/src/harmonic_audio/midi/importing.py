"""A Standard MIDI File as a score: notes, controls, tempo, metre, keys and markers."""

from itertools import groupby
from typing import Final

import numpy as np

from harmonic_audio.midi import specs
from harmonic_audio.midi.clock import TickClock, clock_of
from harmonic_audio.midi.performing import DRUMS, Part, Performance, PlayedNote, Player
from harmonic_audio.midi.reader import Message, MidiError, MidiFile, read_midi
from harmonic_audio.synthesis.instruments import INSTRUMENTS
from harmonic_audio.synthesis.instruments.drumkit import GM_PERCUSSION
from harmonic_audio.tuning.pitch import hz_of_midi, pitch_class
from harmonic_contracts.score import (
    ControlCurve,
    ControlPoint,
    Evolving,
    KeyMark,
    Note,
    SceneMark,
    Score,
    TempoMark,
    Voice,
)

MOST_NOTES: Final = 100_000
MOST_POINTS: Final = 200_000
MOST_VOICES: Final = 256
MOST_METAS: Final = 10_000
LONGEST_S: Final = 86_400.0
UNPITCHED: Final = ("audification", "percussion", "noise", "granular")
DEFAULT_TEMPO: Final = 500_000
SHORTEST_S: Final = 1e-3
TEXT_LENGTH: Final = 120
CURVES: Final[dict[int, Evolving]] = {
    specs.EXPRESSION: "loudness",
    specs.PAN: "pan",
    specs.BRIGHTNESS: "brightness",
    specs.MODULATION: "modulation",
    specs.RESONANCE: "resonance",
    specs.REVERB: "reverb_send",
}
_MAJOR: Final = ("B", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
_MINOR: Final = ("Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#")
"""Tonics from seven flats to seven sharps; seven flats' Cb as B."""


def score_of_midi(data: bytes, *, reference_hz: float = 440.0, most_notes: int = MOST_NOTES) -> Score:
    """The score of a file. Raises MidiError with the byte at fault."""
    file = read_midi(data)
    played = Player(file, most_notes).play()
    clock = _clock(file)
    length = float(clock.second_of(np.array([file.end]))[0])
    if length > LONGEST_S:
        raise MidiError(12, f"the file lasts {length:.0f} s; the most is {LONGEST_S:.0f} s")
    parts = list(dict.fromkeys(note.part for note in sorted(played.notes, key=lambda note: (note.part, note.on))))
    if len(parts) > MOST_VOICES:
        raise MidiError(0, f"the file has {len(parts)} parts; the most is {MOST_VOICES}")
    times = clock.second_of(np.array([(note.on, note.off) for note in played.notes], dtype=np.int64)).tolist()
    number = {part: index for index, part in enumerate(parts)}
    notes = sorted(
        (_note(note, number, at, reference_hz) for note, at in zip(played.notes, times, strict=True)),
        key=lambda note: (note.onset_s, note.voice, note.frequency_hz),
    )
    return Score(
        title=_title(file),
        duration_s=max([length, SHORTEST_S, *(note.onset_s + note.duration_s for note in notes)]),
        voices=_voices(file, parts),
        notes=notes,
        curves=_curves(played, parts, clock),
        scenes=[SceneMark(time_s=_at(clock, m.tick), name=_text(m.data)) for m in _metas(file, specs.MARKER) if m.data],
        tempo_map=_tempi(file, clock),
        key_map=_keys(file, clock, reference_hz),
    )


def _metas(file: MidiFile, kind: int) -> list[Message]:
    found = [m for m in file.messages if m.status == 0xFF and m.first == kind]
    if len(found) > MOST_METAS:
        raise MidiError(0, f"the file has {len(found)} meta events of kind {kind:#04x}; the most is {MOST_METAS}")
    return found


def _text(data: bytes) -> str:
    """Text in UTF-8, else as Latin 1; without control characters, shortened."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return "".join(letter for letter in text if letter.isprintable())[:TEXT_LENGTH].strip()


def _title(file: MidiFile) -> str:
    names = [_text(m.data) for m in _metas(file, 3) if m.track == 0]
    return next((name for name in names if name), "MIDI file")


def _at(clock: TickClock, tick: int) -> float:
    return float(clock.second_of(np.array([tick]))[0])


def _clock(file: MidiFile) -> TickClock:
    """Tempo events wherever they stand; the last of a tick holds, and 0 microseconds a beat is taken as 1."""
    changes = {0: DEFAULT_TEMPO}
    for message in _metas(file, 0x51):
        changes[message.tick] = max(1, int.from_bytes(message.data, "big"))
    return clock_of(sorted(changes.items()), file.ticks_per_beat)


def _tempi(file: MidiFile, clock: TickClock) -> list[TempoMark]:
    metres = {m.tick: _quarters(m.data) for m in _metas(file, 0x58)}
    tempi = dict(zip(clock.ticks.tolist(), clock.microseconds.tolist(), strict=True))
    marks, bpm, beats = [], 120.0, 4
    for tick in sorted({*tempi, *metres}):
        bpm = min(60e6 / tempi[tick], 1000.0) if tick in tempi else bpm
        beats = metres.get(tick, beats)
        marks.append(TempoMark(time_s=_at(clock, tick), bpm=bpm, beats_per_bar=beats))
    return marks


def _quarters(data: bytes) -> int:
    """Quarter notes in a bar of a time signature, at least one."""
    return int(np.clip(round(data[0] * 4 / 2 ** min(data[1], 10)), 1, 64))


def _keys(file: MidiFile, clock: TickClock, reference_hz: float) -> list[KeyMark]:
    marks = {0: ("C", "major")}
    for message in _metas(file, 0x59):
        sharps = int.from_bytes(message.data[:1], "big", signed=True)
        minor = message.data[1] == 1
        if -7 <= sharps <= 7:
            marks[message.tick] = ((_MINOR if minor else _MAJOR)[sharps + 7], "natural_minor" if minor else "major")
    return [
        KeyMark(
            time_s=_at(clock, tick),
            tonic=tonic,
            scale=scale,
            tonic_hz=hz_of_midi(60 + pitch_class(tonic), reference_hz),
        )
        for tick, (tonic, scale) in sorted(marks.items())
    ]


def _voices(file: MidiFile, parts: list[Part]) -> list[Voice]:
    """One a part, named after its track; the instrument whose program is nearest, a drum where it is percussion."""
    names = {m.track: _text(m.data) for m in reversed(_metas(file, 3))}
    told = {m.track: _text(m.data) for m in reversed(_metas(file, 4))}
    found: list[Voice] = []
    for track, channel, program in parts:
        name = names.get(track) or f"track {track + 1}"
        if any(voice.name == name for voice in found):
            name = f"{name} {channel + 1} {len(found) + 1}"
        own = told.get(track, "")
        found.append(Voice(name=name, instrument=own if own in INSTRUMENTS else _instrument(program, channel)))
    return found


def _instrument(program: int, channel: int) -> str:
    if channel == DRUMS:
        return GM_PERCUSSION.get(program, "wood_block")
    pitched = [i for i in INSTRUMENTS.values() if i.model.kind not in UNPITCHED]
    same = [i for i in pitched if i.program // 8 == program // 8]
    return min(same or pitched, key=lambda i: (abs(i.program - program), i.name)).name


def _note(note: PlayedNote, number: dict[Part, int], times: list[float], reference_hz: float) -> Note:
    onset, end = times
    volume = (note.velocity / 127.0) ** 2 * (note.volume / 127.0) ** 2
    return Note(
        onset_s=onset,
        duration_s=max(end - onset, SHORTEST_S),
        frequency_hz=min(hz_of_midi(note.pitch, reference_hz), 23_999.0),
        loudness=volume,
        pan=max((note.pan - 64) / 63.0, -1.0),
        brightness=0.5 if note.brightness is None else note.brightness / 127.0,
        voice=number[note.part],
    )


def _curves(played: Performance, parts: list[Part], clock: TickClock) -> list[ControlCurve]:
    """Controllers that move while their part plays, and bends of sounding notes, as steps."""
    made: list[ControlCurve] = []
    for (part, controller), said in played.controls.items():
        if part in parts and (controller not in (specs.PAN, specs.BRIGHTNESS) or _moves(said, part, played)):
            points = [(tick, _value(controller, value)) for tick, value in said]
            made.append(_curve(parts.index(part), CURVES[controller], points, clock))
    for part, notes in groupby(sorted(played.notes, key=lambda n: (n.part, n.on)), key=lambda n: n.part):
        bends = [
            (tick, float(np.clip(100.0 * (bent - note.bends[0][1]), -1200.0, 1200.0)))
            for note in notes
            if len(note.bends) > 1 and part[1] >= 0
            for tick, bent in note.bends
        ]
        if bends:
            made.append(_curve(parts.index(part), "detune_cents", sorted(bends, key=lambda b: b[0]), clock))
    if sum(len(curve.points) for curve in made) > MOST_POINTS:
        raise MidiError(0, f"the file's controllers change more than {MOST_POINTS} times")
    return made


def _moves(said: list[tuple[int, int]], part: Part, played: Performance) -> bool:
    """Whether the value changes while a note of the part sounds; else its notes carry it."""
    if part[1] < 0 or len({value for _, value in said}) < 2:
        return False
    ticks = np.array([tick for tick, _ in said])
    own = [note for note in played.notes if note.part == part]
    within = np.searchsorted(ticks, [n.off for n in own]) - np.searchsorted(ticks, [n.on for n in own], side="right")
    return bool((within > 0).any())


def _value(controller: int, value: int) -> float:
    if controller == specs.EXPRESSION:
        return (value / 127.0) ** 2
    return float(np.clip((value - 64) / 63.0, -1.0, 1.0)) if controller == specs.PAN else value / 127.0


def _curve(voice: int, target: Evolving, points: list[tuple[int, float]], clock: TickClock) -> ControlCurve:
    last = dict(points)
    seconds = clock.second_of(np.array(list(last))).tolist()
    made = [ControlPoint(time_s=at, value=value) for at, value in zip(seconds, last.values(), strict=True)]
    return ControlCurve(voice=voice, target=target, points=made, interpolation="step")
