"""Plucked and struck strings, stiff ones with their stretched partials."""

from typing import Final

from harmonic_audio.synthesis.instruments.instrument import Instrument
from harmonic_audio.synthesis.instruments.spectra import stiff
from harmonic_audio.synthesis.string import String
from harmonic_audio.synthesis.struck import Struck

PLUCKED: Final = (
    Instrument(
        name="harp",
        description="Plucked string, soft",
        model=Struck(level_db=1.0, **stiff(18, 1.7, 4e-05)._asdict(), ring_s=2.2, damping=0.75, attack_s=0.002),
        program=46,
    ),
    Instrument(
        name="pluck",
        description="Plucked steel string, bright",
        model=Struck(level_db=1.5, **stiff(24, 1.15, 0.00012)._asdict(), ring_s=2.0, damping=0.7, attack_s=0.001),
        program=25,
    ),
    Instrument(
        name="piano",
        description="Struck stiff strings",
        model=Struck(level_db=0.5, **stiff(22, 1.35, 0.0003)._asdict(), ring_s=3.2, damping=0.8, attack_s=0.0025),
        program=0,
    ),
    Instrument(
        name="guitar",
        description="Plucked nylon string, warm",
        model=Struck(level_db=1.5, **stiff(20, 1.45, 6e-05)._asdict(), ring_s=1.8, damping=0.85, attack_s=0.0015),
        program=24,
    ),
    Instrument(
        name="steel_string",
        description="Plucked string as a tuned delay line, its pluck near the bridge",
        model=String(ring_s=2.6, damping=0.015, pluck_position=0.11),
        program=25,
    ),
)
