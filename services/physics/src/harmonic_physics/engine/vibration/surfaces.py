"""Shapes of modes over a grid of points, for pictures of the motion: row after row from the bottom, centres of
cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.vibration.bank import Bank

Floats = NDArray[np.float64]


def centres(side: int) -> list[tuple[float, float]]:
    """Of side x side cells, as shares of the extent."""
    return [((i + 0.5) / side, (j + 0.5) / side) for j in range(side) for i in range(side)]


def shapes_over(
    bank: Bank, points: Sequence[tuple[float, float]], on: Sequence[Sequence[bool]] | None = None
) -> Floats:
    """Shapes (m, points) of every mode at the points; 0 where a body is not (`on`, a row a body)."""
    parts = []
    for index, vibrator in enumerate(bank.vibrators):
        here = [on is None or on[index][k] for k in range(len(points))]
        count = bank.offsets[index + 1] - bank.offsets[index]
        columns = [vibrator.shape(point) if held else np.zeros(count) for point, held in zip(points, here, strict=True)]
        parts.append(np.stack(columns, axis=1))
    return np.ascontiguousarray(np.concatenate(parts))
