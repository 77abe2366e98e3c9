"""The soundscape that a universe begins with: chosen by its preset, else by its kind of system."""

from harmonic_audio.soundscape.characters import CHARACTERS, GENERAL, soundscape_of
from harmonic_audio.soundscape.document import Chord, Key, Mix, Reverb, Soundscape
from harmonic_audio.soundscape.pieces import PIECES
from harmonic_audio.soundscape.rules import (
    BodyPitch,
    ChordPitch,
    EventRule,
    Limits,
    RatePitch,
    ScalePitch,
    ValueRule,
)
from harmonic_audio.soundscape.time import Density


def default_soundscape(system: str, preset: str | None = None, name: str = "Universe") -> Soundscape:
    """The document for a system kind and preset; every kind has one, if only the general one."""
    if preset in PIECES:
        return PIECES[preset](name)
    if system == "orbits":
        return orbits(name)
    if system == "particles":
        return particles(name)
    return soundscape_of(name, CHARACTERS.get(system, GENERAL))


def orbits(name: str) -> Soundscape:
    """Orbiting bodies: transits as bells, tuned by the bodies' rates to the nearest of five notes; nearest points as
    glass above them; meetings as fifths below."""
    transits = EventRule(
        name="transits",
        kinds=["transit"],
        instruments=["celesta", "vibraphone", "harp", "tubular_bell"],
        pitch=RatePitch(octave=3, highest_hz=1800.0, too_high="compress", quantise="scale"),
        loudness=ValueRule(source="body_rate", transform="log", polarity="down", low=0.25, high=0.6),
        pan=ValueRule(source="body_index", low=-0.7, high=0.7),
        duration_s=ValueRule(
            source="body_rate", transform="log", polarity="down", low=0.8, high=5.0, spacing="geometric"
        ),
        brightness=0.4,
        smallest_gap_s=0.05,
    )
    nearest = EventRule(
        name="nearest points",
        kinds=["perihelion"],
        voices="shared",
        instruments=["glass"],
        pitch=BodyPitch(octave=4, step=2),
        loudness=ValueRule(source="body_rate", transform="log", polarity="down", low=0.12, high=0.3),
        duration_s=1.4,
        pan=ValueRule(source="body_index", low=0.5, high=-0.5),
        brightness=0.35,
        smallest_gap_s=0.9,
        gain_db=-4.0,
    )
    meetings = EventRule(
        name="meetings",
        kinds=["collision", "conjunction"],
        voices="shared",
        instruments=["pad"],
        pitch=ChordPitch(octave=2, tones=[0, 3]),
        loudness=0.3,
        duration_s=3.0,
        brightness=0.3,
        smallest_gap_s=2.0,
        gain_db=-5.0,
    )
    return Soundscape(
        title=name,
        key=Key(tonic="D", scale="major_pentatonic", tuning="just"),
        tempo_bpm=80.0,
        tail_s=4.0,
        progression=[Chord(at=at, degree=degree) for at, degree in ((0.0, 0), (0.3, 3), (0.5, 1), (0.75, 0))],
        events=[transits, nearest, meetings],
        density=Density(notes_per_s=16.0),
        mix=Mix(reverb=Reverb(level_db=-12.0, decay_s=3.0)),
    )


def particles(name: str) -> Soundscape:
    """Colliding particles: collisions are plucked on a pentatonic scale by their strength, walls answer below."""
    collisions = EventRule(
        name="collisions",
        kinds=["collision"],
        voices="shared",
        instruments=["kalimba"],
        pitch=ScalePitch(
            source="strength", transform="log", limits=Limits(low=2.0, high=98.0), low_hz=261.6, high_hz=1318.6
        ),
        loudness=ValueRule(source="strength", transform="sqrt", limits=Limits(low=0.0, high=98.0), low=0.15, high=0.7),
        pan=ValueRule(source="position_x", low=-0.9, high=0.9),
        brightness=ValueRule(source="strength", transform="sqrt", low=0.3, high=0.65),
    )
    walls = EventRule(
        name="walls",
        kinds=["wall"],
        voices="shared",
        instruments=["marimba"],
        pitch=ScalePitch(source="position_y", low_hz=110.0, high_hz=440.0),
        loudness=ValueRule(source="strength", transform="sqrt", limits=Limits(low=0.0, high=98.0), low=0.12, high=0.55),
        pan=ValueRule(source="position_x", low=-0.9, high=0.9),
        brightness=0.4,
        smallest_gap_s=0.08,
        gain_db=-3.0,
    )
    return Soundscape(
        title=name,
        key=Key(tonic="A", scale="minor_pentatonic"),
        tempo_bpm=96.0,
        progression=[Chord(at=0.0, degree=0)],
        events=[collisions, walls],
        density=Density(notes_per_s=12.0),
        mix=Mix(reverb=Reverb(level_db=-13.0, decay_s=2.2)),
    )
