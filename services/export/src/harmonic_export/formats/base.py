"""What a format is: a name, a file and a way to write it in short steps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from harmonic_contracts.messages.export import ExportFormat
from harmonic_export.performance import Performance

Writer = Callable[[Performance, Path], Iterator[float]]
"""Writes the format into a folder in short steps, yielding its progress from 0 to 1 after each."""


def holds_any(performance: Performance) -> bool:
    """Most formats can hold every performance."""
    return True


@dataclass(frozen=True)
class Format:
    """A format: its name in requests, the file that it makes, how it is written, and whether it can hold a performance
    (`unfit` says in words what it cannot hold)."""

    name: ExportFormat
    filename: str
    media_type: str
    write: Writer
    holds: Callable[[Performance], bool] = holds_any
    unfit: str = ""
