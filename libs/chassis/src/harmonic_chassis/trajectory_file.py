"""Trajectory files: header, frames and physical events in one deterministic file that is read by mapping it.

The form is that of `aligned_npz`: members ``header`` (JSON as uint8), ``time``, ``observables/<name>`` (float64, frames
first) and ``events/<column>``. The same content gives the same bytes, however it was chunked, checkpointed or resumed.
`TrajectoryWriter` writes one of any length in bounded memory: frames go to a spill file an array, assembled at the end.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson
from numpy.typing import ArrayLike, NDArray

from harmonic_chassis.aligned_npz import COPY_BYTES, BadArchive, Column, map_archive, write_archive
from harmonic_chassis.event_table import EventTable
from harmonic_contracts.trajectory import Observable, TrajectoryHeader

__all__ = ["BadArchive", "EventTable", "TrajectoryFile", "TrajectoryWriter", "write"]

_EVENT_TYPES = {name: column.dtype for name, column in EventTable.empty().columns().items()}


def write(path: Path, header: TrajectoryHeader, arrays: Mapping[str, NDArray[Any]], events: EventTable) -> None:
    """Write a whole trajectory. `arrays` holds ``time`` (n,) and every observable of the header, (n, *shape).

    The header's number of frames is set from the arrays. Raises ValueError where header and arrays disagree.
    """
    _check_names(header.observables, arrays.keys())
    count = len(arrays["time"])
    blocks = {"time": _block(arrays["time"], count, ())}
    for observable in header.observables:
        block = _block(arrays[observable.name], count, tuple(observable.shape), observable.name)
        blocks[f"observables/{observable.name}"] = block
    whole: dict[str, NDArray[Any]] = blocks | {f"events/{name}": column for name, column in events.columns().items()}
    sealed = signed(header, [Column.of(each).pieces for each in whole.values()])
    columns = {name: Column.of(each) for name, each in whole.items()}
    write_archive(path, columns | {"header": _header_column(sealed, count)})


def signed(header: TrajectoryHeader, columns: Iterable[Iterable[bytes | memoryview]]) -> TrajectoryHeader:
    """The header whose certificate names the digest of the columns: time, observables, events, in their order."""
    parts = []
    for column in columns:
        digest = hashlib.sha256()
        for piece in column:
            digest.update(piece)
        parts.append(digest.digest())
    found = hashlib.sha256(b"".join(parts)).hexdigest()
    return header.model_copy(update={"certificate": header.certificate.model_copy(update={"frames_digest": found})})


class TrajectoryFile:
    """A trajectory opened for reading. Arrays are read-only maps of the file: only what is touched is read."""

    def __init__(self, path: Path) -> None:
        self._members = map_archive(path)
        try:
            self.header = TrajectoryHeader.model_validate_json(self._members["header"].tobytes())
            self.time: NDArray[np.float64] = self._members["time"]
            self.events = EventTable(*(self._members[f"events/{name}"] for name in _EVENT_TYPES))
        except (KeyError, ValueError) as error:
            raise BadArchive(f"{path.name} is damaged or is no trajectory: {error}") from error

    @classmethod
    def open(cls, path: Path) -> "TrajectoryFile":
        """Open a file. Raises BadArchive where it is not a trajectory."""
        return cls(path)

    def __len__(self) -> int:
        return len(self.time)

    def array(self, name: str) -> NDArray[np.float64]:
        """An observable of all frames, (frames, *shape). Raises KeyError with the names that there are."""
        try:
            return self._members[f"observables/{name}"]
        except KeyError:
            names = ", ".join(observable.name for observable in self.header.observables)
            raise KeyError(f"the trajectory has no observable {name!r}; it has: {names}") from None


class TrajectoryWriter:
    """Appends frames and events in bounded memory; `finish` assembles the file.

    Everything appended lies in append-only files under `spill`. To survive a crash, a job saves ``state()`` and the
    first ``files()[name]`` bytes of each file; a writer made over the same files with that state goes on from there.
    """

    def __init__(
        self, path: Path, observables: Sequence[Observable], *, spill: Path, state: bytes | None = None
    ) -> None:
        _check_names(observables, None)
        self._path, self._observables, self._spill = path, list(observables), spill
        saved: dict[str, int] = json.loads(state) if state else {"frames": 0, "events": 0}
        self.frames, self.events = saved["frames"], saved["events"]
        spill.mkdir(parents=True, exist_ok=True)
        self._open: dict[str, BinaryIO] = {name: self._reopen(name, size) for name, size in self._sizes().items()}

    def append(self, time: float, frame: Mapping[str, ArrayLike]) -> None:
        """One frame: each observable in its shape."""
        self.extend([time], {name: np.asarray(value)[np.newaxis] for name, value in frame.items()})

    def extend(self, times: ArrayLike, blocks: Mapping[str, ArrayLike]) -> None:
        """A block of n frames: `times` (n,), each observable (n, *shape). Raises ValueError, nothing written."""
        _check_names(self._observables, {"time", *blocks})
        count = len(np.atleast_1d(np.asarray(times)))
        checked = {"time": _block(times, count, ())}
        for observable in self._observables:
            checked[observable.name] = _block(blocks[observable.name], count, tuple(observable.shape), observable.name)
        for name, block in checked.items():
            self._open[_spill_name(name)].write(block.tobytes())
        self.frames += count

    def extend_events(self, events: EventTable) -> None:
        """Append events, in the order in which the file shall have them."""
        for name, column in events.columns().items():
            self._open[f"event-{name}"].write(np.ascontiguousarray(column, _EVENT_TYPES[name]).tobytes())
        self.events += len(events)

    def state(self) -> bytes:
        """What a resumed writer needs beside the files. Flushes them."""
        for file in self._open.values():
            file.flush()
        return json.dumps({"frames": self.frames, "events": self.events}, separators=(",", ":")).encode()

    def files(self, relative_to: Path | None = None) -> dict[str, int]:
        """The append-only files, as paths below `relative_to` (or the spill folder), and what counts of each."""
        base = relative_to or self._spill
        return {(self._spill / name).relative_to(base).as_posix(): size for name, size in self._sizes().items()}

    def finish(self, header: TrajectoryHeader) -> Path:
        """Assemble the file and remove the spill files. The header's number of frames is set here."""
        if header.observables != self._observables:
            raise ValueError("the header's observables are not those of the writer")
        self.close()
        columns = {
            "time": self._spilled("frame-time", (), self.frames),
            **{f"events/{name}": self._spilled(f"event-{name}", _tail(name), self.events) for name in _EVENT_TYPES},
        }
        for observable in self._observables:
            spilled = self._spilled(_spill_name(observable.name), tuple(observable.shape), self.frames)
            columns[f"observables/{observable.name}"] = spilled
        write_archive(self._path, columns | {"header": _header_column(self._signed(header), self.frames)})
        for name in self._sizes():
            (self._spill / name).unlink()
        return self._path

    def close(self) -> None:
        """Flush and close the spill files; they stay."""
        for file in self._open.values():
            file.close()

    def _signed(self, header: TrajectoryHeader) -> TrajectoryHeader:
        names = ["frame-time", *(_spill_name(o.name) for o in self._observables), *(f"event-{n}" for n in _EVENT_TYPES)]
        return signed(header, [_pieces(self._spill / name) for name in names])

    def _sizes(self) -> dict[str, int]:
        sizes = {"frame-time": 8 * self.frames}
        for observable in self._observables:
            sizes[_spill_name(observable.name)] = 8 * self.frames * _cells(tuple(observable.shape))
        for name, dtype in _EVENT_TYPES.items():
            sizes[f"event-{name}"] = dtype.itemsize * self.events * _cells(_tail(name))
        return sizes

    def _reopen(self, name: str, size: int) -> BinaryIO:
        path = self._spill / name
        path.touch()
        if path.stat().st_size < size:
            raise ValueError(f"{path} holds {path.stat().st_size} bytes; the state to resume from needs {size}")
        file = path.open("r+b", buffering=1 << 18)
        file.truncate(size)
        file.seek(size)
        return file

    def _spilled(self, name: str, shape: tuple[int, ...], count: int) -> Column:
        event = name.removeprefix("event-")
        dtype = _EVENT_TYPES[event] if name.startswith("event-") else np.dtype("<f8")
        return Column(dtype, (count, *shape), _pieces(self._spill / name))


