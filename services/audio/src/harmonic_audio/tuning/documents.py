"""Tunings as documents: what a soundscape's key may name, each a small closed record."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from harmonic_audio.tuning.keyboard import mapped_cents, parse_kbm
from harmonic_audio.tuning.scala import ScalaError, parse_scl, parse_tone
from harmonic_contracts.base import Contract

TuningName = Literal["equal", "just"]
Steps = Annotated[tuple[Annotated[int, Field(ge=0, le=4096)], ...], Field(min_length=1, max_length=1024)]
Flats = Annotated[int, Field(ge=0, le=11, description="How many of the eleven fifths lie below the tonic")]
FINEST_CENTS = 0.1
"""Below it no one hears a step, and the ladder of all pitches would grow without bound."""
STEPS = "Steps of the tuning that the scale is made of; left out: those nearest to the key's scale"


class EqualTuning(Contract):
    """A period divided into equal steps: 12 of the octave, 19, 31, or 13 of the twelfth (Bohlen-Pierce)."""

    kind: Literal["equal"] = "equal"
    divisions: int = Field(default=12, ge=1, le=1200, description="Steps in a period")
    period: str = Field(
        default="2/1", max_length=40, description="What repeats: a ratio such as 3/1, or cents with a point"
    )
    steps: Steps | None = Field(default=None, description=STEPS)

    @field_validator("period")
    @classmethod
    def _rises(cls, text: str) -> str:
        try:
            cents = parse_tone(text).cents
        except ValueError as error:
            raise ValueError(f"the period {text!r}: {error}") from None
        if not 1.0 <= cents <= 12_000.0:
            raise ValueError(f"the period {text!r} is {cents:g} cents; it lies between 1 and 12000")
        return text

    @model_validator(mode="after")
    def _steps_exist(self) -> "EqualTuning":
        _within(self.steps, self.divisions)
        _coarse_enough(parse_tone(self.period).cents, self.divisions)
        return self


class JustTuning(Contract):
    """Whole-number ratios above the tonic for each of the twelve semitones."""

    kind: Literal["just"] = "just"
    limit: Literal[5, 7] = Field(default=5, description="Largest prime in the ratios")


class PythagoreanTuning(Contract):
    """A chain of eleven pure fifths."""

    kind: Literal["pythagorean"] = "pythagorean"
    flats: Flats = 5


class MeantoneTuning(Contract):
    """A chain of eleven fifths, each narrowed by a part of the syntonic comma 81/80."""

    kind: Literal["meantone"] = "meantone"
    comma: float = Field(
        default=0.25, ge=0.0, le=0.5, description="Part of the syntonic comma; 0.25 has pure major thirds"
    )
    flats: Flats = 3


class ScalaTuning(Contract):
    """A scale as a Scala file, with a keyboard mapping if wanted; both are given as text."""

    kind: Literal["scala"] = "scala"
    scl: str = Field(max_length=65_536, description="Text of a Scala .scl file")
    kbm: str | None = Field(
        default=None,
        max_length=65_536,
        description="Text of a Scala .kbm file; its reference note and frequency then decide the tonic's pitch",
    )
    steps: Steps | None = Field(
        default=None, description=f"{STEPS}; with a kbm they are keys of its pattern. Not for unmapped keys"
    )

    @model_validator(mode="after")
    def _readable(self) -> "ScalaTuning":
        try:
            scale = parse_scl(self.scl)
        except ScalaError as error:
            raise ValueError(f"scl: {error}") from None
        count, period = len(scale.tones), scale.tones[-1].cents
        if self.kbm is not None:
            try:
                mapping = parse_kbm(self.kbm)
                period = mapped_cents(scale, mapping)[1]
            except ScalaError as error:
                raise ValueError(f"kbm: {error}") from None
            count = len(mapping.degrees) or count
            silent = [s for s in self.steps or () if s < len(mapping.degrees) and mapping.degrees[s] is None]
            if silent:
                raise ValueError(f"step {silent[0]} is a key that the kbm leaves unmapped")
        _within(self.steps, count)
        _coarse_enough(period, count)
        return self


TuningDocument = Annotated[
    EqualTuning | JustTuning | PythagoreanTuning | MeantoneTuning | ScalaTuning, Field(discriminator="kind")
]


def _within(steps: tuple[int, ...] | None, count: int) -> None:
    if steps and (list(steps) != sorted(set(steps)) or steps[-1] >= count):
        raise ValueError(f"the steps ascend, each once, and are below {count}")


def _coarse_enough(period_cents: float, count: int) -> None:
    if period_cents < FINEST_CENTS * count:
        raise ValueError(
            f"{count} steps in {period_cents:g} cents: a step is {FINEST_CENTS} cent or more on the average"
        )
