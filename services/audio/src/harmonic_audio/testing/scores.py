"""Scores made by hand, for tests of rendering that need no mapping."""

from collections.abc import Sequence

from harmonic_contracts.score import Cause, ControlCurve, KeyMark, MixCurve, Note, Score, Sound, TempoMark, Voice

INSTRUMENTS = ("vibraphone", "pad", "bell", "piano")


def score_of(
    seconds: float = 4.0,
    voices: int = 4,
    *,
    step_s: float = 0.5,
    curves: Sequence[ControlCurve] = (),
    mix_curves: Sequence[MixCurve] = (),
    instruments: Sequence[str] = INSTRUMENTS,
) -> Score:
    """Voices that play in turn, each from its own place; the last one's notes are everywhere and differ in their send.
    Every other note is caused by another body."""
    notes = []
    for number in range(int(seconds / step_s)):
        for voice in range(voices):
            everywhere = voice == voices - 1 and voices > 1
            notes.append(
                Note(
                    onset_s=step_s * number + 0.013 * voice,
                    duration_s=0.7,
                    frequency_hz=110.0 * 2 ** (voice / 5 + (number % 7) / 12),
                    loudness=0.6,
                    pan=(number % 5) / 2 - 1 if everywhere else 2 * voice / max(voices - 1, 1) - 1,
                    voice=voice,
                    cause=Cause(kind="hit", bodies=["Ann" if number % 2 else "Bob"], time=float(number)),
                    sound=Sound(reverb_send=(number % 3) / 3) if everywhere else None,
                )
            )
    notes.sort(key=lambda note: (note.onset_s, note.voice, note.frequency_hz))
    return Score(
        title="by hand",
        duration_s=seconds,
        voices=[Voice(name=f"voice {v}", instrument=instruments[v % len(instruments)]) for v in range(voices)],
        notes=notes,
        curves=list(curves),
        mix_curves=list(mix_curves),
        tempo_map=[TempoMark(time_s=0.0, bpm=120.0)],
        key_map=[KeyMark(time_s=0.0, tonic="A", scale="major", tonic_hz=440.0)],
    )
