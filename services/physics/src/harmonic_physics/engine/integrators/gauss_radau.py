"""Everhart's Gauss-Radau quadrature of order 15, with the tables that a step needs. All come from the eight nodes."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from math import comb

_NODES = (
    "0",
    "0.0562625605369221464656521910323111757823",
    "0.1802406917368923649875799428091817845427",
    "0.3526247171131696373739077701712412028080",
    "0.5471536263305553830014485576523488546405",
    "0.7342101772154105315232106083066100025630",
    "0.8853209468390957680903597629324853729220",
    "0.9775206135612875018911745004291549400775",
)
"""Roots of (P_7 + P_8)(2 s - 1): Radau's nodes on [0, 1], the left end among them."""

Table = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Radau:
    """A collocation step: the acceleration is a polynomial through the eight nodes."""

    name: str
    order: int
    symplectic: bool
    adaptive: bool
    fields: tuple[str, ...]
    """What a checkpoint holds of it."""
    tolerance: float
    """Largest share that the last coefficient may have of the pulls on a body."""
    documentation: str
    nodes: tuple[float, ...]
    gaps: Table
    """gaps[n][m] = 1 / (node n - node m), m < n."""
    to_powers: Table
    """b_j = sum_n g_n to_powers[n][j]: from Newton's divided differences g to powers of s."""
    to_differences: Table
    """g_n = sum_k b_k to_differences[k][n]."""
    weights: tuple[float, ...]
    """Of the accelerations at nodes 1..7, less the one at the start, in the mean over the step."""
    binomials: Table
    """binomials[j][k] = C(k + 1, j + 1): a polynomial of this step as one of the next."""


def _radau() -> Radau:
    with localcontext() as context:
        context.prec = 40
        h = [Decimal(node) for node in _NODES]
        powers = [[Decimal(1)]]  # s prod_{m <= n} (s - h_m), by powers from s^1 on (Everhart 1985, eq. 8)
        for n in range(1, 7):
            before = [Decimal(0), *powers[-1], Decimal(0)]
            powers.append([before[j] - h[n] * before[j + 1] for j in range(n + 1)])
        differences = [_differences(powers, k) for k in range(7)]
        weights = [_weight(h, powers, node) for node in range(1, 8)]
        gaps = tuple(tuple(float(1 / (h[n] - h[m])) for m in range(n)) + (0.0,) * (8 - n) for n in range(8))
    return Radau(
        name="gauss-radau-15-compensated",
        order=15,
        symplectic=False,
        adaptive=True,
        fields=("now", "start", "radau", "time"),
        tolerance=3e-8,
        documentation="E. Everhart, An efficient integrator that uses Gauss-Radau spacings, IAU Coll. 83 (1985) "
        "185-202; H. Rein and D. Spiegel, IAS15, MNRAS 446 (2015) 1424-1437: predictor-corrector to rounding, steps "
        "from the last coefficient b6. Here b6 is measured, body by body, against the sum of the sizes of its pulls, "
        "which never vanishes, so that a body on which the pulls cancel does not stall the run; and no step is longer "
        "than a fifth of the time sqrt(r^3 / G M) of any pair. Positions and velocities are compensated sums; the "
        "leading products of a step are exact (Dekker 1971). The step's polynomial is the dense output.",
        nodes=tuple(float(node) for node in h),
        gaps=gaps,
        to_powers=tuple(tuple(float(c) for c in row) + (0.0,) * (7 - len(row)) for row in powers),
        to_differences=tuple(tuple(float(c) for c in row) for row in differences),
        weights=tuple(float(weight) for weight in weights),
        binomials=tuple(tuple(float(comb(k + 1, j + 1)) for k in range(7)) for j in range(7)),
    )


def _differences(powers: list[list[Decimal]], k: int) -> list[Decimal]:
    """Divided differences of the polynomial s^(k + 1): back substitution."""
    g = [Decimal(0)] * 7
    for n in range(6, -1, -1):
        g[n] = Decimal(int(n == k))
        for m in range(n + 1, 7):
            g[n] -= g[m] * powers[m][n]
    return g


def _weight(h: list[Decimal], powers: list[list[Decimal]], node: int) -> Decimal:
    """Integral over [0, 1] of the polynomial through 0 that is 1 at one node and 0 at the others."""
    g: list[Decimal] = []
    total = Decimal(0)
    for n in range(1, 8):
        t = Decimal(int(n == node)) / h[n]
        for m in range(1, n):
            t = (t - g[m - 1]) / (h[n] - h[m])
        g.append(t)
        for j, c in enumerate(powers[n - 1]):
            total += t * c / (j + 2)
    return total


GAUSS_RADAU_15 = _radau()
