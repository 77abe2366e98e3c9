"""Where the masses are and what joins them, from the spec: plain lists, without arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from math import fsum, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harmonic_physics.engine.systems.springs import SpringsSpec

Place = tuple[float, float, float]


@dataclass(frozen=True)
class Spring:
    """Between masses one and other, with the stiffness [N/m]."""

    one: int
    other: int
    stiffness: float


@dataclass
class Network:
    """Masses at rest. Fixed ones are walls: they never move."""

    names: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    masses: list[float] = field(default_factory=list)
    fixed: list[bool] = field(default_factory=list)
    springs: list[Spring] = field(default_factory=list)

    @property
    def free(self) -> list[int]:
        """Those that move."""
        return [i for i, held in enumerate(self.fixed) if not held]

    def length(self, spring: Spring) -> float:
        """Of a spring between the places at rest."""
        a, b = self.places[spring.one], self.places[spring.other]
        return sqrt(fsum((p - q) ** 2 for p, q in zip(a, b, strict=True)))


def network(spec: SpringsSpec) -> Network:
    """The spec's network."""
    return {"chain": _chain, "ring": _ring, "lattice": _lattice, "tree": _tree, "graph": _graph}[spec.shape](spec)


def _chain(spec: SpringsSpec) -> Network:
    """Moving masses in a row, with a wall at each fixed end."""
    found = Network()
    left, right = spec.ends in ("fixed", "first"), spec.ends == "fixed"
    for k in range(spec.count + left + right):
        held = (left and k == 0) or (right and k == spec.count + left)
        _add(found, spec, (k * spec.spacing, 0.0, 0.0), held)
    _join(found, spec, [(k, k + 1) for k in range(len(found.names) - 1)])
    return found


def _ring(spec: SpringsSpec) -> Network:
    """Masses on a straight line in the books, the last joined to the first: only for motion along or across it."""
    found = Network()
    for k in range(spec.count):
        _add(found, spec, (k * spec.spacing, 0.0, 0.0), False)
    _join(found, spec, [(k, (k + 1) % spec.count) for k in range(spec.count)])
    return found


def _lattice(spec: SpringsSpec) -> Network:
    """A grid of two or three axes; its rim is held if the ends are fixed."""
    found, size = Network(), spec.size
    cells = list(product(*(range(n) for n in size)))
    at = {cell: k for k, cell in enumerate(cells)}
    for cell in cells:
        rim = any(c in (0, n - 1) for c, n in zip(cell, size, strict=True))
        x, y, z = (*(c * spec.spacing for c in cell), 0.0, 0.0)[:3]
        _add(found, spec, (x, y, z), rim and spec.ends == "fixed")
    steps = [tuple(int(axis == k) for k in range(len(size))) for axis in range(len(size))]
    pairs = [(k, at[there]) for cell, k in at.items() for step in steps if (there := _moved(cell, step)) in at]
    if spec.diagonals:
        turns = (
            [(1, 1), (1, -1)]
            if len(size) == 2
            else [(1, 1, 0), (1, -1, 0), (1, 0, 1), (1, 0, -1), (0, 1, 1), (0, 1, -1)]
        )
        pairs += [(k, at[there]) for cell, k in at.items() for turn in turns if (there := _moved(cell, turn)) in at]
    _join(found, spec, [pair for pair in pairs if not (found.fixed[pair[0]] and found.fixed[pair[1]])])
    return found


def _moved(cell: tuple[int, ...], step: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(cell, step, strict=True))


def _tree(spec: SpringsSpec) -> Network:
    """A root that is held, and `branching` children on every mass down to `depth`, level by level, in a plane."""
    found = Network()
    _add(found, spec, (0.0, 0.0, 0.0), True)
    level, pairs = [0], []
    for depth in range(1, spec.depth + 1):
        after = []
        width = spec.branching**depth
        for index, parent in enumerate(p for p in level for _ in range(spec.branching)):
            across = (index - (width - 1) / 2) * spec.spacing * spec.branching ** (spec.depth - depth)
            _add(found, spec, (across, -depth * spec.spacing, 0.0), False)
            pairs.append((parent, len(found.names) - 1))
            after.append(len(found.names) - 1)
        level = after
    _join(found, spec, pairs)
    return found


def _graph(spec: SpringsSpec) -> Network:
    """As written."""
    found = Network()
    for node in spec.nodes:
        x, y, z = (*node.position, 0.0, 0.0)[:3]
        found.names.append(node.name)
        found.places.append((x, y, z))
        found.masses.append(spec.mass if node.mass is None else node.mass)
        found.fixed.append(node.fixed)
    at = {name: k for k, name in enumerate(found.names)}
    for link in spec.links:
        stiffness = spec.stiffness if link.stiffness is None else link.stiffness
        found.springs.append(Spring(at[link.one], at[link.other], stiffness))
    return found


def _add(found: Network, spec: SpringsSpec, place: Place, held: bool) -> None:
    found.names.append(f"mass {len(found.names) + 1}")
    found.places.append(place)
    found.masses.append(spec.mass)
    found.fixed.append(held)


def _join(found: Network, spec: SpringsSpec, pairs: list[tuple[int, int]]) -> None:
    found.springs += [Spring(a, b, spec.stiffness) for a, b in pairs]
