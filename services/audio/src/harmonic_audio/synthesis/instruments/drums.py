"""Drums. A round membrane has the zeros of the Bessel functions J_m, divided by j01."""

from typing import Final

from harmonic_audio.synthesis.instruments.instrument import Instrument
from harmonic_audio.synthesis.instruments.spectra import Modes
from harmonic_audio.synthesis.struck import Struck

_MEMBRANE = Modes(
    *(
        (1.0, 1.593341, 2.135549, 2.295417, 2.653066, 2.917295, 3.155465, 3.500147, 3.598485),
        (1.0, 0.62, 0.42, 0.36, 0.3, 0.24, 0.18, 0.14, 0.1),
    )
)
DRUMS: Final = (
    Instrument(
        name="drum",
        description="Round membrane",
        model=Struck(level_db=4.5, **_MEMBRANE._asdict(), ring_s=0.45, damping=0.5, attack_s=0.001),
        program=47,
        reverb_send=0.6,
    ),
)
