"""The effects of a mix, as a document: what each setting is, in which unit, over which range."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract

Metres = Annotated[float, Field(ge=0.5, le=200.0)]
Reflection = Annotated[float, Field(ge=0.0, le=1.0)]


class Band(Contract):
    """One band of an equaliser: a biquad of Bristow-Johnson's Audio EQ Cookbook."""

    kind: Literal["peak", "low_shelf", "high_shelf", "high_pass", "low_pass"] = Field(
        default="peak", description="Shape of the band"
    )
    frequency_hz: float = Field(default=1000.0, ge=10.0, le=22_000.0, description="Centre or corner [Hz]")
    gain_db: float = Field(default=0.0, ge=-36.0, le=36.0, description="Of peaks and shelves; passes ignore it [dB]")
    q: float = Field(default=0.7071, ge=0.1, le=40.0, description="Quality: 0.7071 is flat to the corner")


class Equaliser(Contract):
    """A parametric equaliser."""

    kind: Literal["equaliser"] = "equaliser"
    bands: Annotated[list[Band], Field(min_length=1, max_length=16)] = Field(description="In series")


class Compressor(Contract):
    """A feed-forward compressor with a soft knee; all channels get the same gain."""

    kind: Literal["compressor"] = "compressor"
    threshold_db: float = Field(default=-18.0, ge=-80.0, le=0.0, description="Level above which it works [dBFS]")
    ratio: float = Field(default=2.0, ge=1.0, le=100.0, description="Decibels in for each decibel out, above")
    knee_db: float = Field(default=6.0, ge=0.0, le=24.0, description="Width of the bend at the threshold [dB]")
    attack_s: float = Field(default=0.01, ge=0.0, le=1.0, description="Time constant of falling gain [s]")
    release_s: float = Field(default=0.15, ge=0.0, le=5.0, description="Time constant of rising gain [s]")
    makeup_db: float = Field(default=0.0, ge=-24.0, le=36.0, description="Level after it [dB]")
    key: str | None = Field(
        default=None, max_length=120, description="Name of the voice whose level steers it; empty: what passes through"
    )


class Shoebox(Contract):
    """A rectangular room of hard walls for early reflections, the listener in it, the sound around the listener."""

    size_m: tuple[Metres, Metres, Metres] = Field(
        default=(9.0, 7.0, 4.0), description="Length (ahead), width and height [m]"
    )
    listener_m: tuple[float, float, float] | None = Field(
        default=None, description="From the rear right floor corner [m]; empty: 0.37, 0.45 and 0.4 of the size"
    )
    source_m: tuple[float, float, float] | None = Field(
        default=None, description="Where the sound is sent from [m]; empty: 0.7, 0.55 and 0.45 of the size"
    )
    reflection: tuple[Reflection, Reflection, Reflection, Reflection, Reflection, Reflection] = Field(
        default=(0.85, 0.85, 0.85, 0.85, 0.7, 0.8),
        description="Pressure reflected by the rear, front, right, left wall, floor and ceiling; "
        "absorption is 1 minus its square",
    )
    order: int = Field(default=8, ge=0, le=20, description="Most reflections on the way")

    @model_validator(mode="after")
    def _inside(self) -> Self:
        for place in (self.listener_m, self.source_m):
            if place is not None and not all(0.0 < at < size for at, size in zip(place, self.size_m, strict=True)):
                raise ValueError(f"{place} lies outside the room of {self.size_m} m")
        if self.listener() == self.source():
            raise ValueError("the source stands where the listener is: move one of them")
        return self

    def listener(self) -> tuple[float, float, float]:
        """Where the listener is [m]."""
        x, y, z = self.size_m
        return self.listener_m or (0.37 * x, 0.45 * y, 0.4 * z)

    def source(self) -> tuple[float, float, float]:
        """Where the sound comes from [m]."""
        x, y, z = self.size_m
        return self.source_m or (0.7 * x, 0.55 * y, 0.45 * z)


class Reverb(Contract):
    """The room. `room`: a diffuse tail, darker as it fades. `fdn`: a feedback delay network, its decay set in three
    bands. `image_source`: the echoes of a rectangular room, wall by wall."""

    kind: Literal["room", "fdn", "image_source"] = Field(
        default="room", description="How the tail is made: diffuse noise, a feedback delay network, or mirrored walls"
    )
    level_db: float = Field(default=-16.0, ge=-60.0, le=0.0, description="Level of the tail against the dry sound [dB]")
    decay_s: float = Field(default=2.2, ge=0.1, le=8.0, description="Time to fade by 60 dB [s]")
    predelay_s: float = Field(default=0.02, ge=0.0, le=0.2, description="Gap before the tail begins [s]")
    damping_hz: float = Field(default=5000.0, ge=500.0, le=16_000.0, description="Above it the tail is darkened [Hz]")
    low_hz: float = Field(default=250.0, ge=40.0, le=450.0, description="Of `fdn`: below it lie the lows [Hz]")
    low_decay: float = Field(default=1.2, ge=0.3, le=2.0, description="Of `fdn`: decay of the lows, in `decay_s`")
    high_decay: float = Field(default=0.4, ge=0.1, le=1.0, description="Of `fdn`: decay of the highs, in `decay_s`")
    room_size_m: float = Field(
        default=12.0,
        ge=2.0,
        le=40.0,
        description="Of `fdn`: mean way between two walls [m]; small ones ring, and a short decay makes it smaller",
    )
    shoebox: Shoebox = Field(default=Shoebox(), description="Of `image_source`: the room")


class Delay(Contract):
    """Echoes in tempo, each darker than the one before."""

    beats: float | None = Field(
        default=0.75, gt=0.0, le=16.0, description="Time between echoes, in beats of the first tempo"
    )
    time_s: float | None = Field(
        default=None, gt=0.0, le=5.0, description="Time between echoes [s]; if given, the tempo does not matter"
    )
    feedback: float = Field(default=0.45, ge=0.0, le=0.95, description="Level of each echo against the one before")
    low_cut_hz: float = Field(default=120.0, ge=10.0, le=2000.0, description="Each echo loses what is below [Hz]")
    high_cut_hz: float = Field(default=5000.0, ge=200.0, le=20_000.0, description="Each echo loses what is above [Hz]")
    ping_pong: bool = Field(default=True, description="Echoes left and right in turn; else both together")
    level_db: float = Field(default=-6.0, ge=-60.0, le=6.0, description="Level of the first echo [dB]")

    @model_validator(mode="after")
    def _timed(self) -> Self:
        if self.beats is None and self.time_s is None:
            raise ValueError("a delay needs `beats` or `time_s`")
        return self


class Chorus(Contract):
    """Copies whose delay swings, so that their pitch does."""

    voices: int = Field(default=3, ge=1, le=6, description="Copies on each side")
    rate_hz: float = Field(default=0.6, ge=0.01, le=8.0, description="Swings in a second [Hz]")
    depth_s: float = Field(default=0.0025, ge=0.0, le=0.01, description="How far the delay swings to either side [s]")
    delay_s: float = Field(default=0.015, ge=0.002, le=0.05, description="Delay in the middle of the swing [s]")
    level_db: float = Field(default=-3.0, ge=-60.0, le=6.0, description="Level of all copies together [dB]")

    @model_validator(mode="after")
    def _in_reach(self) -> Self:
        if self.depth_s > self.delay_s - 0.001:
            raise ValueError("the swing must end at least a millisecond short of the delay: lower depth_s")
        return self
