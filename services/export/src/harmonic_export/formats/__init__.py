"""The formats in which a performance is packaged, one file each; this is the list of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from harmonic_contracts.messages.export import ExportFormat
from harmonic_export.formats.base import Format
from harmonic_export.formats.bundle import BUNDLE, CONTENTS
from harmonic_export.formats.flac import FLAC
from harmonic_export.formats.midi import MIDI
from harmonic_export.formats.picture import PICTURE
from harmonic_export.formats.score import SCORE
from harmonic_export.formats.trajectory_csv import TRAJECTORY_CSV
from harmonic_export.formats.trajectory_npz import TRAJECTORY_NPZ
from harmonic_export.formats.wav import WAV
from harmonic_export.performance import Performance

ALMOST = 0.999

FORMATS: dict[ExportFormat, Format] = {
    one.name: one for one in (WAV, FLAC, MIDI, SCORE, TRAJECTORY_NPZ, TRAJECTORY_CSV, PICTURE, BUNDLE)
}
"""In the order in which they are made: the bundle is made of what comes before it."""


def needed(wanted: Iterable[ExportFormat]) -> list[Format]:
    """The formats to make, in order, so that those wanted can be made: a bundle wants its contents first."""
    names = set(wanted)
    if BUNDLE.name in names:
        names |= {one.name for one in CONTENTS}
    return [one for name, one in FORMATS.items() if name in names]


def package(performance: Performance, wanted: Iterable[ExportFormat], folder: Path) -> Iterator[float]:
    """Write the formats into the folder in short steps; yields the progress of the whole, and 1.0 once, when every file
    is closed: a writer's own last step comes before that."""
    formats = needed(wanted)
    for index, one in enumerate(formats):
        for done in one.write(performance, folder):
            yield min(ALMOST, (index + done) / len(formats))
    yield 1.0
