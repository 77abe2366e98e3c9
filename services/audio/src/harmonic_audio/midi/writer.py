"""The writer of Standard MIDI Files (SMF 1.0, format 1): a tempo track, then a track for each voice."""

import struct
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.midi import specs
from harmonic_audio.midi.channels import BEND_RANGE, MEMBER_CHANNELS, Microtones, Placed, exact_keys, placed
from harmonic_audio.midi.clock import SAMPLE_BPM, SAMPLE_TICKS_PER_BEAT, TickClock, clock_of_score
from harmonic_audio.midi.columns import ScoreColumns, by_blocks
from harmonic_audio.midi.controls import BENDING, controller_value, curve_events
from harmonic_audio.midi.table import Events, short, track
from harmonic_audio.midi.vlq import variable_length
from harmonic_audio.synthesis.instruments import INSTRUMENTS
from harmonic_audio.tuning.scales import SCALES
from harmonic_contracts.score import Score, TempoMark

MEDIA_TYPE: Final = "audio/midi"
TICKS_PER_BEAT: Final = 960
Timing = Literal["musical", "samples"]
OFF, SETUP, TUNING, BEND, ON = 1, 2, 3, 4, 5
"""Ranks within a tick: a key is let go before it is struck again, and its channel is ready before it sounds."""
Ints = NDArray[np.int64]


def write_midi(
    score: Score,
    *,
    microtones: Microtones = "mpe",
    ticks_per_beat: int = TICKS_PER_BEAT,
    reference_hz: float = 440.0,
    timing: Timing = "musical",
    columns: ScoreColumns | None = None,
) -> bytes:
    """The file's bytes; they depend on the score alone.

    ``timing="samples"`` writes 24,000 ticks a beat at 120 beats a minute, whatever the score's tempo: every tick is
    one sample of 48 kHz. ``columns`` are the score's notes where the caller has them as arrays already.
    """
    if not 1 <= ticks_per_beat <= 32767:
        raise ValueError(f"ticks_per_beat is 1 to 32767, not {ticks_per_beat}")
    marks = score.tempo_map
    if timing == "samples":
        marks, ticks_per_beat = _in_samples(score), SAMPLE_TICKS_PER_BEAT
    clock = clock_of_score(marks, ticks_per_beat)
    notes = columns or ScoreColumns.of(score)
    on = by_blocks(clock.tick_of, notes.onset_s, dtype=np.int64)
    off = by_blocks(
        lambda onset, length, start: np.maximum(clock.tick_of(onset + length), start + 1),
        notes.onset_s,
        notes.duration_s,
        on,
        dtype=np.int64,
    )
    exact = exact_keys(notes.frequency_hz, reference_hz)
    places = placed(on, off, exact, notes.voice, microtones, reference_hz)
    end = int(clock.tick_of(np.array([score.duration_s]))[0])
    pieces = [*_conductor(score, marks, clock, microtones, end)]
    for index in range(len(score.voices)):
        rows = np.flatnonzero(notes.voice == index) if len(score.voices) > 1 else np.arange(len(on))
        pieces += _voice_track(score, index, rows, notes, on, off, places, microtones, clock, end)
    head = b"MThd" + struct.pack(">IHHH", 6, 1, 1 + len(score.voices), ticks_per_beat)
    return b"".join([head, *pieces])


def _in_samples(score: Score) -> list[TempoMark]:
    return [TempoMark(time_s=0.0, bpm=SAMPLE_BPM, beats_per_bar=score.tempo_map[0].beats_per_bar)]


def _conductor(score: Score, marks: list[TempoMark], clock: TickClock, microtones: Microtones, end: int) -> list[bytes]:
    """Title, tempi, metres, keys and scenes; and what the channels must know before the first note."""
    events = [(0, specs.text(3, score.title))]
    for tick, tempo in zip(clock.ticks.tolist(), clock.microseconds.tolist(), strict=True):
        events.append((tick, specs.meta(0x51, tempo.to_bytes(3, "big"))))
    last = None
    for mark in marks:
        if mark.beats_per_bar != last:
            events.append((_tick(clock, mark.time_s), specs.time_signature(mark.beats_per_bar)))
            last = mark.beats_per_bar
    for key in score.key_map:
        minor = 3 in SCALES[key.scale].semitones if key.scale in SCALES else False
        events.append((_tick(clock, key.time_s), specs.key_signature(_signature(key.tonic, minor), minor)))
    if microtones == "mpe":
        events.append((0, specs.registered(0, specs.RPN_MPE_ZONE, 15)))
        events += [(0, specs.registered(channel, specs.RPN_BEND_RANGE, BEND_RANGE)) for channel in MEMBER_CHANNELS]
    events += [(_tick(clock, scene.time_s), specs.text(specs.MARKER, scene.name)) for scene in score.scenes]
    body, now = [], 0
    for tick, data in sorted(events, key=lambda event: event[0]):
        body.append(variable_length(tick - now) + data)
        now = tick
    return track(b"".join(body), [], end - now)


