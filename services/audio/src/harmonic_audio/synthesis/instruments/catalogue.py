"""The catalogue itself, put together from its families."""

from typing import Final

from harmonic_audio.synthesis.instruments.bars import BARS
from harmonic_audio.synthesis.instruments.bells import BELLS
from harmonic_audio.synthesis.instruments.bodies import BODIES
from harmonic_audio.synthesis.instruments.bowed import BOWED
from harmonic_audio.synthesis.instruments.drumkit import DRUMKIT
from harmonic_audio.synthesis.instruments.drums import DRUMS
from harmonic_audio.synthesis.instruments.instrument import Instrument
from harmonic_audio.synthesis.instruments.pipes import PIPES
from harmonic_audio.synthesis.instruments.plain import PLAIN
from harmonic_audio.synthesis.instruments.plucked import PLUCKED
from harmonic_audio.synthesis.instruments.synths import SYNTHS

INSTRUMENTS: Final[dict[str, Instrument]] = {
    instrument.name: instrument
    for instrument in (*BODIES, *BARS, *BELLS, *PLUCKED, *DRUMS, *BOWED, *PIPES, *PLAIN, *SYNTHS, *DRUMKIT)
}
