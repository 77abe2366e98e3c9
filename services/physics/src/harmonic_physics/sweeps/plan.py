"""Which points a sweep has: a grid of axes, or a random ensemble. Pure: the same plan and seed give the same points."""

import random
from itertools import product
from math import exp, log
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_contracts.problems import FieldError
from harmonic_physics.engine.system import Refused

MAX_POINTS = 2000
Value = float | int
Path = Field(
    min_length=1,
    max_length=200,
    pattern=r"^(environment|spec)(\.[A-Za-z0-9_]+)+$",
    description="`environment.gravity`, `spec.coupling`, `spec.bodies.0.mass`",
)


class Axis(Contract):
    """A parameter and its values: named one by one, or spread between two ends."""

    parameter: str = Path
    values: list[float] | None = Field(default=None, min_length=1, max_length=MAX_POINTS)
    start: float | None = None
    stop: float | None = None
    count: int | None = Field(default=None, ge=2, le=MAX_POINTS)
    scale: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        spread = (self.start, self.stop, self.count)
        if (self.values is None) == (None in spread):
            raise ValueError("give either values, or start, stop and count")
        if self.values is None and self.scale == "log" and not (self.start or 0) > 0 < (self.stop or 0):
            raise ValueError("a log scale needs start and stop above 0")
        return self

    def points(self) -> list[float]:
        """The values in order."""
        if self.values is not None:
            return self.values
        assert self.start is not None and self.stop is not None and self.count is not None
        return [between(self.start, self.stop, k / (self.count - 1), self.scale) for k in range(self.count)]


class Range(Contract):
    """A parameter drawn between two ends."""

    parameter: str = Path
    start: float
    stop: float
    scale: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.scale == "log" and not self.start > 0 < self.stop:
            raise ValueError("a log scale needs start and stop above 0")
        return self


class Ensemble(Contract):
    """Points drawn at random, each parameter by itself; each has a seed of its own."""

    count: int = Field(ge=1, le=MAX_POINTS)
    ranges: list[Range] = Field(default=[], max_length=8)


class Plan(Contract):
    """What to sweep: every combination of the axes, or an ensemble."""

    grid: list[Axis] = Field(default=[], max_length=8)
    random: Ensemble | None = None
    seed: int = Field(default=0, ge=0, lt=2**63, description="Of every simulation of a grid; of the drawing of points")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if bool(self.grid) == (self.random is not None):
            raise ValueError("give either a grid or random")
        names = [axis.parameter for axis in self.grid] + [
            r.parameter for r in (self.random.ranges if self.random else [])
        ]
        if len(set(names)) < len(names):
            raise ValueError("a parameter is named twice")
        return self


class Point(Contract):
    """One universe of the sweep."""

    parameters: dict[str, float]
    seed: int


def between(start: float, stop: float, share: float, scale: str) -> float:
    """The value at a share of the way."""
    if share in (0.0, 1.0):
        return stop if share else start
    if scale == "log":
        return exp(log(start) + share * (log(stop) - log(start)))
    return start + share * (stop - start)


def points(plan: Plan) -> list[Point]:
    """All points in order. Raises Refused for too many."""
    if plan.random is not None:
        return _drawn(plan.random, plan.seed)
    total = 1
    for axis in plan.grid:
        total *= len(axis.points())
    if total > MAX_POINTS:
        raise Refused(
            [FieldError(field="body.grid", reason=f"the grid has {total} points", allowed=f"at most {MAX_POINTS}")]
        )
    names = [axis.parameter for axis in plan.grid]
    rows = product(*(axis.points() for axis in plan.grid))
    return [Point(parameters=dict(zip(names, row, strict=True)), seed=plan.seed) for row in rows]


def _drawn(ensemble: Ensemble, seed: int) -> list[Point]:
    source = random.Random(seed)
    found = []
    for _ in range(ensemble.count):
        values = {r.parameter: between(r.start, r.stop, source.random(), r.scale) for r in ensemble.ranges}
        found.append(Point(parameters=values, seed=source.getrandbits(63)))
    return found


def at_point(document: dict[str, Any], point: Point) -> dict[str, Any]:
    """The document with the point's values written in. Raises Refused for a path that is not there."""
    changed = document
    for path, value in point.parameters.items():
        changed = _written(changed, path.split("."), value, path)
    return changed


def _written(node: Any, path: list[str], value: float, whole: str) -> Any:
    if not path:
        return round(value) if isinstance(node, int) and not isinstance(node, bool) else value
    head, *rest = path
    if isinstance(node, list) and head.isdigit() and int(head) < len(node):
        return [_written(each, rest, value, whole) if k == int(head) else each for k, each in enumerate(node)]
    if isinstance(node, dict) and (head in node or not rest):
        return {**node, head: _written(node.get(head, value), rest, value, whole)}
    raise Refused([FieldError(field="body.grid", reason=f"the universe has no {whole}")])
