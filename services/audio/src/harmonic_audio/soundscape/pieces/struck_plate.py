"""A struck Chladni plate: every stroke is the plate's own modes, as it is and as smaller plates cut from it."""

from harmonic_audio.soundscape.channels import Channels
from harmonic_audio.soundscape.document import Key, Mix, Reverb, Soundscape
from harmonic_audio.soundscape.harmony import Pad
from harmonic_audio.soundscape.pieces.shaping import drawn, even_chords
from harmonic_audio.soundscape.rules import ChordPitch, EventRule, ScalePitch, Taps, ValueRule
from harmonic_audio.soundscape.time import Density

_STRIKES = ["strike"]


def struck_plate(name: str) -> Soundscape:
    """The whole plate sounds at its own pitch on the accents, its figures sung above by plates of the same modes.

    Modes of a plate of the same shape all scale alike, so that a note's pitch is its size. Where the plate is struck
    chooses the note; the five places of the strokes against the chords make the tune.
    """
    whole = EventRule(
        name="the plate itself",
        kinds=_STRIKES,
        every=8,
        voices="shared",
        instruments=["body_as_it_is"],
        pitch=ChordPitch(octave=2, tones=[0]),
        loudness=0.5,
        brightness=0.5,
        sound=Channels(reverb_send=0.3),
        gain_db=-9.0,
    )
    song = EventRule(
        name="song",
        kinds=_STRIKES,
        voices="shared",
        instruments=["body"],
        patch={"quantity": "displacement", "ring": "note"},
        pitch=ScalePitch(source="position_x", low_hz=293.7, high_hz=784.0, quantise="chord"),
        duration_s=3.2,
        loudness=ValueRule(source="strength", low=0.45, high=0.75),
        pan=ValueRule(source="position_x", low=-0.6, high=0.6),
        brightness=ValueRule(source="position_y", low=0.4, high=0.6),
    )
    low = EventRule(
        name="low plate",
        kinds=_STRIKES,
        every=3,
        voices="shared",
        instruments=["body"],
        patch={"quantity": "displacement", "ring": "note"},
        pitch=ChordPitch(octave=2, tones=[0]),
        duration_s=4.5,
        loudness=0.6,
        brightness=0.3,
        gain_db=-2.0,
    )
    grains = EventRule(
        name="sand",
        kinds=_STRIKES,
        every=2,
        voices="shared",
        instruments=["body"],
        patch={"quantity": "displacement", "ring": "note"},
        pitch=ScalePitch(source="position_y", low_hz=1174.7, high_hz=2349.3, quantise="chord"),
        taps=Taps(count=5, rate_hz=5.0, fade=0.8),
        duration_s=0.9,
        loudness=0.45,
        pan=ValueRule(source="position_y", low=0.75, high=-0.75),
        brightness=0.4,
        gain_db=5.0,
    )
    return Soundscape(
        title=name,
        key=Key(tonic="D", scale="lydian"),
        tempo_bpm=75.0,
        length_s=48.0,
        tail_s=6.0,
        progression=even_chords(["Dmaj7", "E", "Bm7", "A", "F#m7", "E", "Gmaj7", "A", "Bm7", "Dmaj7"]),
        harmony=[Pad(name="air", instrument="choir", voices=3, low_hz=146.8, high_hz=440.0, loudness=0.4, gain_db=0.0)],
        events=[whole, song, low, grains],
        density=Density(notes_per_s=12.0),
        automation=[
            drawn("the plate itself", "loudness", (0.0, 1.0), (0.3, 0.8), (0.5, 0.45), (0.8, 0.5), (1.0, 1.0)),
            drawn("song", "loudness", (0.0, 0.3), (0.15, 0.7), (0.7, 1.0), (0.9, 0.8), (1.0, 0.5)),
            drawn("low plate", "loudness", (0.0, 0.0), (0.12, 0.1), (0.3, 0.8), (0.7, 1.0), (0.92, 0.5), (1.0, 0.4)),
            drawn("sand", "loudness", (0.0, 0.0), (0.35, 0.0), (0.5, 0.6), (0.75, 1.0), (0.9, 0.1), (1.0, 0.0)),
            drawn("air", "loudness", (0.0, 0.0), (0.2, 0.05), (0.5, 0.6), (0.75, 1.0), (0.92, 0.4), (1.0, 0.0)),
        ],
        mix=Mix(reverb=Reverb(level_db=-13.0, decay_s=3.2, predelay_s=0.03, damping_hz=5000.0)),
    )
