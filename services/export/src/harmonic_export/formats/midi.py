"""MIDI: the Standard MIDI File, byte for byte as the audio service wrote it."""

from collections.abc import Iterator
from pathlib import Path

from harmonic_export.formats.base import Format
from harmonic_export.formats.copying import copy
from harmonic_export.performance import Performance


def write(performance: Performance, folder: Path) -> Iterator[float]:
    yield from copy(performance.midi, folder / MIDI.filename)


MIDI = Format("midi", "performance.mid", "audio/midi", write)
