"""Pipes and reeds."""

from typing import Final

from harmonic_audio.synthesis.held import Held
from harmonic_audio.synthesis.instruments.instrument import Instrument
from harmonic_audio.synthesis.instruments.spectra import harmonics
from harmonic_audio.synthesis.waveguides import Blown

PIPES: Final = (
    Instrument(
        name="organ",
        description="Pipes at octaves and fifths",
        model=Held(
            level_db=-7.5,
            ratios=(1.0, 2.0, 3.0, 4.0, 6.0, 8.0),
            amplitudes=(1.0, 0.6, 0.3, 0.35, 0.12, 0.15),
            attack_s=0.04,
            decay_s=0.1,
            sustain=1.0,
            release_s=0.12,
        ),
        program=19,
    ),
    Instrument(
        name="flute",
        description="Almost pure, gently started",
        model=Held(
            level_db=-6.0, **harmonics(6, 2.4)._asdict(), attack_s=0.08, decay_s=0.15, sustain=0.9, release_s=0.15
        ),
        program=73,
    ),
    Instrument(
        name="clarinet",
        description="Odd partials",
        model=Held(
            level_db=-6.5,
            **harmonics(13, 1.1, even=0.08)._asdict(),
            attack_s=0.05,
            decay_s=0.1,
            sustain=0.9,
            release_s=0.1,
        ),
        program=71,
    ),
    Instrument(
        name="chalumeau",
        description="A pipe blown through a reed",
        model=Blown(level_db=2.0, mouth="reed", breath=0.03, attack_s=0.02, release_s=0.08),
        program=71,
    ),
    Instrument(
        name="recorder",
        description="A pipe blown over an edge",
        model=Blown(level_db=3.0, mouth="edge", breath=0.12, vibrato_depth_cents=5.0, attack_s=0.03, release_s=0.1),
        program=74,
    ),
)
