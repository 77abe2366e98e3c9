"""The trajectory as NPZ: every observable and event column as a named array that `numpy.load` opens without pickle.

Members are stored, sorted and dated 1980-01-01, so equal trajectories give equal bytes on every machine.
"""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from harmonic_export.bundles.archive import member
from harmonic_export.canonical import canonical_json
from harmonic_export.formats.base import Format
from harmonic_export.performance import Performance, Trajectory

CHUNK_BYTES = 4 * 1024 * 1024


def write(performance: Performance, folder: Path) -> Iterator[float]:
    """Write all arrays in chunks; bounded memory."""
    arrays = named_arrays(performance.trajectory)
    total = max(1, sum(array.nbytes for array in arrays.values()))
    written = 0
    with zipfile.ZipFile(folder / TRAJECTORY_NPZ.filename, "w") as archive:
        for name in sorted(arrays):
            for count in _write_array(archive, name, arrays[name]):
                written += count
                yield min(1.0, written / total)


def named_arrays(trajectory: Trajectory) -> Mapping[str, npt.NDArray[Any]]:
    """The arrays by their names in the file: `time`, the observables, `event_*`, `body_names`, `header` (JSON)."""
    header, events = trajectory.header, trajectory.events
    reserved: dict[str, npt.NDArray[Any]] = {
        "time": trajectory.time,
        "header": np.array(canonical_json(header.model_dump(mode="json")).decode()),
        "body_names": np.array([body.name for body in header.bodies], dtype=np.str_),
        "event_kinds": np.array(header.event_kinds, dtype=np.str_),
        "event_time": events.time,
        "event_kind": events.kind,
        "event_body_a": events.body_a,
        "event_body_b": events.body_b,
        "event_strength": events.strength,
        "event_position": events.position,
    }
    if clash := reserved.keys() & trajectory.arrays.keys():
        raise ValueError(f"observables may not be called {sorted(clash)}: the file uses these names itself")
    return {**reserved, **trajectory.arrays}


def _write_array(archive: zipfile.ZipFile, name: str, array: npt.NDArray[Any]) -> Iterator[int]:
    rows = np.atleast_1d(array)
    step = max(1, CHUNK_BYTES // max(1, rows.nbytes // max(1, len(rows))))
    with archive.open(member(f"{name}.npy"), "w") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(_contiguous(array)))
        for start in range(0, len(rows), step):
            chunk = np.ascontiguousarray(rows[start : start + step])
            file.write(chunk.tobytes())
            yield chunk.nbytes


def _contiguous(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """An array of the same shape and type in C order, which costs no memory where it is so already."""
    return array if array.flags.c_contiguous else np.ascontiguousarray(array)


TRAJECTORY_NPZ = Format("trajectory_npz", "trajectory.npz", "application/x-npz", write)
