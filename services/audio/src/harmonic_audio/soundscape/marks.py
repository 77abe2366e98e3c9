"""Marks for orientation: ticks at round values, reference tones, and a scale legend that needs no speech."""

from typing import Annotated

from pydantic import Field

from harmonic_contracts.base import Contract

Level = Annotated[float, Field(ge=0.0, le=1.0)]
Hertz = Annotated[float, Field(ge=16.0, le=16_000.0)]


class Ticks(Contract):
    """A soft tone at each round value: of the universe's time, or whenever an observable passes one."""

    observable: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9_]*$",
        description="Name of an observable of the whole system (one number a frame); without it, the universe's time",
    )
    every: float | None = Field(
        default=None,
        gt=0.0,
        description="Distance of the round values, in the axis' own unit; without it 1, 2 or 5 times a power of ten"
        " that gives about `about` of them",
    )
    about: int = Field(default=12, ge=2, le=200, description="About how many round values the axis is to have")
    frequency_hz: Hertz = Field(default=1760.0, description="Pitch of the tick [Hz]; each tenth is an octave higher")
    instrument: str = Field(default="wood", description="Instrument of the ticks")
    loudness: Level = Field(default=0.12, description="Linear amplitude [0..1]")
    duration_s: float = Field(default=0.08, gt=0.0, le=2.0, description="Length of a tick [s]")
    pan: float = Field(default=0.0, ge=-1.0, le=1.0, description="-1 left, +1 right")


class ReferenceTone(Contract):
    """A steady tone, again and again, at the pitch that a stated value of a rule's data has: to compare by ear."""

    rule: str = Field(min_length=1, max_length=120, description="Name of a rule that makes pitch of data")
    value: float | None = Field(
        default=None, description="The value, in the data's unit; without it, the middle of the pitch range"
    )
    every_s: float = Field(default=4.0, ge=0.1, le=600.0, description="From one tone to the next [s]")
    duration_s: float = Field(default=0.5, gt=0.0, le=60.0, description="Length of a tone [s]")
    instrument: str = Field(default="sine", description="Instrument of the tone")
    loudness: Level = Field(default=0.1, description="Linear amplitude [0..1]")
    pan: float = Field(default=0.0, ge=-1.0, le=1.0, description="-1 left, +1 right")


class ScaleLegend(Contract):
    """Before the piece, the lowest, the middle and the highest of every range of pitch, loudness and place is played
    by the rule's own instrument. The piece begins after it."""

    tone_s: float = Field(default=0.45, ge=0.05, le=5.0, description="Length of a tone [s]")
    gap_s: float = Field(default=0.15, ge=0.0, le=5.0, description="Silence between the tones of a range [s]")
    pause_s: float = Field(
        default=0.6, ge=0.0, le=10.0, description="Silence after each range, and before the piece [s]"
    )
    most: int = Field(default=8, ge=1, le=32, description="Most ranges that are played, in the legend's order")


class Marks(Contract):
    """Tones that are no music and no data, but help to find one's way. None by default."""

    ticks: list[Ticks] = Field(default=[], max_length=4, description="Ticks at round values")
    references: list[ReferenceTone] = Field(default=[], max_length=8, description="Steady tones to compare with")
    scale_legend: ScaleLegend | None = Field(default=None, description="The ranges, played before the piece")
