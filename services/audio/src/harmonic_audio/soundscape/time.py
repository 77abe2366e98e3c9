"""Time in a soundscape: tempo, rhythmic grid, and how many notes a listener is asked to follow."""

from typing import Literal, Self

from pydantic import Field, model_validator

from harmonic_audio.soundscape.scaling import Observed, Scaling
from harmonic_contracts.base import Contract

MOST_NOTES = 120_000
"""In an hour, two thousand a minute: about 300 MiB while they are rendered."""


class Grid(Contract):
    """Pulls onsets to a rhythmic grid. Without one, every note stays at its exact time."""

    per_beat: int = Field(default=4, ge=1, le=24, description="Grid steps in a beat")
    strength: float = Field(default=1.0, ge=0.0, le=1.0, description="0 leaves the time as it is, 1 is on the grid")
    swing: float = Field(
        default=0.5,
        ge=0.5,
        le=0.75,
        description="Where the second of two steps comes, as a share of the pair: 0.5 straight, 2/3 like triplets",
    )


class Tempo(Scaling):
    """The tempo follows an observable, in steps."""

    source: Observed = Field(description="One number of the trajectory")
    low: float = Field(default=60.0, ge=20.0, le=300.0, description="Beats a minute at fraction 0 [1/min]")
    high: float = Field(default=140.0, ge=20.0, le=300.0, description="Beats a minute at fraction 1 [1/min]")
    spacing: Literal["linear", "geometric"] = Field(
        default="geometric", description="geometric: equal steps of data are equal ratios of tempo"
    )
    step_s: float = Field(default=1.0, ge=0.1, le=60.0, description="Length of a step, in the sound [s]")
    timing: Literal["true", "musical"] = Field(
        default="true",
        description="true: events keep their exact time and only the grid follows the tempo; musical: equal stretches"
        " of the universe take equally many beats, so that its time runs faster where the tempo is",
    )

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        if self.source.over == "body" and self.source.bodies != "all" and len(self.source.bodies) != 1:
            raise ValueError("a tempo follows one number: name one body, or take the mean, min, max, sum or range")
        return self


class Salience(Contract):
    """What makes a note worth keeping where there are too many: weights of what is known of it, each 0..1."""

    loudness: float = Field(default=1.0, ge=0.0, le=100.0, description="Weight of the note's loudness")
    strength: float = Field(
        default=0.0, ge=0.0, le=100.0, description="Weight of the event's strength, by its rank among its rule's"
    )
    rarity: float = Field(
        default=0.0, ge=0.0, le=100.0, description="Weight of how rare the note's body and kind of event are"
    )
    metre: float = Field(
        default=0.0, ge=0.0, le=100.0, description="Weight of the metric position: bar, beat, half a beat, between"
    )


class Density(Contract):
    """How many notes a listener can follow. What is too much is thinned, the least salient first, and the legend says
    so for each rule."""

    notes_per_s: float = Field(
        default=24.0, ge=0.5, le=200.0, description="Most notes in any second, all rules together [1/s]"
    )
    total: int = Field(default=MOST_NOTES, ge=1, le=MOST_NOTES, description="Most notes in all")
    salience: Salience = Field(default=Salience(), description="What is kept: by default the loudest")
