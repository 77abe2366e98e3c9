"""The few messages of MIDI 1.0 and SMF 1.0 that a score needs, as bytes."""

from typing import Final

from harmonic_audio.midi.vlq import variable_length

NOTE_OFF, NOTE_ON, CONTROL, PROGRAM, BEND = 0x80, 0x90, 0xB0, 0xC0, 0xE0
MODULATION, VOLUME, PAN, EXPRESSION, SUSTAIN = 1, 7, 10, 11, 64
RESONANCE, BRIGHTNESS, REVERB, TREMOLO = 71, 74, 91, 92
MARKER: Final = 6
"""Kind of meta event."""
RPN_MSB, RPN_LSB, DATA_MSB, DATA_LSB = 101, 100, 6, 38
RPN_BEND_RANGE: Final = 0
RPN_MPE_ZONE: Final = 6
BEND_CENTRE: Final = 8192
MAJOR_KEYS: Final = {
    "C": 0,
    "G": 1,
    "D": 2,
    "A": 3,
    "E": 4,
    "B": 5,
    "F#": 6,
    "F": -1,
    "Bb": -2,
    "Eb": -3,
    "Ab": -4,
    "C#": -5,
}
"""Sharps (positive) or flats of the major key on each tonic of NOTE_NAMES."""


def meta(kind: int, data: bytes) -> bytes:
    """A meta event."""
    return bytes([0xFF, kind]) + variable_length(len(data)) + data


def text(kind: int, value: str) -> bytes:
    """A meta event of text: 1 text, 2 copyright, 3 track name, 4 instrument."""
    return meta(kind, value.encode("utf-8"))


def tempo(bpm: float) -> bytes:
    """Microseconds a quarter note."""
    return meta(0x51, min(round(60e6 / bpm), 0xFFFFFF).to_bytes(3, "big"))


def time_signature(beats: int) -> bytes:
    """So many quarter notes in a bar."""
    return meta(0x58, bytes([beats, 2, 24, 8]))


def key_signature(sharps: int, minor: bool) -> bytes:
    """Sharps (positive) or flats, and the mode."""
    return meta(0x59, bytes([sharps % 256, int(minor)]))


def control(channel: int, number: int, value: int) -> bytes:
    """A controller's value 0..127."""
    return bytes([CONTROL | channel, number, value])


def registered(channel: int, parameter: int, msb: int, lsb: int = 0) -> bytes:
    """A registered parameter's value, as four controllers at one time (each after a delta of zero)."""
    parts = [(RPN_MSB, 0), (RPN_LSB, parameter), (DATA_MSB, msb), (DATA_LSB, lsb)]
    return b"\x00".join(control(channel, number, value) for number, value in parts)


def bend(channel: int, value: int) -> bytes:
    """Pitch bend 0..16383, centre 8192."""
    return bytes([BEND | channel, value & 0x7F, value >> 7])


def single_note_tuning(key: int, semitone: int, fraction: int) -> bytes:
    """MTS real-time single note tuning: the key sounds at semitone + fraction / 16384. An SMF event, F0 length."""
    body = bytes([0x7F, 0x7F, 0x08, 0x02, 0x00, 0x01, key, semitone, fraction >> 7, fraction & 0x7F, 0xF7])
    return b"\xf0" + variable_length(len(body)) + body
