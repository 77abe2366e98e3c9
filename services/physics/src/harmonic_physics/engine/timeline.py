"""A universe's timeline: scenes override parameters for a stretch, story points are moments to travel to.

The value of a parameter at a time is: what the universe says; between story points, on the way from one snapshot to the
next; inside a scene, the scene's. A run cuts its steps at the `knots`, so that every change happens at its exact time,
and the trajectory is continuous across all of them: only parameters change, never the state.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, inf
from typing import Literal

from pydantic import Field

from harmonic_contracts.base import Contract

Curve = Literal["step", "linear", "smooth", "exponential"]
MAX_SCENES, MAX_STORY_POINTS = 200, 1000
PIECES_A_TRANSITION = 64
"""A transition is walked in at least this many equal pieces, each with the value at its middle."""

Values = dict[str, float]
_Time = Field(ge=0.0, le=1e12, json_schema_extra={"unit": "universe time"})


class Scene(Contract):
    """A stretch of the timeline in which some parameters have other values."""

    name: str = Field(min_length=1, max_length=120)
    start: float = _Time
    end: float | None = Field(
        default=None, gt=0.0, le=1e12, description="Without it, until the next scene or the universe's end"
    )
    parameters: Values = Field(default={}, max_length=50, description="Environment parameters and tunable spec fields")
    transition: float = Field(default=0.0, ge=0.0, le=1e12, description="Time to reach, and later to leave, the values")
    curve: Curve = "smooth"


class StoryPoint(Contract):
    """A marked moment; its snapshot is reached exactly then."""

    name: str = Field(min_length=1, max_length=120)
    time: float = _Time
    description: str = Field(default="", max_length=4000)
    parameters: Values = Field(default={}, max_length=50, description="The snapshot that is reached at this moment")
    transition: float | None = Field(
        default=None, ge=0.0, le=1e12, description="How long the way there takes; without it, since the point before"
    )
    curve: Curve = "linear"


@dataclass(frozen=True)
class Move:
    """A parameter's way from `start` to `end`, to the value `to`; it holds there afterwards."""

    start: float
    end: float
    to: float
    curve: Curve


@dataclass
class Timeline:
    """The moves of every parameter, in order of time. Empty: nothing ever changes."""

    moves: dict[str, list[Move]] = field(default_factory=dict)

    def add(self, name: str, move: Move) -> None:
        """Append a move that begins no earlier than the parameter's last one. It cuts a move still under way."""
        self.moves.setdefault(name, []).append(move)

    def value(self, name: str, base: float, time: float) -> float:
        """The parameter at a time, from `base` on."""
        value = base
        moves = self.moves.get(name, [])
        for index, move in enumerate(moves):
            if move.start > time:
                break
            until = min(time, moves[index + 1].start if index + 1 < len(moves) else inf)
            value = _blend(value, move, until)
        return value

    def values(self, base: Mapping[str, float], time: float) -> Values:
        """Every parameter at a time."""
        return {name: self.value(name, value, time) for name, value in base.items()}

    def knots(self, longest: float) -> list[float]:
        """Times at which a run cuts its steps: the ends of all moves, and between them at most `longest` apart."""
        times: set[float] = set()
        for move in (move for moves in self.moves.values() for move in moves):
            times |= {move.start, move.end}
            if move.end > move.start and move.curve != "step":
                count = max(PIECES_A_TRANSITION, min(100_000, ceil((move.end - move.start) / longest)))
                times.update(move.start + k * (move.end - move.start) / count for k in range(1, count))
        return sorted(times)


def _blend(before: float, move: Move, time: float) -> float:
    if time >= move.end:
        return move.to
    if move.curve == "step":
        return before
    u = (time - move.start) / (move.end - move.start)
    if move.curve == "smooth":
        u = u * u * (3.0 - 2.0 * u)
    if move.curve == "exponential" and before > 0.0 and move.to > 0.0:
        return float(before * (move.to / before) ** u)
    return before + (move.to - before) * u


