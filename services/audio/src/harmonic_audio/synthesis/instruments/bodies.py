"""Vibrating bodies: those of the simulation with their own modes, and built-in ones."""

from typing import Final

from harmonic_audio.synthesis.instruments.instrument import Instrument
from harmonic_audio.synthesis.modal import Modal

BODIES: Final = (
    Instrument(
        name="body",
        description="The simulated string, bar, membrane or plate itself, by its own modes, tuned to the note",
        model=Modal(),
        program=14,
    ),
    Instrument(
        name="body_as_it_is",
        description="The simulated body at its own pitch, whatever the note",
        model=Modal(pitch="as_it_is"),
        program=14,
    ),
    Instrument(
        name="plate",
        description="Struck metal plate with hinged edges: dense and long",
        model=Modal(body="plate", count=96, damping=0.5, ring_s=3.5, attack_s=0.0008, level_db=-4.0),
        program=14,
    ),
    Instrument(
        name="stiff_string",
        description="Hammered stiff string, exactly inharmonic",
        model=Modal(body="string", count=40, stiffness=3e-4, damping=0.8, ring_s=3.0, stroke=0.12, ear=0.33),
        program=0,
    ),
)
