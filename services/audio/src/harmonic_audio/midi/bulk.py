"""A whole keyboard's tuning as one message: the bulk dump of the MIDI Tuning Standard."""

from functools import reduce
from operator import xor
from typing import Final

import numpy as np
from numpy.typing import NDArray

NAME_LENGTH: Final = 16


def bulk_tuning_dump(name: str, hertz: NDArray[np.float64], *, program: int = 0, device: int = 0x7F) -> bytes:
    """F0 7E device 08 01 program name, three bytes for each of 128 keys, checksum, F7: 408 bytes.

    ``hertz`` is (128,); a step is 100 / 2^14 = 0.0061 cent. A key that is NaN or beyond MIDI's range (8.18 Hz to
    13.3 kHz) keeps its tuning (7F 7F 7F). Raises ValueError for another shape, a name that is not ASCII, or a program
    or device outside 0..127.
    """
    if np.shape(hertz) != (128,):
        raise ValueError(f"a keyboard has 128 keys, not shape {np.shape(hertz)}")
    if not (0 <= program <= 127 and 0 <= device <= 127):
        raise ValueError("program and device are 0 to 127")
    try:
        label = name.encode("ascii")[:NAME_LENGTH].ljust(NAME_LENGTH)
    except UnicodeEncodeError:
        raise ValueError(f"the name {name!r} is not ASCII") from None
    with np.errstate(invalid="ignore", divide="ignore"):
        units = np.rint((69.0 + 12.0 * np.log2(np.asarray(hertz) / 440.0)) * 16384.0)
    unchanged = 0x7F << 14 | 0x3FFF
    known = np.isfinite(units) & (units >= 0) & (units < unchanged)
    whole = np.where(known, units, unchanged).astype(np.int64)
    keys = np.stack([whole >> 14, whole >> 7 & 0x7F, whole & 0x7F], axis=1).astype(np.uint8).tobytes()
    body = bytes([0x7E, device, 0x08, 0x01, program]) + label + keys
    return b"\xf0" + body + bytes([reduce(xor, body) & 0x7F, 0xF7])
