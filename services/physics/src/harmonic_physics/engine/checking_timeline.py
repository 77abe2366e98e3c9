"""From untrusted scenes and story points to a timeline: each refusal names the field, the reason and the range."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from harmonic_contracts.environment import PARAMETERS
from harmonic_contracts.problems import FieldError
from harmonic_physics.engine.system import Refused, Spec, System
from harmonic_physics.engine.timeline import Scene, StoryPoint, Timeline, compiled, faults


def check_timeline(
    system: System[Any],
    spec: Spec,
    environment: Mapping[str, float],
    scenes: Sequence[Scene],
    story_points: Sequence[StoryPoint],
    where: str = "body",
) -> Timeline:
    """The timeline over the universe's own values. Raises Refused with every field at fault."""
    errors = [
        FieldError(field=f"{where}.{field}", reason=reason, allowed=allowed)
        for field, reason, allowed in faults(scenes, story_points, spec.duration)
    ]
    parts = [("scenes", index, scene.parameters) for index, scene in enumerate(scenes)]
    parts += [("story_points", index, point.parameters) for index, point in enumerate(story_points)]
    for kind, index, parameters in parts:
        for name, value in parameters.items():
            errors += _fault(system, spec, name, value, f"{where}.{kind}.{index}.parameters.{name}")
    if errors:
        raise Refused(errors)
    base = dict(environment) | {name: float(getattr(spec, name)) for name in system.tunable}
    return compiled(base, scenes, story_points)


def allowed_change(system: System[Any], spec: Spec, name: str, value: float, field: str) -> None:
    """Refuse a change of a parameter on the way that the system would not take. Raises Refused."""
    errors = _fault(system, spec, name, value, field)
    if errors:
        raise Refused(errors)


def _fault(system: System[Any], spec: Spec, name: str, value: float, field: str) -> list[FieldError]:
    if name in system.accepts:
        known = PARAMETERS[name]
        if known.minimum <= value <= known.maximum:
            return []
        return [
            FieldError(
                field=field, reason="is out of range", allowed=f"{known.minimum:g} to {known.maximum:g} {known.unit}"
            )
        ]
    if name not in system.tunable:
        able = ", ".join([*system.accepts, *system.tunable])
        return [FieldError(field=field, reason=f"{system.kind} cannot change {name} on the way", allowed=able)]
    try:
        type(spec).model_validate(spec.model_dump() | {name: value})
    except ValidationError as error:
        return [FieldError(field=field, reason=e["msg"], allowed=None) for e in error.errors(include_url=False)]
    return []
