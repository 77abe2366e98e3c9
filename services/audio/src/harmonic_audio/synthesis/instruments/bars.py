"""Bars and tongues.

Tuned bars: marimba 1:3.9:9.2, vibraphone 1:4:10. A free bar: 1, 2.756, 5.404, 8.933 (Euler-Bernoulli).
"""

from typing import Final

from harmonic_audio.synthesis.instruments.instrument import Instrument
from harmonic_audio.synthesis.instruments.spectra import Modes
from harmonic_audio.synthesis.struck import Struck

_BAR = Modes((1.0, 2.7565, 5.4039, 8.933, 13.344), (1.0, 0.42, 0.2, 0.09, 0.04))
BARS: Final = (
    Instrument(
        name="marimba",
        description="Rosewood bar over a tube: round and short",
        model=Struck(
            level_db=3.0,
            ratios=(1.0, 3.932, 9.538, 16.688),
            amplitudes=(1.0, 0.2, 0.06, 0.015),
            ring_s=0.9,
            damping=1.1,
            attack_s=0.0025,
        ),
        program=12,
    ),
    Instrument(
        name="vibraphone",
        description="Metal bar: clear and long",
        model=Struck(
            ratios=(1.0, 3.997, 10.02, 17.6),
            amplitudes=(1.0, 0.22, 0.06, 0.02),
            ring_s=3.2,
            damping=0.75,
            attack_s=0.002,
        ),
        program=11,
    ),
    Instrument(
        name="glockenspiel",
        description="Free metal bar: bright",
        model=Struck(level_db=1.0, **_BAR._asdict(), ring_s=1.8, damping=0.6, attack_s=0.001),
        program=9,
    ),
    Instrument(
        name="celesta",
        description="Small bars, softly struck",
        model=Struck(
            level_db=2.0,
            ratios=(1.0, 2.0, 4.003, 6.31),
            amplitudes=(1.0, 0.1, 0.22, 0.05),
            ring_s=1.4,
            damping=0.7,
            attack_s=0.002,
        ),
        program=8,
    ),
    Instrument(
        name="kalimba",
        description="Plucked tongue: dark with a hard start",
        model=Struck(
            level_db=2.5,
            ratios=(1.0, 2.0, 5.41, 6.27, 13.1),
            amplitudes=(1.0, 0.1, 0.16, 0.07, 0.03),
            ring_s=1.3,
            damping=1.0,
            attack_s=0.0015,
        ),
        program=108,
    ),
    Instrument(
        name="wood",
        description="Wooden block: dry",
        model=Struck(level_db=7.5, **_BAR._asdict(), ring_s=0.16, damping=0.9, attack_s=0.001),
        program=115,
        reverb_send=0.7,
    ),
    Instrument(
        name="gamelan",
        description="Bronze bars in pairs, tuned to beat against each other",
        model=Struck(
            ratios=(1.0, 1.009, 2.77, 5.18, 5.33, 8.6),
            amplitudes=(1.0, 0.8, 0.35, 0.16, 0.12, 0.05),
            ring_s=3.6,
            damping=0.6,
            attack_s=0.0015,
        ),
        program=11,
    ),
)
