"""How each kind of physics sounds until somebody says otherwise: one row a kind, of instruments, key and range."""

from dataclasses import dataclass
from typing import Literal, get_args

from harmonic_audio.soundscape.document import Key, Mix, Reverb, Soundscape
from harmonic_audio.soundscape.rules import BodyPitch, EventRule, ScalePitch, ValueRule
from harmonic_audio.soundscape.time import Density
from harmonic_contracts.trajectory import EventKind

EVERY_KIND = list(get_args(EventKind))


@dataclass(frozen=True)
class Character:
    """The events of a system as notes: pitched by the body that they happen to, by their strength or their place."""

    instruments: tuple[str, ...]
    tonic: str
    scale: str
    pitch: Literal["body", "strength", "position_x"] = "strength"
    octave: int = 3
    low_hz: float = 196.0
    high_hz: float = 1174.7
    notes_per_s: float = 10.0
    gap_s: float = 0.06
    decay_s: float = 2.2
    tempo_bpm: float = 90.0


GENERAL = Character(("vibraphone",), "G", "major_pentatonic", notes_per_s=12.0)
CHARACTERS = {
    "attractor": Character(("celesta", "vibraphone", "harp"), "D", "dorian", low_hz=220.0, high_hz=1320.0),
    "bar": Character(("marimba", "glockenspiel"), "C", "major_pentatonic", pitch="body", octave=4),
    "charges": Character(("glockenspiel", "vibraphone"), "E", "lydian", low_hz=330.0, high_hz=1760.0),
    "galaxy": Character(("tubular_bell", "glass"), "A", "in_sen", low_hz=110.0, high_hz=880.0, decay_s=4.5, gap_s=0.2),
    "heat": Character(("glass", "bell"), "F", "lydian", low_hz=174.6, high_hz=698.5, notes_per_s=5.0, decay_s=4.0),
    "membrane": Character(
        ("drum", "wood", "kalimba"), "A", "minor_pentatonic", pitch="position_x", low_hz=82.4, high_hz=659.3
    ),
    "molecules": Character(("kalimba", "wood"), "B", "hirajoshi", low_hz=246.9, high_hz=1480.0, notes_per_s=12.0),
    "oscillators": Character(("marimba", "kalimba", "wood"), "E", "minor_pentatonic", pitch="body", octave=3),
    "pendulum": Character(("vibraphone", "harp"), "A", "dorian", low_hz=146.8, high_hz=880.0, decay_s=3.0),
    "plate": Character(
        ("bell", "tubular_bell", "glass"), "D", "lydian", pitch="position_x", low_hz=146.8, high_hz=1174.7, decay_s=3.5
    ),
    "quantum": Character(("glass", "celesta"), "C", "whole_tone", low_hz=261.6, high_hz=1568.0, decay_s=3.5),
    "rigid_bodies": Character(("wood", "marimba", "drum"), "G", "minor_pentatonic", low_hz=98.0, high_hz=784.0),
    "rotor": Character(("tubular_bell", "vibraphone"), "C", "hirajoshi", low_hz=130.8, high_hz=1046.5, decay_s=3.0),
    "springs": Character(("harp", "pluck"), "F", "major_pentatonic", pitch="body", octave=3, gap_s=0.12),
    "string": Character(("harp", "pluck"), "D", "mixolydian", pitch="body", octave=3, gap_s=0.1),
    "wave_field": Character(("glass", "celesta", "harp"), "B", "lydian", pitch="body", octave=4, decay_s=3.0),
}


def soundscape_of(name: str, character: Character) -> Soundscape:
    """The soundscape of a character: every event a note, panned by the body, louder and brighter the stronger."""
    by_body = BodyPitch(octave=character.octave)
    source = "strength" if character.pitch == "body" else character.pitch
    by_field = ScalePitch(source=source, low_hz=character.low_hz, high_hz=character.high_hz)
    every = EventRule(
        name="events",
        kinds=EVERY_KIND,
        voices="body" if character.pitch == "body" else "shared",
        instruments=list(character.instruments) if character.pitch == "body" else [character.instruments[0]],
        pitch=by_body if character.pitch == "body" else by_field,
        loudness=ValueRule(source="strength", low=0.25, high=0.65),
        pan=ValueRule(source="body_index", low=-0.7, high=0.7),
        brightness=0.4,
        smallest_gap_s=character.gap_s,
    )
    return Soundscape(
        title=name,
        key=Key.model_validate({"tonic": character.tonic, "scale": character.scale}),
        tempo_bpm=character.tempo_bpm,
        events=[every],
        density=Density(notes_per_s=character.notes_per_s),
        mix=Mix(reverb=Reverb(level_db=-13.0, decay_s=character.decay_s)),
    )
