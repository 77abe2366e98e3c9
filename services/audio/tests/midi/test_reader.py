"""The MIDI reader: against mido's writer, against our own, and against files made to break it."""

import io
import struct

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonic_audio.midi import MidiError, read_midi, score_of_midi, write_midi
from harmonic_contracts.score import ControlCurve, ControlPoint, KeyMark, Note, SceneMark, Score, TempoMark, Voice


def _score(**fields: object) -> Score:
    base: dict[str, object] = {
        "title": "A piece",
        "duration_s": 8.0,
        "voices": [Voice(name="one", instrument="marimba"), Voice(name="two", instrument="flute")],
        "notes": [
            Note(onset_s=n * 0.25, duration_s=0.2, frequency_hz=200.0 + 37.3 * n, loudness=0.5, voice=n % 2)
            for n in range(24)
        ],
        "tempo_map": [TempoMark(time_s=0.0, bpm=100.0, beats_per_bar=3), TempoMark(time_s=3.0, bpm=150.0)],
        "key_map": [KeyMark(time_s=0.0, tonic="F#", scale="natural_minor", tonic_hz=185.0)],
        "scenes": [SceneMark(time_s=3.0, name="storm")],
    }
    return Score.model_validate({**base, **fields})


def _mido(file: mido.MidiFile) -> bytes:
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


@pytest.mark.parametrize(("microtones", "cents"), [("mpe", 0.3), ("mts", 0.01)])
def test_what_is_written_is_read(microtones: str, cents: float) -> None:
    """Notes, voices, tempi, metres, keys and scenes come back: times to half a tick, pitches to the step."""
    score = _score()
    back = score_of_midi(write_midi(score, microtones=microtones))
    assert [v.name for v in back.voices] == ["one", "two"] and [v.instrument for v in back.voices] == [
        "marimba",
        "flute",
    ]
    assert back.title == score.title and len(back.notes) == len(score.notes)
    for found, wanted in zip(back.notes, score.notes, strict=True):
        assert found.onset_s == pytest.approx(wanted.onset_s, abs=4e-4) and found.voice == wanted.voice
        assert abs(1200 * np.log2(found.frequency_hz / wanted.frequency_hz)) <= cents
        assert found.loudness == pytest.approx(wanted.loudness, abs=0.006)
    assert [(round(m.time_s, 2), round(m.bpm, 2), m.beats_per_bar) for m in back.tempo_map] == [
        (0.0, 100.0, 3),
        (3.0, 150.0, 4),
    ]
    assert [(k.tonic, k.scale) for k in back.key_map] == [("F#", "natural_minor")]
    assert [(round(s.time_s, 2), s.name) for s in back.scenes] == [(3.0, "storm")]


def test_a_round_trip_through_mido_is_exact() -> None:
    """What mido reads and writes again, with running status, has the same messages at the same ticks."""
    data = write_midi(_score(), microtones="mts")
    again = _mido(mido.MidiFile(file=io.BytesIO(data)))
    assert read_midi(again).messages == read_midi(data).messages
    assert score_of_midi(again) == score_of_midi(data)


def test_running_status_format_0_and_pedals_are_understood() -> None:
    """One track of mido's: a note-on of velocity 0 ends, a held pedal lengthens, bends and ranges tune."""
    track = mido.MidiTrack()
    track += [
        mido.MetaMessage("set_tempo", tempo=500_000, time=0),
        mido.Message("note_on", note=60, velocity=127, time=0),
        mido.Message("note_on", note=60, velocity=0, time=480),
        mido.Message("control_change", control=64, value=127, time=0),
        mido.Message("note_on", note=62, velocity=64, time=0),
        mido.Message("note_off", note=62, velocity=0, time=240),
        mido.Message("control_change", control=64, value=0, time=720),
        mido.Message("pitchwheel", pitch=4096, time=0),
        mido.Message("note_on", note=69, velocity=127, time=0),
        mido.Message("note_off", note=69, time=480),
    ]
    score = score_of_midi(_mido(mido.MidiFile(type=0, tracks=[track], ticks_per_beat=480)))
    assert [(n.onset_s, n.duration_s) for n in score.notes] == [(0.0, 0.5), (0.5, 1.0), (1.5, 0.5)]
    assert score.notes[2].frequency_hz == pytest.approx(440.0 * 2 ** (1 / 12), rel=1e-12)


def test_controls_become_curves() -> None:
    """Expression and the bend of a sounding note come back as step curves of the voice."""
    track = mido.MidiTrack()
    track += [
        mido.Message("control_change", control=11, value=127, time=0),
        mido.Message("note_on", note=69, velocity=100, time=0),
        mido.Message("control_change", control=11, value=0, time=480),
        mido.Message("pitchwheel", pitch=-8192, time=0),
        mido.Message("note_off", note=69, time=480),
    ]
    score = score_of_midi(_mido(mido.MidiFile(type=0, tracks=[track], ticks_per_beat=480)))
    curves = {c.target: [(p.time_s, p.value) for p in c.points] for c in score.curves}
    assert curves["loudness"] == [(0.0, 1.0), (0.5, 0.0)]
    assert curves["detune_cents"] == [(0.0, 0.0), (0.5, -200.0)]


