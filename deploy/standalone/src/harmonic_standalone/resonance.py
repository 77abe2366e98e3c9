"""The chain of resonances of TRAPPIST-1, checked on what came out: rates of transits against the published periods.

Periods: Agol et al. (2021), arXiv 2010.01074, table 2. A rate is (n - 1) / (last - first) over the whole run, since
single intervals scatter with eccentricity and mutual pull.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

PERIODS_D = {
    "b": 1.510826,
    "c": 2.421937,
    "d": 4.049219,
    "e": 6.101013,
    "f": 9.207540,
    "g": 12.352446,
    "h": 18.772866,
}
TOLERANCE = 0.002


@dataclass(frozen=True)
class Link:
    """Two neighbouring planets: the ratio of their transit rates, and that of the published periods."""

    inner: str
    outer: str
    measured: float
    published: float

    @property
    def error(self) -> float:
        return self.measured / self.published - 1.0

    @property
    def holds(self) -> bool:
        return abs(self.error) <= TOLERANCE


def transits(trajectory: Path) -> dict[str, list[float]]:
    """The times of each planet's transits in days, from an exported trajectory."""
    import numpy as np

    with np.load(trajectory) as data:
        kind = list(data["event_kinds"]).index("transit")
        chosen = data["event_kind"] == kind
        times, bodies = data["event_time"][chosen], data["event_body_a"][chosen]
        names = [str(name) for name in data["body_names"]]
    return {name: sorted(times[bodies == number].tolist()) for number, name in enumerate(names) if name in PERIODS_D}


def links(found: dict[str, list[float]]) -> list[Link]:
    """The chain from the innermost pair to the outermost. Raises ValueError where a planet has too few transits."""
    rates = {name: _rate(name, found.get(name, [])) for name in PERIODS_D}
    return [
        Link(inner, outer, rates[inner] / rates[outer], PERIODS_D[outer] / PERIODS_D[inner])
        for inner, outer in pairwise(PERIODS_D)
    ]


def _rate(name: str, times: list[float]) -> float:
    if len(times) < 2:
        raise ValueError(f"planet {name} has {len(times)} transits: the run is too short to measure its rate")
    return (len(times) - 1) / (times[-1] - times[0])
