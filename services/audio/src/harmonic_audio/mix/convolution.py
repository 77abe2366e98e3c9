"""Convolution with fixed responses, block by block: uniformly partitioned overlap-save (Stockham 1966; Gardner 1995).

Its own block never changes, so neither do its bytes; it takes runs of whole blocks, and lags by nothing. Single
precision (about -135 dB): nothing is fed back, so no error grows.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mix.effect import Floats, Stateful

BLOCK: Final = 12_288


class Convolver(Stateful):
    """Responses of shape (outputs, inputs, n): each output is the sum of the inputs through theirs."""

    _carried = ("_before", "_spectra", "_sounding", "_turn")

    def __init__(self, responses: Floats, block: int = BLOCK) -> None:
        self.outputs, self.inputs, length = responses.shape
        self._block = block
        parts = max(1, -(-length // block))
        padded = np.zeros((self.outputs, self.inputs, parts * block), dtype=np.float32)
        padded[:, :, :length] = responses
        pieces = padded.reshape(self.outputs, self.inputs, parts, block)
        self._responses = np.fft.rfft(pieces, 2 * block).transpose(2, 1, 0, 3).copy()
        self._before = np.zeros((self.inputs, block), dtype=np.float32)
        self._spectra: NDArray[np.complex64] = np.zeros((parts, self.inputs, block + 1), dtype=np.complex64)
        self._sounding = np.zeros(parts, dtype=np.bool_)
        """Which of the kept spectra are not silence; silence costs nothing."""
        self._turn = np.zeros(1, dtype=np.int64)
        """The spectra are a ring: which of them is the newest."""

    def _process(self, run: Floats) -> Floats:
        if run.shape[1] % self._block:
            raise ValueError(f"a convolution takes runs of whole blocks of {self._block} samples, not {run.shape[1]}")
        out = np.zeros((self.outputs, run.shape[1]))
        for start in range(0, run.shape[1], self._block):
            stop = start + self._block
            self._next(run[:, start:stop].astype(np.float32), out[:, start:stop])
        return out

    def _next(self, block: NDArray[np.float32], out: Floats) -> None:
        from scipy.fft import irfft, rfft  # in single precision four times as fast as numpy's

        parts = len(self._spectra)
        turn = int(self._turn[0] - 1) % parts
        self._turn[0] = turn
        self._sounding[turn] = bool(self._before.any() or block.any())
        if self._sounding[turn]:
            self._spectra[turn] = rfft(np.concatenate([self._before, block], axis=1))
        self._before[:] = block
        total = np.zeros((self.outputs, self._block + 1), dtype=np.complex64)
        product = np.empty_like(total)
        for age in range(parts):
            kept = (turn + age) % parts
            if self._sounding[kept]:
                for source in range(self.inputs):
                    np.multiply(self._responses[age, source], self._spectra[kept, source], out=product)
                    total += product
        if self._sounding.any():
            out[:] = irfft(total, 2 * self._block)[:, self._block :]
