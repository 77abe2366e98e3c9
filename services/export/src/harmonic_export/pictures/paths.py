"""The layer of paths: each body's whole path faintly, its latest stretch as a bright trail, and the body as a dot."""

from collections.abc import Iterator

import numpy as np

from harmonic_export.performance import Floats, Performance, Trajectory
from harmonic_export.pictures.canvas import Box, Canvas, Mask
from harmonic_export.pictures.cast import Cast
from harmonic_export.pictures.palettes import RGB, mix
from harmonic_export.pictures.projection import Projection, finest, positions, projection
from harmonic_export.pictures.spec import PathsLayer
from harmonic_export.pictures.ticks import label, round_step

INK: RGB = (150, 158, 184)
MANY = 20
POINTS_A_TURN = 72
TRAIL_PIECES = 48
SEGMENTS_A_STEP = 20_000
MARGIN = 0.06
JUMP = 0.7
"""Steps longer than this share of the box are jumps."""
ROUND = 0.2
"""Paths that come nearer to their middle than this share of their reach do not turn about it."""
FULL_INK = 0.12
"""Share of the box that paths may cover before they are drawn more faintly."""


def draw_paths(canvas: Canvas, box: Box, layer: PathsLayer, performance: Performance, cast: Cast) -> Iterator[float]:
    """Draw the layer into the box in short steps, yielding its progress."""
    space = positions(performance.trajectory)
    if space is None:
        canvas.text(*box.centre, "this universe has no positions to draw", 16, INK, "mm")
        yield 1.0
        return
    side = min(box.width, box.height)
    (x, y), half = box.centre, side / 2 * (1 - MARGIN)
    place = projection(space, layer, Box(x - half, y - half, x + half, y + half))
    crossed = _crossing_line(canvas, place, performance.trajectory, half)
    turns = _points_a_turn(space, place)
    frames = finest(_smoothed(space, turns))
    flat = place(frames)
    colours = list(dict.fromkeys(cast.bodies))
    for number, colour in enumerate(colours):
        bodies = [b for b, own in enumerate(cast.bodies) if own == colour]
        yield from _bodies_of_colour(canvas, box, layer, flat, bodies, colour, cast, side)
        yield (number + 1) / len(colours)
    _scale_bar(canvas, box, place, performance.trajectory)
    if crossed:
        canvas.text(box.right, box.bottom - 4, "each crossing of the dashed line is a note", 14, INK, "rs")


def _bodies_of_colour(
    canvas: Canvas, box: Box, layer: PathsLayer, flat: Floats, bodies: list[int], colour: RGB, cast: Cast, side: float
) -> Iterator[float]:
    """All bodies of one colour share a mask, so that a thousand particles cost a dozen masks."""
    mask = canvas.mask(box)
    crowd = max(0.35, min(1.0, 12.0 / flat.shape[1]))
    faint = min(1.0, FULL_INK / max(1e-12, _ink(flat) / side**2))
    for body in bodies:
        path = flat[:, body][np.isfinite(flat[:, body]).all(axis=1)]
        if not len(path):
            continue
        if body not in cast.silent:
            yield from _history(mask, path, round(255 * layer.history * faint), side)
            latest = _unbroken(path[-_trail_points(path, layer.trail) :], side)[-1]
            _trail(mask, [mask.at(x, y) for x, y in latest.tolist()], max(1.5, 3.0 * crowd))
        radius = side * (0.0175 if body in cast.silent else 0.0095) * crowd
        mask.dot(float(path[-1, 0]), float(path[-1, 1]), radius, 255)
    mask.shine(colour, layer.glow, side * 0.016)


def _history(mask: Mask, path: Floats, light: int, side: float) -> Iterator[float]:
    """The whole path, faintly."""
    for stretch in _unbroken(path, side) if light else []:
        points = [mask.at(x, y) for x, y in stretch.tolist()]
        for start in range(0, len(points) - 1, SEGMENTS_A_STEP):
            mask.line(points[start : start + SEGMENTS_A_STEP + 1], light, 1.0)
            yield 0.0


def _unbroken(path: Floats, side: float) -> list[Floats]:
    """The path in stretches without jumps: a body that leaves a wrapped box comes back at the other side."""
    jumps = np.flatnonzero(np.abs(np.diff(path, axis=0)).max(axis=1) > JUMP * side) + 1
    return np.split(path, jumps)


def _ink(flat: Floats) -> float:
    """The length of all paths together, but of a path drawn over and over no more than once round its box."""
    steps = np.linalg.norm(np.diff(flat, axis=0), axis=-1)
    low, high = np.nanmin(flat, axis=0), np.nanmax(flat, axis=0)
    round_box = np.pi * np.linalg.norm(high - low, axis=-1)
    turning = np.nansum(steps, axis=0)
    return float(np.sum(turning if flat.shape[1] > MANY else np.minimum(turning, round_box)))


