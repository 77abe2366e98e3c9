"""Who feels whom: neighbours as rows of compressed lists, for any number of oscillators."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from harmonic_physics.engine.systems.oscillators import OscillatorsSpec

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def pairs(spec: OscillatorsSpec, chance: np.random.Generator) -> list[tuple[int, int, float]]:
    """Every edge once, as (one, other, weight). Not for `all`."""
    n = spec.count
    if spec.network == "edges":
        return [(int(edge[0]), int(edge[1]), edge[2] if len(edge) > 2 else 1.0) for edge in spec.edges]
    if spec.network == "lattice":
        side = isqrt(n)
        right = [(r * side + c, r * side + (c + 1) % side, 1.0) for r in range(side) for c in range(side)]
        down = [(r * side + c, ((r + 1) % side) * side + c, 1.0) for r in range(side) for c in range(side)]
        return right + down
    reach = min(spec.reach, (n - 1) // 2) if n > 2 else 1
    ring = [(i, (i + d) % n) for d in range(1, reach + 1) for i in range(n)] if n > 2 else [(0, 1)]
    if spec.network == "small_world":
        ring = _rewired(ring, n, spec.rewire, chance)
    return [(a, b, 1.0) for a, b in ring]


def _rewired(ring: list[tuple[int, int]], n: int, share: float, chance: np.random.Generator) -> list[tuple[int, int]]:
    """D. J. Watts and S. H. Strogatz, Nature 393 (1998) 440-442: the far end of some edges moves anywhere."""
    taken = {frozenset(edge) for edge in ring}
    found = []
    for a, b in ring:
        if chance.random() < share:
            other = int(chance.integers(n))
            if other != a and frozenset((a, other)) not in taken:
                taken.discard(frozenset((a, b)))
                taken.add(frozenset((a, other)))
                b = other
        found.append((a, b))
    return found


def compressed(spec: OscillatorsSpec, chance: np.random.Generator) -> tuple[Ints, Ints, Floats]:
    """Starts (n + 1), others and weights (edges, both ways): weights of one oscillator add up to 1. Empty for `all`."""
    if spec.network == "all":
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    edges = pairs(spec, chance)
    ends = np.array([(a, b) for a, b, _ in edges], np.int64)
    once = np.array([w for *_, w in edges])
    one, other = np.concatenate([ends[:, 0], ends[:, 1]]), np.concatenate([ends[:, 1], ends[:, 0]])
    weight = np.concatenate([once, once])
    order = np.lexsort((other, one))
    one, other, weight = one[order], other[order], weight[order]
    counts = np.bincount(one, minlength=spec.count)
    strength = np.zeros(spec.count)
    np.add.at(strength, one, np.abs(weight))
    return (
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        other,
        weight / np.where(strength > 0.0, strength, 1.0)[one],
    )
