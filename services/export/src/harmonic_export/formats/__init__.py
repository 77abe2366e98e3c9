"""The formats in which a performance is packaged, one file each; this is the list of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from harmonic_contracts.messages.export import ExportFormat
from harmonic_export.formats.base import Format
from harmonic_export.formats.bundle import BUNDLE, contents
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


class NothingFits(ValueError):
    """None of the formats asked for can hold the performance; the message says why, and what can."""


def needed(performance: Performance, wanted: Iterable[ExportFormat]) -> list[Format]:
    """The formats to make, in order, so that those wanted can be made: a bundle wants its contents first.

    A format that cannot hold the performance is left out. Raises NothingFits where none is left.
    """
    asked = set(wanted)
    names = {name for name in asked if FORMATS[name].holds(performance)}
    if not names:
        raise NothingFits("; ".join(FORMATS[name].unfit for name in sorted(asked)))
    if BUNDLE.name in names:
        names |= {one.name for one in contents(performance)}
    return [one for name, one in FORMATS.items() if name in names]


def left_out(wanted: Iterable[ExportFormat], files: Iterable[str]) -> dict[ExportFormat, str]:
    """The formats asked for that are not among the files of a finished export, and why."""
    made = set(files)
    return {name: FORMATS[name].unfit for name in wanted if FORMATS[name].filename not in made}


def package(performance: Performance, wanted: Iterable[ExportFormat], folder: Path) -> Iterator[float]:
    """Write the formats into the folder in short steps; yields the progress of the whole, and 1.0 once, when every file
    is closed: a writer's own last step comes before that. Raises NothingFits at the first step."""
    formats = needed(performance, wanted)
    for index, one in enumerate(formats):
        for done in one.write(performance, folder):
            yield min(ALMOST, (index + done) / len(formats))
    yield 1.0
