"""The legend of event rules, of time and of what was thinned out, made from the same numbers as the notes."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mapping.entries import cents_moved, entry
from harmonic_audio.mapping.motion import Floats, Ints
from harmonic_audio.mapping.parts import channel_entries, rule_entry, source_name
from harmonic_audio.mapping.pitch import pitches
from harmonic_audio.mapping.selection import Selection
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.rules import DegreePitch, EventRule, ListPitch, RatePitch, ScalePitch
from harmonic_audio.soundscape.time import Salience, Tempo
from harmonic_audio.tuning import name_of
from harmonic_contracts.score import LegendEntry, Voice

__all__ = [
    "entry",
    "event_rule",
    "grid_line",
    "held_back",
    "muted",
    "silent_rule",
    "tempo_line",
    "thinned_lines",
    "time_line",
    "too_soon",
]

MOST_LINES_A_RULE = 24
FIELD_PITCHES = (ScalePitch, DegreePitch, ListPitch)
TIME_UNITS = {"s": "seconds", "d": "days", "yr": "years", "1": "units of time"}


def silent_rule(rule: EventRule) -> LegendEntry:
    """The entry of a rule that found no events."""
    kinds = " or ".join(rule.kinds)
    words = f"{rule.name}: silent, for the trajectory has no {kinds} events of its bodies"
    return entry(rule.name, "mute", kinds, text=words)


def muted(rule: str) -> LegendEntry:
    """The entry of a rule that is muted."""
    return entry(rule, "mute", "the rule", text=f"{rule}: muted")


def held_back(rule: str, left: int) -> LegendEntry:
    """The entry of events that a rule's conditions keep silent."""
    words = f"{rule}: {left} events are silent, for the rule's conditions do not hold at their time"
    return entry(rule, "mute", "only_while", left_out=left, text=words)


def too_soon(rule: EventRule, left: int) -> LegendEntry:
    """The entry of events that came too soon after the body's last note."""
    words = f"{rule.name}: {left} events sooner than {rule.smallest_gap_s:g} s after the last are left out"
    return entry(rule.name, "mute", " or ".join(rule.kinds), left_out=left, text=words)


def event_rule(
    rule: EventRule, selection: Selection, pitch: list[Floats], voice: Ints, voices: list[Voice], document: Soundscape
) -> list[LegendEntry]:
    """The entries of an event rule: its pitches, one a body or one for all where there are many or they share a voice;
    then every channel that follows a field."""
    error = _quantising_cents(rule, selection, pitch, document)
    if rule.voices == "shared" or len(selection.bodies) > MOST_LINES_A_RULE:
        made = [_all_bodies(rule, selection, pitch, voice, voices, document, error)]
    else:
        reference = document.key.reference_hz
        made = [
            _one_body(rule, selection, pitch, voices[int(voice[rows[0]])], rows, error, reference)
            for rows in (np.flatnonzero(selection.events.body_a == body) for body in selection.bodies)
        ]
        made += _ratios(rule.name, rule.pitch, selection, pitch[0]) if isinstance(rule.pitch, RatePitch) else []
    said = {name: getattr(rule, name) for name in ("onset_s", "delay_s", "loudness", "pan", "duration_s", "brightness")}
    said |= dict(rule.sound)
    if rule.taps is not None:
        said |= {"repeat_count": rule.taps.count, "repeat_rate_hz": rule.taps.rate_hz}
    made += channel_entries(rule.name, _kinds(rule), said, selection, selection.motion)
    if rule.instrument_by is not None:
        by, last = rule.instrument_by, float(len(rule.instruments) - 1)
        told = rule_entry(
            rule.name, "instrument", _kinds(rule), by, by.source, (0.0, last), selection, selection.motion
        )
        words = f"{rule.name}: {told.source} chooses the instrument: {', '.join(rule.instruments)}, from low to high"
        made.append(told.model_copy(update={"text": words}))
    return made


def _kinds(rule: EventRule) -> str:
    return "/".join(rule.kinds) if len(rule.kinds) <= 3 else "event"


def _source(rule: EventRule, field: str) -> str:
    return f"{_kinds(rule)}.{field}"


def _quantising_cents(rule: EventRule, selection: Selection, pitch: list[Floats], document: Soundscape) -> float:
    if not isinstance(rule.pitch, RatePitch | ScalePitch) or rule.pitch.quantise == "none":
        return 0.0
    exact = pitches(rule.pitch.model_copy(update={"quantise": "none"}), selection, document)
    return max(cents_moved(*pair) for pair in zip(exact, pitch, strict=True))


def _one_body(
    rule: EventRule,
    selection: Selection,
    pitch: list[Floats],
    tone: Voice,
    rows: NDArray[np.intp],
    error: float,
    reference_hz: float,
) -> LegendEntry:
    """The entry of the body whose events are the rows."""
    body = int(selection.events.body_a[rows[0]])
    name, rate, unit = selection.motion.body_name(body), selection.rates[body], selection.motion.header.time_unit
    sounds = " + ".join(dict.fromkeys(name_of(float(column[rows[0]]), reference_hz) for column in pitch))
    words = (
        f"{name}: {tone.instrument} at {sounds}; each {' or '.join(rule.kinds)} is a note, {rate:.6g} per {unit},"
        f" {selection.notes_per_s(body):.3g} per second of sound ({len(rows)} notes)"
    )
    heard = np.concatenate([column[rows] for column in pitch])
    sound, source = (float(heard.min()), float(heard.max())), f"{_source(rule, 'body_rate')} of {name}"
    data: tuple[float, float] | None = (rate, rate)
    data_unit = f"1/{unit}"
    if rule.pitch.kind != "rate":
        by = source_name(getattr(rule.pitch, "source", "body_index"), _kinds(rule))
        data, data_unit, source = None, "", f"{by if rule.pitch.kind != 'chord' else 'progression'} of {name}"
    return entry(rule.name, "pitch", source, data=data, data_unit=data_unit, sound=sound, error=error, text=words)


