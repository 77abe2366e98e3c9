"""What a stem is: a voice, the voices of one instrument, or a body; the rest of the mix is a stem too."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from harmonic_contracts.score import Note, Score

Stems = Literal["none", "groups", "voices", "bodies"]
NAMES: Final[tuple[Stems, ...]] = get_args(Stems)
EFFECTS: Final = "room"
"""Name of the stem that holds what all effects made of the others."""
NOBODY: Final = "no body"


@dataclass(frozen=True)
class Player:
    """Notes that are rendered together: a voice, or what one body plays in it."""

    voice: int
    stem: int | None
    """Number of its stem."""
    notes: tuple[Note, ...]


def stems_of(asked: bool | Stems) -> Stems:
    """True means one for each voice."""
    if isinstance(asked, bool):
        return "voices" if asked else "none"
    if asked not in NAMES:
        raise ValueError(f"there are no stems by {asked!r}: choose one of {', '.join(NAMES)}")
    return asked


def players(score: Score, stems: Stems) -> tuple[list[Player], list[str]]:
    """All that is to be rendered, and the names of the stems it goes to; the stem of the effects is not among them."""
    notes: list[list[Note]] = [[] for _ in score.voices]
    for note in score.notes:
        notes[note.voice].append(note)
    keys: dict[str, int] = {}
    found = []
    for voice, own in enumerate(notes):
        for key, chosen in _split(score, voice, own, stems):
            number = keys.setdefault(key, len(keys)) if key is not None else None
            found.append(Player(voice, number, tuple(chosen)))
    names = [key.partition("\n")[2] if stems == "voices" else key for key in keys]
    return found, names


def _split(score: Score, voice: int, notes: list[Note], stems: Stems) -> Iterator[tuple[str | None, list[Note]]]:
    """The notes of a voice by the stem that they go to."""
    if stems == "bodies":
        bodies: dict[str, list[Note]] = {}
        for note in notes:
            body = note.cause.bodies[0] if note.cause and note.cause.bodies else NOBODY
            bodies.setdefault(body, []).append(note)
        yield from bodies.items()
        return
    # Two voices may have one name, and are two stems all the same.
    keys = {"none": None, "groups": score.voices[voice].instrument, "voices": f"{voice}\n{score.voices[voice].name}"}
    yield keys[stems], notes