def test_curves_are_written_as_controllers_and_bends() -> None:
    """A fade is expression down to 0, a glide of a fifth ends at the fifth's bend, both at their times."""
    glide = ControlCurve(
        voice=0,
        target="frequency_hz",
        points=[ControlPoint(time_s=0.0, value=220.0), ControlPoint(time_s=2.0, value=330.0)],
    )
    fade = ControlCurve(
        voice=0, target="loudness", points=[ControlPoint(time_s=0.0, value=1.0), ControlPoint(time_s=2.0, value=0.0)]
    )
    note = Note(onset_s=0.0, duration_s=4.0, frequency_hz=220.0, loudness=0.5, voice=0)
    file = mido.MidiFile(file=io.BytesIO(write_midi(_score(notes=[note], curves=[glide, fade]))))
    now, bends, levels = 0.0, [], []
    for message in file:
        now += message.time
        if message.type == "pitchwheel":
            bends.append((now, message.pitch / 8192 * 48))
        if message.type == "control_change" and message.control == 11:
            levels.append((now, message.value))
    assert bends[0] == (0.0, 0.0) and levels[0] == (0.0, 127)
    assert bends[-1][1] == pytest.approx(12 * np.log2(1.5), abs=0.006)
    assert levels[-1][1] == 0 and levels[-1][0] == pytest.approx(2.0, abs=0.03)
    for at, semitones in bends:
        assert semitones == pytest.approx(12 * np.log2(1 + at / 4), abs=0.01)


def _file(body: bytes, *, form: int = 0, tracks: int = 1, division: int = 480) -> bytes:
    return b"MThd" + struct.pack(">IHHH", 6, form, tracks, division) + b"MTrk" + struct.pack(">I", len(body)) + body


END = b"\x00\xff\x2f\x00"
BAD = {
    "nothing": (b"", 0, "no Standard MIDI File"),
    "another format": (b"RIFF" + bytes(40), 0, "no Standard MIDI File"),
    "half a header": (b"MThd\x00\x00\x00\x06\x00", 4, "header is shorter"),
    "a huge header": (b"MThd\xff\xff\xff\xff" + bytes(6), 4, "longer than the file"),
    "format 2": (_file(END, form=2), 8, "format 2"),
    "no tracks": (_file(END, tracks=0), 10, "0 tracks"),
    "two tracks in format 0": (_file(END, tracks=2), 10, "format 0 has one"),
    "SMPTE time": (_file(END, division=0xE728), 12, "not in ticks"),
    "a division of 0": (_file(END, division=0), 12, "not in ticks"),
    "a track too few": (_file(END, form=1, tracks=2), 26, "ends after 1 tracks"),
    "a chunk beyond the file": (_file(END)[:-2], 18, "chunk says 4 bytes; 2 follow"),
    "a data byte first": (_file(b"\x00\x40\x40"), 23, "without a status"),
    "an event cut off": (_file(b"\x00\x90\x40"), 25, "ends inside an event"),
    "a status for a data byte": (_file(b"\x00\x90\x40\x90"), 25, "data byte of 144"),
    "an endless quantity": (_file(b"\xff\xff\xff\xff\xff"), 22, "more than four bytes"),
    "a long exclusive message": (_file(b"\x00\xf0\x8f\x7f\x00"), 26, "announced"),
    "a tempo of two bytes": (_file(b"\x00\xff\x51\x02\x00\x00"), 23, "has 2 bytes, not 3"),
    "a real-time status": (_file(b"\x00\xf8"), 23, "does not occur in files"),
}


@pytest.mark.parametrize("name", BAD)
def test_malformed_files_are_refused_with_their_byte(name: str) -> None:
    """Each class of malformed file names the byte at fault and the reason."""
    data, offset, reason = BAD[name]
    with pytest.raises(MidiError, match=reason) as caught:
        score_of_midi(data)
    assert caught.value.offset == offset


def test_sizes_are_bounded() -> None:
    """More notes, more events or more bytes than allowed are refused before they are kept."""
    many = _file(b"\x00\x90\x40\x40" + b"\x01\x40\x40" * 50 + END)
    with pytest.raises(MidiError, match="more than 10 notes"):
        score_of_midi(many, most_notes=10)
    with pytest.raises(MidiError, match="more events"):
        read_midi(many, most_events=20)
    with pytest.raises(MidiError, match="the most is"):
        read_midi(bytes(9 * 2**20))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_a_score_or_refused(body: bytes, framed: bool) -> None:
    """No bytes do anything but give a score, or a refusal that names a byte."""
    try:
        score = score_of_midi(_file(body) if framed else body)
    except MidiError as error:
        assert error.offset >= 0
    else:
        assert score.duration_s > 0.0


good = write_midi(_score())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255)), max_size=6), st.integers(0, 60))
def test_damaged_files_are_read_or_refused(changes: list[tuple[int, int]], cut: int) -> None:
    """A true file with bytes changed or its end cut off gives a score, or a refusal that names a byte."""
    data = bytearray(good)
    for place, value in changes:
        data[place] = value
    try:
        score_of_midi(bytes(data[: len(data) - cut]))
    except MidiError as error:
        assert error.offset >= 0
