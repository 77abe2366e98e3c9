"""The Taylor method of fixed order with adaptive steps, on a tape of formulas."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SeriesMethod:
    """A one-step method that gives the whole polynomial of every step."""

    name: str
    order: int
    symplectic: bool
    adaptive: bool
    fields: tuple[str, ...]
    """What a checkpoint holds of it."""
    documentation: str


TAYLOR_22 = SeriesMethod(
    name="taylor-22-compensated",
    order=22,
    symplectic=False,
    adaptive=True,
    fields=("state", "clock", "sides"),
    documentation="A. Jorba and M. Zou, A software package for the numerical integration of ODEs by means of "
    "high-order "
    "Taylor methods, Experimental Mathematics 14 (2005) 99-117: series of order 22 by the recurrences of each "
    "operation, "
    "steps of e^-2 of the radius of convergence, which leaves a truncation error of e^-44, far below rounding. "
    "The state "
    "is a compensated sum (Kahan 1965). Frames and events are read from the series: they never shorten a step.",
)
