"""Scores of one motion, each under the document of one scene, joined into one piece: scene fades into scene.

A note that both sides of a cross-fade have is one note, whose loudness, place, brightness and length move from the one
to the other. A note of one side alone fades in equal power. A voice of one side alone fades as a whole, so that long
notes fade too; the squares of the two levels sum to 1. Curves of both sides are blended sample by sample.
"""

import math
from collections.abc import Generator, Sequence
from typing import Final, TypeVar

import numpy as np

from harmonic_audio.mapping.entries import entry
from harmonic_audio.mapping.scene_curves import Joint, curves_of
from harmonic_audio.mapping.stages import Stages
from harmonic_audio.synthesis.instruments import INSTRUMENTS
from harmonic_contracts.score import ControlCurve, KeyMark, LegendEntry, Note, SceneMark, Score, Sound, TempoMark, Voice

MOVING: Final = ("loudness", "pan", "brightness", "duration_s")
SHORTEST_S: Final = 0.02
NOTES_A_STEP: Final = 2_000
Identity = tuple[object, ...]
Mark = TypeVar("Mark", TempoMark, KeyMark)


def joined_scenes(
    scores: Sequence[Score], stages: Stages, names: Sequence[str], changes: Sequence[str]
) -> Generator[None, None, Score]:
    """The piece of the scenes' scores, in order; every score is of the whole motion and of one length. In short steps.

    ``changes`` tell in words what is other in each scene.
    """
    joints = _joints(scores)
    notes: list[Note] = []
    curves: list[ControlCurve] = []
    for number, joint in enumerate(joints):
        yield from _notes(scores, stages, joint, number, notes)
        curves += curves_of(scores, stages, joint, number)
    entries = _legend(scores, stages, names, changes)
    marks = [
        SceneMark(time_s=float(start), name=name, cross_fade_s=float(fade))
        for start, fade, name in zip(stages.starts, stages.fades, names, strict=True)
    ]
    changed: dict[str, object] = {
        "voices": [joint.voice for joint in joints],
        "notes": sorted(notes, key=lambda note: (note.onset_s, note.voice, note.frequency_hz)),
        "curves": curves,
        "scenes": marks,
        "tempo_map": _maps([score.tempo_map for score in scores], stages),
        "key_map": _maps([score.key_map for score in scores], stages),
        "legend_entries": entries,
        "legend": [made.text for made in entries],
    }
    return scores[0].model_copy(update=changed)


def _joints(scores: Sequence[Score]) -> list[Joint]:
    """Voices that are the same but for their level, whatever scene has them; one of another instrument is another."""
    found: dict[str, Joint] = {}
    for scene, score in enumerate(scores):
        for index, voice in enumerate(score.voices):
            what = voice.model_copy(update={"gain_db": 0.0}).model_dump_json()
            joint = found.setdefault(what, Joint(voice))
            joint.parts[scene] = index
    taken: set[str] = set()
    for joint in found.values():
        if joint.voice.name in taken:
            joint.voice = joint.voice.model_copy(update={"name": _free_name(joint.voice, taken)})
        taken.add(joint.voice.name)
    return list(found.values())


def _free_name(voice: Voice, taken: set[str]) -> str:
    wanted = f"{voice.name} ({voice.instrument})"
    return wanted if wanted not in taken else f"{wanted} {sum(name.startswith(wanted) for name in taken) + 1}"


def _notes(
    scores: Sequence[Score], stages: Stages, joint: Joint, number: int, made: list[Note]
) -> Generator[None, None, None]:
    """Add the voice's notes to those made."""
    glides = any(
        curve.target == "frequency_hz" and curve.voice == index
        for scene, index in joint.parts.items()
        for curve in scores[scene].curves
    )
    layers = {
        scene: {_identity(note, glides): note for note in scores[scene].notes if note.voice == index}
        for scene, index in joint.parts.items()
    }
    held = INSTRUMENTS[joint.voice.instrument].family == "held"
    for scene, layer in layers.items():
        for count, (identity, note) in enumerate(layer.items(), start=1):
            if count % NOTES_A_STEP == 0:
                yield
            moved = _in_its_scene(note, identity, scene, layers, stages)
            if moved is None and held:
                moved = _entering(note, identity, scene, layers, stages)
            if moved is not None:
                if held:
                    moved = _held_back(moved, identity, scene, layers, stages)
                made.append(moved.model_copy(update={"voice": number}))
    yield


