"""Kahan and Li's symmetric composition of order 8 with 17 stages, and the leapfrog that it is made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Composition:
    """A symmetric composition of the leapfrog: one step of h is leapfrogs of h * weights[i], in turn."""

    name: str
    order: int
    symplectic: bool
    adaptive: bool
    fields: tuple[str, ...]
    """What a checkpoint holds of it."""
    weights: tuple[float, ...]
    documentation: str


_HALF = (
    0.13020248308889008087881763,
    0.56116298177510838456196441,
    -0.38947496264484728640807860,
    0.15884190655515560089621075,
    -0.39590389413323757733623154,
    0.18453964097831570709183254,
    0.25837438768632204729397911,
    0.29501172360931029887096624,
)

KAHAN_LI_8 = Composition(
    name="kahan-li-8-compensated",
    order=8,
    symplectic=True,
    adaptive=False,
    fields=("now", "start", "time"),
    weights=(*_HALF, -0.60550853383003451169892108, *reversed(_HALF)),
    documentation="W. Kahan and R.-C. Li, Composition constants for raising the orders of unconventional schemes for "
    "ordinary differential equations, Math. Comp. 66 (1997) 1089-1099, 17 stages, order 8. Positions and velocities "
    "are kept as compensated sums (Kahan 1965), so that rounding grows as Brouwer's law allows and no faster.",
)

LEAPFROG = Composition(
    name="leapfrog",
    order=2,
    symplectic=True,
    adaptive=False,
    fields=("now", "start", "time"),
    weights=(1.0,),
    documentation="Drift, kick, drift (Stoermer 1907, Verlet 1967): the brick of the compositions, offered where a "
    "quick look is enough. Compensated sums, as above.",
)
