"""What a goal wants of the descriptors, and how far a change has come towards it.

The cues and their directions follow Eerola, Friberg & Bresin (2013): arousal rises with tempo, density, loudness,
register and brightness, nearly additively; consonance is the absence of roughness.
"""

import math
from dataclasses import dataclass
from typing import Literal

from harmonic_ai.descriptors import Descriptors

GoalName = Literal["calmer", "more_energetic", "more_consonant"]

STEP = {
    "tempo": 0.10,
    "note_density": 0.15,
    "register_centre": 2.0,
    "register_width": 2.0,
    "brightness": 0.15,
    "roughness": 0.15,
    "loudness": 1.0,
}
"""A clearly audible step of each descriptor: natural-log ratio, or semitones and decibels."""
RATIO = {"tempo", "note_density", "brightness", "roughness"}


@dataclass(frozen=True)
class Goal:
    """Weights of descriptors: positive where more is wanted, negative where less is. Others should stay."""

    name: GoalName
    words: str
    weights: dict[str, float]


GOALS: dict[GoalName, Goal] = {
    goal.name: goal
    for goal in (
        Goal(
            "calmer",
            "calmer",
            {"note_density": -1.0, "tempo": -0.4, "brightness": -0.6, "loudness": -0.5, "register_centre": -0.3},
        ),
        Goal(
            "more_energetic",
            "more energetic",
            {"note_density": 1.0, "tempo": 0.4, "brightness": 0.6, "loudness": 0.5, "register_centre": 0.3},
        ),
        Goal("more_consonant", "more consonant", {"roughness": -1.0}),
    )
}


def steps_between(before: Descriptors, after: Descriptors) -> dict[str, float]:
    """The change of each descriptor in audible steps."""
    old, new = before.numbers(), after.numbers()
    return {name: _difference(name, old[name], new[name]) / step for name, step in STEP.items()}


def _difference(name: str, old: float, new: float) -> float:
    if name not in RATIO:
        return new - old
    floor = 1e-6
    return math.log(max(new, floor) / max(old, floor))


def gain(goal: Goal, before: Descriptors, after: Descriptors) -> float:
    """How far the change moves towards the goal, in audible steps; saturating, and less for side effects."""
    change = steps_between(before, after)
    wanted = math.fsum(weight * 3.0 * math.tanh(change[name] / 3.0) for name, weight in goal.weights.items())
    side_effects = math.fsum(abs(math.tanh(change[name] / 3.0)) for name in change if name not in goal.weights)
    return wanted - 0.25 * side_effects
