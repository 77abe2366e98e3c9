"""Moods: they tint what is there (scale, tempo, grid, density, room) and add no voices."""

from typing import Final

from harmonic_audio.soundscape.style import Style, room

MOODS: Final = (
    Style(
        "calm",
        "mood",
        "Slower, fewer notes, a wide soft room",
        {
            "tempo_bpm": 63.0,
            "key": {"scale": "major_pentatonic"},
            "density": {"notes_per_s": 4.0},
            "mix": room(-10.0, 4.0, 3500.0),
        },
    ),
    Style(
        "tense",
        "mood",
        "Narrow steps, quick and dry",
        {
            "tempo_bpm": 138.0,
            "key": {"scale": "octatonic_half_whole"},
            "density": {"notes_per_s": 14.0},
            "mix": room(-22.0, 0.8, 7000.0),
        },
    ),
    Style(
        "bright",
        "mood",
        "Lydian, lively, an open room",
        {
            "tempo_bpm": 120.0,
            "key": {"scale": "lydian"},
            "density": {"notes_per_s": 12.0},
            "mix": room(-16.0, 1.8, 9000.0),
        },
    ),
    Style(
        "dark",
        "mood",
        "Phrygian, slow, a long dull room",
        {
            "tempo_bpm": 69.0,
            "key": {"scale": "phrygian"},
            "density": {"notes_per_s": 6.0},
            "mix": room(-10.0, 4.5, 2000.0),
        },
    ),
    Style(
        "playful",
        "mood",
        "Pentatonic, brisk and swinging",
        {
            "tempo_bpm": 126.0,
            "key": {"scale": "major_blues"},
            "grid": {"per_beat": 2, "strength": 1.0, "swing": 0.6},
            "density": {"notes_per_s": 10.0},
            "mix": room(-19.0, 1.1, 7000.0),
        },
    ),
    Style(
        "melancholic",
        "mood",
        "Minor, unhurried, with space between the notes",
        {
            "tempo_bpm": 72.0,
            "key": {"scale": "natural_minor"},
            "density": {"notes_per_s": 5.0},
            "mix": room(-12.0, 3.0, 4000.0),
        },
    ),
)
