"""What a format is: a name, a file and a way to write it in short steps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from harmonic_contracts.messages.export import ExportFormat
from harmonic_export.performance import Performance

Writer = Callable[[Performance, Path], Iterator[float]]
"""Writes the format into a folder in short steps, yielding its progress from 0 to 1 after each."""


@dataclass(frozen=True)
class Format:
    """A format: its name in requests, the file that it makes, and how it is written."""

    name: ExportFormat
    filename: str
    media_type: str
    write: Writer
