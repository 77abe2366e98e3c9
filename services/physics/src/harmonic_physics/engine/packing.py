"""Exact state as bytes: named float64 and int64 arrays, no pickle, the same bytes for the same state."""

import json

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64] | NDArray[np.int64]
_MAGIC = b"HUSTATE1"


class BadState(ValueError):
    """The bytes are not a state of this engine."""


def pack(arrays: dict[str, Array]) -> bytes:
    """Bytes of the arrays: a JSON directory, then the raw little-endian numbers."""
    directory = [[name, a.dtype.str, list(a.shape)] for name, a in arrays.items()]
    head = json.dumps(directory, separators=(",", ":")).encode()
    return b"".join([_MAGIC, len(head).to_bytes(4, "little"), head, *(a.tobytes() for a in arrays.values())])


def unpack(data: bytes) -> dict[str, Array]:
    """The arrays, writable. Raises BadState."""
    if data[:8] != _MAGIC:
        raise BadState("the checkpoint was not written by this engine: start the run again without it")
    start = 12 + int.from_bytes(data[8:12], "little")
    arrays: dict[str, Array] = {}
    for name, dtype, shape in json.loads(data[12:start]):
        count = int(np.prod(shape, dtype=np.int64))
        arrays[name] = np.frombuffer(data, dtype, count, start).reshape(shape).copy()
        start += arrays[name].nbytes
    if start != len(data):
        raise BadState(f"the checkpoint has {len(data)} bytes where {start} were expected")
    return arrays
