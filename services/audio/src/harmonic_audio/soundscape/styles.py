"""Styles and moods: named presets of a soundscape's own fields, laid over a document.

A style sets what makes its music (scale, tuning, tempo, chords, the voices that play them); a mood tints what is there
(scale, tempo, grid, density, room). What the universe does, the rules and
their mapping, is kept; only their instruments change where a style names its own. The tonic stays the document's.
"""

from typing import Any, Final

from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.moods import MOODS
from harmonic_audio.soundscape.style import Fields, Style, room

SLENDRO_LIKE: Final = "A stretched pentatonic, nearly equal\n5\n235.0\n476.5\n712.0\n958.5\n1207.0\n"


def _bars(numerals: str, bars: float = 1.0) -> list[Fields]:
    return [{"roman": numeral, "bars": bars} for numeral in numerals.split()]


def _pad(instrument: str, **more: Any) -> Fields:
    return {"kind": "pad", "name": "harmony chords", "instrument": instrument, **more}


def _bass(instrument: str, **more: Any) -> Fields:
    return {"kind": "bass", "name": "harmony bass", "instrument": instrument, **more}


def _drone(instrument: str, **more: Any) -> Fields:
    return {"kind": "drone", "name": "harmony drone", "instrument": instrument, **more}


def _arpeggio(instrument: str, **more: Any) -> Fields:
    return {"kind": "arpeggio", "name": "harmony figure", "instrument": instrument, **more}


