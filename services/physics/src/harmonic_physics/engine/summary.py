"""What a run was like in a few dozen numbers: descriptors by name, gathered while it streams."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.run import Chunk
from harmonic_physics.engine.system import Spec, System

Floats = NDArray[np.float64]


class Summary:
    """Mean, standard deviation, least, greatest and last of each observable; count, rate and strength of each event.

    An observable of many numbers is taken as one crowd. Sums are of whole chunks in order, so that they depend on how
    the run is cut into chunks: a run's own ticks are always the same.
    """

    def __init__(self, system: System[Spec], spec: Spec) -> None:
        self._system, self._spec = system, spec
        self._moments: dict[str, Floats] = {}
        self._last: dict[str, float] = {}
        self._counts = np.zeros(len(system.events), np.int64)
        self._strengths = np.zeros(len(system.events))

    def add(self, chunk: Chunk) -> None:
        """Take in consecutive frames and their events."""
        for name, array in chunk.arrays.items():
            if array.size:
                self._gather(name, array)
        if len(chunk.events.kind):
            self._counts += np.bincount(chunk.events.kind, minlength=len(self._counts))
            self._strengths += np.bincount(chunk.events.kind, chunk.events.strength, len(self._counts))

    def _gather(self, name: str, array: Floats) -> None:
        """[count, sum, sum of squares about the first value, first value, least, greatest]."""
        flat = array.ravel()
        known = self._moments.setdefault(name, np.array([0.0, 0.0, 0.0, flat[0], np.inf, -np.inf]))
        away = flat - known[3]
        known[:3] += (len(flat), away.sum(), (away * away).sum())
        known[4], known[5] = min(known[4], flat.min()), max(known[5], flat.max())
        self._last[name] = float(array[-1].mean())

    def descriptors(self, drift: dict[str, float]) -> dict[str, float]:
        """Name -> value; units are those of the observable, events are counted by the universe's time."""
        found: dict[str, float] = {}
        for name, (count, total, squares, first, least, greatest) in self._moments.items():
            mean = total / count
            found[f"{name}.mean"] = float(first + mean)
            found[f"{name}.std"] = float(np.sqrt(max(0.0, squares / count - mean * mean)))
            found[f"{name}.min"], found[f"{name}.max"] = float(least), float(greatest)
            found[f"{name}.last"] = self._last[name]
        for index, event in enumerate(self._system.events):
            count = int(self._counts[index])
            found[f"{event.kind}.count"] = float(count)
            found[f"{event.kind}.rate"] = count / self._spec.duration
            found[f"{event.kind}.strength"] = float(self._strengths[index] / count) if count else 0.0
        return found | {f"{name}.drift": value for name, value in drift.items()}
