"""Bowed strings."""

from typing import Final

from harmonic_audio.synthesis.held import Held
from harmonic_audio.synthesis.instruments.instrument import Instrument
from harmonic_audio.synthesis.instruments.spectra import harmonics
from harmonic_audio.synthesis.resonances import Resonance
from harmonic_audio.synthesis.waveguides import Bowed

# Air, wood and bridge of a violin: after Hutchins, "The acoustics of violin plates" (1981); a cello's lie lower.
_VIOLIN: Final = (
    Resonance(hz=275.0, width_hz=60.0, gain_db=0.0),
    Resonance(hz=460.0, width_hz=90.0, gain_db=3.0),
    Resonance(hz=550.0, width_hz=100.0, gain_db=2.0),
    Resonance(hz=1000.0, width_hz=700.0, gain_db=-4.0),
    Resonance(hz=2500.0, width_hz=1800.0, gain_db=-1.0),
)
_CELLO: Final = tuple(
    Resonance(hz=hz, width_hz=width, gain_db=gain)
    for hz, width, gain in (
        (102.0, 40.0, 0.0),
        (175.0, 60.0, 3.0),
        (205.0, 60.0, 2.0),
        (420.0, 350.0, -3.0),
        (1600.0, 1400.0, -3.0),
    )
)
BOWED: Final = (
    Instrument(
        name="strings",
        description="Bowed section",
        model=Held(
            level_db=-6.0,
            **harmonics(20, 1.2)._asdict(),
            attack_s=0.25,
            decay_s=0.4,
            sustain=0.85,
            release_s=0.5,
            detune_cents=6.0,
        ),
        program=48,
    ),
    Instrument(
        name="violin",
        description="One bowed string on a violin's body",
        model=Bowed(
            level_db=0.5,
            resonances=_VIOLIN,
            breath=0.05,
            vibrato_depth_cents=14.0,
            attack_s=0.09,
            sustain=1.0,
            release_s=0.16,
        ),
        program=40,
    ),
    Instrument(
        name="cello",
        description="One bowed string on a cello's body",
        model=Bowed(
            level_db=2.0,
            resonances=_CELLO,
            breath=0.05,
            vibrato_depth_cents=12.0,
            attack_s=0.12,
            sustain=1.0,
            release_s=0.22,
        ),
        program=42,
    ),
)
