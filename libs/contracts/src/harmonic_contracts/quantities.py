"""Quantities with units, and spans of time."""

from typing import Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract

TimeUnit = Literal["s", "d", "yr", "1"]
"""Unit of a universe's own time: second, day of 86,400 s, Julian year of 365.25 d, or dimensionless."""


class Quantity(Contract):
    """A number with its unit in UCUM-like notation, e.g. ``m/s2``; ``1`` for a pure number."""

    value: float
    unit: str = Field(min_length=1, max_length=32)


class TimeSpan(Contract):
    """A half-open span [start, end) in one unit."""

    start: float
    end: float
    unit: TimeUnit = "s"

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"end ({self.end}) is before start ({self.start}): swap them")
        return self
