"""The grid of a stiff string: as fine as is stable, and how flat its partials are."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, log2, pi, sin, sqrt

from harmonic_physics.engine.systems.string import StringBody


@dataclass(frozen=True)
class Grid:
    """Numbers of a grid of `points` intervals of dx."""

    points: int
    c2: float
    """(c / dx)^2"""
    k2: float
    """kappa^2 / dx^4"""
    per_metre2: float
    """1 / dx^2"""
    rate: float

    @property
    def most_loss(self) -> float:
        """The largest s1 / dx^2 whose explicit step is stable with room to spare."""
        return 0.02 * self.rate

    def tighter(self, tension: float, s1: float) -> float:
        """How many times shorter steps must be for a tension `tension` times that of the spec and a loss of s1 / dx^2.

        Stable while k^2 (c2 + 4 k2) + 4 s1 k <= 1 (von Neumann, shortest wave).
        """
        b, a = 4.0 * s1, self.c2 * tension + 4.0 * self.k2
        longest = (-b + sqrt(b * b + 4.0 * a)) / (2.0 * a)
        return max(1.0, 1.0 / (self.rate * longest))


def grid(string: StringBody, rate: float, room: float = 0.98) -> Grid:
    """The finest grid that is stable at the rate, with two per cent to spare: k^2 (c2 + 4 k2) <= 1."""
    c = 2.0 * string.length * string.frequency
    kappa = sqrt(string.inharmonicity) * c * string.length / pi
    k = 1.0 / (rate * room)
    # dx^4 - (c k)^2 dx^2 - 4 (kappa k)^2 = 0
    square = 0.5 * ((c * k) ** 2 + sqrt((c * k) ** 4 + 16.0 * (kappa * k) ** 2))
    points = max(8, min(4000, int(string.length / sqrt(square))))
    dx = string.length / points
    return Grid(points, (c / dx) ** 2, (kappa / dx**2) ** 2, 1.0 / dx**2, rate)


def frequency(each: Grid, rate: float, n: int) -> float:
    """Frequency of partial n in the scheme: sin^2(w k / 2) = k^2 (c2 s^2 + 4 k2 s^4), s = sin(n pi / 2N)."""
    s2 = sin(0.5 * n * pi / each.points) ** 2
    k = 1.0 / rate
    return rate / pi * asin(min(1.0, k * sqrt(each.c2 * s2 + 4.0 * each.k2 * s2 * s2)))


def bound(string: StringBody, each: Grid, rate: float, partials: int) -> float:
    """Most cents by which partials 1..partials differ from n f0 sqrt(1 + B n^2)."""
    worst = 0.0
    for n in range(1, min(partials, each.points - 1) + 1):
        exact = n * string.frequency * sqrt(1.0 + string.inharmonicity * n * n)
        worst = max(worst, abs(1200.0 * log2(frequency(each, rate, n) / exact)))
    return worst
