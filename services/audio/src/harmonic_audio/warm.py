"""``python -m harmonic_audio.warm``: compiles every kernel and renders a second of sound.

So an image is proven, and its workers start warm.
"""

import importlib
import pkgutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from harmonic_audio import kernels
from harmonic_audio.rendering import render
from harmonic_audio.soundscape import Mix
from harmonic_contracts.score import KeyMark, Note, Score, TempoMark, Voice

NOT_KERNELS = {"compiling"}
"""Modules of the package that hold how kernels are made, not kernels."""


def kernel_modules() -> Iterator[ModuleType]:
    """All files of kernels; each has a ``warm`` that compiles what is in it for its real signatures."""
    for found in pkgutil.iter_modules(kernels.__path__):
        if found.name not in NOT_KERNELS:
            yield importlib.import_module(f"{kernels.__name__}.{found.name}")


def warm() -> None:
    """Compile the kernels; render a struck and a held note through room, limiter and meter."""
    for module in kernel_modules():
        module.warm()
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
