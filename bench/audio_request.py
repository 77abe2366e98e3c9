"""A request for sound as a warm worker meets it: a trajectory of 64 bodies, each struck every four seconds, a minute.

From the start of the work (mapping the events) to a stereo mix in floats in a file, and on to the master as a WAV file
with its loudness and true peak measured: processor time of one core, best of several.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.result import Figure, Measurement

SECONDS, BODIES, GAP_S = 60.0, 64, 4.0
TIMES = 5
MIX_BAR_S, MASTER_BAR_S = 0.5, 1.5
INSTRUMENT = "piano"


def figures() -> list[Figure]:
    """The best of several requests."""
    _request()  # the worker is warm
    mixes, masters = zip(*(_request() for _ in range(TIMES)), strict=True)
    return [
        Figure("a request of 60 s and 64 voices, to the stereo mix in floats", min(mixes), "s", MIX_BAR_S),
        Figure("the same, to the master with loudness and true peak", min(masters), "s", MASTER_BAR_S),
    ]


def measure() -> Measurement:
    """As a benchmark of its own."""
    return Measurement("audio_request", "python -m bench.audio_request", figures(), [__doc__ or ""])


def _request() -> tuple[float, float]:
    from harmonic_audio.jobs import RenderWork

    document, motion = _soundscape(), _motion()
    with tempfile.TemporaryDirectory() as folder:
        began, mixed, done = time.process_time(), 0.0, 0.0
        work = RenderWork(document, motion, Path(folder), stems=False, state=None)
        while done < 1.0:
            done = work.tick()
            if not mixed and work.rendering is not None and work.rendering.mix.frames == work.rendering.frames:
                mixed = time.process_time() - began
        return mixed, time.process_time() - began


def _motion() -> Any:
    """64 bodies, 960 strikes: body b at b/16 s and every 4 s after."""
    from harmonic_audio.mapping import EventColumns, Motion
    from harmonic_contracts.trajectory import Body, Certificate, TrajectoryHeader

    rows = sorted((t, body) for body in range(BODIES) for t in np.arange(body / 16, SECONDS, GAP_S).tolist())
    header = TrajectoryHeader.model_validate(
        {
            "system": "particles",
            "time_unit": "s",
            "length_unit": "m",
            "frames": 2,
            "bodies": [Body(name=f"body {number}") for number in range(BODIES)],
            "observables": [],
            "event_kinds": ["strike"],
            "certificate": Certificate(method="by hand", engine_version="0", steps=0, invariants={}),
            "spec": {},
        }
    )
    columns = EventColumns(
        time=np.array([time for time, _ in rows]),
        kind=np.zeros(len(rows), dtype=np.int64),
        body_a=np.array([body for _, body in rows], dtype=np.int64),
        body_b=np.full(len(rows), -1, dtype=np.int64),
        strength=np.ones(len(rows)),
        position=np.zeros((len(rows), 3)),
    )
    return Motion(header, np.array([0.0, SECONDS]), columns)


def _soundscape() -> Any:
    from harmonic_audio.soundscape import Soundscape

    return Soundscape.model_validate(
        {
            "title": "strikes",
            "length_s": SECONDS,
            "tail_s": 0.0,
            "density": {"notes_per_s": 200.0},
            "events": [
                {
                    "name": "strikes",
                    "kinds": ["strike"],
                    "instruments": [INSTRUMENT],
                    "pitch": {"kind": "body", "octave": 1, "span": 28},
                    "pan": {"source": "body_index", "low": -1.0, "high": 1.0},
                    "duration_s": 4.0,
                }
            ],
        }
    )


if __name__ == "__main__":
    for figure in figures():
        print(f"{figure.name}: {figure.value:.3f} {figure.unit}, bar {figure.bar}: {figure.holds}")
