"""The document of a universe: what a revision holds, and how one comes from a preset or from parts."""

from typing import Any, Literal

from pydantic import Field, JsonValue

from harmonic_contracts.base import Contract
from harmonic_contracts.problems import FieldError
from harmonic_contracts.roles import Visibility
from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import UnknownPreset, preset, presets
from harmonic_physics.engine.system import Refused, Start
from harmonic_physics.engine.timeline import MAX_SCENES, MAX_STORY_POINTS, Scene, StoryPoint

Name = Field(min_length=1, max_length=120)
Description = Field(default="", max_length=4000)


class UniverseDocument(Contract):
    """One revision, complete: the spec carries every default, so that later defaults change nothing."""

    schema_version: Literal[1] = 1
    name: str = Name
    description: str = Description
    visibility: Visibility = Visibility.PRIVATE
    preset: str | None = Field(default=None, description="The preset that it came from")
    system: str
    spec: dict[str, JsonValue]
    environment: dict[str, float]
    scenes: list[Scene] = []
    story_points: list[StoryPoint] = []

    def start(self) -> Start[Any]:
        """The checked input of the engine. Raises Refused where this engine no longer takes it."""
        return check(
            self.system,
            dict(self.spec),
            dict(self.environment),
            scenes=self.scenes,
            story_points=self.story_points,
        )


class Parts(Contract):
    """What a user gives: a preset with changes, or a system with its spec."""

    name: str | None = Field(default=None, min_length=1, max_length=120, description="Without it, the preset's title")
    description: str | None = Field(default=None, max_length=4000)
    visibility: Visibility = Visibility.PRIVATE
    preset: str | None = Field(default=None, max_length=60, description="Start from this preset")
    system: str | None = Field(default=None, max_length=60, description="Needed without a preset")
    spec: dict[str, JsonValue] = Field(default={}, description="By the system's schema; with a preset, only changes")
    environment: dict[str, JsonValue] = Field(default={}, description="Parameters that the system accepts")
    scenes: list[Scene] = Field(
        default=[], max_length=MAX_SCENES, description="Stretches of the timeline with other parameters"
    )
    story_points: list[StoryPoint] = Field(
        default=[], max_length=MAX_STORY_POINTS, description="Marked moments, with parameters reached by then"
    )


def compose(parts: Parts) -> UniverseDocument:
    """The document that the parts make. Raises Refused with every field at fault."""
    if parts.preset is not None:
        return _from_preset(parts, parts.preset)
    missing = [name for name in ("name", "system") if getattr(parts, name) is None]
    if missing:
        reason = "is needed where no preset is given"
        raise Refused([FieldError(field=f"body.{name}", reason=reason) for name in missing])
    return _checked(parts, parts.system or "", dict(parts.spec), dict(parts.environment), parts.name or "", "")


def _from_preset(parts: Parts, name: str) -> UniverseDocument:
    try:
        system, chosen = preset(name)
    except UnknownPreset as error:
        raise Refused([FieldError(field="body.preset", reason=str(error), allowed=", ".join(presets()))]) from None
    if parts.system not in (None, system.kind):
        reason = f"the preset {name} belongs to another system: leave system out"
        raise Refused([FieldError(field="body.system", reason=reason, allowed=system.kind)])
    spec, environment = {**chosen.spec, **parts.spec}, {**chosen.environment, **parts.environment}
    return _checked(parts, system.kind, spec, environment, parts.name or chosen.title, chosen.description)


def _checked(
    parts: Parts, system: str, spec: dict[str, Any], environment: dict[str, Any], name: str, description: str
) -> UniverseDocument:
    start = check(system, spec, environment, scenes=parts.scenes, story_points=parts.story_points)
    return UniverseDocument(
        name=name,
        description=parts.description if parts.description is not None else description,
        visibility=parts.visibility,
        preset=parts.preset,
        system=system,
        spec=start.spec.model_dump(mode="json", exclude_none=True),
        environment=start.environment,
        scenes=parts.scenes,
        story_points=parts.story_points,
    )
