"""Coupled metronomes fall into step: a ripple becomes a chord, and the chord a groove."""

from harmonic_audio.soundscape.document import Key, Mix, Reverb, Soundscape
from harmonic_audio.soundscape.effects import Delay
from harmonic_audio.soundscape.harmony import Pad
from harmonic_audio.soundscape.mix import VoiceMix
from harmonic_audio.soundscape.pieces.shaping import drawn, even_chords
from harmonic_audio.soundscape.rules import (
    ChordPitch,
    Coincidence,
    Condition,
    EventRule,
    Observed,
    ScalePitch,
    Taps,
    ValueRule,
)
from harmonic_audio.soundscape.time import Density

_ORDER = Observed(observable="order")
_SWINGS = ["zero_crossing"]
_IN_STEP = [Condition(source=_ORDER, above=0.99)]


def _cross_beat(number: int, every: int, instrument: str, low_hz: float, pan: float) -> EventRule:
    """One metronome's every n-th beat, once all beat as one: together they are a pattern of many bars."""
    return EventRule(
        name=f"cross beat of {every}",
        kinds=_SWINGS,
        bodies=[f"oscillator {number}"],
        every=every,
        voices="shared",
        instruments=[instrument],
        only_while=[*_IN_STEP, Condition(source="time", above=8.0 + 1.6 * every)],
        pitch=ScalePitch(source="time", low_hz=low_hz, high_hz=2.0 * low_hz, quantise="chord"),
        taps=Taps(count=2, rate_hz=2.0 / 0.69968, fade=0.65),
        loudness=0.5,
        pan=pan,
        brightness=0.45,
        gain_db=2.0,
    )


def metronomes(name: str) -> Soundscape:
    """Each metronome is a bar of wood with its own tone of the chord; the clicks above it are heard to close up.

    Once the order parameter is near 1 they strike chords, a bass takes every fourth beat, and single metronomes go on
    in threes, fours, fives and sevens of the common beat.
    """
    ripple = EventRule(
        name="ripple",
        kinds=_SWINGS,
        voices="shared",
        instruments=["marimba"],
        only_while=[Condition(source=_ORDER, below=0.99)],
        pitch=ScalePitch(source="body_index", low_hz=220.0, high_hz=880.0, quantise="chord"),
        loudness=0.3,
        pan=ValueRule(source="body_index", low=-0.8, high=0.8),
        brightness=0.45,
        coincidence=Coincidence(window_s=0.03, gain_db=2.0),
    )
    chord = EventRule(
        name="in step",
        kinds=_SWINGS,
        every=2,
        voices="shared",
        instruments=["marimba"],
        only_while=_IN_STEP,
        pitch=ScalePitch(source="body_index", low_hz=196.0, high_hz=659.3, quantise="chord"),
        loudness=0.34,
        pan=ValueRule(source="body_index", low=-0.8, high=0.8),
        brightness=0.4,
    )
    clicks = EventRule(
        name="clicks",
        kinds=_SWINGS,
        voices="shared",
        instruments=["wood"],
        pitch=ScalePitch(source="body_index", low_hz=1318.5, high_hz=2637.0, quantise="scale"),
        loudness=0.16,
        pan=ValueRule(source="body_index", low=-0.9, high=0.9),
        brightness=0.4,
        gain_db=-3.0,
    )
    bass = EventRule(
        name="ground",
        kinds=_SWINGS,
        bodies=["oscillator 1"],
        every=4,
        voices="shared",
        instruments=["bass"],
        only_while=_IN_STEP,
        pitch=ChordPitch(octave=2, tones=[0]),
        loudness=0.5,
        duration_s=2.0,
        brightness=0.4,
        gain_db=-1.0,
    )
    return Soundscape(
        title=name,
        key=Key(tonic="E", scale="natural_minor"),
        tempo_bpm=85.75,
        length_s=60.0,
        tail_s=4.0,
        progression=even_chords(["Em9", "Am7", "G", "Am7", "Cmaj7", "D", "Em9", "Am7", "Cmaj7", "D", "Am7", "Em9"]),
        harmony=[Pad(name="hall", voices=3, low_hz=164.8, high_hz=493.9, loudness=0.4, gain_db=-1.0)],
        events=[
            ripple,
            chord,
            clicks,
            bass,
            _cross_beat(3, 3, "vibraphone", 523.3, -0.5),
            _cross_beat(4, 4, "celesta", 784.0, 0.5),
            _cross_beat(5, 5, "kalimba", 659.3, -0.2),
            _cross_beat(6, 7, "glockenspiel", 987.8, 0.25),
        ],
        density=Density(notes_per_s=32.0),
        automation=[
            drawn("ripple", "loudness", (0.0, 0.25), (0.06, 0.4), (0.12, 0.75), (0.2, 1.0), (1.0, 1.0)),
            drawn("hall", "loudness", (0.0, 0.0), (0.2, 0.2), (0.45, 0.7), (0.72, 1.0), (0.9, 0.6), (1.0, 0.0)),
            drawn("clicks", "loudness", (0.0, 1.0), (0.25, 0.8), (0.5, 0.45), (0.9, 0.6), (1.0, 1.0)),
            drawn("in step", "loudness", (0.0, 0.7), (0.4, 0.8), (0.72, 1.2), (0.9, 0.8), (1.0, 0.3)),
        ],
        mix=Mix(
            voices=[
                VoiceMix(voice="cross beat of 4", delay_send=0.2),
                VoiceMix(voice="cross beat of 7", delay_send=0.25),
            ],
            delay=Delay(time_s=0.52476, level_db=-8.0),
            reverb=Reverb(level_db=-14.0, decay_s=2.2),
        ),
    )
