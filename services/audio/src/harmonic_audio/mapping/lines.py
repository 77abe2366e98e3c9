"""Lines over time that can be multiplied, added and blended, and drawn again as the points of a curve."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from harmonic_audio.mapping.motion import Floats
from harmonic_contracts.score import ControlCurve, ControlPoint, MixCurve

STEP_S: Final = 0.02
"""Distance of the points of a bend: a second's quarter of a sine is drawn to 1.3e-4."""
LEAST_MOVE_S: Final = 0.02
"""What is continuous never moves faster: that would be a click."""
Span = tuple[float, float]
FOREVER: Final[Span] = (0.0, np.inf)


@dataclass(frozen=True)
class Line:
    """A value at every time. Between its knots it is straight, but in its bends."""

    knots: Floats
    at: Callable[[Floats], Floats]
    bends: Sequence[Span] = ()

    def drawn(self, end_s: float) -> list[ControlPoint]:
        """The points that draw the line from 0 to an end, straight between them; a jump is two points at one time."""
        inside = [self.knots[(self.knots > 0.0) & (self.knots < end_s)], np.array([0.0, end_s])]
        for begin, until in self.bends:
            low, high = max(begin, 0.0), min(until, end_s)
            if high > low:
                inside.append(np.linspace(low, high, int(np.ceil((high - low) / STEP_S)) + 1))
        times = np.unique(np.concatenate(inside))
        after, before = self.at(times), self.at(np.nextafter(times, -np.inf))
        size = max(float(np.max(np.abs(after))), 1e-12)
        points: list[tuple[float, float]] = []
        for time, left, right in zip(times.tolist(), before.tolist(), after.tolist(), strict=True):
            if points and abs(left - right) > 1e-6 * size:
                points.append((time, left))
            points.append((time, right))
        return [ControlPoint(time_s=time, value=value) for time, value in _needed(points)]


def _needed(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without those in the middle of a level stretch."""
    level = [
        0 < index < len(points) - 1 and points[index - 1][1] == value == points[index + 1][1]
        for index, (_, value) in enumerate(points)
    ]
    return [point for point, spare in zip(points, level, strict=True) if not spare]


def line_of(time_s: Floats, value: Callable[[Floats], Floats], interpolation: str) -> Line:
    """The line of a curve that is given by its knots, its value and its interpolation."""
    return Line(time_s, value, () if interpolation in ("linear", "step") else [FOREVER])


def straight(points: Sequence[tuple[float, float]]) -> Line:
    """Straight between points in order of time."""
    times, values = (np.array(column) for column in zip(*points, strict=True))
    return Line(times, lambda at: np.asarray(np.interp(at, times, values)))


def product(lines: Sequence[Line]) -> Line:
    """The product of lines; where two of them move, it bends."""
    return lines[0] if len(lines) == 1 else _joined(lines, np.multiply, bends=[FOREVER])


def total(lines: Sequence[Line]) -> Line:
    """The sum of lines."""
    return (
        lines[0] if len(lines) == 1 else _joined(lines, np.add, bends=[span for line in lines for span in line.bends])
    )


def held_to(line: Line, low: float, high: float) -> Line:
    """The line, held between two values."""
    return Line(line.knots, lambda at: np.clip(line.at(at), low, high), line.bends)


def _joined(lines: Sequence[Line], operation: Callable[[Floats, Floats], Floats], bends: Sequence[Span]) -> Line:
    knots = np.unique(np.concatenate([line.knots for line in lines]))
    return Line(knots, lambda at: reduce(operation, [line.at(at) for line in lines]), bends)


def same(first: ControlCurve | MixCurve, second: ControlCurve | MixCurve) -> bool:
    """Whether two curves draw the same, whatever voice they belong to."""
    return first.points == second.points and first.interpolation == second.interpolation
