"""How data become a fraction 0..1 and a musical value: where they are read, how transformed, limited and turned."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract

EventField = Literal[
    "strength",
    "position_x",
    "position_y",
    "position_z",
    "body_index",
    "other_index",
    "body_rate",
    "body_mass",
    "body_radius",
    "gap",
    "time",
]
EventSource = EventField
Transform = Literal["linear", "log", "signed_log", "sqrt", "asinh", "sinh", "power", "square", "cents"]
Stretch = Literal["linear", "log", "sqrt", "square", "asinh", "sinh"]
Component = Literal["value", "norm", "x", "y", "z"]
Aggregate = Literal["body", "mean", "min", "max", "sum", "range"]


class Limits(Contract):
    """The stretch of the data that spans the whole output range; what lies outside is held at its ends."""

    kind: Literal["absolute", "percentile"] = Field(
        default="percentile", description="Whether low and high are values in the data's unit, or percentiles of it"
    )
    low: float = Field(default=0.0, description="Data value, or percentile, at the low end")
    high: float = Field(
        default=100.0,
        description="Data value, or percentile, at the high end; a percentile above 100 reaches beyond the largest"
        " value: low + (largest - low) * percentile / 100",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low ({self.low}) must be below high ({self.high}); use polarity to turn the range round")
        if self.kind == "percentile" and not (0.0 <= self.low <= 100.0 and self.high <= 1000.0):
            raise ValueError("percentile limits lie between 0 and 100, the high one up to 1000")
        return self


class Zero(Contract):
    """A value of the data that is heard at a chosen place of the range, e.g. the median at the middle."""

    value: float | Literal["median", "mean"] = Field(
        default="median", description="The data's value, or how it is found in the data"
    )
    center: float = Field(
        default=0.5, gt=0.0, lt=1.0, description="Where it is heard, as a fraction of the output range"
    )


class Smoothing(Contract):
    """A running mean along time, laid on an observable before anything else."""

    kind: Literal["mean", "exponential", "gaussian"] = Field(
        default="gaussian", description="Even window, first-order lag, or bell"
    )
    width: float = Field(
        gt=0.0,
        le=1e9,
        description="Whole width of the even window, time constant of the lag, or standard deviation of the bell"
        " [in the time that `time` names]",
    )
    time: Literal["sound", "universe"] = Field(
        default="sound", description="Whether the width counts seconds of sound or the universe's unit of time"
    )


class Observed(Contract):
    """Which number of the trajectory, of which bodies, and what is done to it along time."""

    observable: str = Field(
        pattern=r"^[a-z][a-z0-9_]*$",
        description="Name of an observable of the trajectory; with `kinds` of a field of the events: strength,"
        " position_x, position_y, position_z, time or other_index",
    )
    kinds: Annotated[list[str], Field(min_length=1, max_length=64)] | None = Field(
        default=None,
        description="Kinds of events whose field is read instead, held from each event of a body to its next",
    )
    component: Component = Field(default="value", description="Of a vector: a component, or its norm")
    element: int | None = Field(
        default=None, ge=0, description="Number of one element of a frame's array instead, in row-major order"
    )
    over: Aggregate = Field(
        default="body", description="Each body's own value, or one number made of all chosen bodies (range: max - min)"
    )
    bodies: list[str] | Literal["all"] = Field(default="all", description="Names of the bodies that count")
    smoothing: Smoothing | None = Field(default=None, description="A running mean; none by default")
    derivative: int = Field(default=0, ge=0, le=2, description="How often to differentiate by the universe's time")
    interpolation: Literal["linear", "cubic", "hold"] = Field(
        default="linear", description="Between frames; cubic is monotone between neighbours and does not overshoot"
    )


class Scaling(Contract):
    """How data become a fraction 0..1: transform, limits, stretch, polarity, zero point; or an angle's period."""

    transform: Transform = Field(
        default="linear",
        description="Laid on data and limits. log and cents take what is not positive as the smallest positive value;"
        " signed_log is symmetric about 0 and linear within 10 of it; square and power keep the sign",
    )
    scale: float | None = Field(
        default=None,
        gt=0.0,
        le=1e12,
        description="The transform's own number: exponent of power (default 2, at most 16), linear width of asinh and"
        " sinh (default 1), reference of cents (default 440), in the data's unit",
    )
    limits: Limits = Field(default=Limits(), description="The data values at the ends of the range")
    within: Literal["rule", "series", "universe"] = Field(
        default="rule",
        description="What percentiles are taken of: all data of the rule, each body's own, or all frames (events) and"
        " all bodies of the trajectory",
    )
    stretch: Stretch = Field(
        default="linear",
        description="Bends the fraction between the limits: log is ln(1000 x + 1) / ln 1001, asinh is asinh(10 x) /"
        " asinh 10, sinh is sinh(3 x) / sinh 3",
    )
    polarity: Literal["up", "down"] = Field(default="up", description="down: the largest value gives the low end")
    zero: Zero | None = Field(default=None, description="A value to be heard at a chosen place; none by default")
    period: float | None = Field(
        default=None,
        gt=0.0,
        description="The data are an angle with this period [in the data's unit]: interpolated the short way round, one"
        " period spans the output range; transform, limits, stretch and zero are not used",
    )

    @model_validator(mode="after")
    def _exponent(self) -> Self:
        if self.transform == "power" and not 1.0 / 16.0 <= (self.scale or 2.0) <= 16.0:
            raise ValueError("the exponent (scale) of a power lies between 1/16 and 16")
        return self


