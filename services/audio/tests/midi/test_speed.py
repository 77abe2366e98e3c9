"""How fast many notes are written, against mido's writer in the same run."""

import io
import time
from collections.abc import Callable

import mido
import numpy as np

from harmonic_audio.midi import write_midi
from harmonic_audio.midi.columns import ScoreColumns
from harmonic_contracts.score import KeyMark, Score, TempoMark, Voice

NOTES, MIDO_NOTES = 100_000, 5_000


def _columns() -> ScoreColumns:
    random = np.random.default_rng(1)
    onset = np.sort(random.uniform(0.0, 600.0, NOTES))
    return ScoreColumns(
        onset,
        random.uniform(0.05, 0.5, NOTES),
        440.0 * 2.0 ** (random.integers(-30, 30, NOTES) / 12.0),
        random.uniform(0.1, 1.0, NOTES),
        np.zeros(NOTES),
        np.zeros(NOTES, dtype=np.int64),
    )


SCORE = Score(
    title="many",
    duration_s=601.0,
    voices=[Voice(name="v", instrument="bell")],
    notes=[],
    tempo_map=[TempoMark(time_s=0.0, bpm=120.0)],
    key_map=[KeyMark(time_s=0.0, tonic="C", scale="major", tonic_hz=261.6)],
)


def _best(work: Callable[[], object], runs: int) -> float:
    found = []
    for _ in range(runs):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def _by_mido() -> None:
    track = mido.MidiTrack()
    for note in range(MIDO_NOTES):
        track.append(mido.Message("note_on", note=note % 128, velocity=64, time=3))
        track.append(mido.Message("note_off", note=note % 128, velocity=64, time=3))
    mido.MidiFile(tracks=[track]).save(file=io.BytesIO())


def test_many_notes_are_written_fifty_times_as_fast_as_by_mido() -> None:
    """100,000 notes from columns: at most a fiftieth of mido's processor time a note."""
    columns = _columns()
    ours = _best(lambda: write_midi(SCORE, microtones="none", columns=columns), 9) / NOTES
    theirs = _best(_by_mido, 2) / MIDO_NOTES
    assert theirs / ours >= 50.0, f"{1e5 * ours * 1e3:.1f} ms for 100,000 notes; mido {1e5 * theirs * 1e3:.0f} ms"


def test_every_one_of_many_notes_is_read_back_by_mido() -> None:
    """100,000 note-ons and as many note-offs, each at its tick with its key and velocity."""
    columns = _columns()
    track = mido.MidiFile(file=io.BytesIO(write_midi(SCORE, microtones="none", columns=columns))).tracks[1]
    now, found, ends = 0, [], 0
    for message in track:
        now += message.time
        if message.type == "note_on":
            found.append((now, message.note, message.velocity))
        ends += message.type == "note_off"
    assert ends == NOTES
    key = np.rint(69 + 12 * np.log2(columns.frequency_hz / 440.0)).astype(int)
    velocity = np.rint(127 * np.sqrt(columns.loudness)).astype(int)
    tick = np.rint(columns.onset_s * 1920).astype(int)
    assert found == sorted(zip(tick.tolist(), key.tolist(), velocity.tolist(), strict=True), key=lambda n: n[0])
