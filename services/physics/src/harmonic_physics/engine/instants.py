"""Times of steps that do not depend on how the work was cut into calls: counted from the piece's start, always."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harmonic_physics.engine.stepping import FRAME, PIECE, STEP, SteppedRun


class Instants:
    """Times within one call of `march`: instant k is after k of its steps, computed as start + (steps before + k) h."""

    def __init__(self, run: SteppedRun[Any], h: float) -> None:
        frame, piece, self._before = (int(run._clock[slot]) for slot in (FRAME, PIECE, STEP))
        self._start, self._h = run._pieces_of(frame)[piece][0], h

    def __call__(self, k: int) -> float:
        return self._start + (self._before + k) * self._h

    def after(self, done: int) -> Callable[[int], float]:
        """The instants after `done` of the steps."""
        return lambda k: self(done + k)
