"""The catalogue of instruments, as data: one file a family."""

from harmonic_audio.synthesis.instruments.catalogue import INSTRUMENTS
from harmonic_audio.synthesis.instruments.instrument import Instrument, natural_duration
from harmonic_audio.synthesis.instruments.patching import instrument_of

__all__ = ["INSTRUMENTS", "Instrument", "instrument_of", "natural_duration"]
