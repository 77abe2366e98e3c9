"""What several pieces need: a drawn swell of a voice, and chords at their times."""

from collections.abc import Sequence

from harmonic_audio.soundscape.automation import Drawn, DrawnPoint, VoiceAutomation
from harmonic_audio.soundscape.document import Chord
from harmonic_audio.soundscape.moments import Moment


def drawn(voice: str, target: Drawn, *points: tuple[float, float]) -> VoiceAutomation:
    """A smooth curve of a voice through (fraction of the length, value)."""
    return VoiceAutomation(
        voice=voice,
        target=target,
        points=[DrawnPoint(at=Moment(value=at), value=value) for at, value in points],
        interpolation="smooth",
    )


def chords(*said: tuple[float, str]) -> list[Chord]:
    """Chords by their symbols, from fractions of the length on."""
    return [Chord(at=at, symbol=symbol) for at, symbol in said]


def even_chords(symbols: Sequence[str]) -> list[Chord]:
    """Chords of equal lengths over the whole piece."""
    return chords(*((round(number / len(symbols), 6), symbol) for number, symbol in enumerate(symbols)))
