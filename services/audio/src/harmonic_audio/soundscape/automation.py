"""Automation: drawn curves over any continuous field of a voice or of the mix, beside those that data make."""

from itertools import pairwise
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from harmonic_audio.soundscape.moments import Moment
from harmonic_contracts.base import Contract
from harmonic_contracts.score import Interpolation

Drawn = Literal[
    "loudness",
    "pan",
    "brightness",
    "detune_cents",
    "azimuth_deg",
    "elevation_deg",
    "distance_m",
    "harmonicity",
    "waveform_mix",
    "modulation",
    "cutoff_hz",
    "resonance",
    "vibrato_rate_hz",
    "vibrato_depth_cents",
    "tremolo_rate_hz",
    "tremolo_depth",
    "reverb_send",
]
COMBINED: Final[dict[str, Literal["product", "sum"]]] = {
    "loudness": "product",
    "distance_m": "product",
    "width": "product",
    "pan": "sum",
    "detune_cents": "sum",
    "azimuth_deg": "sum",
    "elevation_deg": "sum",
    "gain_db": "sum",
    "reverb_db": "sum",
}
"""How a drawn curve meets a curve of data, or of a scene, of the same target. Every other target: the drawn one counts
alone."""
RANGES: Final[dict[str, tuple[float, float]]] = {
    "loudness": (0.0, 4.0),
    "pan": (-1.0, 1.0),
    "brightness": (0.0, 1.0),
    "detune_cents": (-1200.0, 1200.0),
    "azimuth_deg": (-36_000.0, 36_000.0),
    "elevation_deg": (-90.0, 90.0),
    "distance_m": (0.01, 10_000.0),
    "harmonicity": (0.0, 1.0),
    "waveform_mix": (0.0, 1.0),
    "modulation": (0.0, 1.0),
    "cutoff_hz": (10.0, 23_999.0),
    "resonance": (0.0, 1.0),
    "vibrato_rate_hz": (0.0, 50.0),
    "vibrato_depth_cents": (0.0, 1200.0),
    "tremolo_rate_hz": (0.0, 50.0),
    "tremolo_depth": (0.0, 1.0),
    "reverb_send": (0.0, 1.0),
    "gain_db": (-96.0, 24.0),
    "reverb_db": (-96.0, 24.0),
    "width": (0.0, 1.0),
}


class DrawnPoint(Contract):
    """A point of a drawn curve."""

    at: Moment = Field(default=Moment(), description="When the curve has the value")
    value: float = Field(description="In the target's unit; loudness, distance and width are factors")


class _Curve(Contract):
    points: list[DrawnPoint] = Field(min_length=1, max_length=2000, description="In order of time; level outside them")
    interpolation: Interpolation = Field(
        default="linear", description="Between points; exponential needs values of one sign, smooth has level ends"
    )

    @model_validator(mode="after")
    def _can_be_drawn(self) -> Self:
        low, high = RANGES[getattr(self, "target")]  # noqa: B009
        values = [point.value for point in self.points]
        if wrong := [value for value in values if not low <= value <= high]:
            raise ValueError(f"{wrong[0]:g} is out of the range of {getattr(self, 'target')}: {low:g} to {high:g}")  # noqa: B009
        if self.interpolation == "exponential" and not (min(values) > 0.0 or max(values) < 0.0):
            raise ValueError("an exponential curve needs values of one sign, none of them 0")
        for before, after in pairwise(self.points):
            if before.at.kind == after.at.kind and after.at.value < before.at.value:
                raise ValueError("the points of a curve are in order of time")
        return self


class VoiceAutomation(_Curve):
    """A drawn curve of a voice. loudness and distance multiply what data say, pan, detuning and angles are added to
    it, any other target is the drawn one alone. It holds for the whole voice, over what single notes say."""

    kind: Literal["voice"] = Field(default="voice", description="A curve of voices")
    voice: str = Field(
        default="*", min_length=1, max_length=120, description="Name of a voice, or `*` for every voice of the piece"
    )
    target: Drawn = Field(description="What evolves")


class MixAutomation(_Curve):
    """A drawn curve of the whole mix; decibels are added to a scene's, width multiplies it."""

    kind: Literal["mix"] = Field(default="mix", description="A curve of the whole mix")
    target: Literal["gain_db", "reverb_db", "width"] = Field(description="What evolves")


Automation = Annotated[VoiceAutomation | MixAutomation, Field(discriminator="kind")]
