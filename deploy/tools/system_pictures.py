"""Pictures of presets for the reference: paths of bodies, a field, or curves over time, whichever the system shows."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Floats = NDArray[np.float64]
SIZE, MARGIN, FINER = (900, 450), 24, 2
PAPER, INK = (13, 16, 28), (190, 198, 220)
MOST = 24
"""Bodies or curves in one picture."""


def draw_all(folder: Path, kinds: list[str]) -> None:
    """A picture of the first preset of each system, or of those named."""
    from harmonic_physics.engine.checking import check
    from harmonic_physics.engine.registry import systems
    from harmonic_physics.engine.simulate import simulate

    for kind, system in systems().items():
        if not kinds or kind in kinds:
            preset = system.presets[0]
            result = simulate(check(kind, preset.spec, preset.environment))
            picture(result).save(folder / f"{kind}.png", optimize=True)


def picture(result: Any) -> Image.Image:
    """The picture that says most: a field as it ended, paths where bodies have places, curves otherwise."""
    shapes = {each.name: each for each in result.header.observables}
    field = next((n for n, o in shapes.items() if not o.per_body and len(o.shape) == 2 and min(o.shape) >= 16), None)
    if field is not None:
        return _field(result.arrays[field][-1])
    places = next((n for n, o in shapes.items() if n in ("position", "place") and len(o.shape) == 2), None)
    if places is not None and np.ptp(result.arrays[places], axis=0).max() > 0:
        return _paths(result.arrays[places][:, :MOST])
    return _curves(result)


def _field(values: Floats) -> Image.Image:
    low, high = float(values.min()), float(values.max())
    level = (values - low) / (high - low or 1.0)
    colours = np.stack([level**1.5, 0.15 + 0.75 * level, 0.35 + 0.55 * np.sqrt(level)], axis=-1)
    image = Image.fromarray((255 * np.clip(colours, 0, 1)).astype(np.uint8)[::-1])
    image.thumbnail(SIZE)
    scale = min(SIZE[0] / image.width, SIZE[1] / image.height)
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)
    page = Image.new("RGB", SIZE, PAPER)
    page.paste(image, ((SIZE[0] - image.width) // 2, (SIZE[1] - image.height) // 2))
    return page


def _paths(places: Floats) -> Image.Image:
    spread = np.ptp(places, axis=(0, 1))
    axes = sorted(np.argsort(spread)[::-1][:2])
    flat = places[..., axes]
    low, high = flat.min(axis=(0, 1)), flat.max(axis=(0, 1))
    room = np.array([SIZE[0] - 2 * MARGIN, SIZE[1] - 2 * MARGIN]) * FINER
    scale = float((room / np.maximum(high - low, 1e-300)).min())
    centre = (np.array(SIZE) * FINER - scale * (high - low)) / 2
    page, pen = _page()
    for body in range(flat.shape[1]):
        points = centre + scale * (flat[:, body] - low)
        points[:, 1] = SIZE[1] * FINER - points[:, 1]
        track = [tuple(point) for point in points[:: max(1, len(points) // 3000)]]
        pen.line(track, fill=_colour(body, flat.shape[1]), width=FINER)
        x, y = track[-1]
        pen.ellipse([x - 3 * FINER, y - 3 * FINER, x + 3 * FINER, y + 3 * FINER], fill=_colour(body, flat.shape[1]))
    return page.resize(SIZE, Image.Resampling.LANCZOS)


def _curves(result: Any) -> Image.Image:
    moving = [a.reshape(len(a), -1) for a in result.arrays.values() if np.ptp(a, axis=0).max(initial=0.0) > 0]
    columns = np.concatenate([a[:, : max(1, MOST // len(moving))] for a in moving], axis=1)[:, :MOST]
    page, pen = _page()
    left, width = MARGIN * FINER, (SIZE[0] - 2 * MARGIN) * FINER
    x = left + width * np.linspace(0.0, 1.0, len(columns))
    for index in range(columns.shape[1]):
        curve = columns[:, index]
        low, high = float(curve.min()), float(curve.max())
        lane = (SIZE[1] - 2 * MARGIN) * FINER / columns.shape[1]
        y = MARGIN * FINER + lane * (index + 0.92 - 0.84 * (curve - low) / (high - low or 1.0))
        step = max(1, len(x) // 4000)
        points = list(zip(x[::step].tolist(), y[::step].tolist(), strict=True))
        pen.line(points, fill=_colour(index, columns.shape[1]), width=FINER)
    return page.resize(SIZE, Image.Resampling.LANCZOS)


def _page() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    page = Image.new("RGB", (SIZE[0] * FINER, SIZE[1] * FINER), PAPER)
    return page, ImageDraw.Draw(page)


def _colour(index: int, count: int) -> tuple[int, int, int]:
    turn = 2 * np.pi * (0.55 + 0.8 * index / max(1, count))
    red, green, blue = (0.62 + 0.34 * np.cos(turn + shift) for shift in (0.0, 2.1, 4.2))
    return int(255 * red), int(255 * green), int(255 * blue)
