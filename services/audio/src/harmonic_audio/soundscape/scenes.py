"""Scenes of a soundscape: from a moment on, stated fields have other values; one scene fades into the next."""

from typing import Annotated, Any

from pydantic import Field, JsonValue

from harmonic_audio.soundscape.moments import Moment
from harmonic_contracts.base import Contract

Hertz = Annotated[float, Field(ge=16.0, le=16_000.0)]
AT_RULE = ("mute", "gain_db", "instruments", "loudness", "pan", "brightness", "duration_s", "smallest_gap_s", "beats")
AT_PITCH = ("low_hz", "high_hz", "octave", "quantise")


class RuleOverride(Contract):
    """What is other about one rule in a scene; what is left out stays as the rule has it."""

    mute: bool | None = Field(default=None, description="Whether the rule is silent in this scene")
    gain_db: float | None = Field(
        default=None, ge=-48.0, le=12.0, description="Level of the part in this scene, instead of the rule's [dB]"
    )
    instruments: Annotated[list[str], Field(min_length=1, max_length=64)] | None = Field(
        default=None, description="Instruments in this scene, instead of the rule's"
    )
    loudness: float | None = Field(default=None, ge=0.0, le=1.0, description="A fixed loudness [0..1]")
    pan: float | None = Field(default=None, ge=-1.0, le=1.0, description="A fixed place, -1 left, +1 right")
    brightness: float | None = Field(default=None, ge=0.0, le=1.0, description="A fixed brightness [0..1]")
    duration_s: float | None = Field(default=None, gt=0.0, le=60.0, description="A fixed length of the notes [s]")
    smallest_gap_s: float | None = Field(
        default=None, ge=0.0, le=10.0, description="A body's note sooner after its last is left out [s]"
    )
    beats: float | None = Field(
        default=None, ge=0.0625, le=64.0, description="Of sampled notes: beats from one note to the next"
    )
    low_hz: Hertz | None = Field(default=None, description="Lowest pitch of the rule's range [Hz]")
    high_hz: Hertz | None = Field(default=None, description="Highest pitch of the rule's range [Hz]")
    octave: int | None = Field(default=None, ge=0, le=7, description="Octave of the rule's pitches")
    quantise: str | None = Field(default=None, description="What the rule's pitches are moved to, as the rule has it")

    def applied(self, rule: dict[str, Any]) -> dict[str, Any]:
        """The rule's data with the changes. Raises ValueError where the rule has no such field."""
        changed = dict(rule)
        for name in AT_RULE + AT_PITCH:
            value = getattr(self, name)
            if value is None:
                continue
            if name in changed:
                changed[name] = value
            elif name == "mute":
                continue
            elif name in AT_PITCH and isinstance(changed.get("pitch"), dict) and name in changed["pitch"]:
                changed["pitch"] = {**changed["pitch"], name: value}
            else:
                raise ValueError(f"rule {rule.get('name')!r} has no field {name!r} that a scene could change")
        return changed


class MixOverride(Contract):
    """What is other about the whole mix in a scene; it moves there over the cross-fade."""

    gain_db: float = Field(default=0.0, ge=-60.0, le=12.0, description="Added to the level of the whole mix [dB]")
    reverb_db: float = Field(default=0.0, ge=-60.0, le=24.0, description="Added to the level of the room [dB]")
    width: float = Field(default=1.0, ge=0.0, le=1.0, description="Factor of every place's width")


class Stage(Contract):
    """What every scene has; the document adds the overrides whose types it defines."""

    name: str = Field(min_length=1, max_length=120, description="Name of the scene, for marks and the legend")
    start: Moment = Field(default=Moment(), description="When the scene begins")
    cross_fade_s: float = Field(
        default=2.0,
        ge=0.0,
        le=60.0,
        description="How long it takes over from the scene before, from its start on, in equal power [s]. What is"
        " continuous moves meanwhile; what is not switches at the start of the cross-fade",
    )
    tempo_bpm: float | None = Field(default=None, ge=20.0, le=300.0, description="Beats a minute in this scene [1/min]")
    beats_per_bar: int | None = Field(default=None, ge=1, le=16, description="Beats in a bar in this scene")
    rules: dict[str, RuleOverride] = Field(
        default={}, max_length=32, description="By the name of an event rule or a line of notes: what is other"
    )
    mix: MixOverride = Field(default=MixOverride(), description="What is other about the whole mix")

    def told(self) -> str:
        """What is other in the scene, in words; empty where nothing is."""
        said = self.model_dump(
            exclude_unset=True, exclude_none=True, exclude={"name", "start", "cross_fade_s", "rules"}
        )
        changes = [f"{name} {_words(value)}" for name, value in said.items()]
        for rule, override in self.rules.items():
            changes.append(f"{rule} {_words(override.model_dump(exclude_none=True))}")
        return "; ".join(changes)


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(one)}" for name, one in value.items())
    if isinstance(value, list):
        return " ".join(_words(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def overridden(document: dict[str, Any], scene: dict[str, JsonValue], stage: Stage, fields: tuple[str, ...]) -> Any:
    """The document's data as it is within the scene: without scenes, and with the overrides laid on the base.

    Overrides of one scene do not reach into the next. ``fields`` are those of the document that a scene may replace
    as a whole. Raises ValueError where a scene names a rule that is not there.
    """
    changed = {**document, "scenes": []}
    changed |= {name: scene[name] for name in fields if scene.get(name) is not None}
    left = dict(stage.rules)
    for kind in ("events", "observables", "harmony"):
        told = [(rule, left.pop(rule["name"]) if rule.get("name") in left else None) for rule in changed[kind]]
        # What cannot say that it is mute is left out.
        heard = [(rule, other) for rule, other in told if not (other and other.mute and "mute" not in rule)]
        changed[kind] = [rule if other is None else other.applied(rule) for rule, other in heard]
    if left:
        names = [
            rule["name"] for kind in ("events", "observables", "harmony") for rule in document[kind] if rule.get("name")
        ]
        raise ValueError(f"scene {stage.name!r} names the rule {next(iter(left))!r}; the rules are {', '.join(names)}")
    return changed
