"""Natural frequencies: evenly spread quantiles of a distribution, so that a few oscillators stand for very many."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from harmonic_physics.engine.systems.oscillators import OscillatorsSpec


def natural(spec: OscillatorsSpec, lorentz: Callable[[float], float] | None = None) -> list[float]:
    """Frequencies [Hz], rising. `lorentz` gives the quantile of the Lorentz distribution in portable arithmetic."""
    if spec.frequencies:
        return list(spec.frequencies)
    return [spec.frequency + spec.spread * quantile(spec, k, lorentz) for k in range(spec.count)]


def quantile(spec: OscillatorsSpec, k: int, lorentz: Callable[[float], float] | None = None) -> float:
    """In units of the spread: half width at half height (lorentz), standard deviation (gauss), half width (uniform)."""
    share = (k + 0.5) / spec.count
    if spec.distribution == "uniform":
        return 2.0 * share - 1.0
    if spec.distribution == "gauss":
        return round(NormalDist().inv_cdf(share), 12)
    if lorentz is not None:
        return lorentz(share)
    return max(-3.0, min(3.0, (2.0 * share - 1.0) / sqrt(1e-9 + share * (1.0 - share))))  # rough: for an estimate