def _spill_name(array: str) -> str:
    return f"frame-{array}"


def _tail(event_column: str) -> tuple[int, ...]:
    return (3,) if event_column == "position" else ()


def _cells(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=np.int64))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(COPY_BYTES):
            yield piece


def _header_column(header: TrajectoryHeader, frames: int) -> Column:
    document = header.model_copy(update={"frames": frames}).model_dump(mode="json")
    return Column.of(np.frombuffer(orjson.dumps(document, option=orjson.OPT_SORT_KEYS), np.uint8))


def _block(values: ArrayLike, count: int, shape: tuple[int, ...], name: str = "time") -> NDArray[np.float64]:
    block = np.ascontiguousarray(values, "<f8").reshape(np.shape(values))
    if block.shape != (count, *shape) and not (name == "time" and block.shape == () and count == 1):
        raise ValueError(f"{name} has shape {block.shape}; {(count, *shape)} is needed")
    return block.reshape(count, *shape)


def _check_names(observables: Sequence[Observable], given: Any) -> None:
    names = [observable.name for observable in observables]
    if len(set(names)) != len(names) or "time" in names:
        raise ValueError(f"observables need names of their own, none of them 'time': {names}")
    if given is not None and set(given) != {"time", *names}:
        raise ValueError(f"arrays {sorted(given)} were given where {sorted({'time', *names})} are needed")
