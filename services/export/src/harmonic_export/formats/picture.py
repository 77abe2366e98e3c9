"""The picture: orbits and score by a stored visualization spec, as PNG without dates."""

from collections.abc import Iterator
from pathlib import Path

from harmonic_export.formats.base import Format
from harmonic_export.performance import Performance


def write(performance: Performance, folder: Path) -> Iterator[float]:
    from harmonic_export.pictures.drawing import drawing

    picture = drawing(performance)
    for done in picture:
        yield 0.9 * done
    picture.image.save(folder / PICTURE.filename, format="PNG", compress_level=6)
    yield 1.0


PICTURE = Format("picture", "picture.png", "image/png", write)
