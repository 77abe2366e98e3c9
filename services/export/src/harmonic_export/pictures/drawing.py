"""The drawing of a picture, in steps short enough to be cancelled between any two."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import Image

from harmonic_contracts.score import Score
from harmonic_export.performance import Performance
from harmonic_export.pictures.canvas import Box, Canvas
from harmonic_export.pictures.cast import Cast, cast
from harmonic_export.pictures.palettes import RGB, mix, parse
from harmonic_export.pictures.paths import draw_paths
from harmonic_export.pictures.roll import draw_score
from harmonic_export.pictures.spec import PathsLayer, VisualizationSpec
from harmonic_export.pictures.ticks import label

WHITE: RGB = (238, 240, 250)
INK: RGB = (150, 158, 184)
LEGEND_ROW = 40.0
UNITS_IN_WORDS = {"s": "seconds", "d": "days", "yr": "years"}
MAX_LEGEND = 12


def drawing(performance: Performance) -> "Drawing":
    """A drawing to iterate over; its image is there when the iteration has ended."""
    return Drawing(performance)


@dataclass
class Drawing:
    """Iterating draws; yields the progress from 0 to 1."""

    performance: Performance
    _image: Image.Image | None = field(default=None, init=False)

    @property
    def image(self) -> Image.Image:
        if self._image is None:
            raise RuntimeError("the picture is not drawn yet: iterate over the drawing to its end first")
        return self._image

    def __iter__(self) -> Iterator[float]:
        spec, colours = self.performance.picture, cast(self.performance)
        canvas = Canvas(spec.width_px, spec.height_px, parse(spec.background))
        body = _head(canvas, self.performance)
        boxes = _layout(body, spec)
        for number, (layer, box) in enumerate(zip(spec.layers, boxes, strict=True)):
            if spec.legend and number == 0:
                box = _legend(canvas, box, self.performance.score, colours)
            draw = (
                draw_paths(canvas, box, layer, self.performance, colours)
                if isinstance(layer, PathsLayer)
                else draw_score(canvas, box, layer, self.performance, colours)
            )
            for done in draw:
                yield 0.9 * (number + done) / len(spec.layers)
        self._image = canvas.finished()
        yield 1.0


def _layout(body: Box, spec: VisualizationSpec) -> list[Box]:
    """Boxes of the layers: beside each other where the picture is wide, else one below the other."""
    if len(spec.layers) == 1:
        return [body]
    gap = 28.0
    if spec.width_px >= 1.2 * spec.height_px:
        middle = body.left + min(0.42 * body.width, body.height)
        return [Box(body.left, body.top, middle, body.bottom), Box(middle + gap, body.top, body.right, body.bottom)]
    middle = body.top + min(0.55 * body.height, body.width)
    return [Box(body.left, body.top, body.right, middle), Box(body.left, middle + gap, body.right, body.bottom)]


def _head(canvas: Canvas, performance: Performance) -> Box:
    """Title and summary; returns what is left below them."""
    margin = 0.03 * min(canvas.width, canvas.height) + 12
    width = canvas.width - 2 * margin
    size = max(20.0, min(46.0, 0.042 * min(canvas.width, canvas.height)))
    title = performance.picture.title if performance.picture.title is not None else performance.title
    canvas.text(margin, margin, canvas.fitted(title, size, width), size, WHITE)
    summary = canvas.fitted(_summary(performance), size * 0.42, width)
    canvas.text(margin, margin + size * 1.32, summary, size * 0.42, INK)
    return Box(margin, margin + size * 2.25, canvas.width - margin, canvas.height - margin)


def _summary(performance: Performance) -> str:
    facts = performance.facts
    unit = UNITS_IN_WORDS.get(facts.time_unit, "units of time")
    parts = [f"{label(facts.duration)} {unit} in {label(round(facts.duration_s, 1))} seconds"]
    parts += [f"{facts.notes} notes", facts.key] if facts.notes else ["no notes"]
    return "   ·   ".join(parts)


def _legend(canvas: Canvas, box: Box, score: Score, colours: Cast) -> Box:
    """The voices with their colours, at the foot of the box; returns what is left above them."""
    shown = list(enumerate(score.voices))[:MAX_LEGEND]
    if not shown:
        return box
    size = 17.0
    columns = max(1, min(len(shown), int(box.width // 170)))
    rows = -(-len(shown) // columns)
    top = box.bottom - rows * LEGEND_ROW
    cell = box.width / columns
    for place, (number, voice) in enumerate(shown):
        x, y = box.left + cell * (place % columns), top + LEGEND_ROW * (place // columns + 0.5)
        canvas.dot(x + 7, y, 6, colours.voices[number])
        canvas.text(x + 21, y - 8, canvas.fitted(voice.name, size, cell - 28), size, WHITE, "lm")
        what = canvas.fitted(voice.instrument.replace("_", " "), size - 4, cell - 28)
        canvas.text(x + 21, y + 9, what, size - 4, mix(canvas.background, INK, 0.85), "lm")
    if len(score.voices) > MAX_LEGEND:
        more = f"and {len(score.voices) - MAX_LEGEND} more voices"
        canvas.text(box.right, box.bottom, more, size - 4, INK, "rs")
    return Box(box.left, box.top, box.right, top - 14)
