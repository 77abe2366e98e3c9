"""The classical Runge-Kutta method."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StepMethod:
    """A one-step method of fixed order and step."""

    name: str
    order: int
    symplectic: bool
    adaptive: bool
    fields: tuple[str, ...]
    """What a checkpoint holds of it."""
    documentation: str


RUNGE_KUTTA_4 = StepMethod(
    name="runge-kutta-4",
    order=4,
    symplectic=False,
    adaptive=False,
    fields=("phase", "rate"),
    documentation="W. Kutta, Beitrag zur naeherungsweisen Integration totaler Differentialgleichungen, Z. Math. "
    "Phys. 46 "
    "(1901) 435-453: four evaluations a step. Events are found on Hermite's cubic of each step, whose ends are the "
    "method's own values and rates.",
)
