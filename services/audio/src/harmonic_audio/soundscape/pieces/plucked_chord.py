"""A plucked chord: six strings of the simulation, exactly inharmonic, stopped by a progression."""

from harmonic_audio.soundscape.document import Key, Mix, Reverb, Soundscape
from harmonic_audio.soundscape.harmony import Bass, Pad
from harmonic_audio.soundscape.pieces.shaping import chords, drawn
from harmonic_audio.soundscape.rules import EventRule, ScalePitch, ValueRule
from harmonic_audio.soundscape.time import Density

_BAR = 3.2 / 30.0
"""A bar of the strumming as a fraction of the universe."""


def plucked_chord(name: str) -> Soundscape:
    """Every pluck sounds with the forty partials of its string, shortened to the nearest tone of the chord.

    As the energy of a string falls by another step, a soft bell answers two octaves above: the decay, made audible.
    """
    strings = EventRule(
        name="strings",
        kinds=["pluck"],
        voices="body",
        instruments=["body"],
        pitch=ScalePitch(source="body_index", low_hz=82.4, high_hz=659.3, quantise="chord"),
        loudness=ValueRule(source="strength", low=0.42, high=0.66),
        pan=ValueRule(source="body_index", low=-0.5, high=0.5),
        brightness=ValueRule(source="strength", low=0.3, high=0.42),
        gain_db=2.0,
    )
    answers = EventRule(
        name="answers",
        kinds=["threshold"],
        voices="shared",
        instruments=["celesta"],
        pitch=ScalePitch(source="body_index", low_hz=659.3, high_hz=1568.0, quantise="chord"),
        loudness=0.4,
        pan=ValueRule(source="body_index", low=0.7, high=-0.7),
        duration_s=2.0,
        brightness=0.45,
        smallest_gap_s=0.5,
        gain_db=-6.0,
    )
    symbols = ("Em9", "Cmaj7", "G", "D", "Am7", "Cmaj7", "B7", "Em9")
    return Soundscape(
        title=name,
        key=Key(tonic="E", scale="natural_minor"),
        tempo_bpm=56.25,
        length_s=40.0,
        tail_s=2.0,
        progression=chords(*((round(_BAR * bar, 6), symbol) for bar, symbol in enumerate(symbols))),
        harmony=[
            Pad(name="breath", instrument="strings", voices=3, low_hz=246.9, high_hz=659.3, loudness=0.4, gain_db=1.0),
            Bass(name="ground", instrument="bass", octave=2, beats=4.0, loudness=0.4, brightness=0.3, gain_db=0.0),
        ],
        events=[strings, answers],
        density=Density(notes_per_s=14.0),
        automation=[
            drawn("breath", "loudness", (0.0, 0.0), (0.2, 0.1), (0.45, 0.6), (0.7, 1.0), (0.85, 0.6), (1.0, 0.0)),
            drawn("ground", "loudness", (0.0, 0.0), (0.2, 0.4), (0.4, 1.0), (0.8, 1.0), (1.0, 0.0)),
            drawn("answers", "loudness", (0.0, 0.25), (0.3, 0.5), (0.65, 1.0), (1.0, 0.8)),
        ],
        mix=Mix(reverb=Reverb(level_db=-14.0, decay_s=2.6, damping_hz=6000.0)),
    )
