"""Bodies that sound by themselves: their modes for a voice that strikes them, their motion for one that plays it."""

import base64

import numpy as np

from harmonic_audio.mapping.entries import entry
from harmonic_audio.mapping.legend import muted
from harmonic_audio.mapping.motion import Floats, MappingError, Motion, SoundClock
from harmonic_audio.mapping.notes import NoteColumns
from harmonic_audio.mapping.parts import Parts
from harmonic_audio.mapping.sources import name_of_source, reading_of
from harmonic_audio.soundscape.rules import AudifiedRule
from harmonic_audio.synthesis.instruments import instrument_of
from harmonic_contracts.score import Voice, Waveform

MOST_SAMPLES = 500_000
OWN_SPEED_HZ = 440.0
"""A note of this frequency plays a waveform at its own speed, unless a patch says otherwise."""


def with_modes(parts: Parts, motion: Motion) -> list[Voice]:
    """The voices, those of a modal instrument with the modes of their body.

    A voice that is no single body's, or whose body has none of its own (a mass of a chain), takes the modes of the
    first body that has some. Raises MappingError where none has.
    """
    return [_with_modes(voice, parts.bodies.get(index), motion) for index, voice in enumerate(parts.voices)]


def _with_modes(voice: Voice, body: int | None, motion: Motion) -> Voice:
    model = instrument_of(voice).model
    if model.kind != "modal" or model.body != "voice":
        return voice
    known = motion.header.modes
    vibrating = sorted({mode.body for mode in known})
    modes = [mode for mode in known if mode.body == (body if body in vibrating else min(vibrating))]
    if not modes:
        raise MappingError(
            f"voice {voice.name!r} is to sound with the modes of its body, and the trajectory has none: simulate a"
            " vibrating body (string, bar, membrane, plate), or patch the voice with a built-in `body`"
        )
    return voice.model_copy(update={"modes": modes})


def apply_audified(rule: AudifiedRule, motion: Motion, clock: SoundClock, parts: Parts) -> None:
    """Add a voice for each line of the observable that plays its frames as samples, one note each, and the legend."""
    if rule.mute:
        parts.legend.append(muted(rule.name))
        return
    reading = reading_of(rule, motion, clock)
    count = len(motion.time)
    if count > MOST_SAMPLES:
        raise MappingError(
            f"{rule.name}: {count} frames are more than the {MOST_SAMPLES} that can be played as samples; simulate with"
            " fewer frames"
        )
    even = np.linspace(motion.time[0], motion.time[-1], count)
    samples = reading.at(even)
    start = rule.start * clock.length_s
    length = min(count / rule.frames_per_s, max(clock.length_s - start, 0.02))
    for line, body in enumerate(reading.bodies):
        instrument = rule.instruments[line * len(rule.instruments) // len(reading.bodies)]
        name = rule.name if body is None else f"{rule.name} {motion.body_name(body)}"
        voice = parts.add_voice(name, instrument, rule.gain_db, rule.name, body, rule.patch)
        wave = Waveform(sample_rate_hz=rule.frames_per_s, data=_encoded(samples[:, line]))
        parts.voices[voice] = parts.voices[voice].model_copy(update={"waveform": wave})
        parts.notes.append(_note(rule, start, length, voice, body, motion, parts.number_of(rule.name)))
    words = (
        f"{rule.name}: {name_of_source(rule)} is heard itself: its {count} frames are the samples,"
        f" {rule.frames_per_s:g} in a second"
    )
    parts.legend.append(entry(rule.name, "waveform", name_of_source(rule), text=words))


def _encoded(samples: Floats) -> str:
    """Base64 of float32, of peak 1; silence stays silence."""
    peak = float(np.abs(samples).max(initial=0.0))
    scaled = samples / peak if peak > 0.0 else samples
    return base64.b64encode(scaled.astype("<f4").tobytes()).decode("ascii")


def _note(
    rule: AudifiedRule, start: float, length: float, voice: int, body: int | None, motion: Motion, number: int
) -> NoteColumns:
    def one(value: float) -> Floats:
        return np.array([value], dtype=np.float64)

    return NoteColumns(
        onset_s=one(start),
        duration_s=one(length),
        frequency_hz=one(OWN_SPEED_HZ),
        loudness=one(rule.loudness),
        pan=one(rule.pan),
        brightness=one(0.5),
        voice=np.array([voice], dtype=np.int64),
        cause_kind=np.array([f"observable:{rule.observable}"]),
        cause_a=np.array([-1 if body is None else body], dtype=np.int64),
        cause_b=np.array([-1], dtype=np.int64),
        cause_time=one(float(motion.time[0])),
        strength=one(np.nan),
        rule=np.array([number], dtype=np.int64),
    )
