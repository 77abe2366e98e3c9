"""Bells and glasses. A church bell has hum, prime, tierce, quint and nominal."""

from typing import Final

from harmonic_audio.synthesis.instruments.instrument import Instrument
from harmonic_audio.synthesis.instruments.spectra import Modes
from harmonic_audio.synthesis.struck import Struck

_BELL = Modes(
    *(
        (0.5, 1.0, 1.183, 1.506, 2.0, 2.514, 2.662, 3.011, 4.166, 5.433),
        (0.5, 1.0, 0.55, 0.3, 0.7, 0.2, 0.2, 0.16, 0.12, 0.07),
    )
)
BELLS: Final = (
    Instrument(
        name="glass",
        description="Glass bowls: pure, soft start",
        model=Struck(
            ratios=(1.0, 2.32, 4.25, 6.63), amplitudes=(1.0, 0.14, 0.06, 0.025), ring_s=3.0, damping=0.8, attack_s=0.006
        ),
        program=92,
    ),
    Instrument(
        name="bell",
        description="Church bell with hum, prime and minor tierce",
        model=Struck(**_BELL._asdict(), ring_s=4.5, damping=0.6, attack_s=0.0015),
        program=14,
    ),
    Instrument(
        name="tubular_bell",
        description="Long tubes: the strike note lies between its partials",
        model=Struck(
            ratios=(0.5, 1.0, 1.51, 2.0, 2.53, 3.1, 3.72),
            amplitudes=(0.25, 1.0, 0.35, 0.6, 0.3, 0.2, 0.12),
            ring_s=4.0,
            damping=0.55,
            attack_s=0.002,
        ),
        program=14,
    ),
)
