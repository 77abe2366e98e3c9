"""The whole piece: the document mapped once a scene, the scenes joined, drawn curves laid on, marks added."""

from collections.abc import Generator
from typing import Final

import numpy as np

from harmonic_audio.mapping import score as plain
from harmonic_audio.mapping.automation import automated
from harmonic_audio.mapping.entries import entry
from harmonic_audio.mapping.marks import marked
from harmonic_audio.mapping.meter import musical_clock, tempo_map
from harmonic_audio.mapping.motion import MappingError, Motion, SoundClock
from harmonic_audio.mapping.scenes import joined_scenes
from harmonic_audio.mapping.stages import Stages
from harmonic_audio.mapping.thinning import thinned_score
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.moments import Moment
from harmonic_contracts.score import ControlPoint, MixCurve, Score

OPENING: Final = "opening"
"""Name of what is before the first scene."""


def map_to_score(document: Soundscape, motion: Motion) -> Score:
    """The score of a motion under a soundscape. Raises MappingError where the two do not fit each other."""
    steps = map_in_steps(document, motion)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            score: Score = done.value
            return score


def map_in_steps(document: Soundscape, motion: Motion) -> Generator[float, None, Score]:
    """The same in steps of some tens of milliseconds: yields progress 0..1, returns the score."""
    clock = clock_of(document, motion)
    score = yield from _scenes(document, motion, clock)
    rules = {getattr(rule, "name", "") for rule in (*document.events, *document.observables, *document.harmony)}
    score = automated(score, document.automation, lambda moment: seconds_of(moment, clock), rules)
    return marked(score, document, motion, clock)


def clock_of(document: Soundscape, motion: Motion) -> SoundClock:
    """From the universe's time to the sound's, as the whole document has it."""
    even = SoundClock(*motion.span, document.length_s)
    if document.tempo is None or document.tempo.timing != "musical":
        return even
    return musical_clock(even, tempo_map(document.tempo_bpm, document.tempo, motion, even))


def seconds_of(moment: Moment, clock: SoundClock) -> float:
    """Seconds of sound of a moment, held to the piece."""
    if moment.kind == "universe":
        return float(clock.seconds(np.array(moment.value)))
    seconds = moment.value * clock.length_s if moment.kind == "fraction" else moment.value
    return float(np.clip(seconds, 0.0, clock.length_s))


def _scenes(document: Soundscape, motion: Motion, clock: SoundClock) -> Generator[float, None, Score]:
    if not document.scenes:
        return (yield from plain.map_in_steps(document, motion))
    order = sorted(range(len(document.scenes)), key=lambda k: seconds_of(document.scenes[k].start, clock))
    scenes = [document.scenes[k] for k in order]
    starts = [seconds_of(scene.start, clock) for scene in scenes]
    documents = [document.within(k) for k in order]
    names, fades = [scene.name for scene in scenes], [scene.cross_fade_s for scene in scenes]
    changes = [scene.told() for scene in scenes]
    mixes = [(scene.mix.gain_db, scene.mix.reverb_db, scene.mix.width) for scene in scenes]
    if starts[0] > 0.0:
        base = document.model_copy(update={"scenes": []})
        documents, starts, names, fades = [base, *documents], [0.0, *starts], [OPENING, *names], [0.0, *fades]
        mixes, changes = [(0.0, 0.0, 1.0), *mixes], ["", *changes]
    if len(set(starts)) < len(starts):
        raise MappingError(f"two scenes begin at the same time: the scenes begin at {', '.join(map(str, starts))} s")
    scores = []
    for number, one in enumerate(documents):
        steps = plain.map_in_steps(one, motion)
        scores.append((yield from _shared(steps, number, len(documents))))
    stages = Stages.of(starts, fades, document.length_s)
    joined = yield from _told(joined_scenes(scores, stages, names, changes), progress=1.0)
    yield 1.0
    return _with_mix(thinned_score(joined, document.density), stages, mixes)


def _shared(steps: Generator[float, None, Score], number: int, count: int) -> Generator[float, None, Score]:
    """A part of the work, its progress as a part of the whole."""
    while True:
        try:
            yield (number + next(steps)) / count
        except StopIteration as done:
            score: Score = done.value
            return score


def _told(steps: Generator[None, None, Score], progress: float) -> Generator[float, None, Score]:
    """Steps that know no progress of their own."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            score: Score = done.value
            return score
        yield progress


def _with_mix(score: Score, stages: Stages, mixes: list[tuple[float, float, float]]) -> Score:
    """The scenes' changes of the whole mix, moving over the cross-fades."""
    curves, entries = list(score.mix_curves), list(score.legend_entries)
    for number, target in enumerate(("gain_db", "reverb_db", "width")):
        values = [mix[number] for mix in mixes]
        if len(set(values)) == 1 and values[0] == (1.0 if target == "width" else 0.0):
            continue
        line = stages.moving(values)
        points = [
            ControlPoint(time_s=float(time), value=float(line.at(np.array(time)))) for time in np.unique(line.knots)
        ]
        curves.append(MixCurve.model_validate({"target": target, "points": points}))
        told = ", ".join(f"{mix[number]:g} in {name}" for mix, name in zip(mixes, _names(score), strict=True))
        ends = (min(values), max(values))
        entries.append(entry("mix", target, "scenes", sound=ends, text=f"mix: {target} is {told}"))
    legend = {"legend_entries": entries, "legend": [line.text for line in entries]}
    return score.model_copy(update={"mix_curves": curves, **legend})


def _names(score: Score) -> list[str]:
    return [scene.name for scene in score.scenes]
