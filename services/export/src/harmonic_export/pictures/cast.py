"""The cast: which colour each body and each voice has, so that a planet and its notes look alike."""

from collections import Counter
from dataclasses import dataclass

from harmonic_export.performance import Performance
from harmonic_export.pictures.palettes import RGB, colours

STAR: RGB = (255, 236, 200)


@dataclass(frozen=True)
class Cast:
    """Colours by index of body and by index of voice."""

    bodies: list[RGB]
    voices: list[RGB]
    silent: frozenset[int]
    """Bodies that sound in no voice, such as a star."""


def cast(performance: Performance) -> Cast:
    """Give each sounding body a colour of the palette, its voice the same, and other voices the colours after it."""
    bodies = [body.name for body in performance.trajectory.header.bodies]
    body_of = _body_of_voice(performance, bodies)
    sounding = sorted(set(body_of.values()))
    if not sounding:
        sounding = list(range(len(bodies)))
    bodiless = [voice for voice in range(len(performance.score.voices)) if voice not in body_of]
    palette = colours(performance.picture.palette, max(1, len(sounding) + len(bodiless)))
    of_body = dict(zip(sounding, palette, strict=False))
    of_bodiless = dict(zip(bodiless, palette[len(sounding) :], strict=True))
    return Cast(
        bodies=[of_body.get(i, STAR) for i in range(len(bodies))],
        voices=[of_body[body_of[v]] if v in body_of else of_bodiless[v] for v in range(len(performance.score.voices))],
        silent=frozenset(range(len(bodies))) - frozenset(sounding),
    )


def _body_of_voice(performance: Performance, bodies: list[str]) -> dict[int, int]:
    """The body of each voice: of the same name, else the one that causes most of its notes."""
    index = {name: i for i, name in enumerate(bodies)}
    causes: dict[int, Counter[str]] = {}
    for note in performance.score.notes:
        if note.cause and note.cause.bodies:
            causes.setdefault(note.voice, Counter())[note.cause.bodies[0]] += 1
    found: dict[int, int] = {}
    for number, voice in enumerate(performance.score.voices):
        name = voice.name if voice.name in index else _commonest(causes.get(number))
        if name in index:
            found[number] = index[name]
    return found


def _commonest(names: Counter[str] | None) -> str:
    return min(names, key=lambda name: (-names[name], name)) if names else ""
