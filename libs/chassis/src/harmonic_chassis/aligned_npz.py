"""An uncompressed zip of ``.npy`` members whose bytes depend on the content alone and whose arrays can be mapped.

``numpy.load`` opens it. Members are sorted by name and dated 1980-01-01, every array's data starts at a multiple of
64 bytes, and sizes and offsets are always written in zip64 form, so that a file of any size takes one and the same way.
Sources: APPNOTE.TXT 6.3.10 sections 4.3.7, 4.3.12, 4.3.14 - 4.3.16, 4.5.3; numpy.lib.format, version 1.0.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 64
COPY_BYTES = 1 << 20

_MAX16, _MAX32 = 0xFFFF, 0xFFFFFFFF
_VERSION = 45  # zip64
_DATE_1980 = (1 << 5) | 1
_UTF8_NAMES = 0x0800
_ZIP64_ID, _PADDING_ID = 0x0001, 0xD935  # the latter is the field that Android's zipalign uses for the same purpose

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR64 = struct.Struct("<4sIQI")
_END = struct.Struct("<4sHHHHIIH")


class BadArchive(ValueError):
    """The file is not an archive of this form."""


@dataclass(frozen=True)
class Column:
    """An array to be written: its type, its shape, and its bytes in C order, in as many pieces as one likes."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    pieces: Iterable[bytes | memoryview]

    @classmethod
    def of(cls, array: NDArray[Any]) -> "Column":
        """The column of an array in memory, as little-endian C order."""
        plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(array.shape)
        return cls(plain.dtype, plain.shape, [plain.tobytes()] if plain.nbytes < COPY_BYTES else _views(plain))

    @property
    def size_bytes(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize


@dataclass(frozen=True)
class _Entry:
    name: bytes
    offset: int
    crc: int
    size: int


def write_archive(path: Path, columns: Mapping[str, Column]) -> None:
    """Write the columns to a new file. Keys are member names without ``.npy``. The file appears whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as out:
            entries = [_write_member(out, name, columns[name]) for name in sorted(columns)]
            _write_directory(out, entries)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def map_archive(path: Path) -> dict[str, NDArray[Any]]:
    """All members of the file as read-only memory maps. Raises BadArchive."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            return {info.filename.removesuffix(".npy"): _map(path, file, info) for info in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, struct.error, SyntaxError) as error:
        raise BadArchive(f"{path.name} is damaged or is no trajectory: {error}") from error


def _views(array: NDArray[Any]) -> Iterable[memoryview]:
    flat = array.reshape(-1).view(np.uint8).data
    return [flat[start : start + COPY_BYTES] for start in range(0, len(flat), COPY_BYTES)]


def _npy_head(column: Column) -> bytes:
    """The .npy head, padded so that the data after it stays aligned. By hand: numpy's own differs between versions."""
    shape = repr(tuple(map(int, column.shape)))
    text = f"{{'descr': '{column.dtype.str}', 'fortran_order': False, 'shape': {shape}, }}"
    length = -(-(10 + len(text) + 1) // ALIGNMENT) * ALIGNMENT
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", length - 10) + text.ljust(length - 11).encode("ascii") + b"\n"


def _write_member(out: BinaryIO, member: str, column: Column) -> _Entry:
    name, head, offset = f"{member}.npy".encode(), _npy_head(column), out.tell()
    size = len(head) + column.size_bytes
    out.write(_local(name, offset, 0, size))
    crc, written = zlib.crc32(head), out.write(head)
    for piece in column.pieces:
        crc = zlib.crc32(piece, crc)
        written += out.write(piece)
    if written != size:
        raise ValueError(f"{member}: {written} bytes were given where shape and type say {size}")
    end = out.tell()
    out.seek(offset)
    out.write(_local(name, offset, crc, size))
    out.seek(end)
    return _Entry(name, offset, crc, size)


def _local(name: bytes, offset: int, crc: int, size: int) -> bytes:
    extra = struct.pack("<HHQQ", _ZIP64_ID, 16, size, size)
    unpadded = offset + _LOCAL.size + len(name) + len(extra) + 4
    padding = -unpadded % ALIGNMENT
    extra += struct.pack("<HH", _PADDING_ID, padding) + bytes(padding)
    fixed = _LOCAL.pack(
        b"PK\x03\x04", _VERSION, _UTF8_NAMES, 0, 0, _DATE_1980, crc, _MAX32, _MAX32, len(name), len(extra)
    )
    return fixed + name + extra


def _central(entry: _Entry) -> bytes:
    extra = struct.pack("<HHQQQ", _ZIP64_ID, 24, entry.size, entry.size, entry.offset)
    fixed = _CENTRAL.pack(
        b"PK\x01\x02", _VERSION, _VERSION, _UTF8_NAMES, 0, 0, _DATE_1980, entry.crc, _MAX32, _MAX32,
        len(entry.name), len(extra), 0, 0, 0, 0, _MAX32,
    )  # fmt: skip
    return fixed + entry.name + extra


def _write_directory(out: BinaryIO, entries: list[_Entry]) -> None:
    start = out.tell()
    size = sum(out.write(_central(entry)) for entry in entries)
    count = len(entries)
    out.write(_END64.pack(b"PK\x06\x06", _END64.size - 12, _VERSION, _VERSION, 0, 0, count, count, size, start))
    out.write(_LOCATOR64.pack(b"PK\x06\x07", 0, start + size, 1))
    out.write(_END.pack(b"PK\x05\x06", 0, 0, _MAX16, _MAX16, _MAX32, _MAX32, 0))


def _map(path: Path, file: BinaryIO, info: zipfile.ZipInfo) -> NDArray[Any]:
    if info.compress_type != zipfile.ZIP_STORED:
        raise BadArchive(f"{path.name}: {info.filename} is compressed and cannot be mapped")
    file.seek(info.header_offset)
    local = _LOCAL.unpack(file.read(_LOCAL.size))
    data = info.header_offset + _LOCAL.size + local[9] + local[10]
    file.seek(data)
    if np.lib.format.read_magic(file) != (1, 0):
        raise BadArchive(f"{path.name}: {info.filename} is not a .npy of version 1.0")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    offset, size = file.tell(), int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    if fortran or dtype.hasobject or offset + size != data + info.file_size:
        raise BadArchive(f"{path.name}: {info.filename} is not laid out as its head says")
    if size == 0:  # an empty stretch cannot be mapped
        return np.zeros(shape, dtype)
    return np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape)