def _identity(note: Note, glides: bool) -> Identity:
    cause = (note.cause.kind, note.cause.time, *note.cause.bodies) if note.cause else ()
    return note.onset_s, None if glides else note.frequency_hz, *cause


def _in_its_scene(
    note: Note, identity: Identity, scene: int, layers: dict[int, dict[Identity, Note]], stages: Stages
) -> Note | None:
    """The note of a scene's score as it sounds in the piece; None where it is another scene's turn."""
    now, turn = stages.turn(note.onset_s)
    if scene == now:
        if turn == 1.0 or now - 1 not in layers:
            return note
        before = layers[now - 1].get(identity)
        return _fading(note, math.sin(0.5 * math.pi * turn)) if before is None else _between(before, note, turn)
    if scene != now - 1 or turn == 1.0:
        return None
    if now not in layers:
        return note
    return None if identity in layers[now] else _fading(note, math.cos(0.5 * math.pi * turn))


def _fading(note: Note, level: float) -> Note | None:
    loudness = float(note.loudness * level)
    return note.model_copy(update={"loudness": loudness}) if loudness > 0.0 else None


def _between(before: Note, after: Note, turn: float) -> Note:
    """The same note on its way from one scene to the next."""
    share = turn * turn * (3.0 - 2.0 * turn)
    moved: dict[str, object] = {
        name: getattr(before, name) + share * (getattr(after, name) - getattr(before, name)) for name in MOVING
    }
    if before.sound is not None and after.sound is not None:
        first, last = before.sound.model_dump(exclude_none=True), after.sound.model_dump(exclude_none=True)
        both = {name: first[name] + share * (last[name] - first[name]) for name in first.keys() & last.keys()}
        moved["sound"] = Sound(**{**last, **both})
    return after.model_copy(update=moved)


def _entering(
    note: Note, identity: Identity, scene: int, layers: dict[int, dict[Identity, Note]], stages: Stages
) -> Note | None:
    """A held note that would sound already when the scene begins that brings it comes in with the scene."""
    start = float(stages.starts[scene])
    left = note.onset_s + note.duration_s - start
    if identity in layers.get(scene - 1, {}) or note.onset_s >= start or left < SHORTEST_S:
        return None
    return note.model_copy(update={"onset_s": start, "duration_s": left})


def _held_back(
    note: Note, identity: Identity, scene: int, layers: dict[int, dict[Identity, Note]], stages: Stages
) -> Note:
    """A held note that the next scene has not is let go when that scene has taken over; what is struck rings out."""
    following = scene + 1
    if following >= len(stages.starts) or identity in layers.get(following, {}):
        return note
    over = float(stages.starts[following] + stages.fades[following])
    if note.onset_s + note.duration_s <= over:
        return note
    return note.model_copy(update={"duration_s": max(over - note.onset_s, SHORTEST_S)})


def _maps(maps: Sequence[Sequence[Mark]], stages: Stages) -> list[Mark]:
    """The marks of each scene's own map within it; at its start the mark that holds there, if it is another."""
    made: list[Mark] = []
    for scene, (marks, start) in enumerate(zip(maps, stages.starts.tolist(), strict=True)):
        end = stages.starts[scene + 1] if scene + 1 < len(maps) else np.inf
        holding = max((mark for mark in marks if mark.time_s <= start), key=lambda mark: mark.time_s, default=marks[0])
        inside: list[Mark] = [mark for mark in marks if start < mark.time_s < end]
        first: list[Mark] = [holding.model_copy(update={"time_s": start})]
        for mark in first + inside:
            if not made or made[-1].model_copy(update={"time_s": mark.time_s}) != mark:
                made.append(mark)
    return made


def _legend(scores: Sequence[Score], stages: Stages, names: Sequence[str], changes: Sequence[str]) -> list[LegendEntry]:
    """The first scene's lines; then of each further scene where it lies, and the lines that are other in it."""
    made = list(scores[0].legend_entries)
    told = {line.text for line in made}
    for scene in range(1, len(scores)):
        start, fade, name = float(stages.starts[scene]), float(stages.fades[scene]), names[scene]
        how = f"cross-faded over {fade:g} s" if fade else "at once"
        words = f"scene {name}: from {start:g} s of sound on, {how}"
        words += f"; other is: {changes[scene]}" if changes[scene] else ""
        made.append(entry(name, "scene", "time", sound=(start, start + fade), sound_unit="s", text=words))
        for line in scores[scene].legend_entries:
            if line.text not in told:
                made.append(line.model_copy(update={"text": f"in scene {name}, {line.text}"}))
    return made