def _trail(mask: Mask, points: list[tuple[float, float]], width: float) -> None:
    """Pieces that grow brighter and broader towards the body."""
    pieces = min(TRAIL_PIECES, len(points) - 1)
    for piece in range(pieces):
        start, end = (len(points) - 1) * piece // pieces, (len(points) - 1) * (piece + 1) // pieces
        share = (piece + 1) / pieces
        mask.line(points[start : end + 1], round(40 + 215 * share**1.6), width * (0.4 + 0.6 * share))


def _trail_points(path: Floats, turns: float) -> int:
    """How many of the last points make `turns` turns about the middle; a fortieth of a path that does not turn."""
    centred = path - (path.min(axis=0) + path.max(axis=0)) / 2
    angle = np.unwrap(np.arctan2(centred[:, 1], centred[:, 0]))
    swept = np.abs(angle - angle[-1])
    radius = np.linalg.norm(centred, axis=1)
    if swept.max() < 2 * np.pi or radius.min() < ROUND * radius.max():
        return max(2, round(len(path) * turns / 40))
    return max(2, int(np.argmax(swept[::-1] > 2 * np.pi * turns)))


def _points_a_turn(space: Floats, place: Projection) -> float:
    """Frames in the shortest turn of any body about the origin; infinite where nothing turns."""
    flat = space[..., list(place.axes)] - place.origin[list(place.axes)]
    angle = np.unwrap(np.arctan2(flat[..., 1], flat[..., 0]), axis=0)
    radius = np.linalg.norm(flat, axis=-1)
    turning = np.nanmin(radius, axis=0) > 0.5 * np.nanmax(radius, axis=0)
    turns = np.where(turning, np.abs(angle[-1] - angle[0]) / (2 * np.pi), 0.0)
    most = float(np.nanmax(turns)) if len(turns) else 0.0
    return len(space) / most if most >= 1.0 else np.inf


def _smoothed(space: Floats, points_a_turn: float) -> Floats:
    """Catmull-Rom points between frames that lie too far apart to draw a round orbit.

    Source: E. Catmull, R. Rom, "A class of local interpolating splines" (1974).
    """
    pieces = 1 if not np.isfinite(points_a_turn) else int(np.clip(np.ceil(POINTS_A_TURN / points_a_turn), 1, 8))
    if pieces == 1 or len(space) < 4:
        return space
    before, a, b, after = space[:-3], space[1:-2], space[2:-1], space[3:]
    between = []
    for piece in range(pieces):
        t = piece / pieces
        cubic = -before + 3 * a - 3 * b + after
        square = 2 * before - 5 * a + 4 * b - after
        between.append(0.5 * (2 * a + (b - before) * t + square * t**2 + cubic * t**3))
    inner = np.stack(between, axis=1).reshape(-1, *space.shape[1:])
    return np.concatenate([space[:1], inner, space[-2:]])


def _crossing_line(canvas: Canvas, place: Projection, trajectory: Trajectory, half: float) -> bool:
    """A thin dashed ray where transits happen; whether there is one."""
    events, kinds = trajectory.events, trajectory.header.event_kinds
    if "transit" not in kinds or not len(events.time):
        return False
    where = events.position[events.kind == kinds.index("transit")]
    where = where[np.isfinite(where).all(axis=1)]
    centre = place.box.centre
    directions = place(where) - np.array(centre) if len(where) else np.zeros((0, 2))
    length = np.linalg.norm(directions, axis=1, keepdims=True)
    mean = (directions / np.maximum(length, 1e-12)).mean(axis=0) if len(directions) else np.zeros(2)
    if np.linalg.norm(mean) < 0.9:
        return False
    unit = mean / np.linalg.norm(mean)
    colour = mix(canvas.background, INK, 0.55)
    for start in np.arange(0.06, 1.04, 0.025) * half:
        ends = [(centre[0] + float(unit[0]) * r, centre[1] + float(unit[1]) * r) for r in (start, start + 0.012 * half)]
        canvas.line(ends, colour, 1.0)
    return True


def _scale_bar(canvas: Canvas, box: Box, place: Projection, trajectory: Trajectory) -> None:
    """A bar of a round length; on a logarithmic scale words, as no bar is true everywhere."""
    x, y = box.left, box.bottom - 4
    if place.inner is not None:
        canvas.text(x, y, "distance from the centre on a logarithmic scale", 14, INK, "ls")
        return
    length = round_step(box.width / place.unit, 7)
    pixels = length * place.unit
    colour = mix(canvas.background, INK, 0.8)
    canvas.line([(x, y - 4), (x, y), (x + pixels, y), (x + pixels, y - 4)], colour, 1.0)
    unit = trajectory.header.length_unit
    text = label(length) + (f" {unit}" if unit != "1" else "")
    canvas.text(x + pixels / 2, y - 8, text, 14, INK, "ms")