def _tick(clock: TickClock, seconds: float) -> int:
    return int(clock.tick_of(np.array([seconds]))[0])


def _signature(tonic: str, minor: bool) -> int:
    """Sharps of the key; a minor one has its relative major's, three fifths below."""
    flats = {"Db": -5, "Gb": -6, "Cb": -7, "D#": 3, "G#": 4, "A#": -2, "E#": -1, "B#": 0, "Fb": 4}
    sharps = specs.MAJOR_KEYS.get(tonic, flats.get(tonic, 0)) - (3 if minor else 0)
    return sharps + 12 if sharps < -7 else sharps


def _voice_track(
    score: Score,
    index: int,
    rows: Ints,
    notes: ScoreColumns,
    on: Ints,
    off: Ints,
    places: Placed,
    microtones: Microtones,
    clock: TickClock,
    end: int,
) -> list[bytes]:
    voice = score.voices[index]
    own = microtones != "mpe" and len(score.voices) <= len(MEMBER_CHANNELS)
    head = [specs.text(3, voice.name), specs.text(4, voice.instrument)]
    curves = [curve for curve in score.curves if curve.voice == index]
    every = slice(None) if len(rows) == len(on) else rows
    channel, key, start = places.channel[every], places.key[every], on[every]
    if microtones != "mpe" and len(rows) and any(curve.target in BENDING for curve in curves):
        head.append(specs.registered(int(channel[0]), specs.RPN_BEND_RANGE, BEND_RANGE))
    program = INSTRUMENTS[voice.instrument].program if voice.instrument in INSTRUMENTS else 0
    parts = [
        Events(start, by_blocks(_note_on, channel, key, notes.loudness[every], dtype=np.uint32), ON),
        Events(off[every], by_blocks(_note_off, channel, key, dtype=np.uint32), OFF),
        _programs(channel, start, program, own),
    ]
    curved = {curve.target for curve in curves}
    if "pan" not in curved:
        parts.append(_pans(channel, start, notes.pan[every], own))
    if microtones == "mpe" and not curved & set(BENDING):
        bend = places.bend[rows]
        parts.append(Events(start, short(specs.BEND | channel, bend & 0x7F, bend >> 7), BEND))
    if microtones == "mts":
        parts.append(_tunings(rows, start, places))
    for curve in curves:
        parts += curve_events(curve, rows, on, off, places, clock)
    return track(b"".join(b"\x00" + event for event in head), parts, end)


def _note_on(channel: Ints, key: Ints, loudness: NDArray[np.float64]) -> NDArray[np.uint32]:
    return short(specs.NOTE_ON | channel, key, velocities(loudness))


def _note_off(channel: Ints, key: Ints) -> NDArray[np.uint32]:
    return short(specs.NOTE_OFF | channel, key, np.full(len(key), 64))


def _programs(channel: Ints, start: Ints, program: int, own: bool) -> Events:
    """The instrument: once where the voice has a channel of its own, else before each note."""
    rows = np.arange(min(1, len(channel)) if own else len(channel))
    data = (specs.PROGRAM | channel[rows] | program << 8).astype(np.uint32)
    return Events(start[rows], data, SETUP, width=2)


def _pans(channel: Ints, start: Ints, pan: NDArray[np.float64], own: bool) -> Events:
    """The position before each note; only where it changes if the channel is the voice's own."""
    value = by_blocks(lambda place: controller_value("pan", place), pan, dtype=np.int8)
    rows = np.flatnonzero(np.diff(value, prepend=-1)) if own else np.arange(len(value))
    message = short(specs.CONTROL | channel[rows], np.full(len(rows), specs.PAN), value[rows].astype(np.int64))
    return Events(start[rows], message, SETUP)


def _tunings(rows: Ints, start: Ints, places: Placed) -> Events:
    """The tuning of each note's key before it: said again at every note, since another voice may have retuned it."""
    data = np.tile(np.frombuffer(specs.single_note_tuning(0, 0, 0), dtype=np.uint8), (len(rows), 1))
    fraction = places.fraction[rows]
    for back, value in ((5, places.key[rows]), (4, places.semitone[rows]), (3, fraction >> 7), (2, fraction & 0x7F)):
        data[:, -back] = value
    return Events(start, data, TUNING, width=data.shape[1])


def velocities(loudness: NDArray[np.float64]) -> Ints:
    """Velocities 1..127 of linear amplitudes: by the square root, as General MIDI's recommended curve inverts."""
    return np.clip(np.rint(127.0 * np.sqrt(loudness)), 1, 127).astype(np.int64)


def velocity_of(loudness: float) -> int:
    """The velocity of one note."""
    return int(velocities(np.array([loudness]))[0])
