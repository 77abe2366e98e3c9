"""Steps and cost of phase oscillators."""

from __future__ import annotations

from math import tau
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harmonic_physics.engine.systems.oscillators import OscillatorsSpec

SECONDS_AN_EVALUATION = 8e-9
"""Of one oscillator's rate, about."""
EDGE_SHARE = 0.2
"""Of that, for the end of an edge."""
STEPS_A_RADIAN = 20.0


def steps_a_second(spec: OscillatorsSpec) -> float:
    """Enough that the coupling and a spread of frequencies turn a phase by 1/20 radian a step, or as asked."""
    if spec.time_step > 0.0:
        return 1.0 / spec.time_step
    return STEPS_A_RADIAN * max(abs(spec.coupling) + tau * spec.spread, 0.1)


def edge_ends(spec: OscillatorsSpec) -> int:
    """Ends of edges that an evaluation visits."""
    if spec.network == "all":
        return 0
    return (
        2 * len(spec.edges)
        if spec.network == "edges"
        else spec.count * (4 if spec.network == "lattice" else 2 * spec.reach)
    )
