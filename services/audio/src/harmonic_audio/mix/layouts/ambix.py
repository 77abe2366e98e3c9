"""ambiX: real spherical harmonics in ACN order, SN3D normalised, without the Condon-Shortley phase; W is 1.

Y_l^m = N_lm P_l|m|(sin e) * (cos m a for m >= 0, sin |m| a for m < 0),
N_lm = sqrt((2 - delta_m0) (l - |m|)! / (l + |m|)!) (Nachbar et al. 2011, "ambiX"). Channel ACN = l (l + 1) + m.
"""

from dataclasses import dataclass
from math import factorial
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from harmonic_audio.mix.effect import Through
from harmonic_audio.mix.layouts.layout import Floats, directions

MOST_ORDER: Final = 5
RETURN_AZIMUTHS: Final = (45.0, 135.0, -135.0, -45.0, 45.0, 135.0, -135.0, -45.0)
RETURN_ELEVATIONS: Final = (35.2643897, 35.2643897, 35.2643897, 35.2643897, -35.2643897, -35.2643897, -35.2643897,
                            -35.2643897)  # fmt: skip
"""Corners of a cube: evenly around, and a design of order 3 on the sphere."""


def spherical_harmonics(order: int, azimuth_deg: ArrayLike, elevation_deg: ArrayLike = 0.0) -> Floats:
    """SN3D harmonics up to an order in ACN order; shape (n, (order + 1)^2)."""
    azimuth, elevation = directions(azimuth_deg, elevation_deg)
    legendre = _legendre(order, np.sin(elevation), np.cos(elevation))
    out = np.empty((len(azimuth), (order + 1) ** 2))
    for degree in range(order + 1):
        for m in range(degree + 1):
            scale = ((2 - (m == 0)) * factorial(degree - m) / factorial(degree + m)) ** 0.5
            out[:, degree * (degree + 1) + m] = scale * legendre[degree][m] * np.cos(m * azimuth)
            if m:
                out[:, degree * (degree + 1) - m] = scale * legendre[degree][m] * np.sin(m * azimuth)
    return out


def _legendre(order: int, x: Floats, root: Floats) -> list[list[Floats]]:
    """Associated Legendre functions P_lm(x) without the phase (-1)^m; ``root`` is sqrt(1 - x^2)."""
    table: list[list[Floats]] = [[np.ones_like(x)]]
    for degree in range(1, order + 1):
        row = [np.zeros_like(x)] * (degree + 1)
        for m in range(degree - 1):
            before = (degree + m - 1) * table[degree - 2][m]
            row[m] = ((2 * degree - 1) * x * table[degree - 1][m] - before) / (degree - m)
        row[degree - 1] = (2 * degree - 1) * x * table[degree - 1][degree - 1]
        row[degree] = (2 * degree - 1) * root * table[degree - 1][degree - 1]
        table.append(row)
    return table


@dataclass(frozen=True)
class AmbiX:
    """Ambisonics of an order from 1 to 5."""

    order: int

    def __post_init__(self) -> None:
        if not 1 <= self.order <= MOST_ORDER:
            raise ValueError(f"ambiX is offered in the orders 1 to {MOST_ORDER}, not {self.order}")

    @property
    def name(self) -> str:
        """`ambix` and the order."""
        return f"ambix{self.order}"

    @property
    def names(self) -> tuple[str, ...]:
        """ACN numbers."""
        return tuple(f"ACN {acn}" for acn in range(self.channels))

    @property
    def channels(self) -> int:
        """(order + 1)^2."""
        return (self.order + 1) ** 2

    @property
    def bus_channels(self) -> int:
        """As many as are delivered."""
        return self.channels

    @property
    def mask(self) -> int:
        """No loudspeakers."""
        return 0

    @property
    def weights(self) -> tuple[float, ...]:
        """No standard weighs scenes: W alone is heard, so that a sound counts as much as in constant-power stereo."""
        return (1.0, *[0.0] * (self.channels - 1))

    @property
    def returns(self) -> Floats:
        """Eight returns at the corners of a cube, their power together that of two."""
        return 0.5 * spherical_harmonics(self.order, RETURN_AZIMUTHS, RETURN_ELEVATIONS)

    def gains(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike = 0.0) -> Floats:
        """The harmonics of the directions; shape (n, channels)."""
        return spherical_harmonics(self.order, azimuth_deg, elevation_deg)

    def decoder(self, sample_rate: int) -> Through:
        """The bus is what is delivered."""
        return Through(self.channels)
