"""The tangent flow of a system: small deviations along with the motion, whose growth gives the Lyapunov exponents.

v' = J(x) v for as many vectors as there are variables; they are made orthonormal after every step, and the
logarithms of their lengths add up: exponents = sums / time (Benettin et al. 1980).
"""

from harmonic_physics.engine.formulas.derivative import jacobian
from harmonic_physics.engine.formulas.graph import Expression, Graph, total


def tangent_flow(graph: Graph, states: list[Expression], rates: list[Expression]) -> list[Expression]:
    """New states for every component of every vector (vector by vector), and their rates."""
    size = len(states)
    slopes = jacobian(rates, states)
    vectors = [[graph.state(f"tangent {i} {j}") for j in range(size)] for i in range(size)]
    return [total([slopes[j][k] * v[k] for k in range(size)], graph) for v in vectors for j in range(size)]


def unit_vectors(size: int) -> list[float]:
    """Where they start."""
    return [float(i == j) for i in range(size) for j in range(size)]
