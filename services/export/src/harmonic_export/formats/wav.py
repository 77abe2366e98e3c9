"""WAV: the master, byte for byte as the audio service rendered it."""

from collections.abc import Iterator
from pathlib import Path

from harmonic_export.formats.base import Format
from harmonic_export.formats.copying import copy
from harmonic_export.performance import Performance


def write(performance: Performance, folder: Path) -> Iterator[float]:
    yield from copy(performance.master, folder / WAV.filename)


WAV = Format("wav", "master.wav", "audio/wav", write)