class Scaled(Scaling):
    """A field of the event or an observable at its time, as a fraction 0..1."""

    source: EventField | Observed = Field(
        description="Field of the event or of its first body (gap: seconds of sound since the body's last event), or"
        " an observable at the event's time"
    )


class ValueRule(Scaled):
    """A number that follows a field of the event or an observable: the fraction runs from `low` to `high`."""

    low: float = Field(description="Output at fraction 0")
    high: float = Field(description="Output at fraction 1")
    spacing: Literal["linear", "geometric"] = Field(
        default="linear", description="geometric: equal steps are equal ratios (durations, frequencies)"
    )

    @model_validator(mode="after")
    def _geometric_is_positive(self) -> Self:
        if self.spacing == "geometric" and (self.low <= 0.0 or self.high <= 0.0):
            raise ValueError("geometric spacing needs low and high above 0")
        return self


class Condition(Contract):
    """Sound only while a number is above, below or between bounds, with hysteresis; `outside` turns it round."""

    source: EventField | Observed = Field(description="Field of the event, or an observable")
    of: Literal["body", "any", "all"] = Field(
        default="body", description="Whose value: the note's own body's, any body's or all bodies' at that time"
    )
    above: float | None = Field(default=None, description="Lower bound [in the data's unit]; none by default")
    below: float | None = Field(default=None, description="Upper bound [in the data's unit]; none by default")
    percentile: bool = Field(default=False, description="Whether the bounds are percentiles of the data")
    hysteresis: float = Field(
        default=0.0, ge=0.0, description="Once true, the bounds are wider by this [in the data's unit]"
    )
    outside: bool = Field(default=False, description="Sound while the condition does not hold")

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.above is None and self.below is None:
            raise ValueError("a condition needs a bound: above, below, or both")
        if self.above is not None and self.below is not None and not self.above < self.below:
            raise ValueError("above must be less than below; use outside for the rest")
        if self.percentile and any(b is not None and not 0.0 <= b <= 100.0 for b in (self.above, self.below)):
            raise ValueError("percentile bounds lie between 0 and 100")
        return self


Unit = Annotated[float, Field(ge=0.0, le=1.0)]
Hertz = Annotated[float, Field(ge=16.0, le=16_000.0)]
