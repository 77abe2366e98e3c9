"""Held voices made of harmonics alone."""

from typing import Final

from harmonic_audio.synthesis.held import Held
from harmonic_audio.synthesis.instruments.instrument import Instrument
from harmonic_audio.synthesis.instruments.spectra import harmonics

PLAIN: Final = (
    Instrument(
        name="pad",
        description="Slow and wide",
        model=Held(
            level_db=-5.5,
            **harmonics(14, 1.55)._asdict(),
            attack_s=0.9,
            decay_s=1.0,
            sustain=0.8,
            release_s=1.6,
            detune_cents=5.0,
        ),
        program=89,
    ),
    Instrument(
        name="choir",
        description="Open vowel, breathed in",
        model=Held(
            level_db=-6.5,
            ratios=(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0),
            amplitudes=(1.0, 0.62, 0.5, 0.22, 0.08, 0.06, 0.09, 0.06, 0.02),
            attack_s=0.35,
            decay_s=0.5,
            sustain=0.85,
            release_s=0.7,
            detune_cents=7.0,
        ),
        program=52,
    ),
    Instrument(
        name="bass",
        description="Deep and round",
        model=Held(
            level_db=-4.5, **harmonics(10, 1.5)._asdict(), attack_s=0.03, decay_s=0.6, sustain=0.6, release_s=0.35
        ),
        program=38,
        reverb_send=0.35,
    ),
    Instrument(
        name="sine",
        description="One partial: the plainest sound",
        model=Held(
            level_db=-7.0, ratios=(1.0,), amplitudes=(1.0,), attack_s=0.01, decay_s=0.05, sustain=1.0, release_s=0.05
        ),
        program=80,
    ),
)
