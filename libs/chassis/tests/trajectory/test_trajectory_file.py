"""Trajectory files: what goes in comes out bit for bit, and the bytes depend on the content alone."""

import hashlib
import itertools
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonic_chassis.trajectory_file import BadArchive, EventTable, TrajectoryFile, TrajectoryWriter, write
from harmonic_contracts.trajectory import Body, Certificate, Observable, TrajectoryHeader

OBSERVABLES = [
    Observable(name="position", unit="AU", shape=[2, 3], per_body=True),
    Observable(name="energy_error", unit="1", shape=[]),
    Observable(name="nothing", unit="1", shape=[0]),
]


def header() -> TrajectoryHeader:
    return TrajectoryHeader(
        system="orbits",
        time_unit="d",
        length_unit="AU",
        frames=0,
        bodies=[Body(name="a"), Body(name="b")],
        observables=OBSERVABLES,
        event_kinds=["transit", "collision"],
        certificate=Certificate(method="kl8", engine_version="1", steps=3, invariants={"energy": 1e-15}),
        spec={"z": 1, "a": [1, 2]},
    )


def frames(count: int, seed: int = 0) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    # Any bit pattern is a legal cell: infinities, NaN with payloads, negative zero and subnormals included.
    position = random.integers(0, 256, (count, 2, 3, 8), np.uint8).view(np.float64)[..., 0]
    return {
        "time": np.arange(count) * 0.25,
        "position": position,
        "energy_error": random.standard_normal(count),
        "nothing": np.zeros((count, 0)),
    }


def events(count: int, seed: int = 0) -> EventTable:
    random = np.random.default_rng(seed)
    return EventTable.of(
        np.sort(random.uniform(0, 10, count)),
        random.integers(0, 2, count),
        random.integers(0, 2, count),
        None,
        random.uniform(0, 1, count),
        random.standard_normal((count, 3)),
    )


def written(path: Path, count: int, event_count: int) -> bytes:
    write(path, header(), frames(count), events(event_count))
    return path.read_bytes()


def digest_of(file: TrajectoryFile) -> str:
    """What the certificate promises: SHA-256 over the SHA-256 of every column."""
    columns = [file.time, *(file.array(each.name) for each in OBSERVABLES), *file.events.columns().values()]
    parts = [hashlib.sha256(np.ascontiguousarray(column).tobytes()).digest() for column in columns]
    return hashlib.sha256(b"".join(parts)).hexdigest()


@pytest.mark.parametrize("count", [0, 1, 7, 1000])
def test_what_goes_in_comes_out_bit_for_bit(tmp_path: Path, count: int) -> None:
    """Every cell, time and event read back equals the one written, bit for bit."""
    write(tmp_path / "t", header(), frames(count), events(count))
    read, given_frames, given_events = TrajectoryFile.open(tmp_path / "t"), frames(count), events(count)
    sealed = {"certificate": header().certificate.model_copy(update={"frames_digest": digest_of(read)})}
    assert read.header == header().model_copy(update={"frames": count, **sealed}) and len(read) == count
    assert read.time.tobytes() == given_frames["time"].tobytes()
    for name in ("position", "energy_error", "nothing"):
        assert read.array(name).tobytes() == given_frames[name].tobytes()
        assert read.array(name).shape == given_frames[name].shape
    for name, column in given_events.columns().items():
        assert getattr(read.events, name).tobytes() == column.tobytes()


def test_numpy_and_zip_tools_open_it(tmp_path: Path) -> None:
    """numpy.load reads every member without pickle, and a zip tool finds all checksums right."""
    written(tmp_path / "t", 5, 3)
    with np.load(tmp_path / "t", allow_pickle=False) as archive:
        assert archive["time"].tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
        assert archive["observables/position"].tobytes() == frames(5)["position"].tobytes()
        assert archive["events/position"].shape == (3, 3)
    with zipfile.ZipFile(tmp_path / "t") as archive:
        assert archive.testzip() is None


