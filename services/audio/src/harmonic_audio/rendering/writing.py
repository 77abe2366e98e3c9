"""Master and stems as WAV files, a piece at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from harmonic_audio import wav
from harmonic_audio.mix.layouts import Layout
from harmonic_audio.mix.mastering import Mastering
from harmonic_audio.rendering.sound_file import SoundFile

PIECE: Final = 96_000


def write_master(path: Path, mastering: Mastering, layout: Layout, sample_rate: int) -> Iterator[float]:
    """Write the master in 24 bits; yields progress."""
    with path.open("wb") as file:
        file.write(wav.header(layout.channels, sample_rate, mastering.frames, mask=layout.mask))
        for start in mastering.starts:
            file.write(wav.pcm24(mastering.piece(start)))
            yield start / mastering.frames
        file.write(wav.padding(layout.channels, mastering.frames))


def write_stem(path: Path, sound: SoundFile, gain: float, layout: Layout, sample_rate: int) -> Iterator[float]:
    """Write a stem at the master's level before its limiter, so that all stems sum to that; yields progress.

    In float: it may pass full scale.
    """
    with path.open("wb") as file:
        file.write(wav.header(layout.channels, sample_rate, sound.frames, float32=True, mask=layout.mask))
        for start in range(0, sound.frames, PIECE):
            file.write(wav.float32(np.float64(gain) * sound[:, start : start + PIECE]))
            yield start / sound.frames