def compiled(base: Mapping[str, float], scenes: Sequence[Scene], points: Sequence[StoryPoint]) -> Timeline:
    """The timeline of checked scenes and story points (see `faults`) over the universe's own values."""
    told = _story(points)
    timeline = Timeline({name: list(moves) for name, moves in told.moves.items() if not _staged(name, scenes)})
    for name in sorted({name for scene in scenes for name in scene.parameters}):
        for move in _staged_moves(name, base[name], sorted(scenes, key=lambda s: s.start), told):
            timeline.add(name, move)
    return timeline


def _staged(name: str, scenes: Sequence[Scene]) -> bool:
    return any(name in scene.parameters for scene in scenes)


def _story(points: Sequence[StoryPoint]) -> Timeline:
    timeline = Timeline()
    last: dict[str, float] = {}
    for point in sorted(points, key=lambda p: p.time):
        for name, value in point.parameters.items():
            begin = last.get(name, 0.0)
            if point.transition is not None:
                begin = max(begin, point.time - point.transition)
            timeline.add(name, Move(begin, point.time, value, point.curve))
            last[name] = point.time
    return timeline


def _staged_moves(name: str, base: float, scenes: Sequence[Scene], told: Timeline) -> list[Move]:
    """Scenes go before the story: it is heard only where no scene speaks of the parameter."""
    moves: list[Move] = []
    free = 0.0  # from when on no scene holds the parameter
    own = [scene for scene in scenes if name in scene.parameters]
    story = told.moves.get(name, [])
    ends = [_end(scene, scenes) for scene in own]
    for index, scene in enumerate(own):
        until = ends[index]
        moves += _between(story, free, scene.start)
        moves.append(Move(scene.start, scene.start + scene.transition, scene.parameters[name], scene.curve))
        following = own[index + 1].start if index + 1 < len(own) else inf
        free = until + scene.transition
        if until < following:
            back = told.value(name, base, min(free, following))
            moves.append(Move(until, free, back, scene.curve))
    return moves + _between(story, free, inf)


def _between(story: Sequence[Move], free: float, until: float) -> list[Move]:
    """The story's moves that are heard from `free` until a scene begins; one under way goes on from where it is."""
    heard = [move for move in story if move.end > free and move.start < until]
    return [Move(max(free, move.start), move.end, move.to, move.curve) for move in heard]


def _end(scene: Scene, scenes: Sequence[Scene]) -> float:
    if scene.end is not None:
        return scene.end
    later = [other.start for other in scenes if other.start > scene.start]
    return min(later, default=inf)


def faults(scenes: Sequence[Scene], points: Sequence[StoryPoint], duration: float) -> list[tuple[str, str, str]]:
    """What is wrong, as (field, reason, allowed), apart from the parameters' own names and ranges."""
    wrong: list[tuple[str, str, str]] = []
    for index, scene in enumerate(scenes):
        if scene.end is not None and scene.end <= scene.start:
            wrong.append((f"scenes.{index}.end", "the scene ends before it starts", f"> {scene.start:g}"))
        if scene.start >= duration:
            wrong.append((f"scenes.{index}.start", "is after the universe's end", f"< {duration:g}"))
    ordered = sorted(range(len(scenes)), key=lambda k: scenes[k].start)
    for one, other in pairwise(ordered):
        end = scenes[one].end
        if scenes[other].start == scenes[one].start or (end is not None and end > scenes[other].start):
            reason = f"overlaps the scene {scenes[one].name}: end that one before"
            wrong.append((f"scenes.{other}.start", reason, f">= {scenes[one].start if end is None else end:g}"))
    for index, point in enumerate(points):
        if point.time > duration:
            wrong.append((f"story_points.{index}.time", "is after the universe's end", f"<= {duration:g}"))
    times = sorted(point.time for point in points)
    wrong += [
        ("story_points", f"two story points share the time {a:g}", "one a time") for a, b in pairwise(times) if a == b
    ]
    return wrong


def scene_at(scenes: Sequence[Scene], time: float) -> Scene | None:
    """The scene that holds at a time, if any."""
    ordered = sorted(scenes, key=lambda scene: scene.start)
    index = bisect_right([scene.start for scene in ordered], time) - 1
    return ordered[index] if index >= 0 and time < _end(ordered[index], ordered) else None
