"""Marks in a score: ticks at round values, reference tones, and the scale legend before the piece."""

from typing import Final

import numpy as np

from harmonic_audio.mapping.entries import entry
from harmonic_audio.mapping.marking import Marked
from harmonic_audio.mapping.motion import Floats, MappingError, Motion, SoundClock
from harmonic_audio.mapping.scale_legend import with_scale_legend
from harmonic_audio.mapping.values import Placement, between
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.marks import ReferenceTone, Ticks
from harmonic_audio.soundscape.rules import EventRule, Limits, SampledNotes, ScalePitch
from harmonic_contracts.score import Cause, Note, Score

MOST_TICKS: Final = 2_000
ROUND: Final = (1.0, 2.0, 5.0, 10.0)


def marked(score: Score, document: Soundscape, motion: Motion, clock: SoundClock) -> Score:
    """The score with the document's marks. Raises MappingError where a mark names what is not there."""
    marks = document.marks
    made = Marked(score, list(score.voices))
    for ticks in marks.ticks:
        _add_ticks(made, ticks, motion, clock)
    for tone in marks.references:
        _add_reference(made, tone, document, clock)
    done = made.done()
    return done if marks.scale_legend is None else with_scale_legend(done, marks.scale_legend, document, clock)


def round_step(low: float, high: float, about: int) -> float:
    """1, 2 or 5 times a power of ten that divides a range into about so many steps."""
    exact = (high - low) / about
    power = 10.0 ** np.floor(np.log10(exact))
    return float(power * min(ROUND, key=lambda step: abs(np.log(exact / (power * step)))))


def _add_ticks(made: Marked, ticks: Ticks, motion: Motion, clock: SoundClock) -> None:
    if ticks.observable is None:
        axis, unit = np.array([clock.start, clock.end]), str(motion.header.time_unit)
        times = axis
    else:
        axis, unit = _axis(ticks.observable, motion)
        times = motion.time
    low, high = float(axis.min()), float(axis.max())
    if not high > low:
        raise MappingError(f"there are no round values to tick: {ticks.observable or 'time'} stays at {low:g}")
    step = ticks.every or round_step(low, high, ticks.about)
    passed, number = crossings(times, axis, step)
    name = f"ticks of {ticks.observable or 'time'}"
    voice = made.voice(name, ticks.instrument)
    onsets = clock.seconds(passed).tolist()
    for onset, at, count in zip(onsets, passed.tolist(), number.tolist(), strict=True):
        made.notes.append(
            Note(
                onset_s=onset,
                duration_s=ticks.duration_s,
                frequency_hz=ticks.frequency_hz * (2.0 if count % 10 == 0 else 1.0),
                loudness=ticks.loudness,
                pan=ticks.pan,
                voice=voice,
                cause=Cause(kind="mark:tick", bodies=[], time=at),
            )
        )
    of = unit if unit != "1" else ""
    words = f"{name}: {ticks.instrument} ticks at each {step:g} {of}".rstrip() + f" ({len(onsets)} times); each tenth"
    source = f"observable:{ticks.observable}" if ticks.observable else "time"
    sound = (ticks.frequency_hz, 2.0 * ticks.frequency_hz)
    made.entries.append(
        entry(
            name,
            "mark:tick",
            source,
            data=(low, high),
            data_unit=unit,
            sound=sound,
            sound_unit="Hz",
            text=f"{words} an octave higher",
        )
    )


def _axis(name: str, motion: Motion) -> tuple[Floats, str]:
    declared = {observable.name: observable for observable in motion.header.observables}
    if name not in declared or name not in motion.arrays:
        raise MappingError(f"ticks name the observable {name!r}; the trajectory has {', '.join(sorted(declared))}")
    values = np.asarray(motion.arrays[name], dtype=np.float64)
    if values.size != len(motion.time):
        raise MappingError(f"ticks need one number a frame, but {name!r} has {values[0].size}: take another observable")
    if not np.isfinite(values).all():
        raise MappingError(f"the observable {name!r} has values that are not finite")
    return values.reshape(-1), declared[name].unit


