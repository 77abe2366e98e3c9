"""Sound too long for memory: a file of interleaved frames that only grows, read anywhere a piece at a time."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
BYTES: Final = 4


class SoundFile:
    """float32 samples of a number of channels. Unbuffered: what is counted is in the file.

    Reads like an array of shape (channels, frames) of which a run of frames is asked for: ``sound[:, 1000:2000]``.
    """

    def __init__(self, path: Path, channels: int, frames: int = 0) -> None:
        """Opens the file with its first so many frames; cuts off what lies behind, creates it where it is not there."""
        self.path, self.channels, self.frames = path, channels, frames
        path.touch()
        if path.stat().st_size < self.bytes:
            raise ValueError(f"{path.name} has fewer than the {frames} frames that it should go on from")
        self._file = path.open("r+b", buffering=0)
        self._file.truncate(self.bytes)

    @property
    def bytes(self) -> int:
        """Length of the file."""
        return self.frames * self.channels * BYTES

    @property
    def shape(self) -> tuple[int, int]:
        """(channels, frames)"""
        return self.channels, self.frames

    def append(self, samples: Samples) -> None:
        """Add frames: samples of shape (channels, n)."""
        self._file.seek(self.bytes)
        data = memoryview(np.ascontiguousarray(samples.T, dtype="<f4").tobytes())
        while len(data):  # an unbuffered write may take a part
            data = data[self._file.write(data) or 0 :]
        self.frames += samples.shape[1]

    def __getitem__(self, key: tuple[slice, slice]) -> Samples:
        """Frames low to high of all channels; a copy of shape (channels, high - low)."""
        low, high, step = key[1].indices(self.frames)
        if key[0] != slice(None) or step != 1:
            raise IndexError("only runs of frames of all channels can be read: sound[:, low:high]")
        count = max(high - low, 0) * self.channels
        read = np.fromfile(self.path, dtype="<f4", count=count, offset=low * self.channels * BYTES)
        return np.ascontiguousarray(read.reshape(-1, self.channels).T)

    def close(self) -> None:
        """Let the file go; it can be opened again."""
        self._file.close()
