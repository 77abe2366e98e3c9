"""The scale legend before a piece: the lowest, middle and highest of each range; and the piece, later by its length."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from harmonic_audio.mapping.automation import DRAWN
from harmonic_audio.mapping.entries import entry
from harmonic_audio.mapping.marking import Marked
from harmonic_audio.mapping.motion import SoundClock
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.marks import ScaleLegend
from harmonic_audio.soundscape.rules import EventRule, SampledNotes
from harmonic_contracts.score import Cause, LegendEntry, Note, SceneMark, Score

PLAIN_HZ: Final = 440.0
"""What the ranges of loudness and place are played at."""
RANGES: Final = ("pitch", "loudness", "pan")


def with_scale_legend(score: Score, how: ScaleLegend, document: Soundscape, clock: SoundClock) -> Score:
    """The score after its ranges were played; everything in it comes later by their length."""
    made = Marked(score, list(score.voices))
    at, played = 0.0, []
    for line in _ranges(score.legend_entries)[: how.most]:
        voice = made.voice(f"legend of {line.rule}", *_sounding(line.rule, document))
        for value in _three(line):
            sound = {"frequency_hz": PLAIN_HZ, "loudness": 0.5, "pan": 0.0}
            sound["frequency_hz" if line.channel == "pitch" else line.channel] = value
            cause = Cause(kind="mark:legend", bodies=[], time=clock.start)
            made.notes.append(Note(onset_s=at, duration_s=how.tone_s, voice=voice, cause=cause, **sound))
            at += how.tone_s + how.gap_s
        at = round(at + how.pause_s - how.gap_s, 9)
        played.append(f"{line.channel} of {line.rule}")
    if not played:
        return score
    words = (
        f"scale legend: the lowest, middle and highest {', '.join(played)} are played; the piece begins"
        f" at {at:.6g} s, and all other times of this legend count from there"
    )
    made.entries.append(
        entry("scale legend", "mark:legend", "ranges", data=(0.0, at), data_unit="s", sound_unit="", text=words)
    )
    made.score = later(score, at)
    return made.done()


def _ranges(entries: Sequence[LegendEntry]) -> list[LegendEntry]:
    """The first line of each rule and channel that has a range to be heard."""
    first: dict[tuple[str, str], LegendEntry] = {}
    for line in entries:
        if (
            line.channel in RANGES
            and line.source != DRAWN
            and line.sound_low is not None
            and line.sound_low != line.sound_high
        ):
            first.setdefault((line.rule, line.channel), line)
    return list(first.values())


def _three(line: LegendEntry) -> list[float]:
    low, high = sorted((line.sound_low or 0.0, line.sound_high or 0.0))
    middle = float(np.sqrt(low * high)) if line.channel == "pitch" else 0.5 * (low + high)
    return [low, middle, high]


def _sounding(rule: str, document: Soundscape) -> tuple[str, float]:
    """Instrument and level [dB] of a rule; a sine where the line is of no rule that plays notes."""
    for one in [*document.events, *document.observables]:
        if getattr(one, "name", None) == rule and isinstance(one, EventRule | SampledNotes):
            return one.instruments[0], one.gain_db
    return "sine", 0.0


def later(score: Score, seconds: float) -> Score:
    """The whole score, so many seconds later; scenes, tempo and key are told from 0 on all the same."""

    def points(curve: object) -> dict[str, object]:
        moved = [p.model_copy(update={"time_s": p.time_s + seconds}) for p in getattr(curve, "points")]  # noqa: B009
        return {"points": moved}

    def marks(found: Sequence[object]) -> list[object]:
        return [m.model_copy(update={"time_s": m.time_s + seconds}) for m in found]  # type: ignore[attr-defined]

    scenes = marks(score.scenes) or [SceneMark(time_s=seconds, name="piece")]
    return score.model_copy(
        update={
            "duration_s": score.duration_s + seconds,
            "notes": [n.model_copy(update={"onset_s": n.onset_s + seconds}) for n in score.notes],
            "curves": [c.model_copy(update=points(c)) for c in score.curves],
            "mix_curves": [c.model_copy(update=points(c)) for c in score.mix_curves],
            "scenes": [SceneMark(time_s=0.0, name="legend"), *scenes],
            "tempo_map": [*score.tempo_map[:1], *marks(score.tempo_map)],
            "key_map": [*score.key_map[:1], *marks(score.key_map)],
        }
    )
