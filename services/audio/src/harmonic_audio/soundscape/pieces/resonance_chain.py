"""TRAPPIST-1: a chain of resonances as music."""

from harmonic_audio.soundscape.document import Chord, Key, Mix, Reverb, Soundscape
from harmonic_audio.soundscape.pieces.shaping import drawn
from harmonic_audio.soundscape.rules import ChordPitch, Coincidence, Entries, EventRule, RatePitch, ValueRule


def resonance_chain(name: str) -> Soundscape:
    """Each planet a bell at its own rate, pure intervals, over slowly changing roots.

    The outermost planet is the tonic; 3:2, 4:3, 3:2, 3:2, 5:3 and 8:5 above it make the chord of the system. The
    planets enter from the outside in and leave from the inside out. Each second transit of the slowest one moves the
    ground under them, so that the same intervals are heard in another light; strings swell towards two thirds.
    """
    rates = RatePitch(octave=3, snap_cents=30.0)
    inner_to_outer = ["celesta", "kalimba", "marimba", "vibraphone", "harp", "vibraphone", "tubular_bell"]
    planets = EventRule(
        name="planets",
        kinds=["transit"],
        instruments=inner_to_outer,
        pitch=rates,
        loudness=ValueRule(source="body_rate", transform="log", polarity="down", low=0.2, high=0.36),
        pan=ValueRule(source="body_index", low=-0.75, high=0.75),
        duration_s=ValueRule(
            source="body_rate", transform="log", polarity="down", low=0.55, high=6.0, spacing="geometric"
        ),
        brightness=ValueRule(source="body_rate", transform="log", polarity="down", low=0.34, high=0.5),
        entries=Entries(first=0.0, last=0.5, fade=0.05, leave=0.8, floor=0.06),
        coincidence=Coincidence(window_s=0.05, gain_db=3.0),
    )
    ground = EventRule(
        name="ground",
        kinds=["transit"],
        bodies="slowest",
        every=2,
        voices="shared",
        instruments=["pad"],
        pitch=ChordPitch(octave=2, tones=[0, 4, 9]),
        loudness=0.42,
        duration_s=6.4,
        brightness=0.32,
        gain_db=-3.0,
        entries=Entries(first=0.0, fade=0.06, leave=0.94, floor=0.3),
    )
    light = EventRule(
        name="light",
        kinds=["transit"],
        bodies="slowest",
        every=2,
        voices="shared",
        instruments=["strings"],
        pitch=ChordPitch(octave=3, tones=[7, 11]),
        loudness=0.3,
        duration_s=6.4,
        brightness=0.35,
        pan=0.2,
        gain_db=-2.0,
        entries=Entries(first=0.3, fade=0.3, leave=0.82, floor=0.04),
    )
    return Soundscape(
        title=name,
        key=Key(tonic="C", scale="major", tuning="just"),
        tempo_bpm=72.0,
        length_s=60.0,
        tail_s=4.0,
        progression=[
            Chord(at=at, degree=degree)
            for at, degree in ((0.0, 0), (0.2, 5), (0.32, 3), (0.43, 4), (0.54, 0), (0.65, -2), (0.76, 3), (0.87, 0))
        ],
        events=[ground, planets, light],
        automation=[
            drawn(
                "*", "loudness", (0.0, 1.0), (0.44, 1.0), (0.53, 0.5), (0.6, 0.65), (0.69, 1.1), (0.85, 0.9), (1.0, 0.8)
            )
        ],
        mix=Mix(reverb=Reverb(level_db=-11.0, decay_s=3.2, predelay_s=0.025, damping_hz=4500.0)),
    )