def _all_bodies(
    rule: EventRule,
    selection: Selection,
    pitch: list[Floats],
    voice: Ints,
    voices: list[Voice],
    document: Soundscape,
    error: float,
) -> LegendEntry:
    tones = ", ".join(dict.fromkeys(voices[int(index)].instrument for index in np.unique(voice)))
    low, high = (float(f(np.concatenate(pitch))) for f in (np.min, np.max))
    names = [name_of(hz, document.key.reference_hz) for hz in (low, high)]
    by = {"body": "its body's number", "rate": "its body's rate", "chord": "the chord of the time"}
    field = None
    if isinstance(rule.pitch, FIELD_PITCHES):
        field = source_name(rule.pitch.source, _kinds(rule)).removeprefix(f"{_kinds(rule)}.")
    moved = f", moved by at most {error:.3g} cents" if error else ""
    words = (
        f"{rule.name}: each {' or '.join(rule.kinds)} is a note of {tones}; pitch by {field or by[rule.pitch.kind]}"
        f" from {names[0]} to {names[1]}{moved} ({len(selection.events)} events)"
    )
    if not isinstance(rule.pitch, FIELD_PITCHES):
        source = {"body": _source(rule, "body_index"), "rate": _source(rule, "body_rate"), "chord": "progression"}
        return entry(rule.name, "pitch", source[rule.pitch.kind], sound=(low, high), error=error, text=words)
    ends = (low, high)
    if isinstance(rule.pitch, ScalePitch):
        ends = min(rule.pitch.low_hz, rule.pitch.high_hz), max(rule.pitch.low_hz, rule.pitch.high_hz)
    made = rule_entry(
        rule.name, "pitch", _kinds(rule), rule.pitch, rule.pitch.source, ends, selection, selection.motion
    )
    told = {"error": error, "error_unit": "cents"} if error else {}
    return made.model_copy(update={"text": words, **told})


def _ratios(name: str, rule: RatePitch, selection: Selection, pitch: Floats) -> list[LegendEntry]:
    """How the rates of neighbours stand to each other, and how they are heard."""
    made = []
    for fast, slow in zip(selection.bodies[:-1].tolist(), selection.bodies[1:].tolist(), strict=True):
        ratio = selection.rates[fast] / selection.rates[slow]
        hz = [float(pitch[np.flatnonzero(selection.events.body_a == body)[0]]) for body in (fast, slow)]
        heard = hz[0] / hz[1]
        pure = Fraction(heard).limit_denominator(max(rule.largest_number, 16))
        bodies = "{} to {}".format(*(selection.motion.body_name(body) for body in (fast, slow)))
        how = f"heard as {pure}" if abs(heard / float(pure) - 1.0) < 1e-9 else f"heard as {heard:.5f}"
        words, source = f"rates of {bodies}: {ratio:.5f}, {how}", f"ratio of rates {bodies}"
        data, sound = (ratio, ratio), (heard, heard)
        made.append(entry(name, "interval", source, data=data, data_unit="1", sound=sound, sound_unit="1", text=words))
    return made


def time_line(document: Soundscape, start: float, end: float, unit: str) -> LegendEntry:
    """How the universe's time runs in the sound."""
    span, name = end - start, TIME_UNITS[unit]
    words = (
        f"time: {span:.6g} {name} in {document.length_s:g} s of sound; one second is"
        f" {span / document.length_s:.4g} {name}"
    )
    sound = (0.0, document.length_s)
    return entry("time", "onset", "time", data=(start, end), data_unit=unit, sound=sound, text=words)


def grid_line(error: float) -> LegendEntry:
    """By how much the rhythmic grid moved onsets."""
    words = f"grid: onsets are pulled to the grid, by at most {error:.3g} s"
    return entry("grid", "onset", "onset", data_unit="s", error=error, error_unit="s", text=words)


def thinned_lines(counts: dict[str, tuple[int, int]], document: Soundscape) -> list[LegendEntry]:
    """What the density limiter left out, in all and of each rule: its notes before and after, by the rule's name."""
    before, after = (sum(pair[which] for pair in counts.values()) for which in (0, 1))
    only_loudness = document.density.salience == Salience()
    words = (
        f"left out: the {before - after} {'quietest' if only_loudness else 'least salient'} of {before} notes, so that"
        f" no second has more than {document.density.notes_per_s:g} and all together no more than"
        f" {document.density.total}"
    )
    made = [entry("density", "mute", "notes", left_out=before - after, text=words)]
    for name, (had, kept) in counts.items():
        if kept < had:
            said = f"{name}: {had - kept} of its {had} notes are left out"
            made.append(entry(name, "mute", "density", left_out=had - kept, text=said))
    return made


def tempo_line(tempo: Tempo, low: float, high: float, source: str) -> LegendEntry:
    """How the tempo follows the data; ``low`` and ``high`` are the slowest and the fastest [1/min]."""
    how = "the universe's time runs with it" if tempo.timing == "musical" else "events keep their exact time"
    words = f"tempo: {source} is heard as tempo from {low:.4g} to {high:.4g} beats a minute; {how}"
    return entry("tempo", "tempo", source, sound=(low, high), transform=tempo.transform, text=words)
