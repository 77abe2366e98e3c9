"""The MIDI writer, read back by mido."""

import io
import time

import mido
import numpy as np
import pytest

from harmonic_audio.mapping import Motion, map_to_score
from harmonic_audio.midi import write_midi
from harmonic_audio.midi.vlq import variable_length
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_contracts.score import KeyMark, Note, Score, TempoMark, Voice


@pytest.fixture
def score(chain: Motion) -> Score:
    return map_to_score(default_soundscape("orbits", "trappist-1", "TRAPPIST-1"), chain)


def _read(data: bytes) -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(data))


def _onsets(file: mido.MidiFile) -> list[float]:
    now, found = 0.0, []
    for message in file:
        now += message.time
        if message.type == "note_on" and message.velocity:
            found.append(now)
    return found


def test_every_note_is_there_at_its_time(score: Score) -> None:
    """Format 1, a tempo track and one a voice, each note within half a tick."""
    file = _read(write_midi(score))
    assert file.type == 1 and len(file.tracks) == 1 + len(score.voices)
    assert [track.name for track in file.tracks] == [score.title, *(voice.name for voice in score.voices)]
    onsets = np.sort([note.onset_s for note in score.notes])
    assert np.abs(np.array(_onsets(file)) - onsets).max() < 0.5 * 60 / 72 / 960 + 1e-6
    assert file.length == pytest.approx(score.duration_s, abs=1e-3)


def test_every_note_ends(score: Score) -> None:
    """Each track has as many ends as beginnings."""
    for track in _read(write_midi(score)).tracks[1:]:
        kinds = [message.type for message in track]
        assert kinds.count("note_on") == kinds.count("note_off") > 0


def test_bends_make_the_exact_pitch(score: Score) -> None:
    """MPE: key and bend of range 48 give each frequency within 0.6 cent, and no two sounding notes share a channel."""
    bends: dict[int, int] = {}
    heard = []
    for message in _read(write_midi(score, microtones="mpe")):
        if message.type == "pitchwheel":
            bends[message.channel] = message.pitch
        if message.type == "note_on":
            assert message.channel not in (0, 9)
            heard.append(440 * 2 ** ((message.note - 69 + bends[message.channel] / 8192 * 48) / 12))
    cents = 1200 * np.log2(np.sort(heard) / np.sort([note.frequency_hz for note in score.notes]))
    assert np.abs(cents).max() < 0.6


def test_tuning_messages_make_the_exact_pitch(score: Score) -> None:
    """MTS: the retuned key of each note is its frequency within 0.01 cent."""
    tuned: dict[int, float] = {}
    heard = []
    for message in _read(write_midi(score, microtones="mts")):
        if message.type == "sysex":
            assert message.data[:4] == (0x7F, 0x7F, 0x08, 0x02)
            key, semitone, high, low = message.data[6:10]
            tuned[key] = semitone + (high * 128 + low) / 16384
        if message.type == "note_on":
            heard.append(440 * 2 ** ((tuned[message.note] - 69) / 12))
    cents = 1200 * np.log2(np.sort(heard) / np.sort([note.frequency_hz for note in score.notes]))
    assert np.abs(cents).max() < 0.01


def test_ticks_can_be_exact_samples(score: Score) -> None:
    """24,000 ticks a beat at 120 beats a minute: every onset within half a sample of 48 kHz."""
    fast = score.model_copy(update={"tempo_map": [TempoMark(time_s=0.0, bpm=120.0)]})
    onsets = np.array(_onsets(_read(write_midi(fast, ticks_per_beat=24_000))))
    assert np.abs(onsets - np.sort([n.onset_s for n in score.notes])).max() <= 0.5 / 48_000 + 1e-9


def test_key_and_metre_are_told() -> None:
    """A minor has no sharps and is minor; three beats in a bar."""
    score = Score(
        title="t",
        duration_s=1.0,
        voices=[Voice(name="v", instrument="bell")],
        notes=[Note(onset_s=0, duration_s=0.5, frequency_hz=440.0, loudness=0.5, voice=0)],
        tempo_map=[TempoMark(time_s=0, bpm=90, beats_per_bar=3)],
        key_map=[KeyMark(time_s=0, tonic="A", scale="natural_minor", tonic_hz=220.0)],
    )
    messages = list(_read(write_midi(score)).tracks[0])
    assert next(m.key for m in messages if m.type == "key_signature") == "Am"
    assert next(m.numerator for m in messages if m.type == "time_signature") == 3


def test_many_notes_are_written_in_bounded_time() -> None:
    """20,000 notes, the largest score, in less than five seconds of a slow and loaded core."""
    notes = [
        Note(onset_s=i * 0.003, duration_s=0.1, frequency_hz=100.0 + i % 700, loudness=0.5, voice=0)
        for i in range(20_000)
    ]
    score = Score(
        title="t",
        duration_s=61.0,
        voices=[Voice(name="v", instrument="bell")],
        notes=notes,
        tempo_map=[TempoMark(time_s=0, bpm=120)],
        key_map=[KeyMark(time_s=0, tonic="C", scale="major", tonic_hz=261.6)],
    )
    start = time.process_time()
    write_midi(score)
    assert time.process_time() - start < 5.0


@pytest.mark.parametrize(("value", "expected"), [(0, "00"), (127, "7f"), (128, "8100"), (0x0FFFFFFF, "ffffff7f")])
def test_variable_lengths_are_those_of_the_standard(value: int, expected: str) -> None:
    """The examples of SMF 1.0."""
    assert variable_length(value).hex() == expected
