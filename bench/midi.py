"""Writing MIDI: 100,000 notes of ten minutes, from columns to the file's bytes, in each way of microtones."""

import time
from typing import Final, get_args

import numpy as np

from bench.result import Figure

NOTES: Final = 100_000
BAR_MS: Final = 10.0
TIMES: Final = 7


def figures() -> list[Figure]:
    """Processor time in a warm worker, the best of some."""
    from harmonic_audio.midi import write_midi
    from harmonic_audio.midi.channels import Microtones
    from harmonic_audio.midi.columns import ScoreColumns
    from harmonic_contracts.score import KeyMark, Score, TempoMark, Voice

    score = Score(
        title="many",
        duration_s=601.0,
        voices=[Voice(name="v", instrument="bell")],
        notes=[],
        tempo_map=[TempoMark(time_s=0.0, bpm=120.0)],
        key_map=[KeyMark(time_s=0.0, tonic="C", scale="major", tonic_hz=261.6)],
    )
    random = np.random.default_rng(1)
    columns = ScoreColumns(
        onset_s=np.sort(random.uniform(0.0, 600.0, NOTES)),
        duration_s=random.uniform(0.05, 0.5, NOTES),
        frequency_hz=440.0 * 2.0 ** (random.integers(-30, 30, NOTES) / 12.0),
        loudness=random.uniform(0.1, 1.0, NOTES),
        pan=np.zeros(NOTES),
        voice=np.zeros(NOTES, dtype=np.int64),
    )
    made = []
    for how in get_args(Microtones):
        took = []
        for _ in range(TIMES):
            began = time.process_time()
            write_midi(score, microtones=how, columns=columns)
            took.append(1e3 * (time.process_time() - began))
        made.append(Figure(f"100,000 notes as MIDI, microtones: {how}", min(took), "ms", BAR_MS))
    return made


if __name__ == "__main__":
    for figure in figures():
        print(f"{figure.name}: {figure.value:.1f} {figure.unit}, bar {figure.bar}: {figure.holds}")
