"""The writer of Standard MIDI Files (SMF 1.0, format 1): a tempo track, then a track for each voice."""

import math
import struct
from typing import Final

import numpy as np

from harmonic_audio.midi import specs
from harmonic_audio.midi.channels import BEND_RANGE, MEMBER_CHANNELS, Microtones, Placed, exact_keys, placed
from harmonic_audio.midi.vlq import variable_length
from harmonic_audio.synthesis.instruments import INSTRUMENTS
from harmonic_audio.tuning.scales import SCALES
from harmonic_contracts.score import Score

MEDIA_TYPE: Final = "audio/midi"
TICKS_PER_BEAT: Final = 960
Event = tuple[int, int, bytes]
"""Tick, rank among events of the same tick, bytes."""


def write_midi(
    score: Score, *, microtones: Microtones = "mpe", ticks_per_beat: int = TICKS_PER_BEAT, reference_hz: float = 440.0
) -> bytes:
    """The file's bytes; they depend on the score alone.

    A resolution of 24,000 ticks a beat at 120 beats a minute makes ticks exact samples of 48 kHz.
    """
    if not 1 <= ticks_per_beat <= 32767:
        raise ValueError(f"ticks_per_beat is 1 to 32767, not {ticks_per_beat}")
    mark = score.tempo_map[0]
    # The tempo that the file can hold (whole microseconds) decides the ticks, so that seconds stay right.
    ticks_per_second = ticks_per_beat * 1e6 / min(round(60e6 / mark.bpm), 0xFFFFFF)
    onset = np.array([note.onset_s for note in score.notes])
    on = np.rint(onset * ticks_per_second).astype(np.int64)
    off = np.rint((onset + [note.duration_s for note in score.notes]) * ticks_per_second).astype(np.int64)
    off = np.maximum(off, on + 1)
    voice = np.array([note.voice for note in score.notes], dtype=np.int64)
    exact = exact_keys(np.array([note.frequency_hz for note in score.notes]), reference_hz)
    places = placed(on, off, exact, voice, microtones)
    end = round(score.duration_s * ticks_per_second)
    tracks = [_conductor(score, microtones, end)]
    for index in range(len(score.voices)):
        rows = np.flatnonzero(voice == index)
        tracks.append(_voice_track(score, index, rows.tolist(), on, off, places, microtones, end))
    head = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), ticks_per_beat)
    return head + b"".join(tracks)


def _conductor(score: Score, microtones: Microtones, end: int) -> bytes:
    """Title, tempo, metre, key; and what the channels must know before the first note."""
    mark, key = score.tempo_map[0], score.key_map[0]
    events = [
        (0, 0, specs.text(3, score.title)),
        (0, 1, specs.tempo(mark.bpm)),
        (0, 2, specs.time_signature(mark.beats_per_bar)),
    ]
    minor = 3 in SCALES[key.scale].semitones if key.scale in SCALES else False
    sharps = _signature(key.tonic, minor)
    events.append((0, 3, specs.key_signature(sharps, minor)))
    if microtones == "mpe":
        events.append((0, 4, specs.registered(0, specs.RPN_MPE_ZONE, 15)))
        events += [(0, 5, specs.registered(channel, specs.RPN_BEND_RANGE, BEND_RANGE)) for channel in MEMBER_CHANNELS]
    return _track(events, end)


def _signature(tonic: str, minor: bool) -> int:
    """Sharps of the key; a minor one has its relative major's, three fifths below."""
    flats = {"Db": -5, "Gb": -6, "Cb": -7, "D#": 3, "G#": 4, "A#": -2, "E#": -1, "B#": 0, "Fb": 4}
    sharps = specs.MAJOR_KEYS.get(tonic, flats.get(tonic, 0)) - (3 if minor else 0)
    return sharps + 12 if sharps < -7 else sharps


def _voice_track(
    score: Score,
    index: int,
    rows: list[int],
    on: np.ndarray,
    off: np.ndarray,
    places: Placed,
    microtones: Microtones,
    end: int,
) -> bytes:
    voice = score.voices[index]
    events: list[Event] = [(0, 0, specs.text(3, voice.name)), (0, 0, specs.text(4, voice.instrument))]
    program = bytes([INSTRUMENTS[voice.instrument].program]) if voice.instrument in INSTRUMENTS else b"\x00"
    for row in rows:
        note, channel, key = score.notes[row], int(places.channel[row]), int(places.key[row])
        start = int(on[row])
        events.append((start, 2, bytes([specs.PROGRAM | channel]) + program))
        events.append((start, 3, specs.control(channel, specs.PAN, round(64 + 63 * note.pan))))
        if microtones == "mpe":
            events.append((start, 4, specs.bend(channel, int(places.bend[row]))))
        if microtones == "mts":
            tuning = specs.single_note_tuning(key, int(places.semitone[row]), int(places.fraction[row]))
            events.append((start, 4, tuning))
        velocity = velocity_of(note.loudness)
        events.append((start, 5, bytes([specs.NOTE_ON | channel, key, velocity])))
        events.append((int(off[row]), 1, bytes([specs.NOTE_OFF | channel, key, 64])))
    return _track(events, end)


def velocity_of(loudness: float) -> int:
    """Velocity 1..127 of a linear amplitude: by the square root, as General MIDI's recommended curve inverts."""
    return max(1, min(127, round(127.0 * math.sqrt(loudness))))


def _track(events: list[Event], end: int) -> bytes:
    body, last = [], 0
    for tick, _, data in sorted(events, key=lambda event: event[:2]):
        body.append(variable_length(tick - last) + data)
        last = tick
    body.append(variable_length(max(0, end - last)) + specs.meta(0x2F, b""))
    joined = b"".join(body)
    return b"MTrk" + struct.pack(">I", len(joined)) + joined
