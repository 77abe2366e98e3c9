"""What an instrument is: a name that users know, and the model behind it with its data."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_audio.synthesis.families import Ringing
from harmonic_audio.synthesis.models import Model
from harmonic_contracts.base import Contract


class Instrument(Contract):
    """A voice model with its data, and how other outputs know it."""

    name: str = Field(description="As soundscapes and scores name it")
    description: str
    model: Model
    program: int = Field(default=0, ge=0, le=127, description="Nearest General MIDI program, counted from 0")
    reverb_send: float = Field(default=1.0, ge=0.0, le=1.0, description="Share that is sent to the room")

    @property
    def family(self) -> Literal["struck", "held"]:
        """Struck: rings by itself. Held: sounds as long as its note."""
        return "struck" if isinstance(self.model, Ringing) else "held"


def natural_duration(instrument: Instrument, frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds in which the lowest partial of a struck instrument fades by 60 dB.

    Raises ValueError for a held instrument: it sounds as long as it is told.
    """
    if not isinstance(instrument.model, Ringing):
        raise ValueError(f"{instrument.name!r} is held: its notes need a duration")
    return instrument.model.natural_duration(frequency_hz)
