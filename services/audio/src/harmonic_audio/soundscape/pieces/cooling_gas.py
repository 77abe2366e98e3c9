"""A colliding gas that cools: hail that becomes rain, drops and frost, while the harmony grows under it."""

from harmonic_audio.soundscape.document import Key, Mix, Reverb, Soundscape
from harmonic_audio.soundscape.effects import Delay
from harmonic_audio.soundscape.harmony import Pad
from harmonic_audio.soundscape.mix import VoiceMix
from harmonic_audio.soundscape.pieces.shaping import drawn, even_chords
from harmonic_audio.soundscape.rules import Condition, EventRule, Limits, SampledNotes, ScalePitch, ValueRule
from harmonic_audio.soundscape.time import Density, Grid, Salience


def cooling_gas(name: str) -> Soundscape:
    """Only what meets faster than a fixed speed is hail; it thins out by itself as the gas cools, and sinks in pitch.

    Slow meetings of the cold gas ring long, in glass. Walls are a low wooden pulse. The pad takes over where the
    rhythm ends. The bass is the temperature: the logarithm of the energy that is left, on the chord's tones.
    """
    fast = EventRule(
        name="hail",
        kinds=["collision"],
        voices="shared",
        instruments=["kalimba"],
        only_while=[Condition(source="strength", above=0.24)],
        pitch=ScalePitch(
            source="strength",
            transform="log",
            limits=Limits(kind="absolute", low=0.24, high=1.5),
            low_hz=293.7,
            high_hz=1760.0,
            quantise="chord",
        ),
        loudness=ValueRule(
            source="strength", transform="log", limits=Limits(kind="absolute", low=0.24, high=1.5), low=0.22, high=0.6
        ),
        pan=ValueRule(source="position_x", low=-0.85, high=0.85),
        brightness=ValueRule(source="strength", low=0.3, high=0.6),
        gain_db=-3.0,
    )
    frost = EventRule(
        name="frost",
        kinds=["collision"],
        voices="shared",
        instruments=["glass"],
        only_while=[Condition(source="strength", below=0.14), Condition(source="time", above=16.0)],
        every=3,
        pitch=ScalePitch(source="position_y", low_hz=587.3, high_hz=1568.0, quantise="chord"),
        loudness=ValueRule(source="strength", low=0.12, high=0.34),
        pan=ValueRule(source="position_x", low=-0.9, high=0.9),
        duration_s=2.6,
        brightness=0.35,
        smallest_gap_s=2.0,
        gain_db=-2.0,
    )
    walls = EventRule(
        name="walls",
        kinds=["wall"],
        voices="shared",
        instruments=["marimba"],
        pitch=ScalePitch(source="position_y", low_hz=110.0, high_hz=330.0, quantise="chord"),
        loudness=ValueRule(source="strength", transform="sqrt", limits=Limits(low=0.0, high=98.0), low=0.2, high=0.6),
        pan=ValueRule(source="position_x", low=-0.6, high=0.6),
        brightness=0.4,
        smallest_gap_s=0.6,
    )
    heat = SampledNotes(
        name="heat",
        observable="energy",
        transform="log",
        beats=2.0,
        instruments=["bass"],
        low_hz=61.7,
        high_hz=174.6,
        quantise="chord",
        loudness=0.5,
        brightness=0.35,
        legato=0.8,
    )
    return Soundscape(
        title=name,
        key=Key(tonic="D", scale="dorian"),
        tempo_bpm=112.0,
        length_s=64.0,
        tail_s=5.0,
        grid=Grid(per_beat=4, strength=0.9, swing=0.54),
        progression=even_chords(["Dm9", "Fmaj7", "C", "G", "Dm9", "Bbmaj7", "F", "C", "Gm9", "Bbmaj7", "Dm9", "Dm"]),
        harmony=[
            Pad(
                name="sky", voices=4, low_hz=196.0, high_hz=659.3, loudness=0.4, gain_db=3.0, pan=-0.1, legato=1.0
            ),
        ],
        events=[fast, frost, walls],
        observables=[heat],
        density=Density(notes_per_s=22.0, salience=Salience(loudness=1.0, metre=0.35, rarity=0.3)),
        automation=[
            drawn("sky", "loudness", (0.0, 0.25), (0.35, 0.6), (0.7, 1.0), (0.82, 0.45), (0.92, 0.7), (1.0, 0.1)),
            drawn("heat", "loudness", (0.0, 0.9), (0.5, 1.0), (0.66, 0.9), (0.8, 0.7), (1.0, 0.2)),
        ],
        mix=Mix(
            voices=[VoiceMix(voice="hail", delay_send=0.16), VoiceMix(voice="frost", delay_send=0.25)],
            delay=Delay(beats=0.75, level_db=-8.0),
            reverb=Reverb(level_db=-12.0, decay_s=3.4, damping_hz=5500.0),
        ),
    )  # fmt: skip
