"""What a smooth system says of itself: its variables with their rates, what is shown, what is conserved, what is
watched.

Pure Python: an estimate can be made from it before any array or compiler is loaded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from harmonic_physics.engine.formulas.graph import Expression, Graph
from harmonic_physics.engine.formulas.tape import MUL, SQUARE, Tape, compiled

_QUADRATIC = frozenset(range(MUL, SQUARE + 1)) | frozenset(range(8, 19))
"""Instructions whose cost of a series grows with the square of its order."""
NANOSECONDS = (9.0, 6.0, 0.9)
"""Measured: an instruction of order 0, one order more of it, and one more product of a quadratic one."""


@dataclass(frozen=True)
class Shown:
    """An observable: its expressions, row by row, and the shape of one frame."""

    expressions: Sequence[Expression]
    shape: tuple[int, ...] = ()


@dataclass(frozen=True)
class Watch:
    """An event: where `of` (or, with `slope`, its rate of change) passes through zero.

    It is told if `guard` is positive there and `strength` (its size; 1 without) is at least `least`.
    """

    kind: str
    of: Expression
    slope: bool = False
    direction: int = 0
    guard: Expression | None = None
    strength: Expression | None = None
    least: float = 1e-9
    body_a: int = -1
    body_b: int = -1
    position: tuple[Expression, ...] = ()


@dataclass
class Problem:
    """Rates in the order of the graph's states. `weights` 0 keeps a variable (time) from choosing the step."""

    graph: Graph
    rates: list[Expression]
    shown: dict[str, Shown]
    conserved: dict[str, Expression] = field(default_factory=dict)
    watches: list[Watch] = field(default_factory=list)
    weights: list[float] | None = None
    tangents: tuple[int, int] = (0, 0)
    """First state and number of the tangent vectors that are kept orthonormal, if any (see `smooth.tangent`)."""

    def moving(self) -> Tape:
        """The tape of the series: rates, and what the events watch."""
        return compiled(self.graph, [*self.rates, *(watch.of for watch in self.watches)])

    def looking(self) -> Tape:
        """The tape of values: what is shown and conserved, and what is told of an event."""
        shown = chain.from_iterable(each.expressions for each in self.shown.values())
        told = chain.from_iterable(
            [*(e for e in (w.guard, w.strength) if e is not None), *w.position] for w in self.watches
        )
        return compiled(self.graph, [*shown, *self.conserved.values(), *told])


def step_seconds(tape: Tape, order: int) -> float:
    """About what one step costs."""
    base, linear, quadratic = NANOSECONDS
    products = 0.5 * order * order
    heavy = len([1 for row in tape.body if row[0] in _QUADRATIC])
    count = len(tape.body)
    return 1e-9 * (2000.0 + 60.0 * tape.states + count * (base + linear * order) + heavy * quadratic * products)
