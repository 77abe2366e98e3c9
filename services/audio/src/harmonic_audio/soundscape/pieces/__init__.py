"""Soundscapes composed for single presets of physics, by the preset's name. How good they are is measured: see
docs/explanation/listening.md."""

from collections.abc import Callable
from typing import Final

from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.pieces.cooling_gas import cooling_gas
from harmonic_audio.soundscape.pieces.double_pendulum import double_pendulum
from harmonic_audio.soundscape.pieces.metronomes import metronomes
from harmonic_audio.soundscape.pieces.plucked_chord import plucked_chord
from harmonic_audio.soundscape.pieces.resonance_chain import resonance_chain
from harmonic_audio.soundscape.pieces.struck_plate import struck_plate

PIECES: Final[dict[str, Callable[[str], Soundscape]]] = {
    "trappist-1": resonance_chain,
    "cooling-gas": cooling_gas,
    "double-pendulum": double_pendulum,
    "metronomes": metronomes,
    "struck-chladni-plate": struck_plate,
    "plucked-chord": plucked_chord,
}
"""Name of a preset -> the piece, given its title."""

__all__ = ["PIECES", "resonance_chain"]
