"""How much damping a soft contact needs for an elasticity."""

from math import asin, exp, log, pi, sqrt

STIFFEST = 2.0
"""Damping ratio beyond which hardly anything comes back."""


def elasticity_of(zeta: float) -> float:
    """Share of the speed that comes back from a spring and dashpot that push and never pull.

    Schwager and Poeschel, Granular Matter 9 (2007) 465: the contact ends when the force does, not when the way is back.
    """
    if zeta < 1:
        return exp(-zeta / sqrt(1 - zeta**2) * (pi - 2 * asin(zeta)))
    if zeta == 1:
        return exp(-2)
    root = sqrt(zeta**2 - 1)
    return exp(-zeta / root * log((zeta + root) / (zeta - root)))


def damping_ratio(elasticity: float) -> float:
    """The damping ratio that gives it, by bisection."""
    low, high = 0.0, STIFFEST
    for _ in range(60):
        middle = 0.5 * (low + high)
        if elasticity_of(middle) > elasticity:
            low = middle
        else:
            high = middle
    return 0.0 if elasticity >= 1 else high
