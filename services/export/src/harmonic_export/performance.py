"""What is packaged: a performance as plain values and files; its content holds no ids, dates, hosts or paths."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from harmonic_contracts.score import Score
from harmonic_contracts.trajectory import TrajectoryHeader
from harmonic_export.facts import ALL_RIGHTS_RESERVED, Facts
from harmonic_export.pictures.spec import VisualizationSpec

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Events:
    """Physical events as columns of equal length n, in order of time."""

    time: Floats
    kind: Indices
    """Index into the header's `event_kinds`."""
    body_a: Indices
    body_b: Indices
    """Index of a body; -1 where there is none."""
    strength: Floats
    position: Floats
    """Shape (n, 3); NaN where an event has no place."""


@dataclass(frozen=True)
class Trajectory:
    """Frames of named observables: `arrays[name]` has shape (frames, *shape of one frame)."""

    header: TrajectoryHeader
    time: Floats
    arrays: Mapping[str, Floats]
    events: Events


@dataclass(frozen=True)
class Performance:
    """Everything that the formats are made of. Universe and soundscape are the documents' content alone."""

    title: str
    master: Path
    midi: Path
    score: Score
    trajectory: Trajectory
    universe: Mapping[str, Any]
    soundscape: Mapping[str, Any]
    facts: Facts
    picture: VisualizationSpec
    licence: str = ALL_RIGHTS_RESERVED
