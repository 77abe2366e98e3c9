"""What is seen of modes in one frame or many: the declared observables by name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels import modal

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class View:
    """Modes (m, 2), the body and the band of each (m,), shapes at the pickups (pickups, m), counts of bodies and
    bands."""

    modes: Floats
    body_of: Ints
    bands: Ints
    pickups: Floats
    size: tuple[int, int]


def frame(q: Floats, v: Floats, view: View) -> dict[str, Floats]:
    """The observables of one state."""
    return {name: array[0] for name, array in frames(q, v, view, 0.0, 0.0, 1).items()}


def frames(q: Floats, v: Floats, view: View, start: float, step: float, count: int) -> dict[str, Floats]:
    """The observables of `count` frames of a free ringing, from `start` after the state on, `step` apart."""
    size, pickups = view.size, view.pickups
    heard = np.zeros((size[0], pickups.shape[0], count))
    stored, bright = np.zeros((*size, count)), np.zeros((size[0], count))
    x, y = np.empty(count + 32), np.empty(count + 32)
    modal.render(q, v, view.modes, view.body_of, view.bands, pickups, start, step, heard, stored, bright, x, y)
    return _named(heard, stored, bright)


def _named(heard: Floats, stored: Floats, bright: Floats) -> dict[str, Floats]:
    energy = np.zeros_like(bright)
    for band in range(stored.shape[1]):
        energy += stored[:, band]
    moving = np.moveaxis(heard, 2, 0)
    return {
        "displacement": np.ascontiguousarray(moving if heard.shape[1] > 1 else moving[:, :, 0]),
        "energy": np.ascontiguousarray(energy.T),
        "brightness": np.ascontiguousarray((bright / np.where(energy > 1e-300, energy, 1.0)).T),
        "band_energy": np.ascontiguousarray(np.moveaxis(stored, 2, 0)),
    }
