"""Normal modes of the network made linear at rest: Jacobi's rotations, which are accurate and the same everywhere.

K is the matrix of the springs: k n n^T along each, and where a spring is stretched at rest, its tension / length
across it. With M^(-1/2) K M^(-1/2) y = w^2 y the shape is M^(-1/2) y, of unit modal mass.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.symmetric import eigen
from harmonic_physics.engine.springs.network import Network, network
from harmonic_physics.engine.springs.problem import Shape

if TYPE_CHECKING:
    from harmonic_physics.engine.systems.springs import SpringsSpec

Floats = NDArray[np.float64]
MAX_FREEDOMS = 256
"""Above it no modes are worked out."""


def stiffness_matrix(spec: SpringsSpec, net: Network) -> Floats:
    """K (freedoms, freedoms) over the free masses."""
    axes, free = spec.axes, net.free
    at = {i: k * axes for k, i in enumerate(free)}
    matrix = np.zeros((len(free) * axes, len(free) * axes))
    for spring in net.springs:
        block = _block(spec, net, spring.one, spring.other, spring.stiffness)
        for i, j in ((spring.one, spring.other), (spring.other, spring.one)):
            if i in at:
                matrix[at[i] : at[i] + axes, at[i] : at[i] + axes] += block
                if j in at:
                    matrix[at[i] : at[i] + axes, at[j] : at[j] + axes] -= block
    return matrix


def _block(spec: SpringsSpec, net: Network, i: int, j: int, k: float) -> Floats:
    if spec.motion != "space":
        return np.array([[k]])
    apart = np.array(net.places[j][: spec.axes]) - np.array(net.places[i][: spec.axes])
    length = sqrt(float(np.dot(apart, apart)))
    d = length * spec.stretch
    slope = k * (1.0 + 2.0 * spec.alpha * d + 3.0 * spec.beta * d * d)
    tension = k * d * (1.0 + spec.alpha * d + spec.beta * d * d)
    along = np.outer(apart, apart) / length**2
    across: Floats = np.eye(spec.axes) - along
    return slope * along + tension / length * across


def shapes(spec: SpringsSpec) -> list[Shape]:
    """All modes of the free masses, slowest first; none of a network with more than MAX_FREEDOMS."""
    net = network(spec)
    if len(net.free) * spec.axes > MAX_FREEDOMS:
        return []
    roots = np.sqrt(np.array([net.masses[i] for i in net.free for _ in range(spec.axes)]))
    matrix = stiffness_matrix(spec, net) / np.outer(roots, roots)
    vectors = np.empty_like(matrix)
    eigen(matrix, vectors)
    squares = np.diag(matrix)
    order = np.argsort(squares, kind="stable")
    found = []
    for k in order:
        vector = vectors[k] / roots
        largest = int(np.argmax(np.abs(vector) > 0.999999 * np.abs(vector).max()))
        found.append(Shape(float(squares[k]), (vector * np.sign(vector[largest])).tolist()))
    return found


def vibrating(found: list[Shape]) -> list[Shape]:
    """Those that come back: without the ways in which the whole moves freely."""
    top = max((shape.square for shape in found), default=0.0)
    return [shape for shape in found if shape.square > 1e-10 * top]
