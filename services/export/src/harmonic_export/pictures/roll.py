"""The layer of the score: notes as streaks of light over time, on a logarithmic axis of frequency."""

from collections.abc import Iterator
from itertools import pairwise

from harmonic_contracts.score import Note, Score
from harmonic_export.performance import Performance
from harmonic_export.pictures.canvas import Box, Canvas, Mask
from harmonic_export.pictures.cast import Cast
from harmonic_export.pictures.palettes import RGB, mix
from harmonic_export.pictures.spec import ScoreLayer
from harmonic_export.pictures.ticks import (
    hertz_of,
    label,
    midi_of,
    pitch_name,
    pitch_ticks,
    round_ticks,
)

INK: RGB = (150, 158, 184)
TEXT = 15.0
NOTES_A_STEP = 1_000
LONGEST_STREAK_S = 6.0
UNITS_IN_WORDS = {"s": "seconds", "d": "days", "yr": "years", "1": "time"}


class Axes:
    """Places of times and pitches in the plot."""

    def __init__(self, box: Box, score: Score) -> None:
        self.box = box
        self.duration = score.duration_s
        heights = [midi_of(n.frequency_hz) for n in score.notes]
        glides = [curve for curve in score.curves if curve.target == "frequency_hz"]
        heights += [midi_of(point.value) for curve in glides for point in curve.points if point.value > 0]
        low, high = (min(heights), max(heights)) if heights else (57.0, 69.0)
        margin = max(1.5, 0.06 * (high - low))
        self.low, self.high = low - margin, high + margin

    def x(self, time_s: float) -> float:
        return self.box.left + self.box.width * min(1.0, time_s / self.duration)

    def y(self, midi: float) -> float:
        return self.box.bottom - self.box.height * (midi - self.low) / (self.high - self.low)


def draw_score(canvas: Canvas, box: Box, layer: ScoreLayer, performance: Performance, cast: Cast) -> Iterator[float]:
    """Draw the layer into the box in short steps, yielding its progress."""
    score = performance.score
    own_time = _own_time(performance) if layer.own_time else None
    axes = Axes(box.inset(92, 52 if own_time else 14, 8, 52), score)
    _grid(canvas, axes, own_time, performance.trajectory.header.time_unit)
    thickness = max(3.0, min(16.0, axes.box.height / (axes.high - axes.low) * 0.75))
    _glides(canvas, axes, score, cast)
    notes: dict[RGB, list[Note]] = {}
    for note in score.notes:
        notes.setdefault(cast.of(note), []).append(note)
    for number, (colour, own) in enumerate(sorted(notes.items())):
        mask = canvas.mask(axes.box)
        head = _head_width(axes, own, thickness)
        for start in range(0, len(own), NOTES_A_STEP):
            for note in own[start : start + NOTES_A_STEP]:
                _note(mask, axes, note, head, thickness)
            yield number / len(notes)
        mask.shine(colour, layer.glow, thickness * 0.9)
        yield (number + 1) / len(notes)
    if not notes and not score.curves:
        canvas.text(*axes.box.centre, "no notes: nothing that sounds happened", 16, INK, "mm")
    yield 1.0


def _head_width(axes: Axes, notes: list[Note], thickness: float) -> float:
    """As broad as high, but narrower where notes follow so fast that their heads would run together."""
    gaps = sorted(b.onset_s - a.onset_s for a, b in pairwise(notes) if b.onset_s > a.onset_s)
    if not gaps:
        return thickness
    return min(thickness, max(1.6, 0.45 * (axes.x(gaps[len(gaps) // 2]) - axes.x(0.0))))


def _note(mask: Mask, axes: Axes, note: Note, head: float, thickness: float) -> None:
    """A head at the onset, whose size shows the loudness, and a streak that fades like the sound."""
    x, y = axes.x(note.onset_s), axes.y(midi_of(note.frequency_hz))
    end = axes.x(note.onset_s + min(note.duration_s, LONGEST_STREAK_S))
    size = thickness * (0.55 + 0.45 * note.loudness)
    if end - x >= 1.0:
        mask.streak(x, end, y, size * 0.5, 0.2 + 0.3 * note.loudness)
    mask.pill(x, y, min(head, size), size, round(150 + 105 * note.loudness))


def _glides(canvas: Canvas, axes: Axes, score: Score, cast: Cast) -> None:
    """Curves of frequency, as lines."""
    for curve in score.curves:
        points = [(axes.x(p.time_s), axes.y(midi_of(p.value))) for p in curve.points if p.value > 0]
        if curve.target == "frequency_hz" and len(points) > 1:
            canvas.line(points, mix(canvas.background, cast.voices[curve.voice], 0.6), 1.5)


def _grid(canvas: Canvas, axes: Axes, own_time: tuple[float, float] | None, unit: str) -> None:
    box = axes.box
    canvas.rectangle(box, mix(canvas.background, INK, 0.055), 6)
    faint, clear = mix(canvas.background, INK, 0.16), mix(canvas.background, INK, 0.3)
    for midi in pitch_ticks(axes.low, axes.high):
        y = axes.y(midi)
        canvas.line([(box.left, y), (box.right, y)], clear if midi % 12 == 0 else faint)
        name = pitch_name(midi)
        canvas.text(box.left - 54, y, name, TEXT, INK, "rm")
        canvas.text(box.left - 8, y, f"{hertz_of(midi):.0f}", TEXT - 2, mix(canvas.background, INK, 0.65), "rm")
    canvas.text(box.left - 8, box.bottom + 10, "Hz", TEXT - 2, mix(canvas.background, INK, 0.65), "ra")
    for time in round_ticks(0.0, axes.duration, max(4, round(box.width / 110))):
        canvas.line([(axes.x(time), box.top), (axes.x(time), box.bottom)], faint)
        canvas.text(axes.x(time), box.bottom + 9, label(time), TEXT, INK, "ma")
    canvas.text(box.centre[0], box.bottom + 32, "seconds of music", TEXT, INK, "ma")
    if own_time:
        _time_of_universe(canvas, axes, own_time, unit)


def _time_of_universe(canvas: Canvas, axes: Axes, own_time: tuple[float, float], unit: str) -> None:
    """A second axis above: the universe's own time, `start + rate * seconds`."""
    start, rate = own_time
    box, colour = axes.box, mix(canvas.background, INK, 0.75)
    for own in round_ticks(start, start + rate * axes.duration, max(3, round(box.width / 150))):
        x = axes.x((own - start) / rate)
        canvas.line([(x, box.top - 5), (x, box.top)], colour)
        canvas.text(x, box.top - 9, label(own), TEXT - 1, colour, "ms")
    words = f"{UNITS_IN_WORDS.get(unit, unit)} of the universe"
    canvas.text(box.centre[0], box.top - 31, words, TEXT - 1, colour, "ms")


def _own_time(performance: Performance) -> tuple[float, float] | None:
    """Start and rate of the universe's own time, where the causes of the notes run linearly with the music."""
    pairs = sorted({(n.onset_s, n.cause.time) for n in performance.score.notes if n.cause})
    if len(pairs) < 2 or pairs[-1][0] <= pairs[0][0] or pairs[-1][1] <= pairs[0][1]:
        return None
    (first, own_first), (last, own_last) = pairs[0], pairs[-1]
    rate = (own_last - own_first) / (last - first)
    start = own_first - rate * first
    worst = max(abs(own - start - rate * onset) for onset, own in pairs)
    grows = all(a[1] <= b[1] for a, b in pairwise(pairs))
    return (start, rate) if grows and worst <= 0.02 * (own_last - own_first) else None
