"""An hour of 64 voices in a fresh process: how much memory it takes, and how long.

``python -m bench.audio_hour [MINUTES] [VOICES] [NOTES]`` prints what was measured; by default the longest and fullest
that a soundscape may ask for.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

from harmonic_contracts.score import KeyMark, Note, Score, TempoMark, Voice

INSTRUMENTS = ("vibraphone", "piano", "bell", "pad")
BAR_MIB = 600


def score_of(seconds: float, voices: int, notes: int) -> Score:
    """Notes in turn, spread evenly over the voices and the time."""
    gap = seconds / notes
    return Score(
        title="an hour",
        duration_s=seconds,
        voices=[Voice(name=f"voice {v}", instrument=INSTRUMENTS[v % len(INSTRUMENTS)]) for v in range(voices)],
        notes=[
            Note(
                onset_s=number * gap,
                duration_s=1.5,
                frequency_hz=55.0 * 2.0 ** (number * 7 % 60 / 12),
                loudness=0.5,
                pan=(number % voices) / max(voices - 1, 1) * 2.0 - 1.0,
                voice=number % voices,
            )
            for number in range(notes)
        ],
        tempo_map=[TempoMark(time_s=0.0, bpm=120.0)],
        key_map=[KeyMark(time_s=0.0, tonic="A", scale="major", tonic_hz=440.0)],
    )


def main(minutes: float = 60.0, voices: float = 64, notes: float = 120_000) -> None:
    """Render, and say what it took."""
    from harmonic_audio.rendering import Rendering
    from harmonic_audio.soundscape import Mix

    score = score_of(60.0 * minutes, int(voices), int(notes))
    longest, done = 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        rendering = Rendering(score, Mix(), Path(folder))
        began = time.process_time()
        while done < 1.0:
            tick = time.process_time()
            done = rendering.tick()
            longest = max(longest, time.process_time() - tick)
        cpu = time.process_time() - began
        print(f"{minutes:g} min, {voices:g} voices, {notes:g} notes: {rendering.analysis}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"CPU {cpu:.0f} s, {60.0 * minutes / cpu:.0f} times real time; longest tick {longest:.2f} s")
    print(f"resident at most {peak:.0f} MiB; bar {BAR_MIB} MiB: {'holds' if peak < BAR_MIB else 'MISSED'}")


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:]))
