"""A bank of modes: all modes of all bodies, body after body, each normalised to unit modal mass."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.vibration.losses import own_decay
from harmonic_physics.engine.vibration.spec import Body

Floats = NDArray[np.float64]
Values = dict[str, float]
MOST_DAMPED = 0.99
"""Decay rate over angular frequency is kept below this: what is slower than its own decay does not vibrate."""


class Vibrator(ABC):
    """The modes of one body."""

    body: Body

    @abstractmethod
    def frequencies(self, parameters: Values) -> Floats:
        """Undamped angular frequencies (m,), rising at the universe's own parameters."""

    @abstractmethod
    def air(self, omega: Floats, parameters: Values) -> Floats:
        """Decay rates (m,) by the medium."""

    @abstractmethod
    def shape(self, point: Sequence[float]) -> Floats:
        """Mass-normalised shapes (m,) at a point, in 1/sqrt(kg)."""

    def place(self, point: Sequence[float]) -> tuple[float, float, float]:
        """A point in metres."""
        return (point[0], point[1] if len(point) > 1 else 0.0, 0.0)

    def antinode(self, index: int) -> tuple[float, float, float]:
        """Where, in metres, a mode moves most: the nearest such place to the origin."""
        return self.place([0.5] * len(self.body.pickups[0]))


@dataclass
class Bank:
    """Modes of several bodies. Those of body b are offsets[b] .. offsets[b + 1] - 1."""

    vibrators: list[Vibrator]
    offsets: list[int]
    pickups: Floats
    """Shapes (pickups, m)."""

    @property
    def body_of(self) -> NDArray[np.int64]:
        """Body of each mode (m,)."""
        counts = np.diff(np.array(self.offsets))
        return np.repeat(np.arange(len(counts)), counts)

    def tuned(self, parameters: Values) -> Floats:
        """Damped frequency [Hz] and decay rate [1/s] of every mode (m, 2) under these parameters."""
        rows = np.concatenate([_tuned(vibrator, parameters) for vibrator in self.vibrators])
        return np.ascontiguousarray(rows)


def _tuned(vibrator: Vibrator, parameters: Values) -> Floats:
    omega = vibrator.frequencies(parameters)
    decay = own_decay(vibrator.body, omega) + vibrator.air(omega, parameters)
    decay = np.minimum(parameters["damping"] * decay, MOST_DAMPED * omega)
    return np.stack([np.sqrt((omega - decay) * (omega + decay)) / (2 * np.pi), decay], axis=1)


def bank_of(vibrators: list[Vibrator]) -> Bank:
    """The bank of these bodies."""
    rows = [np.stack([vibrator.shape(point) for point in vibrator.body.pickups]) for vibrator in vibrators]
    counts = np.array([row.shape[1] for row in rows])
    return Bank(vibrators, [0, *np.cumsum(counts).tolist()], np.ascontiguousarray(np.concatenate(rows, axis=1)))
