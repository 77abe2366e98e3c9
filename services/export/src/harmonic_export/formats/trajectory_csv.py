"""The trajectory as CSV: one row a frame, units in the header row, numbers that read back as the very same doubles."""

import csv
import io
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import orjson

from harmonic_contracts.trajectory import Observable
from harmonic_export.formats.base import Format
from harmonic_export.performance import Floats, Performance, Trajectory

VALUES_A_STEP = 50_000
AXES = ("x", "y", "z")


def write(performance: Performance, folder: Path) -> Iterator[float]:
    """Write frames in blocks of at most about 50,000 numbers."""
    trajectory = performance.trajectory
    columns = header_row(trajectory)
    step = max(1, VALUES_A_STEP // len(columns))
    frames = len(trajectory.time)
    with (folder / TRAJECTORY_CSV.filename).open("w", encoding="utf-8", newline="") as file:
        file.write(_csv_line(columns))
        yield 0.0
        for start in range(0, frames, step):
            file.write(_lines(_block(trajectory, start, start + step)))
            yield min(1.0, (start + step) / frames)


def header_row(trajectory: Trajectory) -> list[str]:
    """Column names with units, such as `position.b.x [AU]`."""
    header = trajectory.header
    bodies = [body.name for body in header.bodies]
    names = [f"time [{header.time_unit}]"]
    for observable in header.observables:
        names += [f"{name} [{observable.unit}]" for name in _components(observable, bodies)]
    return names


def _components(observable: Observable, bodies: list[str]) -> Iterator[str]:
    """The names of an observable's numbers in C order: bodies by name, the last axis of three as x, y, z."""
    axes: list[list[str]] = [[str(i) for i in range(length)] for length in observable.shape]
    if observable.per_body and axes and len(bodies) == len(axes[0]):
        axes[0] = bodies
    spatial = len(axes) - 1 if len(axes) > (1 if observable.per_body else 0) else None
    if spatial is not None and 0 < len(axes[spatial]) <= len(AXES):
        axes[spatial] = list(AXES[: len(axes[spatial])])
    return (".".join((observable.name, *parts)) for parts in product(*axes))


def _block(trajectory: Trajectory, start: int, end: int) -> Floats:
    """Frames [start, end) as a table of shape (frames, columns)."""
    time = trajectory.time[start:end]
    parts = [time.reshape(len(time), 1)]
    for observable in trajectory.header.observables:
        parts.append(trajectory.arrays[observable.name][start:end].reshape(len(time), -1))
    return np.concatenate(parts, axis=1, dtype=np.float64)


def _lines(block: Floats) -> str:
    """Rows of shortest decimals that read back as the same doubles: written by orjson, 20 times as fast as repr, which
    has to write only what JSON has no word for."""
    if not len(block):
        return ""
    if not np.isfinite(block).all():
        return "".join(",".join(map(repr, row)) + "\n" for row in block.tolist())
    rows = orjson.dumps(np.ascontiguousarray(block), option=orjson.OPT_SERIALIZE_NUMPY)
    return rows[2:-2].decode("ascii").replace("],[", "\n") + "\n"


def _csv_line(fields: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(fields)
    return buffer.getvalue()


TRAJECTORY_CSV = Format("trajectory_csv", "trajectory.csv", "text/csv", write)
