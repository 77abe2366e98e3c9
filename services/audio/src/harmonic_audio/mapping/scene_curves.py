"""The curves of a voice that passes through scenes: its presence, its level, and what its scenes' curves blend to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from harmonic_audio.mapping.lines import Line, line_of, product, same
from harmonic_audio.mapping.motion import Floats
from harmonic_audio.mapping.stages import Stages
from harmonic_audio.synthesis.curves import Curve
from harmonic_contracts.score import ControlCurve, Score, Voice


@dataclass
class Joint:
    """A voice of the piece: which voice of which scene's score it is made of."""

    voice: Voice
    parts: dict[int, int] = field(default_factory=dict)


def curves_of(scores: Sequence[Score], stages: Stages, joint: Joint, number: int) -> list[ControlCurve]:
    """The curves of the piece's voice of that number."""
    own: dict[str, dict[int, ControlCurve]] = {}
    for scene, index in joint.parts.items():
        for curve in scores[scene].curves:
            if curve.voice == index:
                own.setdefault(curve.target, {})[scene] = curve
    made = [
        _as_curve(number, target, found, stages, scores[0].duration_s)
        for target, found in own.items()
        if target != "loudness"
    ]
    present = [scene in joint.parts for scene in range(len(scores))]
    levels: list[Line | None] = [stages.presence(present), _gain(scores, stages, joint)]
    if (loudness := own.get("loudness")) is not None:
        if len(loudness) == len(joint.parts) and not any(levels) and _alike(list(loudness.values())):
            return [*made, next(iter(loudness.values())).model_copy(update={"voice": number})]
        levels.append(_blended(loudness, stages, neutral=1.0))
    lines = [line for line in levels if line is not None]
    if lines:
        points = product(lines).drawn(scores[0].duration_s)
        made.append(ControlCurve(voice=number, target="loudness", points=points))
    return made


def _gain(scores: Sequence[Score], stages: Stages, joint: Joint) -> Line | None:
    """The factor by which scenes play the voice louder or softer than its own level; it moves in decibels."""
    own = joint.voice.gain_db
    gains: list[float] = []
    for scene, score in enumerate(scores):
        known = joint.parts.get(scene)
        gains.append(score.voices[known].gain_db - own if known is not None else (gains[-1] if gains else 0.0))
    if not any(gains):
        return None
    decibels = stages.moving(gains)
    return Line(decibels.knots, lambda at: 10.0 ** (decibels.at(at) / 20.0), stages.spans)


def _alike(curves: Sequence[ControlCurve]) -> bool:
    return all(same(curves[0], other) for other in curves[1:])


def _as_curve(number: int, target: str, found: dict[int, ControlCurve], stages: Stages, end_s: float) -> ControlCurve:
    curves = list(found.values())
    if _alike(curves):
        return curves[0].model_copy(update={"voice": number})
    points = _blended(found, stages, geometric=target in ("frequency_hz", "cutoff_hz")).drawn(end_s)
    return ControlCurve.model_validate({"voice": number, "target": target, "points": points})


def _blended(
    found: dict[int, ControlCurve], stages: Stages, *, neutral: float | None = None, geometric: bool = False
) -> Line:
    """The curves of the scenes, one passing into the next; a scene that has none leaves it to its neighbours, or to
    the neutral value. Frequencies move by equal ratios."""
    read = {scene: Curve.of(curve) for scene, curve in found.items()}

    def value(seconds: Floats) -> Floats:
        weights = stages.weights(seconds)
        if neutral is None:
            missing = [scene for scene in range(len(weights)) if scene not in read]
            for scene in missing:
                nearest = min(read, key=lambda known: abs(known - scene))
                weights[nearest] += weights[scene]
        terms = [
            (weights[scene], read[scene].at(seconds) if scene in read else np.full(np.shape(seconds), neutral or 0.0))
            for scene in range(len(weights))
            if scene in read or neutral is not None
        ]
        if geometric:
            return np.asarray(np.exp(sum(weight * np.log(at) for weight, at in terms)))
        return np.asarray(sum(weight * at for weight, at in terms))

    lines = [line_of(curve.time_s, curve.at, curve.interpolation) for curve in read.values()]
    knots = np.unique(np.concatenate([*(line.knots for line in lines), np.array(stages.spans).ravel()]))
    return Line(knots, value, [*stages.spans, *(span for line in lines for span in line.bends)])
