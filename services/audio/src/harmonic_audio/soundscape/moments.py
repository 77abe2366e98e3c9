"""Moments of a piece, said as a share of its length, as seconds of sound, or in the universe's own time."""

from typing import Literal

from pydantic import Field

from harmonic_contracts.base import Contract


class Moment(Contract):
    """A moment of the piece."""

    kind: Literal["fraction", "seconds", "universe"] = Field(
        default="fraction",
        description="Whether the value is a fraction 0..1 of the length, seconds of sound from the piece's start, or a"
        " time of the universe in its own unit (where a scene or a story point of the universe lies)",
    )
    value: float = Field(default=0.0, description="The moment, as `kind` says; it is held to the piece")
