"""Drawn curves laid over a score: beside what data and scenes say, by the rule of each target."""

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import Final

from harmonic_audio.mapping.entries import entry
from harmonic_audio.mapping.lines import Line, held_to, line_of, product, total
from harmonic_audio.mapping.motion import MappingError
from harmonic_audio.soundscape.automation import COMBINED, RANGES, Automation, MixAutomation, VoiceAutomation
from harmonic_audio.soundscape.moments import Moment
from harmonic_audio.synthesis.curves import Curve
from harmonic_contracts.score import ControlCurve, ControlPoint, LegendEntry, MixCurve, Score

Clock = Callable[[Moment], float]
"""Seconds of sound of a moment."""
DRAWN: Final = "drawn"
"""The source that the legend gives to drawn curves."""


def automated(score: Score, drawn: Sequence[Automation], clock: Clock, silent: Collection[str] = ()) -> Score:
    """The score with the drawn curves.

    ``silent`` names rules: one of them that made no voice here (nothing happened that it tells of) has nothing to be
    drawn, and the legend says so. Raises MappingError where a curve names any other voice that is not there, or where
    its points are not in order of time."""
    curves, mix_curves = list(score.curves), list(score.mix_curves)
    entries: list[LegendEntry] = []
    for one in drawn:
        points = _points(one, clock)
        if isinstance(one, MixAutomation):
            made = MixCurve(target=one.target, points=points, interpolation=one.interpolation)
            mix_curves = _with_mix(mix_curves, made, score.duration_s)
        else:
            if one.voice in silent and one.voice not in {voice.name for voice in score.voices}:
                entries.append(_nothing(one))
                continue
            for voice in _voices(one, score):
                of_voice = ControlCurve(voice=voice, target=one.target, points=points, interpolation=one.interpolation)
                curves = _with_voice(curves, of_voice, score.duration_s)
        entries.append(_entry(one, points))
    legend = [*score.legend_entries, *entries]
    changed = {"curves": curves, "mix_curves": mix_curves, "legend_entries": legend}
    return score.model_copy(update={**changed, "legend": [line.text for line in legend]})


def _nothing(one: VoiceAutomation) -> LegendEntry:
    words = f"automation: {one.target} of {one.voice} is not drawn: it made no notes here"
    return entry("automation", one.target, DRAWN, text=words)


def _points(one: Automation, clock: Clock) -> list[ControlPoint]:
    points = [ControlPoint(time_s=clock(point.at), value=point.value) for point in one.points]
    if any(after.time_s < before.time_s for before, after in pairwise(points)):
        raise MappingError(f"the points of the automation of {one.target} are not in order of time in this piece")
    return points


def _voices(one: VoiceAutomation, score: Score) -> list[int]:
    names = [voice.name for voice in score.voices]
    if one.voice == "*":
        return list(range(len(names)))
    if one.voice not in names:
        raise MappingError(
            f"the automation of {one.target} names voice {one.voice!r}; the voices are {', '.join(names)}"
        )
    return [names.index(one.voice)]


def _with_voice(curves: list[ControlCurve], drawn: ControlCurve, end_s: float) -> list[ControlCurve]:
    there = [curve for curve in curves if (curve.voice, curve.target) == (drawn.voice, drawn.target)]
    others = [curve for curve in curves if (curve.voice, curve.target) != (drawn.voice, drawn.target)]
    if not there or drawn.target not in COMBINED:
        return [*others, drawn]
    points = _combined(drawn.target, [_line(there[-1]), _line(drawn)]).drawn(end_s)
    return [*others, ControlCurve(voice=drawn.voice, target=drawn.target, points=points)]


def _with_mix(curves: list[MixCurve], drawn: MixCurve, end_s: float) -> list[MixCurve]:
    there = [curve for curve in curves if curve.target == drawn.target]
    others = [curve for curve in curves if curve.target != drawn.target]
    if not there:
        return [*others, drawn]
    points = _combined(drawn.target, [_line(there[-1]), _line(drawn)]).drawn(end_s)
    return [*others, MixCurve(target=drawn.target, points=points)]


def _combined(target: str, lines: list[Line]) -> Line:
    joined = product(lines) if COMBINED[target] == "product" else total(lines)
    low, high = RANGES[target]
    return held_to(joined, low, high)


def _line(curve: ControlCurve | MixCurve) -> Line:
    read = Curve.of(curve)
    return line_of(read.time_s, read.at, curve.interpolation)


def _entry(one: Automation, points: list[ControlPoint]) -> LegendEntry:
    whose = "the mix" if isinstance(one, MixAutomation) else ("every voice" if one.voice == "*" else one.voice)
    values = [point.value for point in points]
    sound, time = (min(values), max(values)), (points[0].time_s, points[-1].time_s)
    how = {"product": ", multiplied with what data say", "sum": ", added to what data say"}
    words = (
        f"automation: {one.target} of {whose} is drawn ({one.interpolation}) from {values[0]:.4g} at {time[0]:.4g} s to"
        f" {values[-1]:.4g} at {time[1]:.4g} s of sound{how.get(COMBINED.get(one.target, ''), '')}"
    )
    return entry("automation", one.target, DRAWN, data=time, data_unit="s", sound=sound, text=words)
