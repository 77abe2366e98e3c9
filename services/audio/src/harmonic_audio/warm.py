"""``python -m harmonic_audio.warm``: renders a second of sound, so that an image is proven and its bytecode compiled.

The engine compiles no kernels: everything is matrix products of numpy.
"""

import tempfile
from pathlib import Path

from harmonic_audio.rendering import render
from harmonic_audio.soundscape import Mix
from harmonic_contracts.score import KeyMark, Note, Score, TempoMark, Voice


def warm() -> None:
    """Render a struck and a held note through room, limiter and meter."""
    voices = [Voice(name=name, instrument=name) for name in ("bell", "pad")]
    score = Score(
        title="warm",
        duration_s=1.0,
        voices=voices,
        notes=[Note(onset_s=0.0, duration_s=0.5, frequency_hz=440.0, loudness=0.9, voice=v) for v in (0, 1)],
        tempo_map=[TempoMark(time_s=0.0, bpm=120.0)],
        key_map=[KeyMark(time_s=0.0, tonic="A", scale="major", tonic_hz=440.0)],
    )
    with tempfile.TemporaryDirectory() as folder:
        render(score, Mix(target_lufs=-9.0), Path(folder))


if __name__ == "__main__":
    warm()
