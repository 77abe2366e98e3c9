"""A double pendulum over a drone: a duet without a metre."""

from harmonic_audio.soundscape.channels import Channels
from harmonic_audio.soundscape.document import Key, Mix, Reverb, Soundscape
from harmonic_audio.soundscape.effects import Delay
from harmonic_audio.soundscape.harmony import Pad
from harmonic_audio.soundscape.mix import VoiceMix
from harmonic_audio.soundscape.pieces.shaping import chords, drawn
from harmonic_audio.soundscape.rules import ChordPitch, EventRule, Limits, SampledNotes, ScalePitch, ValueRule
from harmonic_audio.soundscape.time import Density


def double_pendulum(name: str) -> Soundscape:
    """Each rod plays as it hangs straight, the higher the faster; turning back is glass, going over the top a bell.

    The drone is the energy, which every swing keeps: half the range is that of the start, a pitch that never moves.
    Chords move slowly over it, so that the same tone changes its meaning.
    """
    upper = EventRule(
        name="upper rod",
        kinds=["zero_crossing"],
        bodies=["upper"],
        voices="shared",
        instruments=["vibraphone"],
        pitch=ScalePitch(source="strength", low_hz=220.0, high_hz=587.3),
        loudness=ValueRule(source="strength", low=0.35, high=0.65),
        pan=-0.45,
        duration_s=4.0,
        brightness=ValueRule(source="strength", low=0.3, high=0.55),
    )
    lower = EventRule(
        name="lower rod",
        kinds=["zero_crossing"],
        bodies=["lower"],
        voices="shared",
        instruments=["harp"],
        pitch=ScalePitch(source="strength", low_hz=392.0, high_hz=1174.7),
        loudness=ValueRule(source="strength", low=0.4, high=0.75),
        pan=0.4,
        brightness=ValueRule(source="strength", low=0.4, high=0.7),
        gain_db=1.0,
    )
    turns = EventRule(
        name="turning back",
        kinds=["turning_point"],
        voices="shared",
        instruments=["glass"],
        pitch=ScalePitch(source="strength", low_hz=880.0, high_hz=1760.0, quantise="chord"),
        loudness=ValueRule(source="strength", low=0.1, high=0.3),
        pan=ValueRule(source="position_x", low=-0.8, high=0.8),
        duration_s=1.8,
        brightness=0.4,
        gain_db=-2.0,
    )
    flips = EventRule(
        name="over the top",
        kinds=["flip"],
        voices="shared",
        instruments=["tubular_bell"],
        pitch=ChordPitch(octave=3, tones=[0, 4]),
        loudness=ValueRule(source="strength", low=0.28, high=0.5),
        pan=ValueRule(source="position_x", low=-0.5, high=0.5),
        duration_s=5.0,
        brightness=0.35,
        smallest_gap_s=1.0,
        gain_db=-2.0,
    )
    drone = SampledNotes(
        name="drone",
        observable="energy",
        limits=Limits(kind="absolute", low=0.0, high=27.61),
        beats=8.0,
        instruments=["strings"],
        low_hz=55.0,
        high_hz=220.0,
        loudness=0.5,
        brightness=0.45,
        sound=Channels(attack_s=0.6, release_s=2.5),
        legato=1.0,
        gain_db=-2.0,
    )
    return Soundscape(
        title=name,
        key=Key(tonic="A", scale="dorian", tuning="just"),
        tempo_bpm=66.0,
        length_s=60.0,
        tail_s=5.0,
        progression=chords(
            (0.0, "Am"), (0.16, "Em7"), (0.28, "D"), (0.42, "Am9"), (0.54, "Cmaj7"), (0.66, "G"), (0.78, "D"),
            (0.9, "Am")
        ),
        harmony=[
            Pad(name="halo", instrument="pad", voices=3, low_hz=220.0, high_hz=659.3, loudness=0.4, gain_db=-0.5),
        ],
        events=[upper, lower, turns, flips],
        observables=[drone],
        density=Density(notes_per_s=10.0),
        automation=[
            drawn("upper rod", "loudness", (0.0, 0.7), (0.3, 0.8), (0.68, 1.0), (0.86, 0.6), (1.0, 0.4)),
            drawn("lower rod", "loudness", (0.0, 0.0), (0.08, 0.15), (0.2, 0.6), (0.68, 1.0), (0.86, 0.55), (1.0, 0.3)),
            drawn("drone", "loudness", (0.0, 0.5), (0.3, 0.85), (0.66, 1.0), (0.9, 0.7), (1.0, 0.3)),
            drawn("halo", "loudness", (0.0, 0.0), (0.22, 0.1), (0.5, 0.7), (0.7, 1.0), (0.88, 0.4), (1.0, 0.0)),
            drawn("turning back", "loudness", (0.0, 0.2), (0.25, 0.6), (0.6, 1.0), (0.85, 0.5), (1.0, 0.15)),
            drawn("over the top", "loudness", (0.0, 0.5), (0.6, 1.0), (1.0, 0.6)),
        ],
        mix=Mix(
            voices=[VoiceMix(voice="lower rod", delay_send=0.14)],
            delay=Delay(time_s=0.42, level_db=-8.0),
            reverb=Reverb(level_db=-11.0, decay_s=3.6, predelay_s=0.03, damping_hz=4800.0),
        ),
    )  # fmt: skip