def crossings(times: Floats, values: Floats, step: float) -> tuple[Floats, Floats]:
    """When a polyline passes a whole multiple of the step, in order, and which: (times, whole numbers).

    Reaching a value counts, staying at it does not count again. Raises MappingError where there would be too many.
    """
    scaled = values / step
    # A value that is a whole multiple but for rounding counts as one.
    scaled = np.where(
        np.abs(scaled - np.rint(scaled)) < 1e-9 * np.maximum(np.abs(scaled), 1.0), np.rint(scaled), scaled
    )
    if np.abs(np.diff(scaled)).sum() > MOST_TICKS:
        raise MappingError(f"a tick each {step:g} is more than {MOST_TICKS} ticks: give a greater distance in `every`")
    found: list[tuple[float, float]] = [(times[0], scaled[0])] if scaled[0] == np.rint(scaled[0]) else []
    for t0, t1, v0, v1 in zip(times[:-1], times[1:], scaled[:-1], scaled[1:], strict=True):
        if v1 == v0:
            continue
        rising = v1 > v0
        passed = (
            np.arange(np.floor(v0) + 1.0, np.floor(v1) + 1.0)
            if rising
            else np.arange(np.ceil(v0) - 1.0, np.ceil(v1) - 1.0, -1.0)
        )
        found += [(float(t0 + (t1 - t0) * (value - v0) / (v1 - v0)), float(value)) for value in passed]
    at, number = (np.array([pair[column] for pair in found]) for column in (0, 1))
    return at, number


def _add_reference(made: Marked, tone: ReferenceTone, document: Soundscape, clock: SoundClock) -> None:
    frequency, words = _reference_hz(made.score, tone, document)
    name = f"reference of {tone.rule}"
    voice = made.voice(name, tone.instrument)
    for onset in np.arange(0.0, clock.length_s, tone.every_s).tolist():
        made.notes.append(
            Note(
                onset_s=onset,
                duration_s=tone.duration_s,
                frequency_hz=frequency,
                loudness=tone.loudness,
                pan=tone.pan,
                voice=voice,
                cause=Cause(kind="mark:reference", bodies=[], time=float(clock.universe_time(np.array(onset)))),
            )
        )
    data = None if tone.value is None else (tone.value, tone.value)
    text = f"{name}: {tone.instrument} at {frequency:.1f} Hz each {tone.every_s:g} s is {words}"
    sound = (frequency, frequency)
    made.entries.append(entry(name, "mark:reference", tone.rule, data=data, sound=sound, sound_unit="Hz", text=text))


def _reference_hz(score: Score, tone: ReferenceTone, document: Soundscape) -> tuple[float, str]:
    lines = [line for line in score.legend_entries if (line.rule, line.channel) == (tone.rule, "pitch")]
    known = [line for line in lines if line.sound_low is not None and line.sound_high is not None]
    if not known:
        pitched = sorted({line.rule for line in score.legend_entries if line.channel == "pitch"})
        raise MappingError(f"a reference tone names the rule {tone.rule!r}; pitch is made by {', '.join(pitched)}")
    low = min(min(line.sound_low or 0.0, line.sound_high or 0.0) for line in known)
    high = max(max(line.sound_low or 0.0, line.sound_high or 0.0) for line in known)
    if tone.value is None:
        return float(np.sqrt(low * high)), "the middle of its range"
    rule = next((r for r in [*document.events, *document.observables] if getattr(r, "name", None) == tone.rule), None)
    pitch = rule.pitch if isinstance(rule, EventRule) else rule
    line = known[0]
    if not isinstance(pitch, SampledNotes | ScalePitch) or line.data_low is None or line.data_high is None:
        raise MappingError(f"{tone.rule!r} makes no range of pitches of a number: leave the reference's value out")
    if pitch.zero is not None or pitch.period is not None:
        raise MappingError(f"{tone.rule!r} has a zero point or a period: leave the reference's value out")
    fixed = pitch.model_copy(update={"limits": Limits(kind="absolute", low=line.data_low, high=line.data_high)})
    share = Placement.of(fixed, np.array([line.data_low, line.data_high])).fraction(np.array([tone.value]))
    low, high = min(pitch.low_hz, pitch.high_hz), max(pitch.low_hz, pitch.high_hz)
    return float(
        between(low, high, share, getattr(pitch, "spacing", "geometric"))[0]
    ), f"{tone.value:g} {line.data_unit}".strip()
