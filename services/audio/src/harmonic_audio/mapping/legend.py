"""The legend: what sounds like what, in plain words, made from the same numbers as the notes."""

from fractions import Fraction

import numpy as np

from harmonic_audio.mapping.motion import Floats, Ints
from harmonic_audio.mapping.selection import Selection
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.rules import EventRule, RatePitch
from harmonic_audio.tuning import name_of
from harmonic_contracts.score import Voice

MOST_LINES_A_RULE = 24


def silent_rule(rule: EventRule) -> str:
    """The line of a rule that found no events."""
    return f"{rule.name}: silent, for the trajectory has no {' or '.join(rule.kinds)} events of its bodies"


def event_rule(
    rule: EventRule, selection: Selection, pitch: list[Floats], voice: Ints, voices: list[Voice], document: Soundscape
) -> list[str]:
    """The lines of an event rule: one a body, or one for all where there are many or they share a voice."""
    if rule.voices == "shared" or len(selection.bodies) > MOST_LINES_A_RULE:
        return [_all_bodies(rule, selection, pitch, voice, voices, document)]
    reference = document.key.reference_hz
    lines = []
    for body in selection.bodies:
        rows = np.flatnonzero(selection.events.body_a == body)
        tone = voices[int(voice[rows[0]])]
        sounds = " + ".join(dict.fromkeys(name_of(float(column[rows[0]]), reference) for column in pitch))
        rate = selection.rates[int(body)]
        lines.append(
            f"{selection.motion.body_name(int(body))}: {tone.instrument} at {sounds}; each {' or '.join(rule.kinds)}"
            f" is a note, {rate:.6g} per {selection.motion.header.time_unit},"
            f" {selection.notes_per_s(int(body)):.3g} per second of sound ({len(rows)} notes)"
        )
    return lines + (_ratios(rule.pitch, selection, pitch[0]) if isinstance(rule.pitch, RatePitch) else [])


def _all_bodies(
    rule: EventRule, selection: Selection, pitch: list[Floats], voice: Ints, voices: list[Voice], document: Soundscape
) -> str:
    tones = ", ".join(dict.fromkeys(voices[int(index)].instrument for index in np.unique(voice)))
    reference = document.key.reference_hz
    low, high = (float(f(np.concatenate(pitch))) for f in (np.min, np.max))
    by = {
        "scale": "its field",
        "body": "its body's number",
        "rate": "its body's rate",
        "chord": "the chord of the time",
    }
    source = getattr(rule.pitch, "source", None)
    return (
        f"{rule.name}: each {' or '.join(rule.kinds)} is a note of {tones}; pitch by {source or by[rule.pitch.kind]}"
        f" from {name_of(low, reference)} to {name_of(high, reference)} ({len(selection.events)} events)"
    )


def _ratios(rule: RatePitch, selection: Selection, pitch: Floats) -> list[str]:
    """How the rates of neighbours stand to each other, and how they are heard."""
    lines = []
    for fast, slow in zip(selection.bodies[:-1].tolist(), selection.bodies[1:].tolist(), strict=True):
        ratio = selection.rates[fast] / selection.rates[slow]
        hz = [float(pitch[np.flatnonzero(selection.events.body_a == body)[0]]) for body in (fast, slow)]
        heard = hz[0] / hz[1]
        pure = Fraction(heard).limit_denominator(max(rule.largest_number, 16))
        names = "{} to {}".format(*(selection.motion.body_name(body) for body in (fast, slow)))
        how = f"heard as {pure}" if abs(heard / float(pure) - 1.0) < 1e-9 else f"heard as {heard:.5f}"
        lines.append(f"rates of {names}: {ratio:.5f}, {how}")
    return lines


def time_line(document: Soundscape, start: float, end: float, unit: str) -> str:
    """How the universe's time runs in the sound."""
    span = end - start
    name = {"s": "seconds", "d": "days", "yr": "years", "1": "units of time"}[unit]
    return (
        f"time: {span:.6g} {name} in {document.length_s:g} s of sound; one second is"
        f" {span / document.length_s:.4g} {name}"
    )


def thinned_line(before: int, after: int, document: Soundscape) -> str:
    """What the density limiter left out."""
    return (
        f"left out: the {before - after} quietest of {before} notes, so that no second has more than"
        f" {document.density.notes_per_s:g} and all together no more than {document.density.total}"
    )