def test_members_are_sorted_aligned_and_dated_1980(tmp_path: Path) -> None:
    """No member tells when it was written, and every array can be mapped at a multiple of 64 bytes."""
    written(tmp_path / "t", 5, 3)
    with zipfile.ZipFile(tmp_path / "t") as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    read = TrajectoryFile.open(tmp_path / "t")
    assert isinstance(read.array("position"), np.memmap)
    assert all(array.offset % 64 == 0 for array in (read.array("position"), read.time) if isinstance(array, np.memmap))


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, 40), max_size=8), stops=st.sets(st.integers(0, 9)))
def test_chunks_and_resumes_leave_no_mark(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], stops: set[int]
) -> None:
    """Appended in any blocks, with a crash and a resume after any of them, the file is as if written at once."""
    folder = tmp_path_factory.mktemp("t")
    whole, table = frames(40), events(40)
    bounds = [0, *sorted(cuts), 40]
    writer = TrajectoryWriter(folder / "t", OBSERVABLES, spill=folder / "spill")
    for index, (start, stop) in enumerate(itertools.pairwise(bounds)):
        if index in stops:  # the crash: what was written after the checkpoint is there and must be forgotten
            state = writer.state()
            writer.extend([9.0], {name: whole[name][:1] for name in ("position", "energy_error", "nothing")})
            writer.extend_events(table.select(slice(0, 1)))
            writer.close()
            writer = TrajectoryWriter(folder / "t", OBSERVABLES, spill=folder / "spill", state=state)
        block = {name: array[start:stop] for name, array in whole.items()}
        writer.extend(block.pop("time"), block)
        writer.extend_events(table.select(slice(start, stop)))
    writer.finish(header())
    assert (folder / "t").read_bytes() == written(folder / "at once", 40, 40)
    assert sorted(path.name for path in folder.iterdir()) == ["at once", "spill", "t"]


def test_single_frames_equal_a_block(tmp_path: Path) -> None:
    """Frame by frame gives the same bytes as one block."""
    whole = frames(12)
    writer = TrajectoryWriter(tmp_path / "t", OBSERVABLES, spill=tmp_path / "spill")
    for index in range(12):
        writer.append(whole["time"][index], {n: whole[n][index] for n in ("position", "energy_error", "nothing")})
    writer.finish(header())
    assert (tmp_path / "t").read_bytes() == written(tmp_path / "at once", 12, 0)


def test_a_wrong_shape_is_refused_and_writes_nothing(tmp_path: Path) -> None:
    """A block that does not fit is refused by name, and the writer stays as it was."""
    writer = TrajectoryWriter(tmp_path / "t", OBSERVABLES, spill=tmp_path / "spill")
    wrong = {"position": np.zeros((2, 3, 3)), "energy_error": np.zeros(2), "nothing": np.zeros((2, 0))}
    with pytest.raises(ValueError, match=r"position has shape \(2, 3, 3\); \(2, 2, 3\) is needed"):
        writer.extend([0.0, 1.0], wrong)
    with pytest.raises(ValueError, match="are needed"):
        writer.extend([0.0], {"position": np.zeros((1, 2, 3))})
    assert writer.frames == 0 and set(writer.files().values()) == {0}


def test_resume_needs_the_bytes_it_counts_on(tmp_path: Path) -> None:
    """A writer whose spill files are shorter than its state says so instead of inventing frames."""
    with pytest.raises(ValueError, match="the state to resume from needs"):
        TrajectoryWriter(tmp_path / "t", OBSERVABLES, spill=tmp_path / "s", state=b'{"frames":3,"events":0}')


@pytest.mark.parametrize("cut", [0, 10, 100, 500, -1])
def test_a_damaged_file_is_refused(tmp_path: Path, cut: int) -> None:
    """A truncated file is refused with one clear error, never read as something else."""
    whole = written(tmp_path / "t", 5, 3)
    (tmp_path / "t").write_bytes(whole[:cut])
    with pytest.raises(BadArchive, match="damaged or is no trajectory"):
        TrajectoryFile.open(tmp_path / "t")


def test_events_carry_the_names_of_kinds_and_bodies(tmp_path: Path) -> None:
    """The contract's events name kind and bodies; one without place or second body has none."""
    table = EventTable.of([1.0, 2.0], [1, 0], [0, 1], [1, -1], [2.5, 1.0], [[1, 2, 3], [np.nan] * 3])
    first, second = table.events(header())
    assert (first.kind, first.bodies, first.strength, first.position) == ("collision", ["a", "b"], 2.5, (1.0, 2.0, 3.0))
    assert (second.kind, second.bodies, second.position) == ("transit", ["b"], None)


def test_events_of_one_instant_keep_their_order() -> None:
    """Sorting by time is stable, so that it cannot depend on the algorithm."""
    table = EventTable.of([2.0, 1.0, 2.0, 1.0], [0, 1, 2, 3]).in_order()
    assert table.kind.tolist() == [1, 3, 0, 2]


def test_sizes_beyond_four_gibibytes_are_written_in_zip64() -> None:
    """Sizes and offsets stand in 64-bit fields in every file, so no length is special."""
    from harmonic_chassis import aligned_npz

    entry = aligned_npz._Entry(b"x.npy", 2**40, 1, 2**41)
    assert (2**40).to_bytes(8, "little") in aligned_npz._central(entry)
    assert (2**41).to_bytes(8, "little") in aligned_npz._local(b"x.npy", 2**40, 1, 2**41)
