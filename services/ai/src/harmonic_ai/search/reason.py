"""A suggestion in words: what to turn, and what that was measured to do."""

from harmonic_ai.descriptors import Descriptors
from harmonic_ai.search.goals import Goal, steps_between
from harmonic_ai.search.knobs import Knob

AUDIBLE = 0.5


def reason(goal: Goal, turned: dict[Knob, float], before: Descriptors, after: Descriptors) -> str:
    """One sentence: the change, then the measured effects, the largest first."""
    changes = " and ".join(
        f"{knob.name} from {knob.current:g} to {value:g}{_unit(knob.unit)}" for knob, value in turned.items()
    )
    return f"Turning {changes} makes it {goal.words}: {_effects(before, after)}."


def _effects(before: Descriptors, after: Descriptors) -> str:
    moved = sorted(steps_between(before, after).items(), key=lambda item: -abs(item[1]))
    old, new = before.numbers(), after.numbers()
    units = {name: getattr(before, name).unit for name in old}
    told = [
        f"{name.replace('_', ' ')} {old[name]:.3g} -> {new[name]:.3g}{_unit(units[name])}"
        for name, steps in moved
        if abs(steps) >= AUDIBLE
    ]
    return ", ".join(told) or "small changes of several descriptors"


def _unit(unit: str) -> str:
    return "" if unit == "1" else f" {unit}"
