"""Observable rules: the frames become control curves, or lines of notes sampled on the beat."""

from collections.abc import Sequence

import numpy as np

from harmonic_audio.mapping.events import MOST_VOICES_A_RULE, Parts
from harmonic_audio.mapping.motion import Floats, MappingError, Motion, SoundClock
from harmonic_audio.mapping.notes import NoteColumns
from harmonic_audio.mapping.pitch import quantised
from harmonic_audio.mapping.values import between, fraction
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.rules import CurveRule, ObservableSource, SampledNotes
from harmonic_contracts.score import ControlCurve, ControlPoint

GLIDE_POINTS_PER_S = 50.0


def apply_sampled_notes(
    rule: SampledNotes, motion: Motion, clock: SoundClock, document: Soundscape, parts: Parts
) -> list[ControlCurve]:
    """Add the rule's voices and notes to the parts; returns the pitch curves of gliding voices."""
    step = (
        clock.length_s / np.ceil(clock.length_s * GLIDE_POINTS_PER_S)
        if rule.glide
        else rule.beats * 60.0 / document.tempo_bpm
    )
    at = np.arange(0.0, clock.length_s - 1e-9, step)
    bodies = _bodies_of(rule, motion)
    values = _sample(rule, motion, clock.universe_time(at), bodies)
    ends = rule.low_hz, rule.high_hz
    frequency = quantised(
        between(min(ends), max(ends), fraction(values, rule), "geometric"),
        rule.quantise if not rule.glide else "none",
        document.key.tuned(),
    )
    curves = []
    for line, body in enumerate(bodies):
        name = rule.name if body is None else f"{rule.name} {motion.body_name(body)}"
        instrument = rule.instruments[line * len(rule.instruments) // len(bodies)]
        voice = parts.add_voice(name, instrument, rule.gain_db)
        if rule.glide:
            parts.notes.append(_line(rule, at[:1], frequency[:1, line], voice, body, clock, clock.length_s))
            curves.append(_curve(voice, "frequency_hz", at, frequency[:, line]))
        else:
            parts.notes.append(_line(rule, at, frequency[:, line], voice, body, clock, step * rule.legato))
    low, high = float(values.min()), float(values.max())
    parts.legend.append(
        f"{rule.name}: {rule.observable} from {low:.4g} to {high:.4g} {_unit(rule, motion)} is heard as pitch from"
        f" {frequency.min():.1f} to {frequency.max():.1f} Hz"
        + (", gliding" if rule.glide else f", a note every {step:.3g} s")
    )
    return curves


def _line(
    rule: SampledNotes, at: Floats, hz: Floats, voice: int, body: int | None, clock: SoundClock, duration: float
) -> NoteColumns:
    count = len(at)
    return NoteColumns(
        onset_s=at,
        duration_s=np.full(count, duration),
        frequency_hz=hz,
        loudness=np.full(count, rule.loudness),
        pan=np.full(count, rule.pan),
        brightness=np.full(count, rule.brightness),
        voice=np.full(count, voice, dtype=np.int64),
        cause_kind=np.array([f"observable:{rule.observable}"] * count),
        cause_a=np.full(count, -1 if body is None else body, dtype=np.int64),
        cause_b=np.full(count, -1, dtype=np.int64),
        cause_time=clock.universe_time(at),
    )


def apply_curve(rule: CurveRule, motion: Motion, clock: SoundClock, parts: Parts) -> list[ControlCurve]:
    """The rule's control curves. Raises MappingError where its voice does not exist."""
    at = np.linspace(0.0, clock.length_s, int(np.ceil(clock.length_s / rule.resolution_s)) + 1)
    names = [voice.name for voice in parts.voices]
    if rule.voice != "*" and rule.voice not in names:
        raise MappingError(
            f"a curve of {rule.observable} names voice {rule.voice!r}; the voices are {', '.join(names)}"
        )
    bodies = _bodies_of(rule, motion)
    values = _sample(rule, motion, clock.universe_time(at), bodies)
    output = between(rule.low, rule.high, fraction(values, rule))
    if rule.target != "pan":
        output = np.clip(output, 0.0, 1.0)
    parts.legend.append(
        f"{rule.observable} from {values.min():.4g} to {values.max():.4g} {_unit(rule, motion)} is heard as"
        f" {rule.target} of " + ("each body" if rule.voice == "*" else rule.voice)
    )
    if rule.voice != "*":
        return [_curve(names.index(rule.voice), rule.target, at, output.mean(axis=1))]
    lines = {motion.body_name(body): output[:, line] for line, body in enumerate(bodies) if body is not None}
    return [_curve(index, rule.target, at, lines[name]) for index, name in enumerate(names) if name in lines]


def _curve(voice: int, target: str, at: Floats, values: Floats) -> ControlCurve:
    points = [ControlPoint(time_s=float(t), value=float(v)) for t, v in zip(at, values, strict=True)]
    return ControlCurve.model_validate({"voice": voice, "target": target, "points": points})


def _bodies_of(rule: ObservableSource, motion: Motion) -> list[int | None]:
    """The bodies to sample; [None] for an observable of the whole system."""
    declared = {observable.name: observable for observable in motion.header.observables}
    if rule.observable not in declared or rule.observable not in motion.arrays:
        raise MappingError(
            f"the soundscape names the observable {rule.observable!r}; the trajectory has {', '.join(sorted(declared))}"
        )
    if not declared[rule.observable].per_body:
        return [None]
    names = [body.name for body in motion.header.bodies]
    wanted = getattr(rule, "bodies", "all")
    chosen: Sequence[int] = (
        range(len(names)) if wanted == "all" else [names.index(name) for name in wanted if name in names]
    )
    if not chosen:
        raise MappingError(f"none of {', '.join(wanted)} is a body; the bodies are {', '.join(names[:20])}")
    return [*chosen[:MOST_VOICES_A_RULE]]


def _sample(rule: ObservableSource, motion: Motion, times: Floats, bodies: list[int | None]) -> Floats:
    """Values at the times, linear between frames; shape (times, bodies)."""
    frames = np.clip(np.searchsorted(motion.time, times, side="right"), 1, len(motion.time) - 1)
    before, after = motion.time[frames - 1], motion.time[frames]
    weight = np.clip((times - before) / (after - before), 0.0, 1.0)[:, np.newaxis]
    array = motion.arrays[rule.observable]
    low, high = (_component(rule, array[rows], bodies) for rows in (frames - 1, frames))
    values = low + (high - low) * weight
    if not np.isfinite(values).all():
        raise MappingError(f"the observable {rule.observable!r} has values that are not finite")
    return np.asarray(values)


def _component(rule: ObservableSource, rows: Floats, bodies: list[int | None]) -> Floats:
    """(times, *shape) -> (times, bodies)."""
    rows = rows[:, np.newaxis] if bodies == [None] else rows[:, [body for body in bodies if body is not None]]
    if rows.ndim == 2:
        return np.asarray(rows)
    flat = rows.reshape(rows.shape[0], rows.shape[1], -1)
    if rule.component in ("norm", "value"):
        return np.asarray(np.sqrt(np.sum(flat * flat, axis=-1)))
    axis = "xyz".index(rule.component)
    if axis >= flat.shape[-1]:
        raise MappingError(f"the observable {rule.observable!r} has no component {rule.component!r}")
    return np.asarray(flat[..., axis])


def _unit(rule: ObservableSource, motion: Motion) -> str:
    return next(observable.unit for observable in motion.header.observables if observable.name == rule.observable)
