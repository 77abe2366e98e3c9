"""The cast: which colour each body and each voice has, so that a planet and its notes look alike."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from harmonic_contracts.score import Note
from harmonic_export.performance import Performance
from harmonic_export.pictures.palettes import RGB, colours

STAR: RGB = (255, 236, 200)
PALE: RGB = (168, 176, 204)
NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Cast:
    """Colours by index of body and by index of voice."""

    bodies: list[RGB]
    voices: list[RGB]
    silent: frozenset[int]
    """Bodies that sound in no voice, such as a star."""
    by_cause: Mapping[str, RGB]
    """Where voices belong to no bodies: the colours of notes by the names of the bodies that cause them."""

    def of(self, note: Note) -> RGB:
        """The colour of a note."""
        cause = note.cause.bodies[0] if note.cause and note.cause.bodies else ""
        return self.by_cause.get(cause, self.voices[note.voice])


def cast(performance: Performance) -> Cast:
    """Give each sounding body a colour of the palette and its voice the same. A voice of no body is pale beside them;
    where no voice belongs to a body, each note has the colour of the body that causes it."""
    bodies = [body.name for body in performance.trajectory.header.bodies]
    count = len(performance.score.voices)
    body_of = _body_of_voice(performance, bodies)
    sounding = sorted(set(body_of.values()))
    palette = performance.picture.palette
    if not sounding:
        own = colours(palette, len(bodies))
        by_cause = dict(zip(bodies, own, strict=True))
        return Cast(own, [PALE] * count, frozenset(), by_cause)
    of_body = dict(zip(sounding, colours(palette, len(sounding)), strict=True))
    return Cast(
        bodies=[of_body.get(i, STAR) for i in range(len(bodies))],
        voices=[of_body[body_of[v]] if v in body_of else PALE for v in range(count)],
        silent=frozenset(range(len(bodies))) - frozenset(sounding),
        by_cause={},
    )


def _body_of_voice(performance: Performance, bodies: list[str]) -> dict[int, int]:
    """The body of each voice: of the same name, else the one that causes nearly all of its notes and has no voice yet.
    Each body has one voice."""
    index = {name: i for i, name in enumerate(bodies)}
    voices = list(enumerate(performance.score.voices))
    found = {number: index[voice.name] for number, voice in voices if voice.name in index}
    for number, causes in sorted(_causes(performance).items()):
        name = min(causes, key=lambda name: (-causes[name], name))
        alone = causes[name] >= NEARLY_ALL * causes.total()
        if number not in found and alone and name in index and index[name] not in found.values():
            found[number] = index[name]
    return found


def _causes(performance: Performance) -> dict[int, Counter[str]]:
    """How many notes of each voice each body causes."""
    causes: dict[int, Counter[str]] = {}
    for note in performance.score.notes:
        if note.cause and note.cause.bodies:
            causes.setdefault(note.voice, Counter())[note.cause.bodies[0]] += 1
    return causes
