"""From untrusted input to a Start: each refusal names the field, the reason and the allowed range."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from harmonic_contracts.environment import PARAMETERS
from harmonic_contracts.problems import FieldError
from harmonic_physics.engine.checking_timeline import check_timeline
from harmonic_physics.engine.registry import UnknownSystem, system, systems
from harmonic_physics.engine.system import (
    MAX_CPU_SECONDS,
    MAX_FRAMES,
    MAX_RESULT_BYTES,
    Estimate,
    Refused,
    Spec,
    Start,
    System,
    TooLarge,
)
from harmonic_physics.engine.timeline import Scene, StoryPoint

_BOUNDS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}


def check(
    kind: str,
    spec: dict[str, Any],
    environment: dict[str, Any],
    where: str = "body",
    max_cpu: float = MAX_CPU_SECONDS,
    scenes: Sequence[Scene] = (),
    story_points: Sequence[StoryPoint] = (),
) -> Start[Any]:
    """Validate spec, environment, timeline and the cost of the run. Raises Refused; TooLarge with the estimate."""
    try:
        chosen = system(kind)
    except UnknownSystem as error:
        raise Refused([FieldError(field=f"{where}.system", reason=str(error), allowed=", ".join(systems()))]) from None
    errors: list[FieldError] = []
    checked_spec: Spec | None = None
    checked_environment: dict[str, float] = {}
    try:
        checked_spec = chosen.spec.model_validate(spec)
    except ValidationError as error:
        errors += [_refusal(e, f"{where}.spec") for e in error.errors(include_url=False)]
    try:
        checked_environment = chosen.environment.model_validate(environment).model_dump()
    except ValidationError as error:
        errors += [_environment_refusal(e, chosen, f"{where}.environment") for e in error.errors(include_url=False)]
    if checked_spec is None or errors:
        raise Refused(errors)
    _check_frames(checked_spec, where)
    estimate = chosen.estimate(checked_spec, checked_environment)
    _check_cost(estimate, where, max_cpu)
    timeline = check_timeline(chosen, checked_spec, checked_environment, scenes, story_points, where)
    return Start(chosen, checked_spec, checked_environment, estimate, timeline)


def _check_frames(spec: Spec, where: str) -> None:
    if spec.frames > MAX_FRAMES:
        reason = f"{spec.frames} frames are too many: make it longer, or the duration shorter"
        least = spec.duration / (MAX_FRAMES - 1)
        raise Refused([FieldError(field=f"{where}.spec.frame_interval", reason=reason, allowed=f">= {least:.6g}")])


def _check_cost(estimate: Estimate, where: str, max_cpu: float) -> None:
    if estimate.cpu_seconds > max_cpu:
        reason = (
            f"the run would take about {estimate.cpu_seconds:.3g} s of one core ({estimate.steps} steps): "
            "make it shorter, smaller or coarser"
        )
        allowed = f"an estimate of at most {max_cpu:g} s"
        raise TooLarge([FieldError(field=f"{where}.spec.duration", reason=reason, allowed=allowed)], estimate)
    if estimate.result_bytes > MAX_RESULT_BYTES:
        reason = f"the trajectory would have {estimate.result_bytes} bytes: use fewer frames or bodies"
        allowed = f"at most {MAX_RESULT_BYTES} bytes"
        raise TooLarge([FieldError(field=f"{where}.spec.frame_interval", reason=reason, allowed=allowed)], estimate)


def _refusal(error: ErrorDetails, where: str) -> FieldError:
    path = ".".join([where, *(str(part) for part in error["loc"])])
    return FieldError(field=path, reason=error["msg"].removeprefix("Value error, "), allowed=_allowed(error))


def _allowed(error: ErrorDetails) -> str | None:
    context = error.get("ctx", {})
    for key, sign in _BOUNDS.items():
        if key in context:
            return f"{sign} {context[key]:g}"
    if "expected" in context:
        return str(context["expected"])
    if "max_length" in context:
        return f"at most {context['max_length']}"
    if "min_length" in context:
        return f"at least {context['min_length']}"
    if error["type"] == "finite_number":
        return "a finite number"
    return None


def _environment_refusal(error: ErrorDetails, chosen: System[Any], where: str) -> FieldError:
    name = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        known = "is not accepted by" if name in PARAMETERS else "is no environment parameter of"
        reason = f"{name} {known} the system {chosen.kind}: leave it out"
        return FieldError(field=f"{where}.{name}", reason=reason, allowed=", ".join(chosen.accepts))
    refusal = _refusal(error, where)
    if name in PARAMETERS:
        p = PARAMETERS[name]
        return refusal.model_copy(update={"allowed": f"{p.minimum:g} to {p.maximum:g} {p.unit}"})
    return refusal