STYLES: Final[dict[str, Style]] = {
    style.name: style
    for style in (
        Style(
            "ambient",
            "style",
            "Slow chords that melt into each other, far away and soft",
            {
                "tempo_bpm": 60.0,
                "tempo": None,
                "grid": None,
                "key": {"scale": "lydian"},
                "progression": _bars("Imaj7 II vi7 Isus2", 4.0),
                "harmony": [
                    _drone("warm_pad", loudness=0.22, degrees=[0, 4], brightness=0.25),
                    _pad("choir", voices=4, loudness=0.28, brightness=0.3),
                ],
                "density": {"notes_per_s": 9.0},
                "mix": room(-8.0, 6.0, 3500.0),
            },
            ("glass", "celesta", "vibraphone"),
        ),
        Style(
            "minimal",
            "style",
            "A figure that goes on, in which one thing at a time changes",
            {
                "tempo_bpm": 132.0,
                "tempo": None,
                "grid": {"per_beat": 4, "strength": 1.0},
                "key": {"scale": "major_pentatonic"},
                "progression": _bars("I vi I IV", 4.0),
                "harmony": [
                    _arpeggio("marimba", beats=0.5, order="up_down", loudness=0.3, low_hz=196.0, high_hz=784.0)
                ],
                "density": {"notes_per_s": 12.0},
                "mix": room(-18.0, 1.4),
            },
            ("marimba", "vibraphone", "piano"),
        ),
        Style(
            "jazz",
            "style",
            "Sevenths and ninths, a walking bass and swing",
            {
                "tempo_bpm": 116.0,
                "tempo": None,
                "grid": {"per_beat": 2, "strength": 0.9, "swing": 0.64},
                "key": {"scale": "bebop_major"},
                "progression": _bars("ii7 V9 Imaj7 vi7 ii7 V7 iii7 V7/ii"),
                "harmony": [
                    _bass("bass", beats=1.0, figure=["bass", "fifth", "octave", "fifth"], loudness=0.4),
                    _pad("electric_piano", voices=4, beats=2.0, legato=0.6, loudness=0.25),
                ],
                "density": {"notes_per_s": 8.0},
                "mix": room(-20.0, 1.1),
            },
            ("vibraphone", "piano", "guitar"),
        ),
        Style(
            "cinematic",
            "style",
            "Wide strings over a deep bass, in minor, growing",
            {
                "tempo_bpm": 76.0,
                "tempo": None,
                "key": {"scale": "natural_minor"},
                "progression": _bars("i VI bVII i iv VI Vsus4 V", 2.0),
                "harmony": [
                    _bass("cello", loudness=0.4),
                    _pad("strings", voices=5, loudness=0.35, low_hz=130.8, high_hz=784.0),
                ],
                "density": {"notes_per_s": 8.0},
                "mix": room(-11.0, 3.4, 4500.0),
            },
            ("piano", "harp", "tubular_bell"),
        ),
        Style(
            "gamelan",
            "style",
            "After the gamelan: bronze in five nearly equal steps of a stretched octave, a gong each cycle",
            {
                "tempo_bpm": 88.0,
                "tempo": None,
                "grid": {"per_beat": 2, "strength": 1.0},
                "key": {"scale": "chromatic", "tuning": {"kind": "scala", "scl": SLENDRO_LIKE}},
                "progression": [{"degree": degree, "bars": 2.0} for degree in (0, 2, 3, 1)],
                "harmony": [
                    _drone("gamelan", octave=2, bars=8.0, loudness=0.5),
                    _arpeggio("gamelan", beats=0.5, order="outside_in", loudness=0.25, low_hz=261.6, high_hz=1046.6),
                ],
                "density": {"notes_per_s": 10.0},
                "mix": room(-15.0, 2.0),
            },
            ("gamelan", "gamelan", "wood"),
        ),
        Style(
            "baroque",
            "style",
            "Falling fifths in meantone over a moving bass",
            {
                "tempo_bpm": 84.0,
                "tempo": None,
                "grid": {"per_beat": 4, "strength": 1.0},
                "key": {"scale": "harmonic_minor", "tuning": {"kind": "meantone"}},
                "progression": _bars("i iv7 bVII7 bIIImaj7 VI ii°6 V7 i"),
                "harmony": [
                    _bass("cello", beats=1.0, figure=["bass", "octave", "fifth", "octave"], loudness=0.36),
                    _arpeggio("pluck", beats=0.5, order="up_down", loudness=0.24, low_hz=220.0, high_hz=880.0),
                ],
                "density": {"notes_per_s": 10.0},
                "mix": room(-15.0, 1.9),
            },
            ("recorder", "violin", "pluck"),
        ),
        Style(
            "techno",
            "style",
            "Four to the bar, a short bass figure, everything on the grid",
            {
                "tempo_bpm": 128.0,
                "tempo": None,
                "grid": {"per_beat": 4, "strength": 1.0},
                "key": {"scale": "minor_pentatonic"},
                "progression": [{"degree": degree, "bars": 4.0} for degree in (0, 0, 3, 4)],
                "harmony": [
                    _bass("synth_bass", beats=0.5, figure=["bass", "octave"], legato=0.5, loudness=0.42),
                    _pad("pad", voices=3, beats=2.0, legato=0.35, loudness=0.22),
                ],
                "density": {"notes_per_s": 16.0},
                "mix": room(-20.0, 1.0),
            },
            ("lead", "fm_bell", "closed_hat"),
        ),
        Style(
            "just",
            "style",
            "Pure intervals over a drone, nothing else",
            {
                "tempo": None,
                "key": {"scale": "mixolydian", "tuning": {"kind": "just", "limit": 7}},
                "progression": [{"at": 0.0, "degree": 0}],
                "harmony": [_drone("organ", degrees=[0, 4], loudness=0.25, brightness=0.35)],
                "mix": room(-13.0, 3.0),
            },
        ),
        *MOODS,
    )
}


def styled(document: Soundscape, name: str) -> Soundscape:
    """The document in a style or mood; valid, and changed in nothing but the style's own fields.

    Curves drawn for voices of the harmony go with them, patches with the instruments that they were made for.

    Raises ValueError where there is no such style, or where it does not fit the document (its scenes, say).
    """
    if name not in STYLES:
        raise ValueError(f"there is no style {name!r}: choose one of {', '.join(STYLES)}")
    style = STYLES[name]
    data = _laid(document.model_dump(), style.fields)
    if style.instruments is not None:
        for rule in [*data["events"], *data["observables"]]:
            if "instruments" in rule:
                # A patch is of the instrument that was.
                rule["instruments"], rule["patch"] = [*style.instruments], None
    gone = {rule.name for rule in document.harmony} - {rule["name"] for rule in data["harmony"]}
    data["automation"] = [one for one in data["automation"] if one.get("voice") not in gone]
    return Soundscape.model_validate(data)


def _laid(below: Fields, above: Fields) -> Fields:
    """``above`` over ``below``: records go into records, all else replaces. A tuning replaces whole."""
    merged = dict(below)
    for name, value in above.items():
        old = merged.get(name)
        inner = isinstance(value, dict) and isinstance(old, dict) and "kind" not in value
        merged[name] = _laid(old, value) if inner and isinstance(old, dict) else value
    return merged
